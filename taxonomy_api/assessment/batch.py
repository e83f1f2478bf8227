"""Cells of a table in, verdict columns and their reasons out; the entrance for portfolios."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from taxonomy_api.assessment.causes import Cause
from taxonomy_api.assessment.columns import Columns, Group, VerdictColumns
from taxonomy_api.assessment.composite_columns import names_told
from taxonomy_api.assessment.domains import UNKNOWN, Column, Subject, encode_sets, narrow, unpack
from taxonomy_api.assessment.encoding import answer_code, standard_code, value_code
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake_answers import ANSWER
from taxonomy_api.assessment.program import CompiledCases, CompiledLeaf
from taxonomy_api.assessment.project import GivenAnswer, GivenStandard
from taxonomy_api.assessment.reasons import cause_text
from taxonomy_api.assessment.remarks import Remark
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.assessment.values import parse_level, parse_value
from taxonomy_api.catalog.model import Activity
from taxonomy_api.catalog.terms import Fact, Language, Standard
from taxonomy_api.catalog.units import WrongDimension, convert, find_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: How many criteria a reason in a table names.
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Cells:
    """The raw cells of one table column that answers `subject` (fact, standard or attestation).

    `unit`: the unit stated in the header. `cells` may be an array of floats, which is read faster; NaN
    is an empty cell.
    """

    subject: Subject
    cells: Sequence[object] | NDArray[np.float64]
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell that cannot be read and counts as not given: row (from 0), place of its column, the problem."""

    row: int
    column: int
    problem: ValueProblem


@dataclass(frozen=True, slots=True)
class Batch:
    """Read projects and the cells that could not be read."""

    columns: Columns
    problems: tuple[CellProblem, ...]


def read_batch(
    engine: Engine,
    names: Sequence[Sequence[str]],
    table: Sequence[Cells],
    *,
    estimated: NDArray[np.bool_] | None = None,
    confirmed: Sequence[Sequence[str]] | None = None,
) -> Batch:
    """Read a table of projects.

    `names`: per project the activities (`taxonomy:code[#row]`, canonical) and industry codes it names;
    `confirmed`: per project the further activities that it confirms; `table`: its other columns, each
    of as many cells.
    """
    problems: list[CellProblem] = []
    subjects: dict[Subject, Column] = {}
    for place, column in enumerate(table):
        read = _read_column(engine, column)
        problems += [CellProblem(row, place, problem) for row, problem in read.problems]
        if column.subject in subjects:
            read = _filled(subjects[column.subject], read)
        subjects[column.subject] = read.column
    return Batch(Columns(len(names), names_told(names, confirmed), subjects, estimated), tuple(problems))


@dataclass(frozen=True, slots=True)
class _Read:
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
        return _read_each(column.cells, lambda cell: _fact_code(engine, fact, cell, column.unit))
    if subject.kind == "standard":
        standard = engine.release.standards[subject.id]
        return _read_each(column.cells, lambda cell: _standard_cell(standard, cell))
    return _read_each(column.cells, _answer_cell)


def _read_each(cells: Iterable[object], read: Callable[[object], int]) -> _Read:
    """Codes cell by cell, each distinct cell read once."""
    memo: dict[tuple[type, object], int | ValueProblem] = {}
    codes: list[int] = []
    problems: list[tuple[int, ValueProblem]] = []
    for row, cell in enumerate(cells):
        key = (type(cell), cell)
        if key not in memo:
            try:
                memo[key] = read(cell)
            except ValueProblem as problem:
                memo[key] = problem
        found = memo[key]
        if isinstance(found, ValueProblem):
            problems.append((row, found))
            found = UNKNOWN
        codes.append(found)
    return _Read(Column(narrow(np.array(codes, dtype=np.int32))), problems)


def _fact_code(engine: Engine, fact: Fact, cell: object, unit: str | None) -> int:
    parsed = parse_value(fact, cell, unit, hint_from_header=unit is not None)
    if parsed is None or isinstance(parsed.value, frozenset):
        return UNKNOWN
    return value_code(engine, fact, parsed.value)


def _read_choices(fact: Fact, column: Cells) -> _Read:
    chosen: list[frozenset[str]] = []

    def read(cell: object) -> int:
        parsed = parse_value(fact, cell, column.unit)
        if parsed is None or not isinstance(parsed.value, frozenset):
            return UNKNOWN
        chosen.append(parsed.value)
        return len(chosen)

    found = _read_each(column.cells, read)
    return _Read(Column(found.column.codes, tuple(chosen)), found.problems)


def _read_floats(engine: Engine, fact: Fact, cells: NDArray[np.float64], unit: str | None) -> _Read:
    """A column of plain numbers in one unit; cells out of the plausible range are read one by one."""
    factor = _factor(fact, unit)
    if factor is None:
        return _read_each(cells.tolist(), lambda cell: _fact_code(engine, fact, _or_none(cell), unit))
    codes = engine.domains[fact.id].codes_of(cells, factor)
    problems: list[tuple[int, ValueProblem]] = []
    for row in np.flatnonzero(_doubtful(fact, cells, factor)).tolist():
        try:
            codes[row] = _fact_code(engine, fact, float(cells[row]), unit)
        except ValueProblem as problem:
            codes[row] = UNKNOWN
            problems.append((row, problem))
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


def reason_texts(
    engine: Engine,
    verdicts: VerdictColumns,
    as_of: date,
    language: Language,
    shown: Mapping[Subject, Sequence[object]],
) -> list[str]:
    """Per project why its verdict is as it is: the first criteria it rests on, in words.

    `shown`: the cells by subject, to name what was given.
    """
    texts = [""] * len(verdicts.verdict)
    for rows, why in verdicts.unplaced:
        told = " ".join(one.text(language) for one in why)
        for row in rows.tolist():
            texts[row] = told
    for group in verdicts.groups:
        _write_group_texts(engine, group, as_of, language, shown, texts)
    return texts


def _write_group_texts(
    engine: Engine,
    group: Group,
    as_of: date,
    language: Language,
    shown: Mapping[Subject, Sequence[object]],
    texts: list[str],
) -> None:
    mapped = [_mapped_text(group, lead, language) for lead in range(len(group.activities))]
    said: list[Cause | tuple[Remark, int]] = [*_first(group), *group.causes]
    if not said:
        for place, row in enumerate(group.rows.tolist()):
            texts[row] = mapped[int(group.leads[place])].strip()
        return
    masks = [one[1] if isinstance(one, tuple) else one.mask for one in said]
    held = np.array([unpack(mask, len(group.rows)) for mask in masks])
    memo: dict[tuple[int, str | None], str] = {}
    first_named: dict[bytes, list[int]] = {}
    packed = np.packbits(held, axis=0).T
    for place, row in enumerate(group.rows.tolist()):
        key = packed[place].tobytes()
        named = first_named.get(key)
        if named is None:
            named = first_named[key] = np.flatnonzero(held[:, place])[: MOST_NAMED + 1].tolist()
        parts: list[str] = []
        for number in named[:MOST_NAMED]:
            cause = said[number]
            given = None if isinstance(cause, tuple) else _shown_cell(cause.node, row, shown)
            memo_key = (number, given)
            if memo_key not in memo:
                memo[memo_key] = (
                    cause[0].text(language)
                    if isinstance(cause, tuple)
                    else cause_text(engine, _owner(group, place), cause, as_of, language, given)
                )
            parts.append(memo[memo_key])
        more = " …" if len(named) > MOST_NAMED else ""
        texts[row] = " ".join(parts) + more + mapped[int(group.leads[place])]


def _first(group: Group) -> list[tuple[Remark, int]]:
    """What goes before the criteria: what mappings decided, or why they decide nothing."""
    return [one for one in group.remarks if one[0].code != "mapped"]


def _mapped_text(group: Group, lead: int, language: Language) -> str:
    """How it is known that projects are in the activity at `lead`; told however many criteria there are."""
    place = int((group.leads == lead).argmax())
    return "".join(
        f" {one.text(language)}" for one, mask in group.remarks if one.code == "mapped" and mask >> place & 1
    )


def _owner(group: Group, place: int) -> Activity:
    """The activity that speaks for the project at `place` of the group."""
    return group.activities[int(group.leads[place])]


def _shown_cell(node: object, row: int, shown: Mapping[Subject, Sequence[object]]) -> str | None:
    if not isinstance(node, CompiledLeaf | CompiledCases) or node.subject is None:
        return None
    cells = shown.get(node.subject)
    if cells is None or cells[row] is None or cells[row] == "":
        return None
    return str(cells[row])
