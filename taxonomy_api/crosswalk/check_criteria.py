"""Criteria that no project can meet, and alternatives that grant nothing beside another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    Cases,
    Criterion,
    FactLeaf,
    Group,
    Leaf,
    MeetsLeaf,
    Rows,
    StandardLeaf,
    walk,
)
from taxonomy_api.catalog.findings import Finding, Report
from taxonomy_api.catalog.model import Activity, Release
from taxonomy_api.catalog.places import Places
from taxonomy_api.catalog.terms import Window
from taxonomy_api.crosswalk.formulate import Side
from taxonomy_api.crosswalk.implication import compare, is_reachable

#: A check of everything is not to wait for the hardest; where more is needed nothing is found.
MOST_STEPS = 400


def check_criteria(release: Release, places: Places) -> tuple[Finding, ...]:
    """A finding for every class or alternative that no project can meet, and every alternative that another
    one of the same group contains. Where a search takes too long nothing is said."""
    report = Report()
    for activity in release.activities():
        if activity.as_in is None:
            for side in _sides(activity):
                _check_side(_Checked(release, places, activity, report), side)
    return report.findings


def _sides(activity: Activity) -> Iterator[Side]:
    for test in activity.classes.values():
        if test.criterion is not None:
            yield Side(activity.id, test.criterion, test.until)
    for cell in activity.dnsh.values():
        if cell is not None:
            yield Side(activity.id, cell)


@dataclass(frozen=True, slots=True)
class _Checked:
    release: Release
    places: Places
    activity: Activity
    report: Report

    def add(self, criterion: Criterion, rule: str, message: str, cure: str) -> None:
        self.report.add(self.places.criterion(self.activity, criterion), rule, message, cure)


def _check_side(checked: _Checked, side: Side) -> None:
    if not _asks(side.criterion):
        return
    if not is_reachable(checked.release, side, MOST_STEPS):
        message = f"no project can meet {side.criterion.id}"
        cure = "correct the limits, guards or windows that exclude each other"
        checked.add(side.criterion, "criterion-impossible", message, cure)
        return
    for group in walk(side.criterion):
        if isinstance(group, Group) and group.kind == "any" and len(group.parts) > 1:
            _check_alternatives(checked, [Side(side.id, part, side.until) for part in group.parts])


def _check_alternatives(checked: _Checked, parts: list[Side]) -> None:
    reachable = []
    for part in parts:
        if is_reachable(checked.release, part, MOST_STEPS):
            reachable.append(part)
        else:
            message = f"no project can meet the alternative {part.criterion.id}"
            cure = "correct the limits, guards or windows that exclude each other, or remove it"
            checked.add(part.criterion, "criterion-impossible", message, cure)
    contained: set[str] = set()
    for part in reachable:
        for other in reachable:
            # Of two that are equal only one is idle.
            if other is not part and other.criterion.id not in contained and _contains(checked, other, part):
                contained.add(part.criterion.id)
                message = f"whoever meets {part.criterion.id} meets {other.criterion.id} as well"
                cure = "remove it, or correct the one that contains it"
                checked.add(part.criterion, "alternative-subsumed", message, cure)
                break


def _contains(checked: _Checked, wider: Side, narrower: Side) -> bool:
    """Whether every project that meets `narrower` meets `wider`, with the same standing and contribution."""
    asked = _asks(wider.criterion)
    if not asked or not asked <= _asks(narrower.criterion):
        return False
    if _standing(wider.criterion) != _standing(narrower.criterion):
        return False
    computed = compare(checked.release, narrower, wider, Window(), most_steps=MOST_STEPS)
    return all(span.forward == "entails" for span in computed.spans)


def _standing(criterion: Criterion) -> tuple[frozenset[str], frozenset[str | None]]:
    """What a verdict says of the part that it rests on, beside its outcome."""
    parts = list(walk(criterion))
    statuses = frozenset(part.status for part in parts if isinstance(part, Leaf))
    return statuses, frozenset(part.contribution for part in parts if part.contribution)


def _asks(criterion: Criterion) -> frozenset[tuple[str, str]]:
    """What the answers to which decide a criterion; empty where it asks for nothing on file."""
    return frozenset(_questions(walk(criterion)))


def _questions(parts: Iterable[Criterion]) -> Iterator[tuple[str, str]]:
    for part in parts:
        if isinstance(part, FactLeaf):
            yield "fact", part.fact
        elif isinstance(part, Cases):
            yield "fact", part.by
        elif isinstance(part, StandardLeaf):
            yield "standard", part.standard
        elif isinstance(part, AttestLeaf | MeetsLeaf):
            yield "attestation", part.attestation
        elif isinstance(part, Rows):
            yield "rows", part.id
