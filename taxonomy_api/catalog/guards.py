"""When two guards can never hold together, and which numbers a guard admits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    ChoiceTest,
    Criterion,
    DateTest,
    FactLeaf,
    Group,
    LevelTest,
    LimitTest,
    YesNoTest,
)
from taxonomy_api.catalog.terms import Fact, Window
from taxonomy_api.catalog.values import base_amount

Number = Fraction | int


@dataclass(frozen=True, slots=True)
class Interval:
    """A span of numbers; an end of None is unbounded. `*_closed`: the end itself belongs to it."""

    low: Number | None
    low_closed: bool
    high: Number | None
    high_closed: bool

    def lies_below(self, other: Interval) -> bool:
        """Every number of this span is smaller than every one of the other."""
        if self.high is None or other.low is None:
            return False
        return self.high < other.low or (
            self.high == other.low and not (self.high_closed and other.low_closed)
        )

    def touches(self, other: Interval) -> bool:
        """No number lies between this span and the higher `other`."""
        if self.high is None or other.low is None:
            return True
        return self.high > other.low or (self.high == other.low and (self.high_closed or other.low_closed))

    def outside(self) -> Interval | None:
        """What lies beyond the one end of this span; None where it has two or none."""
        if self.low is None and self.high is not None:
            return Interval(self.high, not self.high_closed, None, False)
        if self.high is None and self.low is not None:
            return Interval(None, False, self.low, not self.low_closed)
        return None


def number_guard(guard: Criterion | None) -> tuple[str, Interval] | None:
    """Fact and span of a guard: an undated limit, its opposite, or several of one fact under `all`."""
    if guard is None or _may_drop_out(guard) or guard.open is not None:
        return None
    if isinstance(guard, Group) and guard.kind == "not":
        denied = number_guard(guard.parts[0])
        span = denied[1].outside() if denied else None
        return None if denied is None or span is None else (denied[0], span)
    if isinstance(guard, Group) and guard.kind == "any" and len(guard.parts) == 1:
        return number_guard(guard.parts[0])
    if isinstance(guard, Group) and guard.kind == "all":
        parts = [number_guard(part) for part in guard.parts]
        spans = [part for part in parts if part is not None]
        if not spans or len(spans) != len(parts) or len({fact for fact, _ in spans}) > 1:
            return None
        return spans[0][0], _common(span for _, span in spans)
    if isinstance(guard, FactLeaf) and isinstance(guard.test, LimitTest):
        span = _interval(guard.test)
        return None if span is None else (guard.fact, span)
    return None


def _interval(test: LimitTest) -> Interval | None:
    if len(test.steps) != 1 or test.steps[0].start is not None or not test.steps[0].limits:
        return None
    ends = [base_amount(limit) for limit in test.steps[0].limits]
    return {
        "at_most": Interval(None, False, ends[0], True),
        "below": Interval(None, False, ends[0], False),
        "at_least": Interval(ends[0], True, None, False),
        "above": Interval(ends[0], False, None, False),
    }.get(test.operator, Interval(ends[0], True, ends[-1], True))


def _common(spans: Iterable[Interval]) -> Interval:
    low, low_closed, high, high_closed = None, False, None, False
    low_ends, high_ends = [], []
    for span in spans:
        if span.low is not None:
            low_ends.append((span.low, not span.low_closed))
        if span.high is not None:
            high_ends.append((span.high, span.high_closed))
    if low_ends:
        low, is_open = max(low_ends)
        low_closed = not is_open
    if high_ends:
        high, high_closed = min(high_ends)
    return Interval(low, low_closed, high, high_closed)


def windows_disjoint(first: Window | None, second: Window | None) -> bool:
    if first is None or second is None:
        return False
    return _ends_before(first, second) or _ends_before(second, first)


def _ends_before(first: Window, second: Window) -> bool:
    return first.end is not None and second.start is not None and first.end < second.start


def guards_disjoint(first: Criterion, second: Criterion, facts: Mapping[str, Fact]) -> bool:
    """True where it is certain that the two never hold for one project."""
    if _may_drop_out(first) or _may_drop_out(second):
        return False
    one_span, other_span = number_guard(first), number_guard(second)
    if one_span and other_span and one_span[0] == other_span[0]:
        a, b = one_span[1], other_span[1]
        if a.lies_below(b) or b.lies_below(a):
            return True
    for one, other in ((first, second), (second, first)):
        if isinstance(one, Group):
            if one.kind == "all" and any(guards_disjoint(part, other, facts) for part in one.parts):
                return True
            if one.kind == "any" and all(guards_disjoint(part, other, facts) for part in one.parts):
                return True
            if one.kind == "not" and _same_question(one.parts[0], other):
                return True
    if isinstance(first, FactLeaf) and isinstance(second, FactLeaf) and first.fact == second.fact:
        return _tests_disjoint(first, second, facts.get(first.fact))
    return False


def _may_drop_out(guard: Criterion) -> bool:
    """A part that does not always apply proves nothing about the times when it does not."""
    return guard.applies_if is not None or guard.applies is not None


def _same_question(one: Criterion, other: Criterion) -> bool:
    if _may_drop_out(one) or one.open is not None:
        return False
    if isinstance(one, FactLeaf) and isinstance(other, FactLeaf):
        return one.fact == other.fact and one.test == other.test
    if isinstance(one, AttestLeaf) and isinstance(other, AttestLeaf):
        return one.attestation == other.attestation
    return False


def _tests_disjoint(first: FactLeaf, second: FactLeaf, fact: Fact | None) -> bool:
    one, other = first.test, second.test
    if isinstance(one, YesNoTest) and isinstance(other, YesNoTest):
        return one.expected != other.expected
    if isinstance(one, ChoiceTest) and isinstance(other, ChoiceTest):
        return fact is not None and not _share_a_choice(one, other, fact)
    if isinstance(one, DateTest) and isinstance(other, DateTest):
        return _days_disjoint(one, other) or _days_disjoint(other, one)
    return False


def _share_a_choice(one: ChoiceTest, other: ChoiceTest, fact: Fact) -> bool:
    return any(is_within(a, b, fact) or is_within(b, a, fact) for a in one.values for b in other.values)


def is_within(choice: str, ancestor: str, fact: Fact) -> bool:
    """`choice` is `ancestor` or lies below it."""
    seen: set[str] = set()
    current: str | None = choice
    while current is not None and current not in seen:
        if current == ancestor:
            return True
        seen.add(current)
        known = fact.choices.get(current)
        current = known.parent if known else None
    return False


def _days_disjoint(early: DateTest, late: DateTest) -> bool:
    if early.operator not in ("by", "before") or late.operator not in ("after", "on_or_after"):
        return False
    both_count = early.operator == "by" and late.operator == "on_or_after"
    return early.day < late.day or (early.day == late.day and not both_count)


Direction = Literal["upper", "lower", "exact"]


def direction(leaf: FactLeaf) -> tuple[Direction, ...]:
    """From which sides the leaf limits its fact; empty where it is no limit."""
    if isinstance(leaf.test, LevelTest):
        return ("lower",)
    if not isinstance(leaf.test, LimitTest):
        return ()
    sides: dict[str, tuple[Direction, ...]] = {
        "at_most": ("upper",),
        "below": ("upper",),
        "at_least": ("lower",),
        "above": ("lower",),
        "equals": ("exact",),
        "between": ("upper", "lower"),
    }
    return sides[leaf.test.operator]
