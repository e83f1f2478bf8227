"""What the rows of a block name and confirm: activities, their rows, industry codes.

Rows whose cells say the same are read once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from taxonomy_api.assessment.coded import combinations
from taxonomy_api.assessment.composite_columns import Names, Pair
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.unplaced import industry_candidates
from taxonomy_api.catalog.industry_codes import IndustryCodeError
from taxonomy_api.catalog.industry_index import IndustryCandidate
from taxonomy_api.catalog.model import Activity
from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.activities import (
    ActivityReader,
    CellFinding,
    Reading,
    read_industry,
)
from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.finding_texts import FINDINGS
from taxonomy_api.portfolio.headers import INDUSTRY_COLUMNS, Match, columns_of
from taxonomy_api.portfolio.issues import CellProblem, Severity
from taxonomy_api.portfolio.suggestions import MOST_SUGGESTIONS
from taxonomy_api.portfolio.table import Cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Findings that leave a row without an activity.
_FATAL = frozenset(
    [
        "unknown_activity",
        "industry_code_as_activity",
        "catalogue_heading",
        "ambiguous_activity",
        "activity_missing",
        "industry_unreadable",
        "unknown_row",
        "contradictory_rows",
    ]
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
#: What is to be said of a row, and of which column.
_Told = tuple[int | None, CellFinding]


class NameColumns(Struct, frozen=True):
    """The columns, by place, in which activities, their rows, industry codes and confirmations stand."""

    activities: Sequence[int]
    row: int | None
    industries: Sequence[tuple[str, int]]
    confirm: int | None

    @classmethod
    def of(cls, matches: Sequence[Match | None]) -> NameColumns:
        def first(key: str) -> int | None:
            return next(iter(columns_of(matches, key)), None)

        industries = [(key, place) for key in INDUSTRY_COLUMNS if (place := first(key)) is not None]
        return cls(columns_of(matches, "activity"), first("row"), industries, first("confirm"))


def read_names(
    engine: Engine,
    reader: ActivityReader,
    where: NameColumns,
    columns: Mapping[int, Column],
    size: int,
    confirm: Mapping[str, Sequence[str]],
    taxonomies: Sequence[str],
    language: Language,
) -> tuple[Names, list[CellProblem], list[CellProblem]]:
    """Per row the activities and industry codes that it names and the activities that it confirms.

    `columns` by place; `confirm`: what the options confirm, as in the options. The problems of what is named
    and of what is confirmed are told apart. A row that names nothing readable confirms nothing.
    """
    numbers, named, problems = _named(engine, reader, where, columns, size, taxonomies, language)
    cells: Sequence[Cell] = [None]
    places = np.zeros(size, dtype=np.int32)
    if where.confirm is not None:
        cells, places = columns[where.confirm].distinct()
    readings = [reader.read(cell) for cell in cells]
    told = [
        [_confirm_problem(engine, where.confirm, finding, language) for finding in one.findings]
        for one in readings
    ]
    first, both = combinations([numbers, places])
    index: dict[Pair, int] = {}
    pair_of = np.empty(len(first), dtype=np.int32)
    for number in np.argsort(first).tolist():
        row = int(first[number])
        names = named[numbers[row]]
        reading = readings[places[row]]
        confirmed = dict.fromkeys((*reading.names, *_confirmed_for(confirm, names))) if names else ()
        pair_of[number] = index.setdefault((names, tuple(confirmed)), len(index))
    return Names(pair_of[both], tuple(index)), problems, _by_row(told, places)


def _named(
    engine: Engine,
    reader: ActivityReader,
    where: NameColumns,
    columns: Mapping[int, Column],
    size: int,
    taxonomies: Sequence[str],
    language: Language,
) -> tuple[NDArray[np.intp], list[tuple[str, ...]], list[CellProblem]]:
    """Per row which of the distinct sets of names it has, these, and what is to be said of the cells."""
    read = [
        *where.activities,
        *([] if where.row is None else [where.row]),
        *(one for _, one in where.industries),
    ]
    distinct = {place: _distinct(columns[place]) for place in read}
    keys = [codes for _, codes in distinct.values()] or [np.zeros(size, dtype=np.int32)]
    first, numbers = combinations(keys)
    rows = _Rows(reader, _Candidates(engine, taxonomies, language), where)
    named: list[tuple[str, ...]] = [()] * len(first)
    told: list[list[CellProblem]] = [[]] * len(first)
    for number in np.argsort(first).tolist():
        row = first[number]
        cells = {place: values[codes[row]] for place, (values, codes) in distinct.items()}
        named[number], findings = rows.read(cells)
        told[number] = [_problem(engine, column, finding, language) for column, finding in findings]
    return numbers, named, _by_row(told, numbers)


class _Rows(Struct, frozen=True):
    """Reads one row's cells."""

    reader: ActivityReader
    candidates: _Candidates
    where: NameColumns

    def read(self, cells: Mapping[int, Cell]) -> tuple[tuple[str, ...], list[_Told]]:
        activities, row_column = self.where.activities, self.where.row
        activity = activities[0] if activities else None
        found: list[str] = []
        findings: list[_Told] = []
        texts: list[tuple[str, ...]] = []
        above: dict[int | None, tuple[str, ...]] = {}
        for column in activities:
            reading = self.reader.read(cells[column])
            texts += reading.each()
            findings += ((column, finding) for finding in reading.findings)
            found += reading.names
            above[column] = reading.headings
        findings = [one for one in findings if not self._stands_above(above.get(one[0], ()), found)]
        if row_column is not None and found:
            found, of_row = _with_row(self.reader, found, cells[row_column])
            findings += ((row_column, finding) for finding in of_row)
        seen: set[str] = set()
        several: set[str] = set()
        for base in {name.partition("#")[0] for name in found}:
            taxonomy = base.partition(":")[0]
            (several if taxonomy in seen else seen).add(taxonomy)
        if several:
            findings.append((activity, CellFinding("several_activities", {})))
            found = _without_parts(found, texts, several)
        named, proposing = bool(found), None
        for key, column in self.where.industries:
            scheme = key.partition(":")[2] or None
            industry = self.candidates.known(read_industry(scheme, cells[column]))
            findings += ((column, finding) for finding in industry.findings)
            found += industry.names
            proposing = column if industry.names and proposing is None else proposing
        if not found and not any(finding.code in _FATAL for _, finding in findings):
            unreadable = [_alone(*one) for one in findings if one[1].code == "industry_unclear"]
            findings = unreadable or [*findings, (activity, CellFinding("activity_missing", {}))]
        elif not named and found and all(finding.code in _INFORMATIVE for _, finding in findings):
            findings.append((proposing, self.candidates.finding(tuple(found))))
        # What a row names besides something unreadable is no answer to what it is.
        fatal = any(finding.code in _FATAL for _, finding in findings)
        return () if fatal else tuple(found), findings

    def _stands_above(self, headings: Sequence[str], names: Sequence[str]) -> bool:
        """Whether one of these headings of catalogues is above an item that the row names: then it says no
        more than where that item is found."""
        activities = (self.candidates.activity(name) for name in names) if headings else ()
        return any(not self.reader.headings.above(one).isdisjoint(headings) for one in activities)


def _alone(column: int | None, finding: CellFinding) -> _Told:
    """An unreadable industry code leaves the row without an answer where nothing else says what it does."""
    return column, replace(finding, code="industry_unreadable")


def _without_parts(names: Sequence[str], texts: Sequence[Sequence[str]], several: Set[str]) -> list[str]:
    """The names but those that hold for one part of the project only.

    A text that is the name of an activity in two taxonomies is one of the things that the project does
    where the row names `several` in one of them: in the other it alone is no answer for the whole.
    """
    partial = {
        name.partition("#")[0]
        for text in texts
        if any(name.partition(":")[0] in several for name in text)
        for name in text
        if name.partition(":")[0] not in several
    }
    return [name for name in names if name.partition("#")[0] not in partial]


def _distinct(column: Column) -> tuple[list[Cell], NDArray[np.int32]]:
    """The cells that occur, each once, and the place of every row's among them."""
    cells, places = column.distinct()
    known: dict[tuple[type, Cell], int] = {}
    merged = np.array([known.setdefault((type(cell), cell), len(known)) for cell in cells], dtype=np.int32)
    return [cell for _, cell in known], merged[places]


def _by_row(told: Sequence[Sequence[CellProblem]], numbers: NDArray[np.integer]) -> list[CellProblem]:
    """The problems of every row, in order; `told`: those of each distinct row."""
    some = np.fromiter(map(bool, told), dtype=np.bool_, count=len(told))
    rows = np.flatnonzero(some[numbers])
    return [
        problem.at(row)
        for row, number in zip(rows.tolist(), numbers[rows].tolist(), strict=True)
        for problem in told[number]
    ]


def _confirmed_for(confirm: Mapping[str, Sequence[str]], named: tuple[str, ...]) -> tuple[str, ...]:
    """What the options confirm for a row that names these activities."""
    if not confirm:
        return ()
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

    def activity(self, name: str) -> Activity:
        return self._engine.activities[name.partition("#")[0]]

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


def _problem(engine: Engine, column: int | None, finding: CellFinding, language: Language) -> CellProblem:
    """What is to be said of a row; the problem names no row yet."""
    fatal = finding.code in _FATAL
    severity: Severity = "error" if fatal else _severity(finding)
    message = FINDINGS[finding.code].in_language(language).format(**finding.values)
    return CellProblem(0, column, severity, finding.code, message, _near(engine, finding, language), fatal)


def _confirm_problem(
    engine: Engine, column: int | None, finding: CellFinding, language: Language
) -> CellProblem:
    message = FINDINGS[finding.code].in_language(language).format(**finding.values)
    near = _near(engine, finding, language)
    return CellProblem(0, column, _severity(finding), finding.code, message, near, unused=True)


def _near(engine: Engine, finding: CellFinding, language: Language) -> tuple[str, ...]:
    """The near names; an activity's with its own name, which can be written so, too."""
    named = ((one, engine.activities.get(one)) for one in finding.nearest)
    return tuple(f"{id} {one.name.in_language(language)}" if one is not None else id for id, one in named)


def _severity(finding: CellFinding) -> Severity:
    return "info" if finding.code in _INFORMATIVE else "warning"
