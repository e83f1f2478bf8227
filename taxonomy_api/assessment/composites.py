"""Composites: a class that is defined over the activities of two other editions (DESIGN §4).

A side is met if one of its activities in which the project is said to be is met, not met if the list
is complete and all of them fail, else unknown. The scenario says which sides count; where it is not on
file, they must agree. Only substantial contribution is asked of a side.

Naming or confirming an activity says that the project is in its scope. It says nothing of the other
activities of that edition, so none is ever taken to be outside for want of a name; a scope that the
caller denies fails by the item's own test. Several activities named in one edition say nothing: the
project does several things, and is to be split.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from taxonomy_api.assessment.domains import BESIDE_OTHERS, MET, UNKNOWN, YES, Subject, Table
from taxonomy_api.assessment.masks import Masks, all_of, any_of
from taxonomy_api.assessment.program import (
    Compiled,
    CompiledComposite,
    CompiledMember,
    CompiledSide,
    Days,
    Frame,
    Rule,
)
from taxonomy_api.catalog.criteria import Criterion, Group
from taxonomy_api.catalog.model import Activity, Composite, Release
from taxonomy_api.catalog.terms import STATUSES

#: A rank beyond that of every status that a verdict rests on, but counted in a provisional one.
NOT_COUNTED = len(STATUSES) - 1
NEVER_COUNTED = len(STATUSES)
RULES: Mapping[int | None, Rule] = {
    None: "agree",
    1: "agree",
    2: "eu",
    3: "cn",
    4: "both",
    5: "left_out",
    6: "left_out",
}
#: From the code of a `named` subject to whether the project is in the scope.
SAID: Table = bytes([0, MET, 0])
SEVERAL: Table = bytes([0, 0, MET])


class Builder(Protocol):
    """What of the compiler is used here; `activity` is the one whose criteria are being built."""

    activity: Activity

    @property
    def release(self) -> Release: ...
    @property
    def days(self) -> Days: ...
    def frame(self, criterion: Criterion) -> Frame: ...
    def build(self, criterion: Criterion) -> Compiled: ...
    def use(self, subject: Subject) -> Subject: ...


def composite_parts(builder: Builder, composite: Composite) -> dict[str, Compiled]:
    """The class that a composite grants: `green`, or `excluded` where the comparison left the pair out."""
    rule = RULES[composite.scenario]
    rank = STATUSES.index(composite.status)
    left_out = rule == "left_out"
    node = CompiledComposite(
        frame=builder.frame(_heading("sides")),
        rule=rule,
        parts=() if left_out else _sides(builder, composite),
        included=composite.included,
        status_rank=rank if composite.included else max(rank, NOT_COUNTED),
    )
    return {"excluded" if left_out else "green": node}


def _sides(builder: Builder, composite: Composite) -> tuple[CompiledSide, ...]:
    found: list[CompiledSide] = []
    for name, ids in composite.sides.items():
        frame = builder.frame(_heading(name))
        members = tuple(
            _member(builder, name, activity)
            for one in ids
            if (activity := builder.release.activity(one)) is not None
        )
        complete = composite.complete and len(members) == len(ids)
        found.append(CompiledSide(frame=frame, name=name, parts=members, complete=complete))
    return tuple(found)


def _member(builder: Builder, side: str, activity: Activity) -> CompiledMember:
    before, builder.activity = builder.activity, activity
    frame = builder.frame(_heading(activity.id))
    test = activity.classes.get("green")
    criterion = None if test is None else test.criterion
    if test is not None and test.until is not None:
        builder.days.add_end(test.until)
    member = CompiledMember(
        frame=frame,
        side=side,
        named=builder.use(Subject("named", activity.id)),
        test=None if criterion is None else builder.build(criterion),
        until=None if test is None else test.until,
        # A class that the edition does not speak of (another composite's) decides nothing here.
        status_rank=NEVER_COUNTED if test is None else STATUSES.index(activity.status),
    )
    builder.activity = before
    return member


def _heading(name: str) -> Criterion:
    """The frame of a node that is no criterion of a data file."""
    return Group(id=name, kind="any", parts=())


# results -------------------------------------------------------------------------------------------


def member_masks(test: Masks, open_: int, said: int, full: int) -> Masks:
    """The results of one activity: met only for those `said` to be in it, and only while it is `open_`.

    A test of which nothing applies to the project is unknown.
    """
    met, not_met = test.met | test.left_out, test.not_met | test.left_out
    return Masks(met & open_, not_met & open_ | full & ~open_ | full & ~said, 0)


def side_masks(members: Sequence[Masks], complete: bool, full: int) -> Masks:
    """Met if one is; not met if all are not, and there are no others."""
    others = [] if complete and members else [Masks(full, full, 0)]
    return any_of([*members, *others], full)


def joined_masks(rule: Rule, deciding: Sequence[Masks], full: int) -> Masks:
    """What the sides that count give together. `left_out`: that the pair was left out is met."""
    if rule == "left_out":
        return Masks(full, 0, 0)
    if not deciding:
        return Masks(full, full, 0)
    if rule != "agree":
        return all_of(deciding, full)
    all_met = all_fail = full
    for side in deciding:
        all_met &= side.surely_met
        all_fail &= side.surely_not_met
    return Masks(full & ~all_fail, full & ~all_met, 0)


# which activities are named ------------------------------------------------------------------------


def scope_code(activity: str, named: Iterable[str], confirmed: Iterable[str]) -> int:
    """The code of the subject `named` of an activity, from what a project names and confirms."""
    if any(one.partition("#")[0] == activity for one in confirmed):
        return YES
    edition = activity.partition(":")[0]
    here = {base for one in named if (base := one.partition("#")[0]).partition(":")[0] == edition}
    if activity not in here:
        return UNKNOWN
    return YES if len(here) == 1 else BESIDE_OTHERS
