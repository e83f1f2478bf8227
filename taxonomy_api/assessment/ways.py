"""Ways to settle a verdict: what must become known, and how ways compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from taxonomy_api.assessment.domains import UNKNOWN, Subject

#: A way: for each subject that must become known, the codes (choices: ids) it may take.
Way = Mapping[Subject, frozenset[int | str]]
Ways = list[Way]
#: A part of a group: the ways to confine it to a set of results.
Part = Callable[[int], Ways]

#: The codes of a subject that must stay unknown.
SILENT: frozenset[int | str] = frozenset({UNKNOWN})
NOTHING_NEEDED: Ways = [{}]
IMPOSSIBLE: Ways = []


def smallest(ways: Iterable[Way]) -> list[tuple[Subject, ...]]:
    found: list[frozenset[Subject]] = []
    asked = {frozenset(subject for subject, codes in way.items() if codes != SILENT) for way in ways}
    for keys in sorted(asked, key=lambda keys: (len(keys), sorted(keys))):
        if not any(smaller <= keys for smaller in found):
            found.append(keys)
    return [tuple(sorted(keys)) for keys in found]


def subjects_of(ways: Ways) -> set[Subject]:
    return {subject for way in ways for subject in way}


def asks_less(one: Way, other: Way) -> bool:
    return all(subject in other and codes >= other[subject] for subject, codes in one.items())
