"""What changed between two releases, statement by statement and in words.

Pure: two releases in, changes out. A change names the activity (or mapping, register entry, edition) that it
touches, so that what it does to verdicts can be joined to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal, TypeVar, cast

from msgspec import Struct

from taxonomy_api.catalog.diff_criteria import Found, criterion_changes, until_change
from taxonomy_api.catalog.diff_words import field_words, words
from taxonomy_api.catalog.model import Activity, ClassTest, MappingRow, Release, Taxonomy
from taxonomy_api.catalog.terms import Value

_Key = TypeVar("_Key")

#: What a change is about.
About = Literal["edition", "activity", "criterion", "limit", "date", "status", "mapping", "register"]


class Change(Value, frozen=True, kw_only=True):
    """One statement that was added, removed or changed.

    `subject`: the activity `taxonomy:code`, the taxonomy, `a → b` of a mapping, or the entry of a register.
    `place`: class and criterion, or the field. `start`: the first day for which it makes a difference, where
    that is stated. `text` says all of it in one line.
    """

    about: About
    taxonomy: str | None
    subject: str
    place: str
    before: str | None
    after: str | None
    text: str
    start: date | None = None


class Difference(Value, frozen=True):
    """The ids of two releases and what changed from the one to the other."""

    before: str
    after: str
    changes: tuple[Change, ...]

    def of(self, subject: str) -> tuple[Change, ...]:
        """The changes that touch an activity: its own, and those of its edition that bind every item."""
        edition = subject.partition(":")[0]
        return tuple(one for one in self.changes if one.subject in (subject, edition))


def diff(before: Release, after: Release) -> Difference:
    changes = (*_taxonomies(before, after), *_mappings(before, after), *_registers(before, after))
    return Difference(before.id, after.id, tuple(changes))


# --- Taxonomies and activities -------------------------------------------------------------------


def _taxonomies(before: Release, after: Release) -> Iterator[Change]:
    for id in _keys(before.taxonomies, after.taxonomies):
        old, new = before.taxonomies.get(id), after.taxonomies.get(id)
        if old is None or new is None:
            title = cast(Taxonomy, old or new).title.en
            yield _whole("edition", id, id, title, added=old is None)
        elif old != new:
            yield from _taxonomy(old, new)


def _taxonomy(old: Taxonomy, new: Taxonomy) -> Iterator[Change]:
    for name in old.__struct_fields__:
        first, second = getattr(old, name), getattr(new, name)
        if first == second or name in ("activities", "entries"):
            continue
        if name in ("shared", "requires", "minimum_safeguards"):
            if not isinstance(first, Mapping):
                first, second = {name: first}, {name: second}
            for key in _keys(first, second):
                found = criterion_changes(first.get(key), second.get(key), key)
                yield from (_of_criterion(new.id, new.id, new.id, one) for one in found)
        else:
            yield from _fields("edition", new.id, new.id, new.id, name, first, second)
    entries = [{entry.code: entry for entry in one.entries} for one in (old, new)]
    for code in _keys(*entries):
        label = f"{new.id} heading {code}"
        yield from _entry("edition", new.id, new.id, label, entries[0].get(code), entries[1].get(code))
    for code in _keys(old.activities, new.activities):
        was, is_ = old.activities.get(code), new.activities.get(code)
        if was is None or is_ is None:
            activity = cast(Activity, was or is_)
            yield _whole("activity", new.id, activity.id, activity.name.en, added=was is None)
        elif was != is_:
            yield from _activity(was, is_)


def _activity(old: Activity, new: Activity) -> Iterator[Change]:
    label = f"{new.taxonomy} {new.code}"
    for name in old.__struct_fields__:
        first, second = getattr(old, name), getattr(new, name)
        if first == second:
            continue
        if name == "classes":
            for key in _keys(first, second):
                for one in _class(first.get(key), second.get(key), key):
                    yield _of_criterion(new.taxonomy, new.id, label, one)
        elif name == "dnsh":
            for key in _keys(first, second):
                for one in criterion_changes(first.get(key), second.get(key), f"dnsh {key}"):
                    yield _of_criterion(new.taxonomy, new.id, label, one)
        else:
            yield from _fields("activity", new.taxonomy, new.id, label, name, first, second)


def _class(old: ClassTest | None, new: ClassTest | None, name: str) -> Iterator[Found]:
    if old is None or new is None:
        yield Found("criterion", name, None if old is None else "stated", None if new is None else "stated")
        return
    if old.until != new.until:
        yield until_change(name, old.until, new.until)
    yield from criterion_changes(old.criterion, new.criterion, name)


def _of_criterion(taxonomy: str, subject: str, label: str, found: Found) -> Change:
    return Change(
        about=found.about,
        taxonomy=taxonomy,
        subject=subject,
        place=found.place,
        before=found.before,
        after=found.after,
        text=f"{label} {found.text}",
        start=found.start,
    )


# --- Mappings ------------------------------------------------------------------------------------


def _mappings(before: Release, after: Release) -> Iterator[Change]:
    rows = [{_row_key(row): row for row in release.mappings} for release in (before, after)]
    for key in _keys(*rows):
        old, new = rows[0].get(key), rows[1].get(key)
        row = cast(MappingRow, new or old)
        subject = f"{row.subject} → {row.object}"
        taxonomy = row.subject.partition(":")[0]
        if old is None or new is None:
            yield _whole("mapping", taxonomy, subject, _row_words(row), added=old is None)
            continue
        for name in row.__struct_fields__:
            first, second = getattr(old, name), getattr(new, name)
            if first != second and name not in ("line", "mapping_set"):
                about: About = "status" if name == "status" else "mapping"
                yield from _fields(about, taxonomy, subject, f"mapping {subject}", name, first, second)


def _row_key(row: MappingRow) -> tuple[str, str, bool, int, str]:
    return row.subject, row.object, row.negative, row.scenario or 0, str(row.valid_from or "")


def _row_words(row: MappingRow) -> str:
    scope = "no counterpart" if row.negative else row.scope
    days = [f"from {row.valid_from}"] if row.valid_from else []
    days += [f"until {row.valid_until}"] if row.valid_until else []
    return ", ".join((scope, *([row.stringency] if row.stringency else []), *days, row.status))


# --- Registers -----------------------------------------------------------------------------------


def _registers(before: Release, after: Release) -> Iterator[Change]:
    for name, what in (
        ("facts", "fact"),
        ("standards", "standard"),
        ("sources", "document"),
        ("instruments", "instrument"),
    ):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            for id in _keys(old, new):
                yield from _entry("register", None, id, f"{what} {id}", old.get(id), new.get(id))
    if before.industry != after.industry:
        yield from _fields(
            "register", None, "industry", "industry codes", "", before.industry, after.industry
        )


# --- Fields --------------------------------------------------------------------------------------


def _entry(
    about: About, taxonomy: str | None, subject: str, label: str, old: Struct | None, new: Struct | None
) -> Iterator[Change]:
    if old is None or new is None:
        change = "added" if old is None else "removed"
        one, other = (None, label) if old is None else (label, None)
        yield Change(
            about=about,
            taxonomy=taxonomy,
            subject=subject,
            place="",
            before=one,
            after=other,
            text=f"{label}: {change}",
        )
    elif old != new:
        for name in old.__struct_fields__:
            first, second = getattr(old, name), getattr(new, name)
            if first != second:
                yield from _fields(about, taxonomy, subject, label, name, first, second)


def _fields(
    about: About, taxonomy: str | None, subject: str, label: str, place: str, old: object, new: object
) -> Iterator[Change]:
    """One value that differs; what is made of parts that have names is told part by part."""
    old_parts, new_parts = _parts(old), _parts(new)
    if old_parts is not None and new_parts is not None:
        for key in _keys(old_parts, new_parts):
            first, second = old_parts.get(key), new_parts.get(key)
            if first != second:
                inner = f"{place}.{key}" if place else key
                yield from _fields(about, taxonomy, subject, label, inner, first, second)
        return
    before, after = field_words(old, new)
    kind = _about(about, place, old, new)
    said = f"{label} {place.replace('_', ' ')}: {before} → {after}"
    yield Change(
        about=kind, taxonomy=taxonomy, subject=subject, place=place, before=before, after=after, text=said
    )


def _about(about: About, place: str, old: object, new: object) -> About:
    if place.rpartition(".")[2] == "status":
        return "status"
    return "date" if isinstance(old or new, date) else about


def _parts(value: object) -> Mapping[str, object] | None:
    """Named parts of a value; None where it is told as a whole."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, Struct) and words(value) is None:
        return {name: getattr(value, name) for name in value.__struct_fields__}
    if isinstance(value, tuple) and value and all(hasattr(item, "id") for item in value):
        return {item.id: item for item in value}
    return None


def _whole(about: About, taxonomy: str, subject: str, said: str, *, added: bool) -> Change:
    label = subject.replace(":", " ", 1) if about == "activity" else subject
    label = f"mapping {subject}" if about == "mapping" else label
    return Change(
        about=about,
        taxonomy=taxonomy,
        subject=subject,
        place="",
        before=None if added else said,
        after=said if added else None,
        text=f"{label}: {'added' if added else 'removed'} ({said})",
    )


def _keys(old: Mapping[_Key, object], new: Mapping[_Key, object]) -> list[_Key]:
    """The keys of both, in the order of the first and then of the second."""
    return list(dict.fromkeys((*old, *new)))
