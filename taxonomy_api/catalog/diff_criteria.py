"""What changed in one test: limits by the days on which they differ, the rest by criterion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from taxonomy_api.catalog.criteria import Criterion, FactLeaf, Leaf, LimitTest, Rows, walk
from taxonomy_api.catalog.diff_words import NOTHING, criterion_words, days, field_words, limit_words, words
from taxonomy_api.catalog.terms import Quantity


@dataclass(frozen=True, slots=True)
class Found:
    """A change within a test; `place` is the class, cell or shared criterion and what stands in it."""

    about: Literal["criterion", "limit", "date", "status"]
    place: str
    before: str | None
    after: str | None
    said: str = ""
    start: date | None = None

    @property
    def text(self) -> str:
        return self.said or f"{self.place}: {self.before or NOTHING} → {self.after or NOTHING}"


def until_change(name: str, old: date | None, new: date | None) -> Found:
    before, after = (f"ends on {day}" if day else "has no end" for day in (old, new))
    first = min(day for day in (old, new) if day is not None) + timedelta(days=1)
    return Found("date", name, before, after, f"{name}: {before} → {after}", first)


def criterion_changes(old: Criterion | None, new: Criterion | None, name: str) -> Iterator[Found]:
    """The changes of one test, by the ids of its criteria."""
    if old == new:
        return
    if old is None or new is None:
        before = None if old is None else criterion_words(old)
        after = None if new is None else criterion_words(new)
        yield Found("criterion", name, before, after)
        return
    found = list(_by_id(old, new, name))
    yield from found or [Found("criterion", name, "the old test", "a new one")]


def _by_id(old: Criterion, new: Criterion, name: str) -> Iterator[Found]:
    sides = [{part.id: part for part in walk(one)} for one in (old, new)]
    for id in dict.fromkeys((*sides[0], *sides[1])):
        was, is_ = sides[0].get(id), sides[1].get(id)
        if was is None or is_ is None:
            yield _one_sided(name, id, was, is_)
        elif was != is_:
            yield from _both(name, was, is_)


def _one_sided(name: str, id: str, was: Criterion | None, is_: Criterion | None) -> Found:
    before = None if was is None else criterion_words(was)
    after = None if is_ is None else criterion_words(is_)
    verb = "added" if was is None else "removed"
    return Found("criterion", f"{name} {id}", before, after, f"{name}: {id} {verb}: {before or after}")


def _place(name: str, id: str) -> str:
    """A class that is one criterion bears the same id."""
    return name if id == name else f"{name} {id}"


def _both(name: str, was: Criterion, is_: Criterion) -> Iterator[Found]:
    place = _place(name, was.id)
    if (
        isinstance(was, FactLeaf)
        and isinstance(is_, FactLeaf)
        and was.fact == is_.fact
        and was.test != is_.test
    ):
        if isinstance(was.test, LimitTest) and isinstance(is_.test, LimitTest):
            yield from _limits(name, was, was.test, is_.test)
        else:
            yield Found("criterion", place, criterion_words(was), criterion_words(is_))
    elif criterion_words(was) != criterion_words(is_):
        yield Found("criterion", place, criterion_words(was), criterion_words(is_))
    elif type(was) is type(is_):
        yield from _wording(place, was, is_)
    yield from _around(place, was, is_)
    if isinstance(was, Leaf) and isinstance(is_, Leaf):
        if was.status != is_.status:
            yield Found("status", place, was.status, is_.status)
        if was.source != is_.source and criterion_words(was) == criterion_words(is_):
            yield Found("criterion", f"{place} source", *field_words(was.source, is_.source))


def _around(place: str, was: Criterion, is_: Criterion) -> Iterator[Found]:
    """Windows, guard, contribution and note."""
    for key in ("open", "applies"):
        first, second = getattr(was, key), getattr(is_, key)
        if first != second:
            before, after = (f"{key} {words(one) if one else 'always'}" for one in (first, second))
            yield Found("date", place, before, after)
    if was.contribution != is_.contribution:
        yield Found("criterion", place, *field_words(was.contribution, is_.contribution))
    if (was.applies_if is None) != (is_.applies_if is None):
        before, after = (
            f"if {criterion_words(one)}" if one else "always" for one in (was.applies_if, is_.applies_if)
        )
        yield Found("criterion", place, before, after)
    if was.note != is_.note:
        yield Found("criterion", f"{place} note", *field_words(was.note, is_.note))


def _wording(place: str, was: Criterion, is_: Criterion) -> Iterator[Found]:
    """What the short words of a criterion leave out: texts in Chinese, evidence, the rows of an item."""
    for key in ("statement", "evidence"):
        first, second = getattr(was, key, None), getattr(is_, key, None)
        if first != second:
            yield Found("criterion", f"{place} {key}", *field_words(first, second))
    if isinstance(was, Rows) and isinstance(is_, Rows):
        for old, new in zip(was.rows, is_.rows, strict=True):
            for key in ("name", "gbt4754", "marks", "codes_are_examples", "note", "source", "status"):
                first, second = getattr(old, key), getattr(new, key)
                if first != second:
                    about: Literal["status", "criterion"] = "status" if key == "status" else "criterion"
                    yield Found(about, f"{place} {old.id} {key}", *field_words(first, second))


def _limits(name: str, leaf: FactLeaf, old: LimitTest, new: LimitTest) -> Iterator[Found]:
    """The spans of days on which the two limits differ, each as one change."""
    starts = sorted({step.start or date.min for test in (old, new) for step in test.steps} | {date.min})
    ends = [day - timedelta(days=1) for day in starts[1:]]
    spans: list[tuple[date, date | None, str, str]] = []
    for start, end in zip(starts, [*ends, None], strict=True):
        before, after = (limit_words(test.operator, _on(test, start)) for test in (old, new))
        last = spans[-1] if spans else None
        if last is not None and last[2:] == (before, after):
            spans[-1] = (last[0], end, before, after)
        else:
            spans.append((start, end, before, after))
    for start, end, before, after in spans:
        if before != after:
            when = days(None if start == date.min else start, end)
            said = f"{name}: {_arrow(before, after)}{' ' if when else ''}{when} ({leaf.id}, {leaf.fact})"
            first = None if start == date.min else start
            yield Found("limit", _place(name, leaf.id), before, after, said, first)


def _on(test: LimitTest, day: date) -> tuple[Quantity, ...]:
    limits: tuple[Quantity, ...] = ()
    for step in test.steps:
        if step.start is None or step.start <= day:
            limits = step.limits
    return limits


def _arrow(before: str, after: str) -> str:
    """`at most 100 → 80 gCO2e/kWh`: what both share at their ends is said once."""
    one, other = before.split(" "), after.split(" ")
    if len(one) != len(other):
        return f"{before} → {after}"
    different = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    if len(different) != 1:
        return f"{before} → {after}"
    at = different[0]
    return " ".join((*one[:at], f"{one[at]} → {other[at]}", *one[at + 1 :]))
