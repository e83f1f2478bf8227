"""Many projects at once: columns of codes in, columns of verdicts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from taxonomy_api.assessment.causes import BIT, Cause, causes
from taxonomy_api.assessment.composite_columns import Names, side_column
from taxonomy_api.assessment.decision import VERDICTS, Decision, decide, determined_also
from taxonomy_api.assessment.domains import UNKNOWN, Codes, Column, Subject, constant, narrow, unpack
from taxonomy_api.assessment.encoding import rows_told
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.evaluation import VERIFIED_ONLY, Inputs, day_codes
from taxonomy_api.assessment.program import Program
from taxonomy_api.catalog.model import Activity

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Codes in `Named.activity` below zero.
NOT_NAMED, SEVERAL, INDUSTRY_ONLY, OTHER_TAXONOMY = -1, -2, -3, -4
#: Why there is no verdict where no single activity is named.
REASON_WITHOUT_ACTIVITY = {
    NOT_NAMED: "activity_not_named",
    SEVERAL: "several_activities",
    INDUSTRY_ONLY: "industry_code_only",
    OTHER_TAXONOMY: "no_mapping_on_file",
}
BASES: tuple[str | None, ...] = (None, "criteria", "listing", "composite", "mapping")
WEAKEST: tuple[str | None, ...] = (None, "verified", "single-source")
NO_DAY = 0


@dataclass(frozen=True, slots=True)
class Named:
    """Which activity of one taxonomy each project names.

    `activity`: place in `activities`, or one of the negative codes above; `row`: place in
    `rows` (from 1) of the set of rows named, 0 for none.
    """

    activities: tuple[Activity, ...]
    activity: NDArray[np.int32]
    row: Codes
    rows: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The projects `rows` under one activity; the masks of `causes` count within them."""

    activity: Activity
    rows: NDArray[np.intp]
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class VerdictColumns:
    """The verdicts of one taxonomy for a batch, a place per project.

    `verdict`, `basis`, `weakest`: codes into VERDICTS, BASES, WEAKEST. `valid_until`: day number, 0
    where the verdict has no known end. `reasons`: bits of causes.REASONS. `assumed`: rests on the
    assumption that nothing is excluded; `estimated`: would not stand without estimated figures.
    `groups`: the projects under each activity with the criteria their verdicts rest on.
    """

    taxonomy: str
    named: Named
    verdict: NDArray[np.int8]
    basis: NDArray[np.int8]
    weakest: NDArray[np.int8]
    valid_until: NDArray[np.int32]
    reasons: NDArray[np.uint32]
    assumed: NDArray[np.bool_]
    estimated: NDArray[np.bool_]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """What is known of `size` projects: per taxonomy the activity named, per subject a column of codes.

    `estimated`: the projects whose figures are estimates (None: none are). `names`: all that each
    project names, which composites need (None: none is asked for).
    """

    size: int
    named: Mapping[str, Named]
    subjects: Mapping[Subject, Column]
    estimated: NDArray[np.bool_] | None = None
    names: Names | None = None


@dataclass(slots=True)
class _Sheet:
    """The verdict columns while they are being filled."""

    size: int
    verdict: NDArray[np.int8] = field(init=False)
    basis: NDArray[np.int8] = field(init=False)
    weakest: NDArray[np.int8] = field(init=False)
    valid_until: NDArray[np.int32] = field(init=False)
    reasons: NDArray[np.uint32] = field(init=False)
    assumed: NDArray[np.bool_] = field(init=False)
    estimated: NDArray[np.bool_] = field(init=False)
    groups: list[Group] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.verdict = np.zeros(self.size, dtype=np.int8)
        self.basis = np.zeros(self.size, dtype=np.int8)
        self.weakest = np.zeros(self.size, dtype=np.int8)
        self.valid_until = np.zeros(self.size, dtype=np.int32)
        self.reasons = np.zeros(self.size, dtype=np.uint32)
        self.assumed = np.zeros(self.size, dtype=np.bool_)
        self.estimated = np.zeros(self.size, dtype=np.bool_)


def assess_columns(
    engine: Engine, columns: Columns, taxonomy: str, as_of: date, *, assume_not_excluded: bool = False
) -> VerdictColumns:
    """Verdicts of one taxonomy for every project, by the same evaluation as for a single one."""
    named = columns.named[taxonomy]
    sheet = _Sheet(columns.size)
    for code, reason in REASON_WITHOUT_ACTIVITY.items():
        sheet.reasons[named.activity == code] = BIT[reason]
    order = np.argsort(named.activity, kind="stable")
    present, starts = np.unique(named.activity[order], return_index=True)
    ends = [*starts[1:], columns.size]
    for place, start, end in zip(present.tolist(), starts.tolist(), ends, strict=True):
        if place >= 0:
            activity = named.activities[place]
            _assess_group(
                engine,
                engine.program(activity),
                columns,
                named,
                order[start:end],
                as_of,
                assume_not_excluded,
                sheet,
            )
    return VerdictColumns(
        taxonomy,
        named,
        sheet.verdict,
        sheet.basis,
        sheet.weakest,
        sheet.valid_until,
        sheet.reasons,
        sheet.assumed,
        sheet.estimated,
        tuple(sheet.groups),
    )


def _assess_group(
    engine: Engine,
    program: Program,
    columns: Columns,
    named: Named,
    rows: NDArray[np.intp],
    as_of: date,
    assume_not_excluded: bool,
    sheet: _Sheet,
) -> None:
    """Fill in the verdicts of the projects `rows`, which all name the program's activity."""
    size = len(rows)
    codes: dict[Subject, Column] = {}
    for subject in program.subjects:
        if subject.kind == "row" and subject.id == program.activity.id:
            codes[subject] = Column(named.row[rows], named.rows)
        elif subject.kind in ("row", "named"):
            if columns.names is not None:
                codes[subject] = side_column(engine.activities, subject, columns.names, rows)
        elif subject in columns.subjects:
            column = columns.subjects[subject]
            codes[subject] = Column(column.codes[rows], column.values)
    today = int(day_codes(program, np.array([as_of.toordinal()]))[0])
    inputs = Inputs(program, size, codes, constant(today, size))
    decision = decide(inputs, assume_not_excluded=assume_not_excluded)
    told = np.zeros(size, dtype=np.int8)
    for number, verdict in enumerate(VERDICTS):
        if number and (mask := decision.mask(verdict)):
            told += unpack(mask, size) * np.int8(number)
    sheet.verdict[rows] = told
    strong = determined_also(inputs, floor=VERIFIED_ONLY, assume_not_excluded=assume_not_excluded)
    verified, determined = unpack(strong, size), unpack(decision.determined, size)
    sheet.weakest[rows] = np.where(verified, 1, np.where(determined, 2, 0))
    shown = unpack(rests_on_criteria(inputs, assume_not_excluded), size)
    own = np.full(size, 3) if program.activity.composite is not None else np.where(shown, 1, 2)
    sheet.basis[rows] = np.where(determined, own, 0)
    sheet.assumed[rows] = unpack(decision.assumed_not_excluded & decision.determined, size)
    _write_causes(program, decision, rows, sheet)
    if columns.estimated is not None:
        _write_estimated(inputs, decision, columns.estimated[rows], rows, assume_not_excluded, sheet)
    _write_horizon(decision, today, rows, assume_not_excluded, sheet)


def rests_on_criteria(inputs: Inputs, assume_not_excluded: bool) -> int:
    """The projects whose verdict stands without any listing that only the caller's word supports."""
    return determined_also(inputs, confirmed_scope=True, assume_not_excluded=assume_not_excluded)


def _write_causes(program: Program, decision: Decision, rows: NDArray[np.intp], sheet: _Sheet) -> None:
    found = tuple(causes(decision))
    by_reason: dict[str, int] = {}
    for cause in found:
        by_reason[cause.reason] = by_reason.get(cause.reason, 0) | cause.mask
    reasons = np.zeros(len(rows), dtype=np.uint32)
    for reason, mask in by_reason.items():
        reasons |= unpack(mask, len(rows)) * np.uint32(BIT[reason])
    sheet.reasons[rows] = reasons
    sheet.groups.append(Group(program.activity, rows, found))


def _write_estimated(
    inputs: Inputs,
    decision: Decision,
    estimated: NDArray[np.bool_],
    rows: NDArray[np.intp],
    assume_not_excluded: bool,
    sheet: _Sheet,
) -> None:
    """Which determined verdicts would not stand without the figures that are estimates."""
    if not estimated.any():
        return
    known = {
        subject: Column(np.where(estimated, column.codes.dtype.type(UNKNOWN), column.codes), column.values)
        if subject.kind == "fact"
        else column
        for subject, column in inputs.columns.items()
    }
    without = decide(
        Inputs(inputs.program, inputs.size, known, inputs.day_codes), assume_not_excluded=assume_not_excluded
    )
    sheet.estimated[rows] = unpack(decision.determined & ~without.determined, inputs.size)


def _write_horizon(
    decision: Decision, today: int, rows: NDArray[np.intp], assume_not_excluded: bool, sheet: _Sheet
) -> None:
    """The last day on which each project's verdict still holds, as far as the dates on file tell."""
    inputs = decision.walk.inputs
    program = inputs.program
    unchanged = inputs.full
    for period in range(today + 1, len(program.days) + 1):
        later = decide(inputs.in_period(period), assume_not_excluded=assume_not_excluded)
        same = 0
        for verdict in VERDICTS:
            same |= decision.mask(verdict) & later.mask(verdict)
        if changed := unchanged & ~same:
            sheet.valid_until[rows[unpack(changed, inputs.size)]] = program.days[period - 1] - 1
            unchanged &= same
        if not unchanged:
            break


def resolve_names(
    activities: Mapping[str, Activity], taxonomies: Sequence[str], named: Sequence[Sequence[str]]
) -> dict[str, Named]:
    """Per taxonomy which of its activities each project names.

    `named`: per project `taxonomy:code`, `taxonomy:code#row`, or industry codes. Unknown codes are the
    caller's to report before.
    """
    return {taxonomy: _resolve(activities, taxonomy, named) for taxonomy in taxonomies}


def _resolve(activities: Mapping[str, Activity], taxonomy: str, named: Sequence[Sequence[str]]) -> Named:
    own = tuple(activity for activity in activities.values() if activity.taxonomy == taxonomy)
    place = {activity.id: number for number, activity in enumerate(own)}
    memo: dict[tuple[str, ...], tuple[int, int]] = {}
    row_sets: dict[frozenset[str], int] = {}
    found = np.empty((len(named), 2), dtype=np.int32)
    for project, names in enumerate(named):
        key = tuple(names)
        if key not in memo:
            activity, rows = _place(activities, place, taxonomy, key)
            memo[key] = activity, row_sets.setdefault(rows, len(row_sets) + 1) if rows else UNKNOWN
        found[project] = memo[key]
    return Named(own, found[:, 0].copy(), narrow(found[:, 1].copy()), tuple(row_sets))


def _place(
    activities: Mapping[str, Activity], place: Mapping[str, int], taxonomy: str, names: tuple[str, ...]
) -> tuple[int, frozenset[str]]:
    """The activity of the taxonomy that is named, or a negative code, and the rows told."""
    here = {name for name in names if name.partition(":")[0] == taxonomy}
    bases = {name.partition("#")[0] for name in here}
    if len(bases) > 1:
        return SEVERAL, frozenset()
    if not bases:
        elsewhere = [name for name in names if name.partition("#")[0] in activities]
        return (OTHER_TAXONOMY if elsewhere else INDUSTRY_ONLY if names else NOT_NAMED), frozenset()
    base = bases.pop()
    if base not in place:
        return NOT_NAMED, frozenset()
    return place[base], rows_told(activities[base], names)
