"""Many projects at once: columns of codes in, columns of verdicts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from taxonomy_api.assessment.causes import BIT, Cause, causes
from taxonomy_api.assessment.composite_columns import Names, Pair, side_column
from taxonomy_api.assessment.counterparts import Counterparts
from taxonomy_api.assessment.decision import VERDICTS
from taxonomy_api.assessment.domains import UNKNOWN, Codes, Column, Subject, unpack
from taxonomy_api.assessment.encoding import rows_told
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.evaluation import VERIFIED_ONLY, day_codes
from taxonomy_api.assessment.judgement import Judgement, judge, remarks
from taxonomy_api.assessment.plans import Plan, PlanInputs, in_one_period, plan_key
from taxonomy_api.assessment.remarks import Remark, remark
from taxonomy_api.catalog.model import Activity

if TYPE_CHECKING:
    from numpy.typing import NDArray

BASES: tuple[str | None, ...] = (None, "criteria", "listing", "composite", "mapping")
WEAKEST: tuple[str | None, ...] = (None, "verified", "single-source")
NO_DAY = 0
_NOT_COVERED = VERDICTS.index("not_covered")


@dataclass(frozen=True, slots=True)
class Group:
    """The projects `rows` judged by the same activities; the masks of `causes` and `remarks` count within.

    `leads`: the place in `activities` of the one that speaks for each.
    """

    activities: tuple[Activity, ...]
    rows: NDArray[np.intp]
    leads: NDArray[np.int8]
    causes: tuple[Cause, ...]
    remarks: tuple[tuple[Remark, int], ...]


@dataclass(frozen=True, slots=True)
class VerdictColumns:
    """The verdicts of one taxonomy for a batch, a place per project.

    `verdict`, `basis`, `weakest`: codes into VERDICTS, BASES, WEAKEST. `valid_until`: day number, 0
    where the verdict has no known end. `reasons`: bits of causes.REASONS. `assumed`: rests on the
    assumption that nothing is excluded; `estimated`: would not stand without estimated figures.
    `activity`: the activity by which it is judged, as `taxonomy:code[#row]`, "" where there is none.
    `unplaced`: the projects known to be in no activity of the taxonomy, with the reasons.
    `groups`: the others with the criteria their verdicts rest on.
    """

    taxonomy: str
    verdict: NDArray[np.int8]
    basis: NDArray[np.int8]
    weakest: NDArray[np.int8]
    valid_until: NDArray[np.int32]
    reasons: NDArray[np.uint64]
    assumed: NDArray[np.bool_]
    estimated: NDArray[np.bool_]
    activity: list[str]
    unplaced: tuple[tuple[NDArray[np.intp], tuple[Remark, ...]], ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """What is known of `size` projects: all that each names and confirms, per subject a column of codes.

    `estimated`: the projects whose figures are estimates (None: none are).
    """

    size: int
    names: Names
    subjects: Mapping[Subject, Column]
    estimated: NDArray[np.bool_] | None = None


@dataclass(slots=True)
class _Sheet:
    """The verdict columns while they are being filled."""

    size: int
    verdict: NDArray[np.int8] = field(init=False)
    basis: NDArray[np.int8] = field(init=False)
    weakest: NDArray[np.int8] = field(init=False)
    valid_until: NDArray[np.int32] = field(init=False)
    reasons: NDArray[np.uint64] = field(init=False)
    assumed: NDArray[np.bool_] = field(init=False)
    estimated: NDArray[np.bool_] = field(init=False)
    activity: NDArray[np.object_] = field(init=False)
    unplaced: list[tuple[NDArray[np.intp], tuple[Remark, ...]]] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.verdict = np.zeros(self.size, dtype=np.int8)
        self.basis = np.zeros(self.size, dtype=np.int8)
        self.weakest = np.zeros(self.size, dtype=np.int8)
        self.valid_until = np.zeros(self.size, dtype=np.int32)
        self.reasons = np.zeros(self.size, dtype=np.uint64)
        self.assumed = np.zeros(self.size, dtype=np.bool_)
        self.estimated = np.zeros(self.size, dtype=np.bool_)
        self.activity = np.full(self.size, "", dtype=object)


@dataclass(frozen=True, slots=True)
class _Table:
    """What the evaluation of one taxonomy reads: the columns, and per distinct pair of names what follows."""

    columns: Columns
    names: Names
    as_of: date
    assume_not_excluded: bool


def assess_columns(
    engine: Engine, columns: Columns, taxonomy: str, as_of: date, *, assume_not_excluded: bool = False
) -> VerdictColumns:
    """Verdicts of one taxonomy for every project, by the same evaluation as for a single one."""
    sheet = _Sheet(columns.size)
    pairs = columns.names.pairs
    found = [engine.correspondence.of(named, confirmed, taxonomy) for named, confirmed in pairs]
    told = tuple(
        (named, (*confirmed, *one.added)) for (named, confirmed), one in zip(pairs, found, strict=True)
    )
    table = _Table(columns, Names(columns.names.places, told), as_of, assume_not_excluded)
    kind_of, first = _kinds(found, pairs)
    kind = kind_of[columns.names.places] if columns.size else kind_of[:0]
    order = np.argsort(kind, kind="stable")
    present, starts = np.unique(kind[order], return_index=True)
    for number, start, end in zip(
        present.tolist(), starts.tolist(), [*starts[1:], columns.size], strict=True
    ):
        rows, place = order[start:end], first[number]
        if found[place].members:
            _assess_group(engine, engine.plan(found[place]), table, rows, sheet)
        else:
            _write_unplaced(found[place], _why_unplaced(found[place], pairs[place][0]), rows, sheet)
    return VerdictColumns(
        taxonomy,
        sheet.verdict,
        sheet.basis,
        sheet.weakest,
        sheet.valid_until,
        sheet.reasons,
        sheet.assumed,
        sheet.estimated,
        sheet.activity.tolist(),
        tuple(sheet.unplaced),
        tuple(sheet.groups),
    )


def _kinds(found: Sequence[Counterparts], pairs: Sequence[Pair]) -> tuple[Codes, list[int]]:
    """Which pairs of names are judged alike: the kind of each, by number, and of each kind the first pair."""
    alike: dict[tuple[int, bool], int] = {}  # counterparts are remembered, so most are the same object
    kinds: dict[object, int] = {}
    first: list[int] = []
    numbers: list[int] = []
    for place, (one, (named, _)) in enumerate(zip(found, pairs, strict=True)):
        same = (id(one), bool(named))
        number = alike.get(same)
        if number is None:
            key: object = plan_key(one) if one.members else _why_unplaced(one, named)
            number = alike[same] = kinds.setdefault(key, len(kinds))
            if number == len(first):
                first.append(place)
        numbers.append(number)
    # Numbers of at most two bytes are sorted by counting.
    return np.array(numbers, dtype=np.min_scalar_type(len(first))), first


def _why_unplaced(found: Counterparts, named: Sequence[str]) -> tuple[Remark, ...]:
    return found.remarks or (remark("industry_code_only" if named else "activity_not_named"),)


def _write_unplaced(
    found: Counterparts, why: tuple[Remark, ...], rows: NDArray[np.intp], sheet: _Sheet
) -> None:
    bits = 0
    for one in why:
        bits |= BIT[one.code]
    sheet.reasons[rows] = np.uint64(bits)
    sheet.unplaced.append((rows, why))
    if found.not_covered:
        sheet.verdict[rows] = _NOT_COVERED
        sheet.weakest[rows] = found.rank + 1


def _assess_group(engine: Engine, plan: Plan, table: _Table, rows: NDArray[np.intp], sheet: _Sheet) -> None:
    """Fill in the verdicts of the projects `rows`, which are all judged by the plan."""
    size, assume = len(rows), table.assume_not_excluded
    codes: dict[Subject, Column] = {}
    for subject in plan.subjects:
        if subject.kind in ("row", "named"):
            codes[subject] = side_column(engine.activities, subject, table.names, rows)
        elif subject in table.columns.subjects:
            column = table.columns.subjects[subject]
            codes[subject] = Column(column.codes[rows], column.values)
    today = int(day_codes(plan, np.array([table.as_of.toordinal()]))[0])
    inputs = in_one_period(plan, size, codes, today)
    judgement = judge(inputs, assume_not_excluded=assume)
    told = np.zeros(size, dtype=np.int8)
    for number, verdict in enumerate(VERDICTS):
        if number and (mask := judgement.mask(verdict)):
            told += unpack(mask, size) * np.int8(number)
    sheet.verdict[rows] = told
    strong = rests_on_verified(inputs, assume)
    determined = unpack(judgement.determined, size)
    verified = unpack(strong & judgement.determined, size)
    sheet.weakest[rows] = np.where(verified, 1, np.where(determined, 2, 0))
    sheet.assumed[rows] = unpack(judgement.assumed_not_excluded & judgement.determined, size)
    leads = _leads(judgement)
    _write_basis(plan, judgement, leads, rows, table, sheet)
    _write_activities(engine, plan, table, leads, rows, sheet)
    _write_reasons(plan, judgement, leads, rows, sheet)
    estimated = table.columns.estimated
    if estimated is not None:
        _write_estimated(plan, judgement, codes, today, estimated[rows], rows, table, sheet)
    _write_horizon(judgement, today, rows, table, sheet)


def _leads(judgement: Judgement) -> NDArray[np.int8]:
    """Per project the place of the activity that speaks for it."""
    leads = np.zeros(judgement.inputs.size, dtype=np.int8)
    for place, mask in enumerate(judgement.leads):
        if place and mask:
            leads[unpack(mask, judgement.inputs.size)] = place
    return leads


def rests_on_verified(inputs: PlanInputs, assume_not_excluded: bool) -> int:
    """The projects whose verdict stands on verified sources alone."""
    if all(one.program.entry_rank > VERIFIED_ONLY for one in inputs.plan.questions):
        return 0
    return judge(inputs, floor=VERIFIED_ONLY, assume_not_excluded=assume_not_excluded).determined


def rests_on_criteria(inputs: PlanInputs, assume_not_excluded: bool) -> int:
    """The projects whose verdict stands without any listing that only the caller's word supports."""
    if not any(leaf.kind == "listing" for one in inputs.plan.questions for leaf in one.program.leaves):
        return inputs.full
    by_criteria = judge(
        inputs, confirmed_scope=True, assume_not_excluded=assume_not_excluded, inferring=False
    )
    return by_criteria.determined


def stands_by_mapping(judgement: Judgement, assume_not_excluded: bool) -> int:
    """The projects whose verdict would not stand without what was inferred."""
    if not judgement.inferred & judgement.determined:
        return 0
    without = judge(judgement.inputs, assume_not_excluded=assume_not_excluded, inferring=False)
    return judgement.determined & ~without.determined


def _write_basis(
    plan: Plan,
    judgement: Judgement,
    leads: NDArray[np.int8],
    rows: NDArray[np.intp],
    table: _Table,
    sheet: _Sheet,
) -> None:
    size, assume = len(rows), table.assume_not_excluded
    shown = unpack(rests_on_criteria(judgement.inputs, assume), size)
    mapped = unpack(stands_by_mapping(judgement, assume), size)
    composite = np.array([one.program.activity.composite is not None for one in plan.questions])[leads]
    basis = np.where(composite, 3, np.where(mapped, 4, np.where(shown, 1, 2)))
    sheet.basis[rows] = np.where(unpack(judgement.determined, size), basis, 0)


def _write_activities(
    engine: Engine,
    plan: Plan,
    table: _Table,
    leads: NDArray[np.int8],
    rows: NDArray[np.intp],
    sheet: _Sheet,
) -> None:
    """The activity that speaks for each project, with the rows told; several rows are joined by "+"."""
    if not any(one.program.activity.rows for one in plan.questions):
        ids = np.array([one.program.activity.id for one in plan.questions], dtype=object)
        sheet.activity[rows] = ids[leads]
        return
    places = table.names.places[rows]
    keys = places.astype(np.int64) * len(plan.questions) + leads
    distinct, back = np.unique(keys, return_inverse=True)
    written = []
    for key in distinct.tolist():
        place, lead = divmod(key, len(plan.questions))
        activity = plan.questions[lead].program.activity
        told = rows_told(activity, [name for names in table.names.pairs[place] for name in names])
        written.append(activity.id + ("#" + "+".join(sorted(told)) if told else ""))
    sheet.activity[rows] = np.array(written, dtype=object)[back]


def _write_reasons(
    plan: Plan, judgement: Judgement, leads: NDArray[np.int8], rows: NDArray[np.intp], sheet: _Sheet
) -> None:
    found: list[Cause] = []
    for decision, lead in zip(judgement.decisions, judgement.leads, strict=True):
        for cause in causes(decision) if lead else ():
            if lead == judgement.inputs.full:
                found.append(cause)
            elif here := cause.mask & lead:
                found.append(Cause(cause.reason, cause.node, cause.part, here, cause.result))
    said = tuple(remarks(judgement))
    by_reason: dict[str, int] = {}
    for reason, mask in (
        *((one.reason, one.mask) for one in found),
        *((one.code, mask) for one, mask in said),
    ):
        by_reason[reason] = by_reason.get(reason, 0) | mask
    reasons = np.zeros(len(rows), dtype=np.uint64)
    for reason, mask in by_reason.items():
        reasons |= unpack(mask, len(rows)).astype(np.uint64) * np.uint64(BIT[reason])
    sheet.reasons[rows] = reasons
    activities = tuple(one.program.activity for one in plan.questions)
    sheet.groups.append(Group(activities, rows, leads, tuple(found), said))


def _write_estimated(
    plan: Plan,
    judgement: Judgement,
    codes: Mapping[Subject, Column],
    today: int,
    estimated: NDArray[np.bool_],
    rows: NDArray[np.intp],
    table: _Table,
    sheet: _Sheet,
) -> None:
    """Which determined verdicts would not stand without the figures that are estimates."""
    if not estimated.any():
        return
    known = {
        subject: Column(np.where(estimated, column.codes.dtype.type(UNKNOWN), column.codes), column.values)
        if subject.kind == "fact"
        else column
        for subject, column in codes.items()
    }
    without = judge(
        in_one_period(plan, len(rows), known, today), assume_not_excluded=table.assume_not_excluded
    )
    sheet.estimated[rows] = unpack(judgement.determined & ~without.determined, len(rows))


def _write_horizon(
    judgement: Judgement, today: int, rows: NDArray[np.intp], table: _Table, sheet: _Sheet
) -> None:
    """The last day on which each project's verdict still holds, as far as the dates on file tell."""
    inputs = judgement.inputs
    unchanged = inputs.full
    for period in range(today + 1, len(inputs.plan.days) + 1):
        later = judge(inputs.in_period(period), assume_not_excluded=table.assume_not_excluded)
        same = 0
        for verdict in VERDICTS:
            same |= judgement.mask(verdict) & later.mask(verdict)
        if changed := unchanged & ~same:
            until = inputs.plan.days[period - 1] - 1
            sheet.valid_until[rows[unpack(changed, inputs.size)]] = until
            unchanged &= same
        if not unchanged:
            break
