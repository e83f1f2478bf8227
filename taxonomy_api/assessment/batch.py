"""Cells of a table in, columns of codes out; the entrance for portfolios."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from taxonomy_api.assessment.columns import Columns
from taxonomy_api.assessment.composite_columns import Names, names_told
from taxonomy_api.assessment.domains import UNKNOWN, Column, Subject, encode_sets, narrow
from taxonomy_api.assessment.encoding import answer_code, standard_code, value_code
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake_answers import ANSWER
from taxonomy_api.assessment.level_values import parse_level
from taxonomy_api.assessment.project import GivenAnswer, GivenStandard
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.assessment.values import parse_value
from taxonomy_api.catalog.terms import Fact, Standard
from taxonomy_api.catalog.units import WrongDimension, convert, find_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Cells(Struct, frozen=True):
    """The raw cells of one table column that answers `subject` (fact, standard or attestation).

    `unit`: the unit stated in the header. `cells` may be an array of floats, which is read faster; NaN
    is an empty cell. With `places`, `cells` holds what occurs, and `places` per project where among it.
    """

    subject: Subject
    cells: Sequence[object] | NDArray[np.float64]
    unit: str | None = None
    places: NDArray[np.int32] | None = None


class CellProblem(Struct, frozen=True):
    """A cell that cannot be read and counts as not given: row (from 0), place of its column, the problem."""

    row: int
    column: int
    problem: ValueProblem


class Batch(Struct, frozen=True):
    """Read projects and the cells that could not be read."""

    columns: Columns
    problems: tuple[CellProblem, ...]


def read_batch(
    engine: Engine,
    names: Sequence[Sequence[str]] | Names,
    table: Sequence[Cells],
    *,
    estimated: NDArray[np.bool_] | None = None,
    confirmed: Sequence[Sequence[str]] | None = None,
) -> Batch:
    """Read a table of projects.

    `names`: per project the activities (`taxonomy:code[#row]`, canonical) and industry codes it names;
    `confirmed`: per project the further activities that it confirms; `table`: its other columns, each
    of as many cells. `Names` tells the first two together.
    """
    told = names if isinstance(names, Names) else names_told(names, confirmed)
    problems: list[CellProblem] = []
    subjects: dict[Subject, Column] = {}
    for place, column in enumerate(table):
        read = _read_column(engine, column)
        problems += [CellProblem(row, place, problem) for row, problem in read.problems]
        if column.subject in subjects:
            read = _filled(subjects[column.subject], read)
        subjects[column.subject] = read.column
    return Batch(Columns(len(told.places), told, subjects, estimated), tuple(problems))


class _Read(Struct, frozen=True):
    column: Column
    problems: list[tuple[int, ValueProblem]]


def _filled(first: Column, second: _Read) -> _Read:
    """Two columns of one subject: the first one's answers, the second's where it has none."""
    if first.values or second.column.values:
        sets = [
            (first.values[one - 1] if one else second.column.values[other - 1] if other else None)
            for one, other in zip(first.codes.tolist(), second.column.codes.tolist(), strict=True)
        ]
        return _Read(encode_sets(sets), second.problems)
    return _Read(Column(np.where(first.codes == UNKNOWN, second.column.codes, first.codes)), second.problems)


def _read_column(engine: Engine, column: Cells) -> _Read:
    subject = column.subject
    if subject.kind == "fact":
        fact = engine.release.facts[subject.id]
        if isinstance(column.cells, np.ndarray) and fact.kind == "quantity":
            return _read_floats(engine, fact, column.cells, column.unit)
        if fact.kind == "choice":
            return _read_choices(fact, column)
        return _read_each(column, lambda cell: _fact_code(engine, fact, cell, column.unit))
    if subject.kind == "standard":
        standard = engine.release.standards[subject.id]
        return _read_each(column, lambda cell: _standard_cell(standard, cell))
    return _read_each(column, _answer_cell)


def _read_each(column: Cells, read: Callable[[object], int]) -> _Read:
    """Codes cell by cell, each distinct cell read once."""
    cells, places = column.cells, column.places
    if places is None:
        known: dict[tuple[type, object], int] = {}
        numbers = [known.setdefault((type(cell), cell), len(known)) for cell in cells]
        cells, places = [cell for _, cell in known], np.array(numbers, dtype=np.int32)
    codes: list[int] = []
    wrong: dict[int, ValueProblem] = {}
    for place, cell in enumerate(cells):
        try:
            codes.append(read(cell))
        except ValueProblem as problem:
            wrong[place] = problem.kept()
            codes.append(UNKNOWN)
    problems: list[tuple[int, ValueProblem]] = []
    if wrong:
        at_fault = np.zeros(len(codes), dtype=np.bool_)
        at_fault[[*wrong]] = True
        rows = np.flatnonzero(at_fault[places])
        problems = [
            (row, wrong[place]) for row, place in zip(rows.tolist(), places[rows].tolist(), strict=True)
        ]
    return _Read(Column(narrow(np.array(codes, dtype=np.int32)[places])), problems)


def _fact_code(engine: Engine, fact: Fact, cell: object, unit: str | None) -> int:
    parsed = parse_value(fact, cell, unit, hint_from_header=unit is not None)
    if parsed is None or isinstance(parsed.value, frozenset):
        return UNKNOWN
    return value_code(engine, fact, parsed.value)


def _read_choices(fact: Fact, column: Cells) -> _Read:
    chosen: dict[frozenset[str], int] = {}

    def read(cell: object) -> int:
        parsed = parse_value(fact, cell, column.unit)
        if parsed is None or not isinstance(parsed.value, frozenset):
            return UNKNOWN
        return chosen.setdefault(parsed.value, len(chosen) + 1)

    found = _read_each(column, read)
    return _Read(Column(found.column.codes, tuple(chosen)), found.problems)


def _read_floats(engine: Engine, fact: Fact, cells: NDArray[np.float64], unit: str | None) -> _Read:
    """A column of plain numbers in one unit; cells out of the plausible range are read one by one."""
    factor = _factor(fact, unit)
    if factor is None:
        column = Cells(Subject("fact", fact.id), cells.tolist())
        return _read_each(column, lambda cell: _fact_code(engine, fact, _or_none(cell), unit))
    codes = engine.domains[fact.id].codes_of(cells, factor)
    problems: list[tuple[int, ValueProblem]] = []
    for row in np.flatnonzero(_doubtful(fact, cells, factor)).tolist():
        try:
            codes[row] = _fact_code(engine, fact, float(cells[row]), unit)
        except ValueProblem as problem:
            codes[row] = UNKNOWN
            problems.append((row, problem.kept()))
    return _Read(Column(narrow(codes)), problems)


def _factor(fact: Fact, unit: str | None) -> Fraction | None:
    """From the header's unit to the fact's own; None where the cells must be read one by one to say why."""
    if unit is None:
        return Fraction(1)
    given, own = find_unit(unit), find_unit(fact.unit or "1")
    if given is None or own is None:
        return None
    try:
        return convert(1, given, own)
    except WrongDimension:
        return None


def _or_none(cell: object) -> object:
    return None if cell != cell else cell


def _doubtful(fact: Fact, cells: NDArray[np.float64], factor: Fraction) -> NDArray[np.bool_]:
    """Numbers that are infinite, near or beyond the plausible range, or too small to be a percentage."""
    scaled = cells * float(factor)
    doubtful = np.isinf(cells) | (scaled < 0)
    if fact.unit == "%":
        doubtful |= np.abs(cells) <= 1
    for bound, beyond in ((fact.minimum, np.less_equal), (fact.maximum, np.greater_equal)):
        if bound is not None:
            doubtful |= beyond(scaled, float(bound.amount))
    return doubtful


def _standard_cell(standard: Standard, cell: object) -> int:
    """A level, or yes/no for bare conformity."""
    try:
        parsed = parse_value(ANSWER, cell)
        if parsed is None:
            return UNKNOWN
        return standard_code(standard, GivenStandard(complies=parsed.value is True))
    except ValueProblem:
        if not standard.scale:
            raise
    level = parse_level(standard.scale, cell)
    return UNKNOWN if level is None else standard_code(standard, GivenStandard(level=level))


def _answer_cell(cell: object) -> int:
    parsed = parse_value(ANSWER, cell)
    return UNKNOWN if parsed is None else answer_code(GivenAnswer(parsed.value is True))
