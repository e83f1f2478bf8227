"""Hands the rows of a table to the assessment, and its answers back as result columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from taxonomy_api.assessment.batch import Cells, read_batch, reason_texts
from taxonomy_api.assessment.columns import BASES, WEAKEST, Named, VerdictColumns, assess_columns
from taxonomy_api.assessment.decision import VERDICTS
from taxonomy_api.assessment.domains import Subject
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake_answers import ANSWER
from taxonomy_api.assessment.project import DEAL_DATES
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.assessment.values import parse_value
from taxonomy_api.catalog.model import Fact, Language, Release, Text
from taxonomy_api.portfolio.activities import ActivityReader, CellFinding, read_industry
from taxonomy_api.portfolio.headers import INDUSTRY_COLUMNS, Match
from taxonomy_api.portfolio.issues import Severity
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.result_columns import TaxonomyResults
from taxonomy_api.portfolio.table import Cell, shown
from taxonomy_api.portfolio.texts import FINDINGS

_DATE = Fact(
    id="date", kind="date", name=Text("The date", "日期", "日期"), definition=Text("A date of the deal.")
)
_BARE_NUMBER = re.compile(r"[+-]?[0-9][0-9,. ]*")
#: Findings that leave a row without an activity.
_FATAL = frozenset(["unknown_activity", "ambiguous_activity", "activity_missing"])
_INFORMATIVE = frozenset(["read_by_name", "code_was_number"])


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

    `fatal`: the row could not be assessed; `unused`: it was, without this cell.
    """

    row: int
    column: int | None
    severity: Severity
    code: str
    message: str
    nearest: tuple[str, ...] = ()
    fatal: bool = False
    unused: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One `TaxonomyResults` per taxonomy of the block, and what was wrong with its cells."""

    results: Sequence[TaxonomyResults]
    problems: Sequence[CellProblem]


class Assessor(Protocol):
    def __call__(self, engine: Engine, block: Block) -> Answer: ...


def choose_taxonomies(
    release: Release, matches: Sequence[Match | None], usable: Sequence[Sequence[Cell]]
) -> tuple[str, ...]:
    """The taxonomies of the activities that the rows name, in the order of the release; else all."""
    reader = ActivityReader(release, (), suggestions=0)
    column = _column(matches, "activity")
    named = {
        name.partition(":")[0]
        for cell in (usable[column] if column is not None else ())
        for name in reader.read(cell).names
    }
    return tuple(one for one in release.taxonomies if one in named or not named)


def assess_block(engine: Engine, block: Block) -> Answer:
    """The verdicts of every row by every taxonomy of the block."""
    options = block.options
    names, problems = _read_names(engine.release, block)
    failed = {problem.row: problem.message for problem in problems if problem.fatal}
    places, table = _fact_columns(block)
    estimated = _read_estimated(block, problems)
    batch = read_batch(engine, names, table, block.taxonomies, estimated=estimated)
    for found in batch.problems:
        problems.append(_value_problem(found.row, places[found.column], found.problem, options.language))
    problems.extend(_check_dates(block))
    given = {cells.subject: _Given(cells, engine.release) for cells in reversed(table)}
    results = []
    for taxonomy in block.taxonomies:
        verdicts = assess_columns(
            engine, batch.columns, taxonomy, options.as_of, assume_not_excluded=options.assume_not_excluded
        )
        reasons = reason_texts(engine, verdicts, options.as_of, options.language, given)
        for row, message in failed.items():
            reasons[row] = message
        results.append(_as_results(verdicts, reasons))
    return Answer(results, problems)


def _column(matches: Sequence[Match | None], key: str) -> int | None:
    for column, match in enumerate(matches):
        if match is not None and match.role.kind == "standard_column" and match.role.key == key:
            return column
    return None


def _read_names(release: Release, block: Block) -> tuple[list[tuple[str, ...]], list[CellProblem]]:
    """Per row the activities and industry codes it names."""
    reader = ActivityReader(release, block.taxonomies)
    language = block.options.language
    activity, row_column = _column(block.matches, "activity"), _column(block.matches, "row")
    industries = [
        (key, column) for key in INDUSTRY_COLUMNS if (column := _column(block.matches, key)) is not None
    ]
    names: list[tuple[str, ...]] = []
    problems: list[CellProblem] = []
    for row in range(block.size):
        found: list[str] = []
        findings: list[tuple[int | None, CellFinding]] = []
        if activity is not None:
            reading = reader.read(block.columns[activity][row])
            findings += ((activity, finding) for finding in reading.findings)
            for name in reading.names:
                placed = reader.with_row(
                    name, block.columns[row_column][row] if row_column is not None else None
                )
                findings += ((row_column, finding) for finding in placed.findings)
                found += placed.names
        bases = {name.partition("#")[0] for name in found}
        if len({base.partition(":")[0] for base in bases}) < len(bases):
            findings.append((activity, CellFinding("several_activities", {})))
        for key, column in industries:
            industry = read_industry(key.partition(":")[2] or None, block.columns[column][row])
            findings += ((column, finding) for finding in industry.findings)
            found += industry.names
        if not found and not any(finding.code in _FATAL for _, finding in findings):
            findings.append((activity, CellFinding("activity_missing", {})))
        # What a row names besides something unreadable is no answer to what it is.
        fatal = any(finding.code in _FATAL for _, finding in findings)
        names.append(() if fatal else tuple(found))
        problems += (_finding(row, column, finding, language) for column, finding in findings)
    return names, problems


def _finding(row: int, column: int | None, finding: CellFinding, language: Language) -> CellProblem:
    fatal = finding.code in _FATAL
    severity: Severity = "error" if fatal else "info" if finding.code in _INFORMATIVE else "warning"
    message = FINDINGS[finding.code].in_language(language).format(**finding.values)
    return CellProblem(row, column, severity, finding.code, message, finding.nearest, fatal)


def _fact_columns(block: Block) -> tuple[list[int], list[Cells]]:
    """The columns that answer a fact, standard or attestation, and their places in the block."""
    places: list[int] = []
    table: list[Cells] = []
    for column, match in enumerate(block.matches):
        if match is None or match.role.kind == "standard_column":
            continue
        subject = Subject(match.role.kind, match.role.key)
        places.append(column)
        table.append(Cells(subject, _as_floats(block.columns[column]), match.unit))
    return places, table


def _as_floats(cells: Sequence[Cell]) -> Sequence[Cell] | NDArray[np.float64]:
    """An array where all cells are numbers or empty, which is read faster."""
    if all(cell is None or type(cell) is float or type(cell) is int for cell in cells):
        return np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
    return cells


def _read_estimated(block: Block, problems: list[CellProblem]) -> NDArray[np.bool_] | None:
    """Which rows state estimates; an unreadable cell counts as one."""
    column = _column(block.matches, "estimated")
    if column is None:
        return None
    flags = np.zeros(block.size, dtype=np.bool_)
    for row, cell in enumerate(block.columns[column]):
        try:
            parsed = parse_value(ANSWER, cell)
            flags[row] = parsed is not None and parsed.value is True
        except ValueProblem as problem:
            flags[row] = True
            problems.append(_value_problem(row, column, problem, block.options.language))
    return flags


def _check_dates(block: Block) -> Iterator[CellProblem]:
    for key in (*DEAL_DATES, "maturity"):
        column = _column(block.matches, key)
        if column is None:
            continue
        for row, cell in enumerate(block.columns[column]):
            if cell is None or isinstance(cell, date | datetime):
                continue
            try:
                parse_value(_DATE, cell)
            except ValueProblem as problem:
                yield _value_problem(row, column, problem, block.options.language)


def _value_problem(row: int, column: int, problem: ValueProblem, language: Language) -> CellProblem:
    nearest = problem.nearest or problem.allowed[:5]
    return CellProblem(row, column, "error", problem.code, problem.message(language), nearest, unused=True)


class _Given(Sequence[str]):
    """The cells of a column as a reason names them: a bare number with the unit it was read in."""

    def __init__(self, column: Cells, release: Release) -> None:
        fact = release.facts.get(column.subject.id) if column.subject.kind == "fact" else None
        unit = column.unit or (fact.unit if fact is not None else None)
        self._cells = column.cells
        self._unit = "" if unit in (None, "1") else f" {unit}"

    def __len__(self) -> int:
        return len(self._cells)

    def __getitem__(self, row):  # type: ignore[no-untyped-def]
        cell = self._cells[row]
        if isinstance(cell, float):
            return "" if cell != cell else f"{shown(float(cell))}{self._unit}"
        text = shown(cell)
        bare = type(cell) is int or (
            isinstance(cell, str) and _BARE_NUMBER.fullmatch(cell.strip()) is not None
        )
        return f"{text}{self._unit}" if bare else text


def _as_results(verdicts: VerdictColumns, reasons: list[str]) -> TaxonomyResults:
    return TaxonomyResults(
        verdicts.taxonomy,
        verdict=[VERDICTS[code] for code in verdicts.verdict.tolist()],
        activity=_activity_names(verdicts.named),
        basis=[BASES[code] or "" for code in verdicts.basis.tolist()],
        sources=[WEAKEST[code] or "" for code in verdicts.weakest.tolist()],
        valid_until=[date.fromordinal(day) if day else None for day in verdicts.valid_until.tolist()],
        reason=reasons,
        by_assumption=verdicts.assumed.tolist(),
        by_estimate=verdicts.estimated.tolist(),
    )


def _activity_names(named: Named) -> list[str]:
    """`taxonomy:code#row` per project, as far as it names them; several rows are joined by "+"."""
    ids = [activity.id for activity in named.activities]
    rows = ["", *("#" + "+".join(sorted(told)) for told in named.rows)]
    return [
        ids[place] + rows[row] if place >= 0 else ""
        for place, row in zip(named.activity.tolist(), named.row.tolist(), strict=True)
    ]
