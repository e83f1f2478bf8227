"""Finds activities by words in three languages, by code or alias, and by industry code.

What is found are candidates to choose from, never an answer.
"""

from __future__ import annotations

import heapq
import math
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Literal

from taxonomy_api.catalog.links import rows_of
from taxonomy_api.catalog.model import Activity, Release, Text
from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.catalog.read_activities import INDUSTRY_SCHEMES

Why = Literal["code", "alias", "name", "words", "industry"]
Relation = Literal["exact", "broader", "narrower"]

LONGEST_QUERY = 200
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
#: What a word in a field is worth beside one in the name.
_NAME, _ROW, _SCOPE, _HEADING = 1.0, 0.7, 0.5, 0.3
#: What the plural of a word is worth beside the word, and what a longer word that begins with it.
_PLURAL, _BEGINNING = 0.98, 0.45
#: A shorter word resembles too many.
_SHORTEST_MISSPELLED = 4
#: An industry code without its scheme, folded: with or without section letter, D35.11 or 3510. The two
#: digits before the dot tell it from the codes of activities.
_BARE_CODE = re.compile(r"[a-z]?\d\d(\.\d{1,2}|\d{1,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate; `score` is between 0 and 1. `activity_id` names a row where the row was found."""

    activity_id: str
    name: Text
    why: Why
    score: float


@dataclass(frozen=True, slots=True)
class IndustryCandidate:
    """An activity or row that states an industry code.

    `relation` tells how its code stands to the one asked for: `broader` holds it, `narrower` lies
    within it. `derived`: through a concordance, not printed in the edition.
    """

    activity_id: str
    name: Text
    code: str
    derived: bool
    relation: Relation


class IndustryCodeError(ValueError):
    """The text is no `scheme:code`; the message names the schemes."""


@dataclass(frozen=True, slots=True)
class _Target:
    activity: Activity
    id: str
    name: Text
    #: The folded renderings of the name, each after a line break.
    lines: str


class SearchIndex:
    """Built once per release; every query then takes milliseconds."""

    def __init__(self, release: Release) -> None:
        self._targets: list[_Target] = []
        self._exact: dict[str, list[tuple[int, Why]]] = {}
        self._weights: dict[str, dict[int, float]] = {}
        self._industry: dict[str, list[tuple[str, str, bool, int]]] = {}
        headings = {
            (entry.taxonomy, entry.code): tuple(_words(entry.name))
            for t in release.taxonomies.values()
            for entry in t.entries
        }
        for activity in release.activities():
            above = (
                headings.get((activity.taxonomy, code or ""), ())
                for code in (activity.sector, activity.parent)
            )
            self._add_activity(activity, chain.from_iterable(above))
        self._vocabulary = sorted(self._weights)
        spelled = [word for word in self._vocabulary if word.isascii() and word.isalpha()]
        #: By length: the words that one of this length may have been meant to be.
        self._alike = {
            length: tuple(word for word in spelled if abs(len(word) - length) <= 2)
            for length in range(_SHORTEST_MISSPELLED, max(map(len, spelled), default=0) + 3)
        }
        self._with_sign: dict[str, list[str]] = {}
        for word in self._vocabulary:
            if _HAN.fullmatch(word):
                for sign in set(word):
                    self._with_sign.setdefault(sign, []).append(word)

    def search(
        self, query: str, *, taxonomy: str | None = None, sector: str | None = None, limit: int = 20
    ) -> list[Hit]:
        """The best candidates for words, a code, an alias or an industry code, best first.

        An industry code without its scheme finds what states exactly this code in any scheme. Among
        equal scores a name that begins with the query comes first.
        """
        query = fold(query[:LONGEST_QUERY])
        found: dict[int, tuple[float, Why]] = {}
        for number, weight in self._by_words(query).items():
            found[number] = (0.8 * weight, "words")
        for number, why in self._exact.get(query, ()):
            found[number] = (0.95 if why == "name" else 1.0, why)
        for number, score in self._industry_scores(query):
            if score > found.get(number, (0.0, "words"))[0]:
                found[number] = (score, "industry")
        line = "\n" + query
        ranked: list[tuple[float, bool, str, Why, Text]] = []
        for number, (score, why) in found.items():
            target = self._targets[number]
            activity = target.activity
            if taxonomy in (None, activity.taxonomy) and sector in (None, activity.sector):
                ranked.append((-round(score, 4), line not in target.lines, target.id, why, target.name))
        # A common word finds a large part of the record: only what is returned is put in order.
        best = heapq.nsmallest(limit, ranked, key=itemgetter(0, 1, 2))
        return [Hit(id, name, why, -score) for score, _, id, why, name in best]

    def by_industry(self, code: str, *, taxonomy: str | None = None) -> list[IndustryCandidate]:
        """Activities and rows that state `scheme:code`, or a code above or below it.

        Exact ones first, then broader, then narrower. The section letter and dots do not matter:
        `isic4:3510` is `isic4:D3510`. Raises IndustryCodeError where the scheme is missing or unknown.
        """
        found: dict[tuple[int, bool], IndustryCandidate] = {}
        for relation, stated, derived, number in self._industry_matches(code):
            target = self._targets[number]
            if taxonomy in (None, target.activity.taxonomy):
                found.setdefault(
                    (number, derived), IndustryCandidate(target.id, target.name, stated, derived, relation)
                )
        order = {"exact": 0, "broader": 1, "narrower": 2}
        return sorted(found.values(), key=lambda hit: (order[hit.relation], hit.derived, hit.activity_id))

    # Building

    def _add_activity(self, activity: Activity, headings: Iterable[str]) -> None:
        number = self._add_target(activity, activity.id, activity.name, _NAME)
        self._add_exact(activity.code, number, "code")
        for alias in activity.aliases:
            self._add_exact(alias, number, "alias")
            self._add_words(tokens(fold(alias)), number, _NAME)
        if activity.scope is not None:
            self._add_words(_words(activity.scope), number, _SCOPE)
        self._add_words(headings, number, _HEADING)
        for industry, derived in ((activity.industry, False), (activity.industry_derived, True)):
            for scheme, codes in industry.items():
                for code in codes:
                    self._add_industry(scheme, code, derived, number)
        self._add_rows(activity)

    def _add_rows(self, activity: Activity) -> None:
        """Each row once, though several classes may state it."""
        numbers: dict[str, int] = {}
        for row in rows_of(activity):
            if row.id not in numbers:
                id, name = f"{activity.id}#{row.id}", row.name or activity.name
                numbers[row.id] = self._add_target(activity, id, name, _ROW)
            for code in row.gbt4754:
                self._add_industry("gbt4754", code, False, numbers[row.id])

    def _add_target(self, activity: Activity, id: str, name: Text, weight: float) -> int:
        number = len(self._targets)
        folded = tuple(fold(rendering) for rendering in _languages(name))
        self._targets.append(_Target(activity, id, name, "".join("\n" + line for line in folded)))
        self._add_exact(id, number, "code")
        for rendering in folded:
            self._add_exact(rendering, number, "name")
            self._add_words(tokens(rendering), number, weight)
        return number

    def _add_exact(self, text: str, number: int, why: Why) -> None:
        self._exact.setdefault(fold(text), []).append((number, why))

    def _add_words(self, words: Iterable[str], number: int, weight: float) -> None:
        for word in words:
            weights = self._weights.setdefault(word, {})
            if weights.get(number, 0.0) < weight:
                weights[number] = weight

    def _add_industry(self, scheme: str, code: str, derived: bool, number: int) -> None:
        entry = (_digits(code), code, derived, number)
        self._industry.setdefault(scheme, []).append(entry)

    # Queries

    def _by_words(self, query: str) -> dict[int, float]:
        """For each target the share of the query that it holds, rare words counting more."""
        asked = list(dict.fromkeys(tokens(query)))
        scores: dict[int, float] = {}
        total = 0.0
        for word in asked:
            matches = self._like(word)
            rarity = math.log(2 + len(self._targets) / (1 + len(matches)))
            total += rarity
            for number, weight in matches.items():
                scores[number] = scores.get(number, 0.0) + rarity * weight
        # Beside a good candidate one that holds a small part of a longer query is noise.
        enough = max(scores.values(), default=0.0) / 2 if len(asked) > 1 else 0.0
        return {number: score / total for number, score in scores.items() if score >= enough}

    def _like(self, word: str) -> dict[int, float]:
        """Targets that hold the word, a word that begins with it, or, failing both, one spelled alike."""
        matches = dict(self._weights.get(word, {}))
        if _HAN.fullmatch(word):
            if len(word) == 1:
                self._merge(matches, iter(self._with_sign.get(word, ())), 1.0)
            return matches
        if len(word) >= 3:
            self._merge(matches, self._beginning_with(word), _BEGINNING)
            plurals = (plural for plural in (f"{word}s", f"{word}es") if plural in self._weights)
            self._merge(matches, plurals, _PLURAL)
        # A number is never another one misspelled.
        if not matches and word.isalpha():
            self._merge(matches, iter(nearest(word, self._alike.get(len(word), ()))), 0.6)
        return matches

    def _merge(self, matches: dict[int, float], words: Iterator[str], factor: float) -> None:
        for word in words:
            for number, weight in self._weights[word].items():
                if matches.get(number, 0.0) < factor * weight:
                    matches[number] = factor * weight

    def _beginning_with(self, word: str) -> Iterator[str]:
        at = bisect_left(self._vocabulary, word)
        while at < len(self._vocabulary) and self._vocabulary[at].startswith(word):
            yield self._vocabulary[at]
            at += 1

    def _industry_scores(self, query: str) -> Iterator[tuple[int, float]]:
        """Targets by `scheme:code`, or by a code alone; an exact one scores above any words."""
        scores = {"exact": 0.9, "broader": 0.6, "narrower": 0.5}
        best: dict[int, float] = {}
        has_scheme = query.partition(":")[0] in INDUSTRY_SCHEMES
        matches = self._industry_matches(query) if has_scheme else self._in_any_scheme(query)
        for relation, printed, derived, number in matches:
            # 35.11 means D35.11 of NACE rather than 3511 of GB/T 4754.
            same_form = has_scheme or query in (fold(printed), fold(printed)[1:])
            score = scores[relation] - (0.03 if derived else 0.0) - (0.0 if same_form else 0.05)
            best[number] = max(best.get(number, 0.0), score)
        return iter(best.items())

    def _in_any_scheme(self, code: str) -> Iterator[tuple[Relation, str, bool, int]]:
        """What states this code; section letters must agree where both have one."""
        if not _BARE_CODE.fullmatch(code):
            return
        asked, section = _digits(code), _section(code)
        for entries in self._industry.values():
            for stated, printed, derived, number in entries:
                if stated == asked and (not section or _section(printed) in ("", section)):
                    yield "exact", printed, derived, number

    def _industry_matches(self, code: str) -> Iterator[tuple[Relation, str, bool, int]]:
        scheme, colon, rest = code.strip().partition(":")
        scheme = scheme.casefold()
        asked = _digits(rest)
        if not colon or scheme not in INDUSTRY_SCHEMES or not asked:
            raise IndustryCodeError(f"write scheme:code with a scheme of {', '.join(INDUSTRY_SCHEMES)}")
        matches: list[tuple[Relation, str, bool, int]] = []
        for stated, printed, derived, number in self._industry.get(scheme, ()):
            if stated == asked:
                matches.append(("exact", printed, derived, number))
            elif asked.startswith(stated) or (_is_section(stated) and _section(rest) == stated):
                matches.append(("broader", printed, derived, number))
            elif stated.startswith(asked) or (_is_section(asked) and _section(printed) == asked):
                matches.append(("narrower", printed, derived, number))
        matches.sort(key=lambda match: ("exact", "broader", "narrower").index(match[0]))
        return iter(matches)


def fold(text: str) -> str:
    """A text without differences of width, case and blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def tokens(folded: str) -> Iterator[str]:
    """Words of alphabetic scripts; pairs of neighbours in Chinese (a lone sign stands alone)."""
    for match in _WORD.finditer(folded):
        at = 0
        run = match.group()
        for han in _HAN.finditer(run):
            if han.start() > at:
                yield run[at : han.start()]
            signs = han.group()
            if len(signs) == 1:
                yield signs
            for i in range(len(signs) - 1):
                yield signs[i : i + 2]
            at = han.end()
        if at < len(run):
            yield run[at:]


def _words(text: Text) -> Iterator[str]:
    return chain.from_iterable(tokens(fold(rendering)) for rendering in _languages(text))


def _languages(text: Text) -> Iterator[str]:
    return (rendering for rendering in (text.en, text.zh_hans, text.zh_hant) if rendering)


def _digits(code: str) -> str:
    """`D35.11` and `35.11` as `3511`; a section alone stays a letter."""
    plain = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", code).upper())
    return plain[1:] if len(plain) > 1 and plain[0].isalpha() else plain


def _is_section(code: str) -> bool:
    return len(code) == 1 and code.isalpha()


def _section(code: str) -> str:
    first = code.strip()[:1].upper()
    return first if first.isalpha() else ""
