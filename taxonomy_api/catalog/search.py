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

from taxonomy_api.catalog.activity_rows import rows_of
from taxonomy_api.catalog.industry_codes import IndustryCodeError, is_industry_code, read_code
from taxonomy_api.catalog.industry_index import IndustryCandidate, IndustryIndex
from taxonomy_api.catalog.model import Activity, Release
from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.catalog.terms import Text

__all__ = ["Hit", "IndustryCandidate", "IndustryCodeError", "SearchIndex", "fold", "tokens"]

Why = Literal["code", "alias", "name", "words", "industry"]

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
#: What a candidate by industry code is worth: one that states the code or one near it comes before words,
#: one found through another classification (in brackets: from memory or own comparison) after exact ones.
_STATES = {"exact": 0.9, "broader": 0.6, "narrower": 0.5}
_THROUGH = {"exact": 0.49, "broader": 0.46, "narrower": 0.43, "overlap": 0.4, "unclear": 0.35}
_DERIVED, _OTHER_FORM, _DOUBTFUL = 0.03, 0.05, 0.1


@dataclass(frozen=True, slots=True)
class Hit:
    """A candidate; `score` is between 0 and 1. `activity_id` names a row where the row was found.

    `through`: the candidate by industry code where another classification led to it.
    """

    activity_id: str
    name: Text
    why: Why
    score: float
    through: IndustryCandidate | None = None


@dataclass(frozen=True, slots=True)
class _Target:
    activity: Activity
    id: str
    name: Text
    #: The folded renderings of the name, each after a line break.
    lines: str


class SearchIndex:
    """Built once per release; every query then takes milliseconds."""

    def __init__(self, release: Release, industry: IndustryIndex | None = None) -> None:
        self._industry = IndustryIndex(release) if industry is None else industry
        self._targets: list[_Target] = []
        self._numbers: dict[str, int] = {}
        self._exact: dict[str, list[tuple[int, Why]]] = {}
        self._weights: dict[str, dict[int, float]] = {}
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
        equal scores a name that begins with the query comes first. Raises IndustryCodeError where the
        query is opened by a scheme and is no code of it.
        """
        query = fold(query[:LONGEST_QUERY])
        found: dict[int, tuple[float, Why, IndustryCandidate | None]] = {}
        if not is_industry_code(query):
            for number, weight in self._by_words(query).items():
                found[number] = (0.8 * weight, "words", None)
        for number, why in self._exact.get(query, ()):
            found[number] = (0.95 if why == "name" else 1.0, why, None)
        for number, score, through in self._industry_scores(query, taxonomy):
            if number not in found or score > found[number][0]:
                found[number] = (score, "industry", through)
        line = "\n" + query
        ranked: list[tuple[float, bool, str, Why, Text, IndustryCandidate | None]] = []
        for number, (score, why, through) in found.items():
            target = self._targets[number]
            activity = target.activity
            if taxonomy in (None, activity.taxonomy) and sector in (None, activity.sector):
                begins = line in target.lines
                ranked.append((-round(score, 4), not begins, target.id, why, target.name, through))
        # A common word finds a large part of the record: only what is returned is put in order.
        best = heapq.nsmallest(limit, ranked, key=itemgetter(0, 1, 2))
        return [Hit(id, name, why, -score, through) for score, _, id, why, name, through in best]

    def by_industry(self, code: str, *, taxonomy: str | None = None) -> list[IndustryCandidate]:
        """Activities and rows that state `scheme:code`, or a code above or below it, best first.

        Editions that state no code of the scheme come in through the concordances, with the route told.
        The section letter and dots do not matter: `isic4:3510` is `isic4:D3510`. Raises IndustryCodeError
        where the scheme is missing or unknown, or is known not to have the code.
        """
        found = self._industry.candidates(code, taxonomy)
        return sorted(found, key=lambda one: (one.rank, one.activity_id))

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
        self._add_rows(activity)

    def _add_rows(self, activity: Activity) -> None:
        """Each row once, though several classes may state it."""
        numbers: set[str] = set()
        for row in rows_of(activity):
            if row.id not in numbers:
                id, name = f"{activity.id}#{row.id}", row.name or activity.name
                numbers.add(row.id)
                self._add_target(activity, id, name, _ROW)

    def _add_target(self, activity: Activity, id: str, name: Text, weight: float) -> int:
        number = len(self._targets)
        folded = tuple(fold(rendering) for rendering in _languages(name))
        self._targets.append(_Target(activity, id, name, "".join("\n" + line for line in folded)))
        self._numbers[id] = number
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

    def _industry_scores(
        self, query: str, taxonomy: str | None
    ) -> Iterator[tuple[int, float, IndustryCandidate | None]]:
        """Targets by `scheme:code`, or by a code alone; an exact one scores above any words."""
        if is_industry_code(query):
            for one in self._industry.candidates(query, taxonomy):
                score = (_THROUGH if one.route else _STATES)[one.relation] - one.derived * _DERIVED
                doubtful = one.status in ("recalled", "own-comparison")
                number = self._numbers[one.activity_id]
                yield number, score - doubtful * _DOUBTFUL, one if one.route else None
        elif _BARE_CODE.fullmatch(query):
            # Which classification is meant is open: 35.11 rather D35.11 of NACE than 3511 of GB/T 4754.
            asked = read_code(query, "isic4")
            for _, stated in self._industry.stating(asked.digits, asked.section):
                same_form = query in (fold(stated.code), fold(stated.code)[1:])
                score = _STATES["exact"] - stated.derived * _DERIVED - (not same_form) * _OTHER_FORM
                yield self._numbers[stated.activity_id], score, None


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
