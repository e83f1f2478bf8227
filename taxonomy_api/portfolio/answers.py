"""The columns of a table that answer facts, standards and attestations, before they are assessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from taxonomy_api.assessment.batch import Cells
from taxonomy_api.assessment.domains import Subject
from taxonomy_api.assessment.intake_answers import ANSWER
from taxonomy_api.assessment.level_values import parse_level
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.assessment.values import ParsedValue, parse_value
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.finding_texts import FINDINGS
from taxonomy_api.portfolio.headers import Match
from taxonomy_api.portfolio.issues import CellProblem, Severity
from taxonomy_api.portfolio.table import Cell, shown

_STARTS_LIKE_A_NUMBER = re.compile(r"\s*[-+.<>=]?\s*[0-9]")
_LONGEST_SHOWN = 80


def answer_columns(
    release: Release,
    matches: Sequence[Match | None],
    columns: Mapping[int, Column],
    language: Language,
) -> tuple[list[int], list[Cells], list[CellProblem]]:
    """The places of the columns that answer something, their cells, and what is to be said of them.

    Where two columns answer one subject differently in a row, neither cell is handed on.
    """
    by_subject: dict[Subject, list[int]] = {}
    for place, match in enumerate(matches):
        if match is not None and match.role.kind != "standard_column":
            by_subject.setdefault(Subject(match.role.kind, match.role.key), []).append(place)
    problems: list[CellProblem] = []
    cells_of: dict[int, Column] = {}
    for subject, places in by_subject.items():
        cells = [columns[place] for place in places]
        units = [_unit(matches[place]) for place in places]
        fact = release.facts.get(subject.id) if subject.kind == "fact" else None
        if len(places) > 1:
            cells, found = _agreeing(release, subject, places, cells, units, language)
            problems += found
        if fact is not None and fact.kind == "quantity":
            for place, column, unit in zip(places, cells, units, strict=True):
                problems += _approximate(release, subject, place, column, unit, language)
        cells_of.update(zip(places, cells, strict=True))
    table: list[Cells] = []
    subjects = {place: subject for subject, places in by_subject.items() for place in places}
    for place in sorted(subjects):
        subject, column, unit = subjects[place], cells_of[place], _unit(matches[place])
        quantity = subject.kind == "fact" and release.facts[subject.id].kind == "quantity"
        # Numbers alone are read faster as an array; only of quantities, where an empty cell may be NaN.
        numbers = column.floats() if quantity else None
        table.append(
            Cells(subject, numbers, unit) if numbers is not None else _distinct_cells(subject, column, unit)
        )
    return sorted(subjects), table, problems


def _distinct_cells(subject: Subject, column: Column, unit: str | None) -> Cells:
    cells, places = column.distinct()
    return Cells(subject, cells, unit, places)


def _unit(match: Match | None) -> str | None:
    return None if match is None else match.unit


def _agreeing(
    release: Release,
    subject: Subject,
    places: Sequence[int],
    columns: Sequence[Column],
    units: Sequence[str | None],
    language: Language,
) -> tuple[list[Column], list[CellProblem]]:
    """The columns without the cells of rows in which they say different things."""
    kept = [list(column) for column in columns]
    problems: list[CellProblem] = []
    known: dict[tuple[int, type, Cell], object | None] = {}
    emptied: list[int] = []
    for row in range(len(kept[0])):
        told: list[tuple[int, object]] = []
        for number, column in enumerate(kept):
            cell = column[row]
            if cell is None:
                continue
            key = (number, type(cell), cell)
            if key not in known:
                known[key] = _meaning(release, subject, cell, units[number])
            meaning = known[key]
            if meaning is not None:
                told.append((number, meaning))
        others = [number for number, meaning in told if meaning != told[0][1]]
        if not others:
            continue
        first, other = told[0][0], others[0]
        words = {"first": _short(kept[first][row]), "given": _short(kept[other][row])}
        problems.append(
            _problem(
                "error", "contradictory_answers", row, places[other], language, subject=subject.id, **words
            )
        )
        emptied.append(row)
    return [column.emptied(emptied) for column in columns], problems


def _meaning(release: Release, subject: Subject, cell: Cell, unit: str | None) -> object | None:
    """What a cell says, in a form that can be compared; None where it says nothing that can be read."""
    try:
        if subject.kind == "fact":
            return _value(
                parse_value(release.facts[subject.id], cell, unit, hint_from_header=unit is not None)
            )
        try:
            return _value(parse_value(ANSWER, cell))
        except ValueProblem:
            scale = release.standards[subject.id].scale if subject.kind == "standard" else ()
            return parse_level(scale, cell) if scale else None
    except ValueProblem:
        return None


def _value(parsed: ParsedValue | None) -> object | None:
    return None if parsed is None else parsed.value


def _approximate(
    release: Release, subject: Subject, place: int, column: Column, unit: str | None, language: Language
) -> Iterator[CellProblem]:
    """The cells whose number is stated as "about"."""
    fact = release.facts[subject.id]

    def is_approximate(cell: Cell) -> bool:
        if not isinstance(cell, str) or _STARTS_LIKE_A_NUMBER.match(cell):
            return False
        try:
            parsed = parse_value(fact, cell, unit, hint_from_header=unit is not None)
        except ValueProblem:
            return False
        return parsed is not None and parsed.approximate

    for row in column.where(str, holds=is_approximate).tolist():
        yield _problem("info", "approximate_value", row, place, language, given=_short(column[row]))


def _problem(
    severity: Severity, code: str, row: int, column: int, language: Language, **words: str
) -> CellProblem:
    return CellProblem(row, column, severity, code, FINDINGS[code].in_language(language).format(**words))


def _short(cell: Cell) -> str:
    return shown(cell)[:_LONGEST_SHOWN]
