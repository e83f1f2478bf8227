"""A classification read from elsewhere: what stands where, checked, before a taxonomy is made of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from taxonomy_api.catalog.terms import Text
from taxonomy_api.catalog.values import CODE, ID

#: Between the code of an item and the id of its row.
ROW_SIGN = "#"
MOST_ENTRIES = 50_000
#: Levels of headings above an activity.
DEEPEST = 20
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong, where (a line, a concept), and how it is mended."""

    place: str
    message: str
    cure: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message} ({self.cure})"


@dataclass(frozen=True, slots=True)
class Item:
    """A heading, an activity, or a row (`code#row`), with the code of what it stands under."""

    place: str
    code: str
    name: Text
    parent: str | None = None
    level: str | None = None
    aliases: tuple[str, ...] = ()
    scope: Text | None = None

    @property
    def is_row(self) -> bool:
        return ROW_SIGN in self.code


@dataclass(frozen=True)
class Classification:
    """Items in the order of the file. `levels` from the top down; empty where the file names none."""

    items: Sequence[Item]
    levels: Sequence[str] = ()
    title: Text | None = None
    issuers: Sequence[str] = ()
    edition: str | None = None
    jurisdiction: str | None = None
    published: str | None = None
    below: Mapping[str | None, Sequence[Item]] = field(init=False)

    def __post_init__(self) -> None:
        below: dict[str | None, list[Item]] = {}
        for item in self.items:
            below.setdefault(item.parent, []).append(item)
        object.__setattr__(self, "below", below)

    @cached_property
    def activities(self) -> frozenset[str]:
        """The codes of the lowest items that stand under something; where levels are named, only those on
        the lowest level, so that a heading with nothing under it stays one."""
        lowest = self.levels[-1] if self.levels else None
        return frozenset(
            item.code
            for item in self.items
            if item.parent is not None
            and not item.is_row
            and all(one.is_row for one in self.below.get(item.code, ()))
            and (lowest is None or item.level in (None, lowest))
        )


def check(classification: Classification) -> Iterator[Remark]:
    """Everything that keeps a taxonomy from being made of it."""
    items = classification.items
    if not items:
        yield Remark("file", "nothing stands in it", "it has to hold at least one sector with an activity")
    elif len(items) > MOST_ENTRIES:
        yield Remark("file", f"{len(items)} entries", f"at most {MOST_ENTRIES} can be taken in")
    seen: dict[str, Item] = {}
    for item in items:
        yield from _check_code(item)
        first = seen.setdefault(item.code, item)
        if first is not item:
            yield Remark(item.place, f"{item.code} already stands at {first.place}", "give each a code")
    for item in items:
        if item.parent is not None and item.parent not in seen:
            yield Remark(
                item.place, f"it stands under {item.parent}, which is not there", "add or correct it"
            )
    yield from _check_depth(items, {item.code: item.parent for item in items})
    if items and not classification.activities:
        yield Remark("file", "no activity stands under a sector", "say what each entry stands under")


def _check_code(item: Item) -> Iterator[Remark]:
    code, sign, row = item.code.partition(ROW_SIGN)
    if not CODE.fullmatch(code) or (sign and not ID.fullmatch(row)):
        cure = "leave out blanks and the signs : # / | ,; a row is written code#row"
        yield Remark(item.place, f"{item.code!r} is no code", cure)
    elif sign and item.parent != code:
        yield Remark(item.place, f"{item.code} is a row of {code}", f"put it under {code}")
    for text in (item.name, item.scope):
        if text is not None and any(_CONTROL.search(words) for words in _words(text)):
            yield Remark(item.place, "a control sign stands in its text", "remove it")


def _check_depth(items: Iterable[Item], above: Mapping[str, str | None]) -> Iterator[Remark]:
    """Circles, each told once, and what stands too deep."""
    told: set[str] = set()
    for item in items:
        path: list[str] = []
        code: str | None = item.code
        while code is not None and code not in path and len(path) <= DEEPEST:
            path.append(code)
            code = above.get(code)
        if code is not None and code in path:
            circle = path[path.index(code) :]
            if not told & set(circle):
                words = " under ".join((*circle, code))
                yield Remark(item.place, f"it stands under itself: {words}", "remove one step")
            told |= set(circle)
        elif code is not None:
            yield Remark(item.place, f"more than {DEEPEST} levels stand above it", "leave some out")


def _words(text: Text) -> tuple[str, ...]:
    return tuple(words for words in (text.en, text.zh_hans, text.zh_hant) if words)
