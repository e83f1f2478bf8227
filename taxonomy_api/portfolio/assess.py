"""Hands the rows of a table to the assessment, and its answers back as result columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.headers import ColumnPlan, Match
from taxonomy_api.portfolio.issues import Severity
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.result_columns import TaxonomyResults
from taxonomy_api.portfolio.table import Cell


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a table: per column its meaning and its usable cells."""

    size: int
    matches: Sequence[Match | None]
    columns: Sequence[Sequence[Cell]]
    taxonomies: Sequence[str]
    options: PortfolioOptions


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Something wrong with a cell (or a row, without `column`) of a block; both are indexes.

    `fatal`: the row could not be assessed.
    """

    row: int
    column: int | None
    severity: Severity
    code: str
    message: str
    nearest: tuple[str, ...] = ()
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One `TaxonomyResults` per taxonomy of the block, and what was wrong with its cells."""

    results: Sequence[TaxonomyResults]
    problems: Sequence[CellProblem]


class Assessor(Protocol):
    def __call__(self, engine: Engine, block: Block) -> Answer: ...


def choose_taxonomies(engine: Engine, plan: ColumnPlan, usable: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    raise NotImplementedError


def assess_block(engine: Engine, block: Block) -> Answer:
    raise NotImplementedError
