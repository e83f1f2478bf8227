"""The rows of the tables of industry codes, as values: codes of a classification, pairs of a concordance."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from taxonomy_api.catalog.industry_codes import CodeText, write_code
from taxonomy_api.catalog.model import IndustryConcordance, IndustrySystem
from taxonomy_api.catalog.terms import LANGUAGES, STATUSES, Language, Status

#: How the code on the right stands to the one on the left: the same; holds it; lies within it; shares a
#: part with it; or shares, as far as is on file, perhaps nothing. Best known first.
Relation = Literal["exact", "broader", "narrower", "overlap", "unclear"]
RELATIONS: tuple[Relation, ...] = ("exact", "broader", "narrower", "overlap", "unclear")
_INVERSE: Mapping[Relation, Relation] = {"broader": "narrower", "narrower": "broader"}
#: Of A to C, by A to B and B to C; what stands here for neither order is `unclear`.
_JOINED: Mapping[tuple[Relation, Relation], Relation] = {
    ("broader", "broader"): "broader",
    ("narrower", "narrower"): "narrower",
    ("narrower", "broader"): "overlap",
    ("narrower", "overlap"): "overlap",
    ("overlap", "broader"): "overlap",
}


class IndustryTableError(ValueError):
    """A table that cannot be read; `taxonomy-api lint` names the place."""


def joined(first: Relation, second: Relation) -> Relation:
    """How C stands to A where B stands to A as `first` and C to B as `second`.

    The class of a division that holds A need share nothing with A: `broader`, `narrower` is `unclear`.
    """
    if first == "exact":
        return second
    return first if second == "exact" else _JOINED.get((first, second), "unclear")


@dataclass(frozen=True, slots=True)
class IndustryEntry:
    """A code of a classification. `code` is as its table writes it, `str()` as it is written elsewhere.

    `parents` are the codes above it, the section first; `names` those on file, by language.
    """

    system: str
    code: str
    key: str
    section: str
    level: int
    parents: tuple[str, ...]
    names: Mapping[Language, str] = field(compare=False)

    def __str__(self) -> str:
        return write_code(self.system, "" if self.level == 1 else self.key, self.section)

    def name(self, language: Language = "en") -> str:
        """In this language, else in another one on file."""
        return self.names.get(language) or next(iter(self.names.values()), self.code)


class CodeTable:
    """The codes of one classification; entries are made when asked for."""

    def __init__(self, system: IndustrySystem, text: bytes) -> None:
        self.system = system
        head, rows = _rows(text, f"{system.id}.csv", ("code", "parent"))
        places = {name: place for place, name in enumerate(head)}
        self._code, self._parent = places["code"], places["parent"]
        self._names = tuple(
            (language, places[f"name_{language}"]) for language in LANGUAGES if f"name_{language}" in places
        )
        self._rows = {_key(row[self._code]): row for row in rows}
        self._entries: dict[str, IndustryEntry] = {}
        self._below: dict[str, list[str]] = {}
        for key, row in self._rows.items():
            self._below.setdefault(_key(row[self._parent]), []).append(key)

    def __iter__(self) -> Iterator[IndustryEntry]:
        return (entry for key in self._rows if (entry := self.get(key)) is not None)

    def get(self, key: str) -> IndustryEntry | None:
        """By digits, or by the letter of a section."""
        entry = self._entries.get(key)
        if entry is None and key in self._rows:
            entry = self._entries[key] = self._entry(key, self._rows[key])
        return entry

    def find(self, code: CodeText) -> IndustryEntry | None:
        """The entry of exactly this code; its section letter, if given, has to be right."""
        entry = self.get(code.key)
        return None if entry is None or code.section not in ("", entry.section) else entry

    def above(self, code: CodeText) -> IndustryEntry | None:
        """The entry that holds a code which is not in the table, by its digits."""
        for length in range(len(code.digits) - 1, 1, -1):
            entry = self.find(CodeText(code.scheme, code.section, code.digits[:length]))
            if entry is not None:
                return entry
        return None

    def below(self, entry: IndustryEntry) -> tuple[IndustryEntry, ...]:
        keys = self._below.get(entry.key, ())
        return tuple(below for key in keys if (below := self.get(key)) is not None)

    def parent(self, entry: IndustryEntry) -> IndustryEntry | None:
        return self.get(_key(entry.parents[-1])) if entry.parents else None

    def _entry(self, key: str, row: list[str]) -> IndustryEntry:
        code, parent = row[self._code], row[self._parent]
        above = self.get(_key(parent)) if len(code) > 1 and code != parent else None
        if parent and above is None:
            raise IndustryTableError(f"{self.system.id}.csv: {code} has no parent {parent}")
        parents = () if above is None else (*above.parents, parent)
        return IndustryEntry(
            system=self.system.id,
            code=code,
            key=key,
            section=parents[0] if parents else code,
            level=len(key),
            parents=parents,
            names={language: row[place] for language, place in self._names if row[place]},
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """A code of the other classification: its key and how it stands to the one asked about."""

    key: str
    relation: Relation
    status: Status
    note: str = ""


class PairTable:
    """The pairs of one concordance, in both directions; they are made when asked for."""

    def __init__(self, concordance: IndustryConcordance, name: str, text: bytes) -> None:
        self.concordance = concordance
        head, rows = _rows(text, f"{name}.csv", ("from", "to"))
        places = {column: place for place, column in enumerate(head)}
        self._source, self._target = places["from"], places["to"]
        self._status, self._note = places.get("status"), places.get("note")
        self._there: dict[str, list[list[str]]] = {_key(code): [] for code in concordance.no_counterpart}
        self._back: dict[str, list[list[str]]] = {}
        for row in rows:
            self._there.setdefault(_key(row[self._source]), []).append(row)
            self._back.setdefault(_key(row[self._target]), []).append(row)

    def has(self, key: str, forward: bool) -> bool:
        """Whether the concordance speaks of the code, even to say that it has no counterpart."""
        return key in (self._there if forward else self._back)

    def pairs(self, key: str, forward: bool = True) -> tuple[Pair, ...]:
        """The counterparts of a code of the first classification, or, not `forward`, of the second."""
        found = []
        for row in (self._there if forward else self._back).get(key, ()):
            source, target = _key(row[self._source]), _key(row[self._target])
            one_there, one_back = len(self._there[source]) == 1, len(self._back[target]) == 1
            relation = _relation(self.concordance.complete, one_there, one_back)
            status = None if self._status is None else _status(row[self._status])
            found.append(
                Pair(
                    target if forward else source,
                    relation if forward else _INVERSE.get(relation, relation),
                    status or self.concordance.status,
                    "" if self._note is None else row[self._note],
                )
            )
        return tuple(found)


def _relation(complete: bool, only_one_there: bool, only_one_back: bool) -> Relation:
    """Told by the number of pairs, which needs all of them: a code with one counterpart lies within it."""
    if not complete:
        return "unclear"
    if only_one_there:
        return "exact" if only_one_back else "broader"
    return "narrower" if only_one_back else "overlap"


def _key(code: str) -> str:
    return code.replace(".", "")


def _status(text: str) -> Status | None:
    return next((status for status in STATUSES if status == text), None)


def _rows(text: bytes, file: str, needed: tuple[str, ...]) -> tuple[list[str], list[list[str]]]:
    """The row of columns and the others. Raises IndustryTableError where cells or columns are missing."""
    head, *rows = [row for row in csv.reader(text.decode().split("\n")) if row] or [[]]
    if not set(needed) <= set(head):
        raise IndustryTableError(f"{file}: the columns {', '.join(needed)} are not all there")
    if any(len(row) != len(head) for row in rows):
        raise IndustryTableError(f"{file}: some rows have not {len(head)} cells")
    return head, rows
