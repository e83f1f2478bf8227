"""Ways to settle a verdict: what must become known, how ways compare and how they are joined.

A way is one number: a bit for each subject that must become known, and for such a subject a bit for each code
that it may then not take. So joining two ways is "or", and one asks no more than another where its bits are
among the other's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from taxonomy_api.assessment.domains import UNKNOWN, Subject

Way = int
Ways = list[Way]
#: A part of a group: the ways to confine it to a set of results.
Part = Callable[[int], Ways]
Code = int | str

#: The codes of a subject that must stay unknown.
SILENT: frozenset[Code] = frozenset({UNKNOWN})
NOTHING_NEEDED: Ways = [0]
IMPOSSIBLE: Ways = []
MOST_WAYS = 60


class Space:
    """The ways over some subjects. `truncated`: some were left away because there were too many."""

    def __init__(self, sizes: Mapping[Subject, int], choices: Mapping[Subject, frozenset[str]]) -> None:
        """`sizes`: by subject how many codes it has, UNKNOWN included; `choices`: ids in place of codes."""
        self.truncated = False
        self._subjects = sorted({**sizes, **choices})
        self._mentions = (1 << len(self._subjects)) - 1
        self._choices = {
            subject: {id: place for place, id in enumerate(sorted(ids), start=1)}
            for subject, ids in choices.items()
        }
        self._bit: dict[Subject, int] = {}
        self._start: dict[Subject, int] = {}
        self._codes: dict[int, int] = {}  # by the bit of a subject: those of all its codes
        self._silent: dict[int, int] = {}  # likewise: those of a way in which it stays unknown
        start = len(self._subjects)
        for number, subject in enumerate(self._subjects):
            size = 1 + len(choices[subject]) if subject in choices else sizes[subject]
            self._bit[subject], self._start[subject] = 1 << number, start
            self._codes[1 << number] = ((1 << size) - 1) << start
            start += size

    def way(self, subject: Subject, allowed: frozenset[Code]) -> Way:
        """That the subject takes one of these codes (choices: ids), at least one."""
        bit, start, index = self._bit[subject], self._start[subject], self._choices.get(subject, {})
        barred = self._codes[bit]
        for code in allowed:
            barred &= ~(1 << start + (index[code] if isinstance(code, str) else code))
        if allowed == SILENT:
            self._silent[bit] = barred
        return bit | barred

    def both(self, first: Ways, second: Ways) -> Ways:
        """Ways that are in the first and the second list at once."""
        if first == NOTHING_NEEDED:
            return second
        if second == NOTHING_NEEDED:
            return first
        if not self._mentioned(first) & self._mentioned(second):
            # Of two lists without repetition that share no subject every pair asks for something of its own.
            if len(first) * len(second) <= MOST_WAYS:
                return [one | other for one in first for other in second]
            self.truncated = True
            return self._smallest_pairs(first, second)
        return self.pruned(
            [
                one | other
                for one in first
                for other in second
                if self._possible(one | other, one & other & self._mentions)
            ]
        )

    def pruned(self, ways: Ways) -> Ways:
        """Without those that ask more than another; at most MOST_WAYS, the smallest."""
        if len(ways) < 2:
            return ways
        kept: Ways = []
        for way in sorted(ways, key=self._size):
            if _repeats(kept, way):
                continue
            if len(kept) == MOST_WAYS:
                self.truncated = True
                break
            kept.append(way)
        return kept

    def smallest(self, ways: Iterable[Way]) -> list[tuple[Subject, ...]]:
        """The sets of subjects to be told, without those that hold another."""
        asked = {self._asked(way) for way in ways}
        named = sorted((mask.bit_count(), self._named(mask), mask) for mask in asked)
        found: list[int] = []
        told: list[tuple[Subject, ...]] = []
        for _, subjects, mask in named:
            if all(smaller & ~mask for smaller in found):
                found.append(mask)
                told.append(subjects)
        return told

    def _size(self, way: Way) -> int:
        return (way & self._mentions).bit_count()

    def _mentioned(self, ways: Ways) -> int:
        found = 0
        for way in ways:
            found |= way
        return found & self._mentions

    def _possible(self, way: Way, shared: int) -> bool:
        """Whether each of the subjects can still take a code."""
        while shared:
            bit = shared & -shared
            if not self._codes[bit] & ~way:
                return False
            shared ^= bit
        return True

    def _smallest_pairs(self, first: Ways, second: Ways) -> Ways:
        """MOST_WAYS of all pairs, which are more."""
        by_size: dict[int, Ways] = {}
        for other in second:
            by_size.setdefault(self._size(other), []).append(other)
        sizes = [self._size(one) for one in first]
        found: Ways = []
        for total in range(min(sizes) + min(by_size), max(sizes) + max(by_size) + 1):
            for one, size in zip(first, sizes, strict=True):
                found += [one | other for other in by_size.get(total - size, ())]
                if len(found) >= MOST_WAYS:
                    return found[:MOST_WAYS]
        return found

    def _asked(self, way: Way) -> int:
        mask = way & self._mentions
        for bit, barred in self._silent.items():
            if mask & bit and way & self._codes[bit] == barred:
                mask ^= bit
        return mask

    def _named(self, mask: int) -> tuple[Subject, ...]:
        """The subjects in their order."""
        named: list[Subject] = []
        while mask:
            bit = mask & -mask
            named.append(self._subjects[bit.bit_length() - 1])
            mask ^= bit
        return tuple(named)


def _repeats(ways: Ways, way: Way) -> bool:
    """Whether it asks all that one of these asks."""
    rest = ~way
    for one in ways:  # noqa: SIM110 - the innermost loop of the search
        if not one & rest:
            return True
    return False
