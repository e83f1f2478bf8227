"""Checks one group of criteria: no lenient limit may serve for a stricter one, no guard leaves a gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise

from taxonomy_api.catalog.criteria import Criterion, FactLeaf, Group
from taxonomy_api.catalog.findings import Place, Report
from taxonomy_api.catalog.guards import (
    Direction,
    Interval,
    direction,
    guards_disjoint,
    number_guard,
    windows_disjoint,
)
from taxonomy_api.catalog.terms import Fact, Window
from taxonomy_api.catalog.values import base_amount

PlaceOf = Callable[[Criterion], Place]


@dataclass(frozen=True, slots=True)
class _Limit:
    """A limit within a group; `part` is the number of the direct part that holds it."""

    leaf: FactLeaf
    sides: tuple[Direction, ...]
    part: int
    guards: tuple[Criterion, ...]
    windows: tuple[Window, ...]


def check_group(group: Group, facts: Mapping[str, Fact], place_of: PlaceOf, report: Report) -> None:
    """Reports what lint refuses in this group itself; groups inside it are checked on their own."""
    if group.kind == "not":
        return
    _check_two_limits(group, facts, place_of, report)
    if group.kind == "all":
        limiting = [part for part in group.parts if isinstance(part, FactLeaf) and direction(part)]
        for fact in {part.fact for part in limiting}:
            _check_spans([part for part in limiting if part.fact == fact], place_of, report, overlap=False)
    else:
        _check_spans(list(group.parts), place_of, report, overlap=True)
        _check_whole_line(group, facts, place_of, report)


def _check_two_limits(group: Group, facts: Mapping[str, Fact], place_of: PlaceOf, report: Report) -> None:
    limits = [
        limit
        for number, part in enumerate(group.parts)
        for limit in _limits(part, group.kind, number, (), ())
    ]
    for one, other in combinations(limits, 2):
        if one.part == other.part or one.leaf.fact != other.leaf.fact:
            continue
        if not set(one.sides) & set(other.sides) or _disjoint(one, other, facts):
            continue
        message = f"{one.leaf.fact} meets a limit in {one.leaf.id} and in {other.leaf.id} of one {group.kind}"
        cure = "write cases, or give the two disjoint guards or windows"
        report.add(place_of(other.leaf), "one-fact-two-limits", message, cure)


def _limits(
    part: Criterion,
    kind: str,
    number: int,
    guards: tuple[Criterion, ...],
    windows: tuple[Window, ...],
    negated: bool = False,
) -> Iterator[_Limit]:
    """The limits that count as parts of a group of `kind`, however they are wrapped.

    A group with one part is that part, and under `not` a limit is the opposite one.
    """
    if part.applies_if is not None:
        guards = (*guards, part.applies_if)
    # Outside an open window a part is not met, which under `not` proves nothing.
    own = (None if negated else part.open, part.applies)
    windows = (*windows, *(window for window in own if window is not None))
    if isinstance(part, FactLeaf):
        sides = _opposite(part, kind) if negated else direction(part)
        if sides:
            yield _Limit(part, sides, number, guards, windows)
    elif isinstance(part, Group) and part.kind == "not":
        yield from _limits(part.parts[0], kind, number, guards, windows, not negated)
    elif isinstance(part, Group) and (len(part.parts) == 1 or _joins(part, negated) == kind):
        for inner in part.parts:
            yield from _limits(inner, kind, number, guards, windows, negated)


def _joins(group: Group, negated: bool) -> str:
    """How a group joins its parts; `not` of all is any of the opposites."""
    return {"all": "any", "any": "all"}.get(group.kind, "") if negated else group.kind


def _opposite(leaf: FactLeaf, kind: str) -> tuple[Direction, ...]:
    """The sides of the limit that `not` makes of this one."""
    sides = direction(leaf)
    if len(sides) > 1:
        # Outside a span: two alternatives, which in `all` are no two limits.
        return () if kind == "all" else sides
    flipped: dict[Direction, tuple[Direction, ...]] = {"upper": ("lower",), "lower": ("upper",)}
    return flipped.get(sides[0], ()) if sides else ()


def _disjoint(one: _Limit, other: _Limit, facts: Mapping[str, Fact]) -> bool:
    if any(windows_disjoint(a, b) for a in one.windows for b in other.windows):
        return True
    return any(guards_disjoint(a, b, facts) for a in one.guards for b in other.guards)


def _check_spans(
    parts: list[Criterion] | list[FactLeaf], place_of: PlaceOf, report: Report, overlap: bool
) -> None:
    """Neighbouring number guards over one fact meet exactly."""
    by_fact: dict[str, list[tuple[Interval, Criterion]]] = {}
    for part in parts:
        guard = number_guard(part.applies_if)
        if guard is not None:
            by_fact.setdefault(guard[0], []).append((guard[1], part))
    for fact, spans in by_fact.items():
        for (low, lower), (high, upper) in pairwise(sorted(spans, key=_by_low_end)):
            place = place_of(upper)
            if not low.lies_below(high):
                if overlap and not _at_different_times(lower, upper):
                    message = f"the guards of {lower.id} and {upper.id} over {fact} overlap"
                    cure = "let one end where the other begins, or put the guard they share on the group"
                    report.add(place, "guard-overlap", message, cure)
            elif not low.touches(high):
                message = f"the guards of {lower.id} and {upper.id} over {fact} leave a gap between them"
                report.add(place, "guard-gap", message, "let one of them include the value where they meet")


def _at_different_times(one: Criterion, other: Criterion) -> bool:
    return windows_disjoint(one.open, other.open) or windows_disjoint(one.applies, other.applies)


def _by_low_end(span: tuple[Interval, Criterion]) -> tuple[bool, Fraction | int, bool]:
    interval, _ = span
    return (interval.low is not None, interval.low or 0, not interval.low_closed)


def _check_whole_line(group: Group, facts: Mapping[str, Fact], place_of: PlaceOf, report: Report) -> None:
    """Where number guards stand on all alternatives, one of them admits every possible value."""
    guards = [number_guard(part.applies_if) for part in group.parts]
    spans = [guard for guard in guards if guard is not None]
    if not spans or len(spans) != len(guards):
        return
    if len({fact for fact, _ in spans}) > 1:
        message = f"every alternative of {group.id} is guarded, by different facts"
        report.add(
            place_of(group), "guard-gap", message, "guard the group, or add the alternative for the rest"
        )
        return
    fact_id = spans[0][0]
    domain = _domain(group, fact_id, facts.get(fact_id))
    intervals = [interval for _, interval in spans]
    cure = "add the alternative for the rest, or put the guard on the group"
    if not any(_reaches_down(interval, domain) for interval in intervals):
        report.add(
            place_of(group), "guard-gap", f"no alternative admits the lowest values of {fact_id}", cure
        )
    if not any(_reaches_up(interval, domain) for interval in intervals):
        report.add(
            place_of(group), "guard-gap", f"no alternative admits the highest values of {fact_id}", cure
        )


def _domain(group: Group, fact_id: str, fact: Fact | None) -> Interval:
    """The values that can occur: those that the group's own guard lets in, else the plausible range."""
    own = number_guard(group.applies_if)
    low = base_amount(fact.minimum) if fact and fact.minimum else None
    high = base_amount(fact.maximum) if fact and fact.maximum else None
    plausible = Interval(low, True, high, True)
    if own is None or own[0] != fact_id:
        return plausible
    span = own[1]
    return Interval(
        plausible.low if span.low is None else span.low,
        True if span.low is None else span.low_closed,
        plausible.high if span.high is None else span.high,
        True if span.high is None else span.high_closed,
    )


def _reaches_down(interval: Interval, domain: Interval) -> bool:
    if interval.low is None:
        return True
    if domain.low is None:
        return False
    return interval.low < domain.low or (
        interval.low == domain.low and (interval.low_closed or not domain.low_closed)
    )


def _reaches_up(interval: Interval, domain: Interval) -> bool:
    if interval.high is None:
        return True
    if domain.high is None:
        return False
    return interval.high > domain.high or (
        interval.high == domain.high and (interval.high_closed or not domain.high_closed)
    )
