"""The reasons of a table in words: each distinct text is made once, and told per project which it is.

A text depends on which criteria a verdict rests on and, where it names what was given, on those cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from msgspec import Struct

from taxonomy_api.assessment.causes import Cause
from taxonomy_api.assessment.coded import Coded, combinations
from taxonomy_api.assessment.columns import VerdictColumns
from taxonomy_api.assessment.domains import Subject, unpack
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.messages import MESSAGES
from taxonomy_api.assessment.program import CompiledCases, CompiledLeaf
from taxonomy_api.assessment.reasons import cause_text
from taxonomy_api.assessment.remarks import Remark
from taxonomy_api.assessment.verdict_sheet import Group
from taxonomy_api.catalog.terms import Language

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: How many criteria a reason in a table names.
MOST_NAMED = 3
#: Stands in a text where the cell goes; no text of a data file holds it.
_CELL = "\0"


class Shown(Protocol):
    """The cells of a column as people read them."""

    @property
    def places(self) -> NDArray[Any]:
        """Per project the number of its cell."""

    def text(self, place: int) -> str:
        """The cell with this number; "" where it is empty."""


class _Asked(Struct, frozen=True):
    engine: Engine
    as_of: date
    language: Language
    shown: Mapping[Subject, Shown]


def reason_texts(
    engine: Engine,
    verdicts: VerdictColumns,
    as_of: date,
    language: Language,
    shown: Mapping[Subject, Shown],
) -> Coded[str]:
    """Per project why its verdict is as it is: the first criteria it rests on, in words.

    `shown`: the cells by subject, to name what was given.
    """
    asked = _Asked(engine, as_of, language, shown)
    texts = [""]
    codes = np.zeros(len(verdicts.verdict), dtype=np.int32)
    for rows, why in verdicts.unplaced:
        codes[rows] = len(texts)
        texts.append(" ".join(one.text(language) for one in why))
    for group in verdicts.groups:
        told, places = _group_texts(asked, group)
        codes[group.rows] = places + len(texts)
        texts += told
    return Coded(texts, codes)


def _group_texts(asked: _Asked, group: Group) -> tuple[list[str], NDArray[np.int64]]:
    """The distinct texts of a group, and which of them each of its projects has."""
    said: list[Cause | tuple[Remark, int]] = [*_first(group), *group.causes]
    named, more = _named(said, len(group.rows))
    keys = [group.leads, more, *named]
    first, places = combinations(keys)
    texts: list[str] = []
    codes = np.zeros(len(places), dtype=np.int64)
    by_pattern = np.argsort(places, kind="stable")
    ends = np.cumsum(np.bincount(places)).tolist()
    start = 0
    for end, lead, is_more, *numbers in zip(ends, *(key[first].tolist() for key in keys), strict=True):
        here = by_pattern[start:end]
        start = end
        parts = [_Part(asked, group, lead, said[number - 1]) for number in numbers if number]
        after = (" …" if is_more else "") + _mapped_text(group, lead, asked.language)
        found, which = _texts(parts, after, group.rows[here])
        codes[here] = which + len(texts)
        texts += found
    return texts, codes


def _named(
    said: Sequence[Cause | tuple[Remark, int]], size: int
) -> tuple[list[NDArray[Any]], NDArray[np.bool_]]:
    """Per project the first of what is said of it, as numbers from 1 (0: none), and whether there is more."""
    named = [np.zeros(size, dtype=np.int16) for _ in range(MOST_NAMED)]
    full = (1 << size) - 1
    left = [full] * MOST_NAMED  # the projects that have room for a first, second, third
    more = 0
    for number, one in enumerate(said, start=1):
        mask = one[1] if isinstance(one, tuple) else one.mask
        for slot in range(MOST_NAMED):
            here = mask & left[slot]
            if here == full:
                named[slot][:] = number
            elif here:
                named[slot][unpack(here, size)] = number
            left[slot] &= ~here
            mask &= ~here
            if not mask:
                break
        more |= mask
    return named, unpack(more, size)


class _Part:
    """What one cause says; `shown`: the column whose cells stand in it."""

    def __init__(self, asked: _Asked, group: Group, lead: int, said: Cause | tuple[Remark, int]) -> None:
        self.shown: Shown | None = None
        if isinstance(said, tuple):
            self.text = said[0].text(asked.language)
            return
        node = said.node
        if isinstance(node, CompiledLeaf | CompiledCases) and node.subject is not None:
            self.shown = asked.shown.get(node.subject)
        owner = group.activities[lead]
        self.text = self.without = cause_text(asked.engine, owner, said, asked.as_of, asked.language)
        if self.shown is not None and said.reason in _NAMING_CELLS:
            self.text = cause_text(asked.engine, owner, said, asked.as_of, asked.language, _CELL)
        if _CELL not in self.text:
            self.shown = None

    def with_cell(self, place: int) -> str:
        cell = self.shown.text(place) if self.shown is not None else ""
        return self.text.replace(_CELL, cell) if cell else self.without


#: The reasons whose texts name what was given.
_NAMING_CELLS = frozenset(code for code, text in MESSAGES.items() if "{given}" in text.en)


def _texts(parts: Sequence[_Part], after: str, rows: NDArray[np.intp]) -> tuple[list[str], NDArray[np.int64]]:
    """The distinct texts of projects of whom the same is said, and which of them each has."""
    naming = [part for part in parts if part.shown is not None]
    if not naming:
        return [_joined([part.text for part in parts], after)], np.zeros(len(rows), dtype=np.int64)
    cells = [part.shown.places[rows] for part in naming if part.shown is not None]
    first, which = combinations(cells)
    texts: list[str] = []
    for places in zip(*(places[first].tolist() for places in cells), strict=True):
        of_naming = iter(places)
        told = [part.text if part.shown is None else part.with_cell(next(of_naming)) for part in parts]
        texts.append(_joined(told, after))
    return texts, which


def _joined(parts: Sequence[str], after: str) -> str:
    """Two criteria may say the same, such as the scopes of an item and of its row: once is enough."""
    return " ".join(dict.fromkeys(parts)) + after if parts else after.strip()


def _first(group: Group) -> list[tuple[Remark, int]]:
    """What goes before the criteria: what mappings decided, or why they decide nothing."""
    return [one for one in group.remarks if one[0].code != "mapped"]


def _mapped_text(group: Group, lead: int, language: Language) -> str:
    """How it is known that projects are in the activity at `lead`; told however many criteria there are."""
    place = int((group.leads == lead).argmax())
    return "".join(
        f" {one.text(language)}" for one, mask in group.remarks if one.code == "mapped" and mask >> place & 1
    )
