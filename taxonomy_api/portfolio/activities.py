"""Reads the activity, row and industry columns: what a row's text names, exactly or not at all.

Nothing is mapped: a cell either is the id, code, alias or full name of an activity on file, or an
industry code, or it is reported with the nearest known names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from taxonomy_api.catalog.industry_codes import IndustryCodeError, is_industry_code, read_code
from taxonomy_api.catalog.model import Activity, Release
from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.catalog.terms import LANGUAGES
from taxonomy_api.portfolio.headings import Headings
from taxonomy_api.portfolio.suggestions import MOST_SUGGESTIONS, Suggestions
from taxonomy_api.portfolio.table import Cell, shown
from taxonomy_api.portfolio.vocabulary import plain

if TYPE_CHECKING:
    from opencc import OpenCC

_LONGEST_NAME = 200
_MOST_ROWS_NAMED = 20
_SEPARATORS = re.compile(r"[;；\n|]")
_EMPTY = frozenset(["", "-", "/", "—", "n/a", "na", "不适用", "不適用"])
#: Of the classifications only NACE writes a dot.
_DOTTED = re.compile(r"[A-Z]?\d{2}\.\d{1,2}", re.ASCII)


class CellFinding(Struct, frozen=True):
    """What is to be said of an activity cell; `values` fill the message of the code."""

    code: str
    values: Mapping[str, str]
    nearest: tuple[str, ...] = ()


class Reading(Struct, frozen=True):
    """What a cell names; `findings` say how it was read where that was not plain.

    `parts`: what each of the texts in the cell names, where there are several. `headings`: of catalogues,
    those that the one text in it names where it names no item.
    """

    names: tuple[str, ...] = ()
    findings: tuple[CellFinding, ...] = ()
    parts: tuple[tuple[str, ...], ...] = ()
    headings: tuple[str, ...] = ()

    def each(self) -> tuple[tuple[str, ...], ...]:
        """What each text names."""
        return self.parts or (self.names,)


class ActivityReader:
    """Reads activity cells; equal cells are read once. `suggestions`: searches for near names that are left.

    A bare code counts in the `preferred` taxonomies, where none of those has it in the others, and in
    editions that a later one on file replaces only where no other has it. The same full name in several
    taxonomies names the activity of each.
    """

    def __init__(
        self, release: Release, preferred: Collection[str], suggestions: int = MOST_SUGGESTIONS
    ) -> None:
        self._replaced_by_release = {
            earlier for taxonomy in release.taxonomies.values() for earlier in taxonomy.supersedes
        }
        self._by_id: dict[str, Activity] = {}
        self._by_code: dict[str, list[Activity]] = {}
        self._by_name: dict[str, list[Activity]] = {}
        self._by_number: dict[Decimal, list[Activity]] = {}
        for activity in release.activities():
            id = _key(activity.id)
            names = list(dict.fromkeys(_key(activity.name.in_language(language)) for language in LANGUAGES))
            self._by_id[id] = activity
            for name in names:
                self._by_id[f"{id} {name}"] = activity
            for alias in activity.aliases:
                self._by_id.setdefault(_key(f"{activity.taxonomy}:{alias}"), activity)
            self._add_names(activity, names)
        for code, activities in self._by_code.items():
            number = _number(code)
            if number is not None:
                self._by_number.setdefault(number, []).extend(activities)
        self.headings = Headings(release)
        self._begin(preferred, suggestions)

    def _begin(self, preferred: Collection[str], suggestions: int) -> None:
        self._preferred = preferred
        self._replaced = self._replaced_by_release - {*preferred}
        self._known: dict[tuple[type, Cell], Reading] = {}
        self.suggestions = Suggestions(suggestions)

    def preferring(self, preferred: Collection[str], suggestions: int = MOST_SUGGESTIONS) -> ActivityReader:
        """A reader of the same names that prefers others."""
        other = copy(self)
        other._begin(preferred, suggestions)
        return other

    def read(self, cell: Cell) -> Reading:
        """The activities that a cell names, as `taxonomy:code` or `taxonomy:code#row`."""
        known = self._known.get((type(cell), cell))
        if known is None:
            known = self._known[(type(cell), cell)] = self._read(cell)
        return known

    def with_row(self, name: str, cell: Cell) -> Reading:
        """The activity `name` with the row that the row column names.

        An unknown row, or another one than `name` tells already, leaves nothing named: the whole item
        would say more than was written.
        """
        text = plain(shown(cell)).removeprefix("#").strip()
        if _key(text) in _EMPTY:
            return Reading((name,))
        base, _, told = name.partition("#")
        placed = self._place(base, text)
        if placed.names and told and placed.names != (name,):
            return Reading((), (CellFinding("contradictory_rows", {"given": text, "activity": name}),))
        return placed

    def has_rows(self, name: str) -> bool:
        """Whether the activity that `name` names is on file with rows."""
        activity = self._by_id.get(_key(name.partition("#")[0]))
        return activity is not None and bool(activity.rows)

    def _place(self, name: str, text: str) -> Reading:
        activity = self._by_id.get(_key(name))
        rows = {_key(row.id): row.id for row in activity.rows} if activity is not None else {}
        row = rows.get(_key(text)) or rows.get(_key(f"r{text}"))
        if row is not None:
            return Reading((f"{name}#{row}",))
        known = tuple(rows.values())[:_MOST_ROWS_NAMED]
        return Reading((), (CellFinding("unknown_row", {"given": text, "activity": name}, known),))

    def _add_names(self, activity: Activity, names: Sequence[str]) -> None:
        code = _key(activity.code)
        # An alias with a blank is a name, one without is a code.
        codes = [code, *(_key(alias) for alias in activity.aliases if " " not in alias)]
        texts = [*names, *(f"{code} {name}" for name in names)]
        texts += [_key(alias) for alias in activity.aliases if " " in alias]
        for index, keys in ((self._by_code, codes), (self._by_name, texts)):
            for key in dict.fromkeys(keys):
                index.setdefault(key, []).append(activity)

    def _read(self, cell: Cell) -> Reading:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return self._read_number(cell)
        text = plain(shown(cell))
        if _key(text) in _EMPTY:
            return Reading()
        whole = self._read_text(text)
        if whole.names or not _SEPARATORS.search(shown(cell)):
            return whole
        parts = [self._read_text(part) for part in map(plain, _SEPARATORS.split(shown(cell))) if part]
        return Reading(
            tuple(dict.fromkeys(name for part in parts for name in part.names)),
            tuple(finding for part in parts for finding in part.findings),
            tuple(part.names for part in parts),
        )

    def _read_text(self, text: str) -> Reading:
        base, mark, row = text.partition("#")
        activity = self._by_id.get(_key(base))
        found = [activity] if activity is not None else self._prefer(self._by_code.get(_key(base), []))
        if len(found) == 1:
            return self._place(found[0].id, row.strip()) if mark else Reading((found[0].id,))
        if found:
            return _ambiguous(text, found)
        named = self._by_name.get(_key(text)) or self._by_name.get(_key(self._simplified(text)))
        if named:
            return self._named(text, named)
        headings = self.headings.find(text) or self.headings.find(self._simplified(text))
        if headings:
            told = CellFinding("catalogue_heading", {"given": text}, self.headings.below(headings))
            return Reading((), (told,), headings=headings)
        if is_industry_code(text):
            return Reading((), (CellFinding("industry_code_as_activity", {"given": text}),))
        return Reading((), (CellFinding("unknown_activity", {"given": text}, self._nearest(text)),))

    def _simplified(self, text: str) -> str:
        """Names on file stand in one traditional form, callers write others (運營, 營運); they share the
        simplified one."""
        return text if text.isascii() or len(text) > _LONGEST_NAME else self._to_simplified.convert(text)

    @cached_property
    def _to_simplified(self) -> OpenCC:
        from opencc import OpenCC

        return OpenCC("t2s")

    def _nearest(self, text: str) -> tuple[str, ...]:
        """The ids most like a text; only for the first unknown ones, as the search takes its time."""
        if len(text) > _LONGEST_NAME or not self.suggestions.spend():
            return ()
        close = nearest(_key(text), [*self._by_id, *self._by_name])
        return tuple(dict.fromkeys(self._id_of(key) for key in close))

    def _named(self, text: str, named: Sequence[Activity]) -> Reading:
        """A full name: the same words in several taxonomies name the activity of each."""
        named = self._in_force(named)
        taxonomies = [activity.taxonomy for activity in named]
        if len(set(taxonomies)) != len(taxonomies):
            return _ambiguous(text, named)
        ids = tuple(activity.id for activity in named)
        return Reading(ids, (CellFinding("read_by_name", {"given": text, "activity": ", ".join(ids)}),))

    def _read_number(self, cell: int | float) -> Reading:
        """A code that the spreadsheet stored as a number: 4.1 may have been 4.1 or 4.10."""
        text = shown(cell)
        found = self._prefer(self._by_number.get(Decimal(text), []))
        if not found:
            return Reading((), (CellFinding("unknown_activity", {"given": text}, self._nearest(text)),))
        if len(found) > 1:
            return _ambiguous(text, found)
        name = found[0].id
        return Reading((name,), (CellFinding("code_was_number", {"given": text, "activity": name}),))

    def _prefer(self, found: Sequence[Activity]) -> Sequence[Activity]:
        asked = [activity for activity in found if activity.taxonomy in self._preferred]
        return asked or self._in_force(found)

    def _in_force(self, found: Sequence[Activity]) -> Sequence[Activity]:
        return [activity for activity in found if activity.taxonomy not in self._replaced] or found

    def _id_of(self, key: str) -> str:
        if key in self._by_id:
            return self._by_id[key].id
        return self._by_name[key][0].id


def read_industry(scheme: str | None, cell: Cell) -> Reading:
    """The industry code in a cell, as `scheme:code`; `scheme` is the one its header names."""
    text = plain(shown(cell)).replace(" ", "")
    if _key(text) in _EMPTY:
        return Reading()
    findings: tuple[CellFinding, ...] = ()
    if scheme is None and _DOTTED.fullmatch(text):
        scheme = "nace2"
        findings = (CellFinding("industry_revision_assumed", {"given": text}),)
    if isinstance(cell, int | float):
        if scheme == "gbt4754":
            text = text.zfill(4)  # classes only are stated as numbers
        elif _may_have_lost_zeros(scheme, text):
            return _unclear(text, _with_zeros(text))
    try:
        return Reading((read_code(text, scheme).as_given,), findings)
    except IndustryCodeError as problem:
        return _unclear(text, problem.nearest)


def _may_have_lost_zeros(scheme: str | None, number: str) -> bool:
    """35.1 may have been 35.10, and 111 have been 0111."""
    whole, dot, decimals = number.partition(".")
    if scheme in ("nace2", "nace21"):
        return bool(dot) and len(decimals) < 2
    return len(whole) < 4


def _with_zeros(number: str) -> tuple[str, ...]:
    """The code that a number may have been before a spreadsheet program dropped a zero."""
    whole, dot, decimals = number.partition(".")
    if dot and len(whole) <= 2 and len(decimals) == 1:
        return (f"{whole.zfill(2)}.{decimals}0",)
    return (number.zfill(4),) if not dot and len(whole) == 3 else ()


def _unclear(text: str, nearest: tuple[str, ...] = ()) -> Reading:
    return Reading((), (CellFinding("industry_unclear", {"given": text}, nearest),))


def _ambiguous(text: str, found: Sequence[Activity]) -> Reading:
    ids = tuple(activity.id for activity in found)
    return Reading((), (CellFinding("ambiguous_activity", {"given": text, "activity": ", ".join(ids)}, ids),))


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()


def _number(code: str) -> Decimal | None:
    try:
        return Decimal(code)
    except InvalidOperation:
        return None
