"""Which activities an industry code proposes: those that state it, else those that state a counterpart.

What is found are candidates to choose from, never an answer.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct, field

from taxonomy_api.catalog.activity_rows import rows_of
from taxonomy_api.catalog.industry import IndustryCodes, Translation
from taxonomy_api.catalog.industry_codes import CodeText, IndustryCodeError, read_code, write_code
from taxonomy_api.catalog.industry_tables import RELATIONS, IndustryTableError, Relation, joined
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import Status

_log = logging.getLogger(__name__)
#: How many answers of `candidates` are kept.
_KEPT = 512


class Statement(Struct, frozen=True):
    """A code that an activity or row states. `derived`: through a concordance, not printed in the edition."""

    activity_id: str
    code: str
    section: str
    derived: bool


class IndustryCandidate(Struct, frozen=True):
    """An activity or row (`taxonomy:code#row`) that an industry code proposes.

    `code` is the one it states, in the classification `system`; it stands to the one asked for as
    `relation` says: `broader` holds it, `narrower` lies within it. Where the edition states no codes of
    the classification asked for, `route` names the codes that led here, and `status` is the weakest on
    the way; else `route` is empty and `status` None.
    """

    activity_id: str
    system: str
    code: str
    derived: bool
    relation: Relation
    route: tuple[str, ...] = ()
    status: Status | None = None

    @property
    def why(self) -> str:
        """How it was found, in one line; empty where it states the code asked for, or one above or below."""
        if not self.route:
            return ""
        doubts = [word for word in (self.relation, self.status) if word not in ("verified", "single-source")]
        return f"{' → '.join(self.route)} ({', '.join(str(word) for word in doubts)})"

    @property
    def rank(self) -> tuple[bool, int, bool]:
        """Lower is better."""
        return bool(self.route), RELATIONS.index(self.relation), self.derived


class _Stated(Struct):
    """The codes of one classification that one edition states, by digits or section letter."""

    by_key: dict[str, list[Statement]] = field(default_factory=dict)
    sorted_keys: list[str] = field(default_factory=list)
    derived: bool = True

    def add(self, key: str, statement: Statement) -> None:
        self.by_key.setdefault(key, []).append(statement)

    def close(self) -> None:
        self.sorted_keys = sorted(self.by_key)
        self.derived = all(one.derived for statements in self.by_key.values() for one in statements)

    def near(self, code: CodeText) -> Iterator[tuple[Relation, str]]:
        """Keys of what states the code, of what states one that holds it, of what states one within it."""
        key = code.key
        if key in self.by_key:
            yield "exact", key
        if code.digits:
            above = [key[:length] for length in range(len(key) - 1, 1, -1)]
            yield from (("broader", other) for other in (*above, code.section) if other in self.by_key)
            yield from (("narrower", other) for other in self._beginning_with(key))

    def _beginning_with(self, key: str) -> Iterator[str]:
        at = bisect_left(self.sorted_keys, key)
        while at < len(self.sorted_keys) and self.sorted_keys[at].startswith(key):
            if self.sorted_keys[at] != key:
                yield self.sorted_keys[at]
            at += 1


class IndustryIndex:
    """The industry codes that the activities of a release state, and the way to them from other codes."""

    def __init__(self, release: Release) -> None:
        self.codes = IndustryCodes(release.industry)
        self._candidates = lru_cache(maxsize=_KEPT)(self._proposed)
        self._stated: dict[str, dict[str, _Stated]] = {taxonomy: {} for taxonomy in release.taxonomies}
        for activity in release.activities():
            tables = self._stated[activity.taxonomy]
            for industry, derived in ((activity.industry, False), (activity.industry_derived, True)):
                for system, codes in industry.items():
                    for code in codes:
                        _add(tables, system, activity.id, code, derived)
            for id, code in dict.fromkeys(
                (row.id, code) for row in rows_of(activity) for code in row.gbt4754
            ):
                _add(tables, "gbt4754", f"{activity.id}#{id}", code, False)
        for tables in self._stated.values():
            for stated in tables.values():
                stated.close()

    def locate(self, text: str) -> tuple[CodeText, str]:
        """The code in `scheme:code` and the one way to write it; raises IndustryCodeError.

        A code that its classification does not have is an error where that is on file as a whole.
        """
        code = read_code(text)
        if code.scheme not in self.codes.systems:
            return code, str(code)
        try:
            located = self.codes.locate(text)
        except IndustryTableError as problem:
            _log.error("A table of industry codes cannot be read; run taxonomy-api lint. %s", problem)
            return code, str(code)
        except IndustryCodeError as problem:
            if problem.kind == "not_on_file":
                return code, str(code)
            raise
        # A code in the table has a known section; one below it has the section of its parent.
        return CodeText(code.scheme, located.entry.section, code.digits), str(located)

    def candidates(self, text: str, taxonomy: str | None = None) -> list[IndustryCandidate]:
        """What the code proposes in one edition, or in all: best first, each activity and row once.

        Where an edition states codes of this classification, these alone count; where it states none,
        those of the nearest classification that a concordance leads to.
        """
        code, written = self.locate(text)
        return list(self._candidates(code, written, taxonomy))

    def _proposed(self, code: CodeText, written: str, taxonomy: str | None) -> tuple[IndustryCandidate, ...]:
        found: dict[tuple[str, bool], IndustryCandidate] = {}
        for id in self._stated if taxonomy is None else (taxonomy,):
            tables = self._stated.get(id, {})
            stated = tables.get(code.scheme)
            for one in self._through(written, code, tables) if stated is None else self._direct(code, stated):
                known = found.get((one.activity_id, one.derived))
                if known is None or one.rank < known.rank:
                    found[one.activity_id, one.derived] = one
        return tuple(sorted(found.values(), key=lambda one: one.rank))

    def stating(self, digits: str, section: str) -> Iterator[tuple[str, Statement]]:
        """What states these digits in any classification; section letters must agree where both are known."""
        for tables in self._stated.values():
            for system, stated in tables.items():
                for one in stated.by_key.get(digits or section, ()):
                    if not section or (one.section or self._section(system, digits)) in ("", section):
                        yield system, one

    def _direct(self, code: CodeText, stated: _Stated) -> Iterator[IndustryCandidate]:
        for relation, key in self._near(code, stated):
            for one in stated.by_key[key]:
                yield IndustryCandidate(one.activity_id, code.scheme, one.code, one.derived, relation)

    def _through(
        self, written: str, code: CodeText, tables: Mapping[str, _Stated]
    ) -> Iterator[IndustryCandidate]:
        """By the counterparts in the classification that the edition states: each stated code once."""
        system = self._nearest(code.scheme, tables)
        if system is None:
            return
        stated = tables[system]
        best: dict[str, tuple[tuple[int, int], Relation, Relation, Translation]] = {}
        for translation in self._translations(written, system):
            entry = translation.entry
            digits = "" if entry.level == 1 else entry.key
            for near, key in self._near(CodeText(system, entry.section, digits), stated):
                relation = joined(translation.relation, near)
                rank = (RELATIONS.index(relation), RELATIONS.index(near))
                if key not in best or rank < best[key][0]:
                    best[key] = (rank, relation, near, translation)
        for key, (_, relation, near, translation) in best.items():
            for one in stated.by_key[key]:
                route = translation.route
                if near != "exact":
                    digits = "" if key.isalpha() else key
                    route = (*route, write_code(system, digits, one.section))
                status = translation.status
                yield IndustryCandidate(
                    one.activity_id, system, one.code, one.derived, relation, route, status
                )

    def _translations(self, written: str, system: str) -> tuple[Translation, ...]:
        try:
            return self.codes.translate(written, system)
        except IndustryCodeError:
            return ()
        except IndustryTableError as problem:
            _log.error("A table of industry codes cannot be read; run taxonomy-api lint. %s", problem)
            return ()

    def _near(self, code: CodeText, stated: _Stated) -> Iterator[tuple[Relation, str]]:
        yield from stated.near(code)
        if not code.digits:
            for key, statements in stated.by_key.items():
                if len(key) > 1 and code.section in {
                    one.section or self._section(code.scheme, key) for one in statements
                }:
                    yield "narrower", key

    def _section(self, scheme: str, digits: str) -> str:
        """The section of a code that is stated without its letter; empty where no table tells it."""
        try:
            entry = self.codes.system(scheme).get(digits) if scheme in self.codes.systems else None
        except IndustryTableError:
            entry = None
        return "" if entry is None else entry.section

    def _nearest(self, scheme: str, tables: Mapping[str, _Stated]) -> str | None:
        """The classification with the shortest way; of several, one whose codes the edition prints."""
        routes = {system: self.codes.route(scheme, system) for system in tables}
        ways = [
            (len(route), tables[system].derived, system)
            for system, route in routes.items()
            if route is not None
        ]
        return min(ways)[2] if ways else None


def _add(tables: dict[str, _Stated], system: str, id: str, code: str, derived: bool) -> None:
    try:
        read = read_code(code, system)
    except IndustryCodeError:
        return  # told by lint
    tables.setdefault(system, _Stated()).add(read.key, Statement(id, code, read.section, derived))
