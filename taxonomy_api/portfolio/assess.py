"""Hands the rows of a table to the assessment, and its answers back as result columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Protocol

import numpy as np

from taxonomy_api.assessment.batch import Cells, read_batch, reason_texts
from taxonomy_api.assessment.columns import BASES, WEAKEST, VerdictColumns, assess_columns
from taxonomy_api.assessment.decision import VERDICTS
from taxonomy_api.assessment.domains import Subject
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake_answers import ANSWER
from taxonomy_api.assessment.unplaced import industry_candidates
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.assessment.values import parse_value
from taxonomy_api.catalog.industry_codes import IndustryCodeError
from taxonomy_api.catalog.industry_index import IndustryCandidate
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.activities import (
    MOST_SUGGESTIONS,
    ActivityReader,
    CellFinding,
    Reading,
    read_industry,
)
from taxonomy_api.portfolio.answers import answer_columns
from taxonomy_api.portfolio.deals import read_deals
from taxonomy_api.portfolio.headers import INDUSTRY_COLUMNS, Match
from taxonomy_api.portfolio.issues import CellProblem, Severity
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.result_columns import TaxonomyResults
from taxonomy_api.portfolio.table import Cell, shown
from taxonomy_api.portfolio.texts import FINDINGS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BARE_NUMBER = re.compile(r"[+-]?[0-9][0-9,. ]*")
#: Findings that leave a row without an activity.
_FATAL = frozenset(
    ["unknown_activity", "ambiguous_activity", "activity_missing", "unknown_row", "contradictory_rows"]
)
_INFORMATIVE = frozenset(
    [
        "read_by_name",
        "code_was_number",
        "industry_code_only",
        "industry_without_activity",
        "industry_revision_assumed",
    ]
)
_MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a table: per column its meaning and its usable cells."""

    size: int
    matches: Sequence[Match | None]
    columns: Sequence[Sequence[Cell]]
    taxonomies: Sequence[str]
    options: PortfolioOptions


@dataclass(frozen=True, slots=True)
class Answer:
    """One `TaxonomyResults` per taxonomy of the block, and what was wrong with its cells."""

    results: Sequence[TaxonomyResults]
    problems: Sequence[CellProblem]


class Assessor(Protocol):
    def __call__(self, engine: Engine, block: Block) -> Answer: ...


def choose_taxonomies(
    release: Release,
    matches: Sequence[Match | None],
    usable: Sequence[Sequence[Cell]],
    confirm: Mapping[str, Sequence[str]],
) -> tuple[str, ...]:
    """The taxonomies of the activities that the rows name or confirm, in the order of the release; else all.

    `confirm`: activities confirmed for all rows, as in the options.
    """
    reader = ActivityReader(release, (), suggestions=0)
    named = {
        name.partition(":")[0]
        for key in ("activity", "confirm")
        for column in _columns(matches, key)
        for cell in usable[column]
        for name in reader.read(cell).names
    } | {name.partition(":")[0] for targets in confirm.values() for name in targets}
    return tuple(one for one in release.taxonomies if one in named or not named)


def assess_block(engine: Engine, block: Block) -> Answer:
    """The verdicts of every row by every taxonomy of the block."""
    options = block.options
    names, problems = _read_names(engine, block)
    failed = {problem.row: problem.message for problem in problems if problem.fatal}
    places, table, found_in_answers = answer_columns(
        engine.release, block.matches, block.columns, options.language
    )
    problems += found_in_answers
    estimated = _read_estimated(block, problems)
    confirmed = _read_confirmed(engine, block, names, problems)
    batch = read_batch(engine, names, table, estimated=estimated, confirmed=confirmed)
    for found in batch.problems:
        problems.append(_value_problem(found.row, places[found.column], found.problem, options.language))
    deals, found_in_deals = read_deals(engine, block.matches, block.columns, block.size, options.language)
    problems += found_in_deals
    given: dict[Subject, _Given] = {}
    for cells in reversed(table):
        given[cells.subject] = _Given(cells, engine.release, given.get(cells.subject))
    results = []
    for taxonomy in block.taxonomies:
        verdicts = assess_columns(
            engine, batch.columns, taxonomy, options.as_of, assume_not_excluded=options.assume_not_excluded
        )
        reasons = reason_texts(engine, verdicts, options.as_of, options.language, given)
        for row, message in failed.items():
            reasons[row] = message
        edition = engine.release.taxonomies[taxonomy]
        one = _as_results(verdicts, reasons)
        deals.write(one, edition, options.as_of, options.language)
        if not options.taxonomies:
            deals.withhold(one, edition, options.as_of, options.language, failed)
        deals.shut_out(one, engine.release, options.language, failed)
        results.append(one)
    return Answer(results, problems)


def _columns(matches: Sequence[Match | None], key: str) -> list[int]:
    return [
        column
        for column, match in enumerate(matches)
        if match is not None and match.role.kind == "standard_column" and match.role.key == key
    ]


def _column(matches: Sequence[Match | None], key: str) -> int | None:
    return next(iter(_columns(matches, key)), None)


def _read_names(engine: Engine, block: Block) -> tuple[list[tuple[str, ...]], list[CellProblem]]:
    """Per row the activities and industry codes it names."""
    reader = ActivityReader(engine.release, block.taxonomies)
    language = block.options.language
    activities, row_column = _columns(block.matches, "activity"), _column(block.matches, "row")
    activity = activities[0] if activities else None
    candidates = _Candidates(engine, block.taxonomies, language)
    industries = [
        (key, column) for key in INDUSTRY_COLUMNS if (column := _column(block.matches, key)) is not None
    ]
    names: list[tuple[str, ...]] = []
    problems: list[CellProblem] = []
    for row in range(block.size):
        found: list[str] = []
        findings: list[tuple[int | None, CellFinding]] = []
        for column in activities:
            reading = reader.read(block.columns[column][row])
            findings += ((column, finding) for finding in reading.findings)
            found += reading.names
        if row_column is not None and found:
            found, of_row = _with_row(reader, found, block.columns[row_column][row])
            findings += ((row_column, finding) for finding in of_row)
        bases = {name.partition("#")[0] for name in found}
        if len({base.partition(":")[0] for base in bases}) < len(bases):
            findings.append((activity, CellFinding("several_activities", {})))
        named, proposing = bool(found), None
        for key, column in industries:
            scheme = key.partition(":")[2] or None
            industry = candidates.known(read_industry(scheme, block.columns[column][row]))
            findings += ((column, finding) for finding in industry.findings)
            found += industry.names
            proposing = column if industry.names and proposing is None else proposing
        if not found and not any(finding.code in _FATAL for _, finding in findings):
            findings.append((activity, CellFinding("activity_missing", {})))
        elif not named and found and all(finding.code in _INFORMATIVE for _, finding in findings):
            findings.append((proposing, candidates.finding(tuple(found))))
        # What a row names besides something unreadable is no answer to what it is.
        fatal = any(finding.code in _FATAL for _, finding in findings)
        names.append(() if fatal else tuple(found))
        problems += (_finding(row, column, finding, language) for column, finding in findings)
    return names, problems


def _read_confirmed(
    engine: Engine, block: Block, names: Sequence[tuple[str, ...]], problems: list[CellProblem]
) -> list[tuple[str, ...]]:
    """Per row the activities it confirms: those of its own cell and those that the options confirm for it.

    A row that names nothing readable confirms nothing.
    """
    reader = ActivityReader(engine.release, block.taxonomies)
    column, options = _column(block.matches, "confirm"), block.options
    told: dict[tuple[str, ...], tuple[str, ...]] = {}
    confirmed: list[tuple[str, ...]] = []
    for row, named in enumerate(names):
        found = told.get(named)
        if found is None:
            found = told[named] = _confirmed_for(options.confirm, named)
        if column is not None:
            reading = reader.read(block.columns[column][row])
            found = tuple(dict.fromkeys((*reading.names, *found)))
            for finding in reading.findings:
                text = FINDINGS[finding.code].in_language(options.language).format(**finding.values)
                severity: Severity = "info" if finding.code in _INFORMATIVE else "warning"
                problems.append(
                    CellProblem(row, column, severity, finding.code, text, finding.nearest, unused=True)
                )
        confirmed.append(found if named else ())
    return confirmed


def _confirmed_for(confirm: Mapping[str, Sequence[str]], named: tuple[str, ...]) -> tuple[str, ...]:
    """What the options confirm for a row that names these activities."""
    here = {"", *named, *(name.partition("#")[0] for name in named)}
    return tuple(
        dict.fromkeys(one for source, targets in confirm.items() if source in here for one in targets)
    )


def _with_row(
    reader: ActivityReader, names: Sequence[str], cell: Cell
) -> tuple[list[str], list[CellFinding]]:
    """The activities with the row that the row column names; one without rows beside others has none."""
    with_rows = {name for name in names if reader.has_rows(name)} or set(names)
    placed: list[str] = []
    findings: list[CellFinding] = []
    for name in names:
        reading = reader.with_row(name, cell) if name in with_rows else Reading((name,))
        placed += reading.names
        findings += reading.findings
    return placed, findings


class _Candidates:
    """What may be meant by industry codes; looked up for the first distinct ones, the list being capped."""

    def __init__(self, engine: Engine, taxonomies: Sequence[str], language: Language) -> None:
        self._engine = engine
        self._taxonomies = taxonomies
        self._language = language
        self._known: dict[tuple[str, ...], CellFinding] = {}
        self._written: dict[str, str | IndustryCodeError] = {}

    def known(self, reading: Reading) -> Reading:
        """The code in its one writing; a code that its classification does not have is told."""
        if not reading.names:
            return reading
        (name,) = reading.names
        if name not in self._written:
            try:
                self._written[name] = self._engine.industry.locate(name)[1]
            except IndustryCodeError as problem:
                self._written[name] = problem
        written = self._written[name]
        if isinstance(written, str):
            return Reading((written,), reading.findings)
        unknown = CellFinding("industry_unknown", {"given": name}, written.nearest)
        return Reading((name,), (*reading.findings, unknown))

    def finding(self, codes: tuple[str, ...]) -> CellFinding:
        found = self._known.get(codes)
        if found is None:
            found = self._look_up(codes)
            if len(self._known) < MOST_SUGGESTIONS:
                self._known[codes] = found
        return found

    def _look_up(self, codes: tuple[str, ...]) -> CellFinding:
        if len(self._known) >= MOST_SUGGESTIONS:
            return CellFinding("industry_code_only", {"candidates": "…"})
        every = (
            one
            for taxonomy in self._taxonomies
            for one in industry_candidates(self._engine, taxonomy, codes).items()
        )
        first = list(islice(every, _MOST_CANDIDATES + 1))
        if not first:
            return CellFinding("industry_without_activity", {})
        names = [self._named(*one) for one in first[:_MOST_CANDIDATES]]
        return CellFinding(
            "industry_code_only",
            {"candidates": "; ".join(names) + ("; …" if len(first) > _MOST_CANDIDATES else "")},
        )

    def _named(self, id: str, found: IndustryCandidate) -> str:
        name = self._engine.activities[id].name.in_language(self._language)
        return f"{id} {name} [{found.why}]" if found.route else f"{id} {name}"


def _finding(row: int, column: int | None, finding: CellFinding, language: Language) -> CellProblem:
    fatal = finding.code in _FATAL
    severity: Severity = "error" if fatal else "info" if finding.code in _INFORMATIVE else "warning"
    message = FINDINGS[finding.code].in_language(language).format(**finding.values)
    return CellProblem(row, column, severity, finding.code, message, finding.nearest, fatal)


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


def _value_problem(row: int, column: int, problem: ValueProblem, language: Language) -> CellProblem:
    nearest = problem.nearest or problem.allowed[:5]
    return CellProblem(row, column, "error", problem.code, problem.message(language), nearest, unused=True)


class _Given(Sequence[str]):
    """The cells of a column as a reason names them: a bare number with the unit it was read in.

    Where the column has none, `other` answers, a further column of the same subject.
    """

    def __init__(self, column: Cells, release: Release, other: _Given | None = None) -> None:
        self._other = other
        fact = release.facts.get(column.subject.id) if column.subject.kind == "fact" else None
        unit = column.unit or (fact.unit if fact is not None else None)
        self._cells = column.cells
        self._unit = "" if unit in (None, "1") else f" {unit}"

    def __len__(self) -> int:
        return len(self._cells)

    def __getitem__(self, row):  # type: ignore[no-untyped-def]
        own = self._shown(self._cells[row])
        return self._other[row] if not own and self._other is not None else own

    def _shown(self, cell: object) -> str:
        if isinstance(cell, float):
            return "" if cell != cell else f"{shown(float(cell))}{self._unit}"
        text = shown(cell)  # type: ignore[arg-type]
        bare = type(cell) is int or (
            isinstance(cell, str) and _BARE_NUMBER.fullmatch(cell.strip()) is not None
        )
        return f"{text}{self._unit}" if bare else text


def _as_results(verdicts: VerdictColumns, reasons: list[str]) -> TaxonomyResults:
    return TaxonomyResults(
        verdicts.taxonomy,
        verdict=[VERDICTS[code] for code in verdicts.verdict.tolist()],
        activity=verdicts.activity,
        basis=[BASES[code] or "" for code in verdicts.basis.tolist()],
        sources=[WEAKEST[code] or "" for code in verdicts.weakest.tolist()],
        valid_until=[date.fromordinal(day) if day else None for day in verdicts.valid_until.tolist()],
        reason=reasons,
        by_assumption=verdicts.assumed.tolist(),
        by_estimate=verdicts.estimated.tolist(),
    )
