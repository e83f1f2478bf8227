"""Many projects at once: columns of codes in, columns of verdicts out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct, field

from taxonomy_api.assessment.causes import Cause, causes
from taxonomy_api.assessment.coded import Coded
from taxonomy_api.assessment.composite_columns import Names, Pair, side_column
from taxonomy_api.assessment.counterparts import Counterparts
from taxonomy_api.assessment.decision import VERDICTS
from taxonomy_api.assessment.domains import UNKNOWN, Codes, Column, Subject, unpack
from taxonomy_api.assessment.encoding import rows_told
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.evaluation import VERIFIED_ONLY
from taxonomy_api.assessment.judgement import Judgement, judge, remarks
from taxonomy_api.assessment.plans import Plan, PlanInputs, in_one_period, plan_key
from taxonomy_api.assessment.remarks import Remark, remark
from taxonomy_api.assessment.verdict_sheet import Group, GroupVerdicts, VerdictSheet

if TYPE_CHECKING:
    from numpy.typing import NDArray

BASES: tuple[str | None, ...] = (None, "criteria", "listing", "composite", "mapping")
WEAKEST: tuple[str | None, ...] = (None, "verified", "single-source")


class VerdictColumns(Struct, frozen=True):
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
    activity: Coded[str]
    unplaced: tuple[tuple[NDArray[np.intp], tuple[Remark, ...]], ...]
    groups: tuple[Group, ...]


class Columns(Struct, frozen=True):
    """What is known of `size` projects: all that each names and confirms, per subject a column of codes.

    `estimated`: the projects whose figures are estimates (None: none are).
    """

    size: int
    names: Names
    subjects: Mapping[Subject, Column]
    estimated: NDArray[np.bool_] | None = None


class _Table(Struct, frozen=True):
    """What the evaluation of one taxonomy reads: the columns, and per distinct pair of names what follows.

    `order`: the projects by the groups in which they are judged. The codes of a subject are put in that
    order once, so that each group's part of them is one piece. `places`: for each pair of names that of
    it among those of its group.
    """

    engine: Engine
    columns: Columns
    names: Names
    order: NDArray[np.intp]
    places: NDArray[np.int32]
    as_of: date
    assume_not_excluded: bool
    _in_order: dict[Subject, Codes] = field(default_factory=dict)

    def part(self, subject: Subject, start: int, end: int) -> Column | None:
        """The column of a subject for the projects `start` to `end` of the order, if there is one."""
        column = self.columns.subjects.get(subject)
        if column is None:
            return None
        codes = self._in_order.get(subject)
        if codes is None:
            codes = self._in_order[subject] = column.codes[self.order]
        return Column(codes[start:end], column.values)

    def members(self, start: int, end: int, pairs: NDArray[np.intp]) -> _Members:
        """The projects `start` to `end` of the order, which have these `pairs`."""
        rows = self.order[start:end]
        told = [self.names.pairs[pair] for pair in pairs.tolist()]
        return _Members(rows, told, self.places[self.names.places[rows]])


class _Members(Struct, frozen=True):
    """The projects `rows` of a group, the pairs of names that they have, and the place of each one's."""

    rows: NDArray[np.intp]
    pairs: Sequence[Pair]
    places: NDArray[np.int32]


def assess_columns(
    engine: Engine, columns: Columns, taxonomy: str, as_of: date, *, assume_not_excluded: bool = False
) -> VerdictColumns:
    """Verdicts of one taxonomy for every project, by the same evaluation as for a single one."""
    pairs = columns.names.pairs
    found = [engine.correspondence.of(named, confirmed, taxonomy) for named, confirmed in pairs]
    told = tuple(
        (pair[0], (*pair[1], *one.added)) if one.added else pair
        for pair, one in zip(pairs, found, strict=True)
    )
    kind_of, first = _kinds(found, pairs)
    kind = kind_of[columns.names.places] if columns.size else kind_of[:0]
    order = np.argsort(kind, kind="stable")
    names = Names(columns.names.places, told)
    pairs_of, places = _pairs_by_kind(kind_of, columns.names.places)
    table = _Table(engine, columns, names, order, places, as_of, assume_not_excluded)
    sheet = VerdictSheet(columns.size)
    present, starts = np.unique(kind[order], return_index=True)
    ends = [*starts.tolist()[1:], columns.size]
    for number, start, end in zip(present.tolist(), starts.tolist(), ends, strict=True):
        counterparts, (named, _) = found[first[number]], pairs[first[number]]
        if counterparts.members:
            members = table.members(start, end, pairs_of[number])
            _assess_group(engine.plan(counterparts), table, start, members, sheet)
        else:
            rank = counterparts.rank if counterparts.not_covered else None
            sheet.add_unplaced(order[start:end], _why_unplaced(counterparts, named), rank)
    verdict, basis, weakest = sheet.verdicts()
    determined = verdict != 0
    return VerdictColumns(
        taxonomy,
        verdict,
        basis,
        weakest,
        sheet.valid_until,
        sheet.reasons(),
        sheet.flags("assumed") & determined,
        sheet.flags("estimated"),
        Coded(list(sheet.activities), sheet.activity),
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


def _pairs_by_kind(
    kind_of: Codes, pair_of: NDArray[np.int32]
) -> tuple[Mapping[int, NDArray[np.intp]], NDArray[np.int32]]:
    """Of each kind the pairs that occur, and of each pair its place among them; `pair_of`: by project."""
    occurring = np.flatnonzero(np.bincount(pair_of, minlength=len(kind_of)))
    by_kind = occurring[np.argsort(kind_of[occurring], kind="stable")]
    kinds, starts, sizes = np.unique(kind_of[by_kind], return_index=True, return_counts=True)
    places = np.zeros(len(kind_of), dtype=np.int32)
    places[by_kind] = np.arange(len(by_kind)) - np.repeat(starts, sizes)
    return dict(zip(kinds.tolist(), np.split(by_kind, starts[1:]), strict=True)), places


def _why_unplaced(found: Counterparts, named: Sequence[str]) -> tuple[Remark, ...]:
    return found.remarks or (remark("industry_code_only" if named else "activity_not_named"),)


def _assess_group(plan: Plan, table: _Table, start: int, members: _Members, sheet: VerdictSheet) -> None:
    """Add the verdicts of projects that are all judged by the plan; they stand from `start` in the order."""
    rows, assume = members.rows, table.assume_not_excluded
    size = len(rows)
    codes: dict[Subject, Column] = {}
    for subject in plan.subjects:
        if subject.kind in ("row", "named"):
            codes[subject] = side_column(table.engine.activities, subject, members.pairs, members.places)
        elif (column := table.part(subject, start, start + size)) is not None:
            codes[subject] = column
    today = bisect_right(plan.days, table.as_of.toordinal())
    judgement = judge(in_one_period(plan, size, codes, today), assume_not_excluded=assume)
    leads = _leads(judgement)
    found = _causes(judgement)
    said = tuple(remarks(judgement))
    sheet.add(
        Group(tuple(one.program.activity for one in plan.questions), rows, leads, found, said),
        GroupVerdicts(
            verdicts={verdict: judgement.mask(verdict) for verdict in VERDICTS[1:]},
            verified=rests_on_verified(judgement, assume),
            by_criteria=rests_on_criteria(judgement.inputs, assume),
            by_mapping=stands_by_mapping(judgement, assume),
            composite=_by_composite(judgement),
            assumed=judgement.assumed_not_excluded,
            estimated=_by_estimate(judgement, codes, today, table, rows),
            reasons=_by_reason(found, said),
        ),
    )
    _write_activities(plan, members, leads, sheet)
    _write_horizon(judgement, today, rows, table, sheet)


def _leads(judgement: Judgement) -> NDArray[np.int8]:
    """Per project the place of the activity that speaks for it."""
    leads = np.zeros(judgement.inputs.size, dtype=np.int8)
    for place, mask in enumerate(judgement.leads):
        if place and mask:
            leads[unpack(mask, judgement.inputs.size)] = place
    return leads


def rests_on_verified(judgement: Judgement, assume_not_excluded: bool) -> int:
    """The projects whose verdict stands on verified sources alone."""
    inputs = judgement.inputs
    if all(one.program.entry_rank > VERIFIED_ONLY for one in inputs.plan.questions):
        return 0
    if not inputs.plan.counts_unverified:
        return judgement.determined
    return judge(inputs, floor=VERIFIED_ONLY, assume_not_excluded=assume_not_excluded).determined


def rests_on_criteria(inputs: PlanInputs, assume_not_excluded: bool) -> int:
    """The projects whose verdict stands without any listing that only the caller's word supports."""
    if not inputs.plan.lists:
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


def _by_composite(judgement: Judgement) -> int:
    """The projects for whom a comparison speaks."""
    found = 0
    for question, lead in zip(judgement.inputs.plan.questions, judgement.leads, strict=True):
        if question.program.activity.composite is not None:
            found |= lead
    return found


def _write_activities(plan: Plan, members: _Members, leads: NDArray[np.int8], sheet: VerdictSheet) -> None:
    """The activity that speaks for each project, with the rows told; several rows are joined by "+"."""
    activities = [one.program.activity for one in plan.questions]
    if not any(one.rows for one in activities):
        numbers = np.array([sheet.activity_code(one.id) for one in activities], dtype=np.int32)
        sheet.activity[members.rows] = numbers[leads]
        return
    distinct, back = np.arange(len(members.pairs)), members.places
    if len(activities) > 1:
        distinct, back = np.unique(members.places * len(activities) + leads, return_inverse=True)
    written = np.empty(len(distinct), dtype=np.int32)
    for number, key in enumerate(distinct.tolist()):
        pair, lead = divmod(key, len(activities))
        activity = activities[lead]
        told = rows_told(activity, (name for names in members.pairs[pair] for name in names))
        written[number] = sheet.activity_code(activity.id + ("#" + "+".join(sorted(told)) if told else ""))
    sheet.activity[members.rows] = written[back]


def _causes(judgement: Judgement) -> tuple[Cause, ...]:
    """What the verdicts rest on, of each project by the activity that speaks for it."""
    found: list[Cause] = []
    for decision, lead in zip(judgement.decisions, judgement.leads, strict=True):
        for cause in causes(decision) if lead else ():
            if lead == judgement.inputs.full:
                found.append(cause)
            elif here := cause.mask & lead:
                found.append(
                    Cause(cause.reason, cause.node, cause.part, here, cause.result, cause.alternative)
                )
    return tuple(found)


def _by_reason(found: Sequence[Cause], said: Sequence[tuple[Remark, int]]) -> dict[str, int]:
    by_reason: dict[str, int] = {}
    for cause in found:
        by_reason[cause.reason] = by_reason.get(cause.reason, 0) | cause.mask
    for one, mask in said:
        by_reason[one.code] = by_reason.get(one.code, 0) | mask
    return by_reason


def _by_estimate(
    judgement: Judgement,
    codes: Mapping[Subject, Column],
    today: int,
    table: _Table,
    rows: NDArray[np.intp],
) -> int:
    """The determined verdicts that would not stand without the figures that are estimates."""
    if table.columns.estimated is None or not (estimated := table.columns.estimated[rows]).any():
        return 0
    known = {
        subject: Column(np.where(estimated, column.codes.dtype.type(UNKNOWN), column.codes), column.values)
        if subject.kind == "fact"
        else column
        for subject, column in codes.items()
    }
    inputs = in_one_period(judgement.inputs.plan, len(rows), known, today)
    return judgement.determined & ~judge(inputs, assume_not_excluded=table.assume_not_excluded).determined


def _write_horizon(
    judgement: Judgement, today: int, rows: NDArray[np.intp], table: _Table, sheet: VerdictSheet
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
