"""Hands the rows of a table to the assessment, and its answers back as result columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from msgspec import Struct

from taxonomy_api.assessment.batch import Cells, read_batch
from taxonomy_api.assessment.coded import Coded
from taxonomy_api.assessment.columns import BASES, WEAKEST, VerdictColumns, assess_columns
from taxonomy_api.assessment.decision import VERDICTS
from taxonomy_api.assessment.domains import Subject
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake_answers import ANSWER
from taxonomy_api.assessment.reason_texts import reason_texts
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.assessment.values import parse_value
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.activities import ActivityReader
from taxonomy_api.portfolio.answers import answer_columns
from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.deals import read_deals
from taxonomy_api.portfolio.headers import Match, columns_of
from taxonomy_api.portfolio.issues import CellProblem
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.result_columns import TaxonomyResults
from taxonomy_api.portfolio.row_names import NameColumns, read_names
from taxonomy_api.portfolio.suggestions import Suggestions
from taxonomy_api.portfolio.table import Cell, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BARE_NUMBER = re.compile(r"[+-]?[0-9][0-9,. ]*")


class Block(Struct, frozen=True):
    """Some rows of a table: per column its meaning and its usable cells.

    `reader`: reads their activities; blocks of one table share it, so that equal cells are read once.
    `progress` is told how many of the taxonomies are done, and may raise `Cancelled`.
    """

    size: int
    matches: Sequence[Match | None]
    columns: Sequence[Sequence[Cell]]
    taxonomies: Sequence[str]
    options: PortfolioOptions
    reader: ActivityReader | None = None
    progress: Callable[[int], None] = lambda taxonomies: None


class Answer(Struct, frozen=True):
    """One `TaxonomyResults` per taxonomy of the block, and what was wrong with its cells."""

    results: Sequence[TaxonomyResults]
    problems: Sequence[CellProblem]


class Assessor(Protocol):
    def __call__(self, engine: Engine, block: Block) -> Answer: ...


def choose_taxonomies(
    release: Release,
    reader: ActivityReader,
    matches: Sequence[Match | None],
    usable: Sequence[Column],
    confirm: Mapping[str, Sequence[str]],
) -> tuple[str, ...]:
    """The taxonomies of the activities that the rows name or confirm, in the order of the release; else all.

    `reader` prefers none; `confirm`: activities confirmed for all rows, as in the options.
    """
    named = {
        name.partition(":")[0]
        for key in ("activity", "confirm")
        for column in columns_of(matches, key)
        for cell in usable[column].distinct()[0]
        for name in reader.read(cell).names
    } | {name.partition(":")[0] for targets in confirm.values() for name in targets}
    return tuple(one for one in release.taxonomies if one in named or not named)


def assess_block(engine: Engine, block: Block) -> Answer:
    """The verdicts of every row by every taxonomy of the block."""
    options, release = block.options, engine.release
    columns = {
        place: cells if isinstance(cells, Column) else Column.of(cells)
        for place, (match, cells) in enumerate(zip(block.matches, block.columns, strict=True))
        if match is not None
    }
    reader = block.reader or ActivityReader(release, block.taxonomies)
    names, problems, of_confirmed = read_names(
        engine,
        reader,
        NameColumns.of(block.matches),
        columns,
        block.size,
        options.confirm,
        block.taxonomies,
        options.language,
    )
    failed = {problem.row: problem.message for problem in problems if problem.fatal}
    without = [*failed]
    places, table, found_in_answers = answer_columns(release, block.matches, columns, options.language)
    problems += found_in_answers
    estimated = _read_estimated(block, columns, reader.suggestions, problems)
    problems += of_confirmed
    batch = read_batch(engine, names, table, estimated=estimated)
    told: dict[int, CellProblem] = {}
    for found in batch.problems:  # one problem stands for all cells that say the same
        known = told.get(id(found.problem))
        if known is None:
            place = places[found.column]
            known = _value_problem(reader.suggestions, place, found.problem, options.language)
            told[id(found.problem)] = known
        problems.append(known.at(found.row))
    deals, found_in_deals = read_deals(
        engine, reader.suggestions, block.matches, columns, block.size, options.language
    )
    problems += found_in_deals
    given: dict[Subject, _Given] = {}
    for cells in reversed(table):
        given[cells.subject] = _Given(cells, release, given.get(cells.subject))
    results = []
    for taxonomy in block.taxonomies:
        verdicts = assess_columns(
            engine, batch.columns, taxonomy, options.as_of, assume_not_excluded=options.assume_not_excluded
        )
        reasons = reason_texts(engine, verdicts, options.as_of, options.language, given)
        reasons.put_each(without, [*failed.values()])
        edition = release.taxonomies[taxonomy]
        one = _as_results(verdicts, reasons)
        deals.write(one, edition, options.as_of, options.language)
        if not options.taxonomies:
            deals.withhold(one, edition, options.as_of, options.language, without)
        deals.shut_out(one, release, options.language, without)
        deals.leave_open(one, options.language)
        results.append(one)
        block.progress(len(results))
    return Answer(results, problems)


def _read_estimated(
    block: Block, columns: Mapping[int, Column], suggestions: Suggestions, problems: list[CellProblem]
) -> NDArray[np.bool_] | None:
    """Which rows state estimates; an unreadable cell counts as one."""
    column = next(iter(columns_of(block.matches, "estimated")), None)
    if column is None:
        return None
    cells, places = columns[column].distinct()
    flags = np.zeros(len(cells), dtype=np.bool_)
    for number, cell in enumerate(cells):
        try:
            parsed = parse_value(ANSWER, cell)
            flags[number] = parsed is not None and parsed.value is True
        except ValueProblem as problem:
            flags[number] = True
            told = _value_problem(suggestions, column, problem, block.options.language)
            problems += [told.at(row) for row in np.flatnonzero(places == number).tolist()]
    return flags[places]


def _value_problem(
    suggestions: Suggestions, column: int, problem: ValueProblem, language: Language
) -> CellProblem:
    """The problem of a cell; it names no row yet."""
    if problem.searches and not suggestions.spend(column):
        problem.leave_unsearched()
    nearest = problem.nearest or problem.allowed[:5]
    return CellProblem(0, column, "error", problem.code, problem.message(language), nearest, unused=True)


class _Given:
    """The cells of a column as a reason names them: a bare number with the unit it was read in.

    Where the column has none, `other` answers, a further column of the same subject.
    """

    def __init__(self, column: Cells, release: Release, other: _Given | None = None) -> None:
        fact = release.facts.get(column.subject.id) if column.subject.kind == "fact" else None
        unit = column.unit or (fact.unit if fact is not None else None)
        self._unit = "" if unit in (None, "1") else f" {unit}"
        self._column = column
        self._other = other
        self._cells: Sequence[object] | None = None
        self._places: NDArray[Any] | None = None

    @property
    def places(self) -> NDArray[Any]:
        if self._places is None:
            self._look()
        assert self._places is not None
        return self._places

    def text(self, place: int) -> str:
        """The cell with this number; beyond the own ones, of the other column."""
        if self._cells is None:
            self._look()
        assert self._cells is not None
        if place < len(self._cells):
            return self._shown(self._cells[place])
        return self._other.text(place - len(self._cells)) if self._other is not None else ""

    def _look(self) -> None:
        places: NDArray[Any] | None = self._column.places
        if places is None:  # an array of floats, in which few reasons look anything up
            numbers, places = np.unique(np.asarray(self._column.cells), return_inverse=True)
            cells: Any = numbers.tolist()
        else:
            cells = self._column.cells
        if self._other is not None:
            is_told = np.array([self._shown(cell) != "" for cell in cells], dtype=np.bool_)
            places = np.where(is_told[places], places, self._other.places + len(cells))
        self._cells, self._places = cells, places

    def _shown(self, cell: object) -> str:
        if isinstance(cell, float):
            return "" if cell != cell else f"{shown(float(cell))}{self._unit}"
        text = shown(cell)  # type: ignore[arg-type]
        bare = type(cell) is int or (
            isinstance(cell, str) and _BARE_NUMBER.fullmatch(cell.strip()) is not None
        )
        return f"{text}{self._unit}" if bare else text


def _as_results(verdicts: VerdictColumns, reasons: Coded[str]) -> TaxonomyResults:
    days, until = np.unique(verdicts.valid_until, return_inverse=True)
    return TaxonomyResults(
        verdicts.taxonomy,
        verdict=Coded(VERDICTS, verdicts.verdict),
        activity=verdicts.activity,
        basis=Coded([basis or "" for basis in BASES], verdicts.basis),
        sources=Coded([weakest or "" for weakest in WEAKEST], verdicts.weakest),
        valid_until=Coded(
            [date.fromordinal(day) if day else None for day in days.tolist()], until.astype(np.int32)
        ),
        reason=reasons,
        by_assumption=Coded([False, True], verdicts.assumed.astype(np.int8)),
        by_estimate=Coded([False, True], verdicts.estimated.astype(np.int8)),
    )
