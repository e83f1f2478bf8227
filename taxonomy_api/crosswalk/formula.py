"""The criteria of one activity on one day, as a formula over questions (`crosswalk.questions`).

Each node gives the set of its possible results: met, not met, left out, by the rules of DESIGN §2. With every
question answered, more than one result means that the texts on file decide nothing for such a project.
`assessment.evaluation` applies the same rules to columns of projects; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Literal

from taxonomy_api.catalog.criteria import GroupKind

MET, NOT_MET, LEFT_OUT = 1, 2, 4
EITHER = MET | NOT_MET
#: Where a question is not answered yet, and the index of no question.
OPEN = -1

#: A node's possible results, and a question that would narrow them (OPEN: none does).
Result = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always these results."""

    results: int


@dataclass(frozen=True, slots=True)
class Ask:
    """The results that each answer to a question allows; `unanswered`: all of them together."""

    question: int
    table: tuple[int, ...]
    unanswered: int


@dataclass(frozen=True, slots=True)
class Join:
    kind: GroupKind
    parts: tuple[Formula, ...]
    count: int = 0


@dataclass(frozen=True, slots=True)
class Guarded:
    """The part where the guard is met, left out where it is not."""

    guard: Formula
    part: Formula


@dataclass(frozen=True, slots=True)
class Choose:
    """The parts that each answer selects, joined by `any` of them (`any_value`) or all; `used`: those that
    some answer selects."""

    question: int
    selected: tuple[tuple[int, ...], ...]
    used: tuple[int, ...]
    parts: tuple[Formula, ...]
    any_value: bool


@dataclass(frozen=True, slots=True)
class Some:
    """One of the parts, nobody can tell which."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class WholeClass:
    """A class's own criteria: nothing left is open."""

    part: Formula


Formula = Fixed | Ask | Join | Guarded | Choose | Some | WholeClass


def evaluate(node: Formula, answers: Sequence[int]) -> Result:
    """The results possible for all projects that answer so; `answers` holds the place of each answer in its
    domain, or OPEN."""
    results, question = _evaluate(node, answers)
    return results, OPEN if results in (MET, NOT_MET, LEFT_OUT) else question


def _evaluate(node: Formula, answers: Sequence[int]) -> Result:
    if isinstance(node, Ask):
        given = answers[node.question]
        if given == OPEN:
            return node.unanswered, node.question
        return node.table[given], OPEN
    if isinstance(node, Fixed):
        return node.results, OPEN
    if isinstance(node, Join):
        return _join(node, answers)
    if isinstance(node, Choose):
        return _choose(node, answers)
    if isinstance(node, WholeClass):
        results, question = evaluate(node.part, answers)
        return (EITHER if results & LEFT_OUT else results), question
    if isinstance(node, Some):
        found = [evaluate(part, answers) for part in node.parts]
        question = next((asked for _, asked in found if asked != OPEN), OPEN)
        return reduce(or_, (results for results, _ in found)), question
    return _guarded(node, answers)


def _guarded(node: Guarded, answers: Sequence[int]) -> Result:
    guard, asked = evaluate(node.guard, answers)
    if guard == NOT_MET:
        return LEFT_OUT, OPEN
    results, question = evaluate(node.part, answers)
    # A guard that is itself left out says nothing: both stay possible.
    holds = results if guard & (MET | LEFT_OUT) else 0
    fails = LEFT_OUT if guard & (NOT_MET | LEFT_OUT) else 0
    return holds | fails, asked if asked != OPEN else question


def _join(node: Join, answers: Sequence[int]) -> Result:
    found: list[int] = []
    question = OPEN
    decisive = {"all": NOT_MET, "any": MET}.get(node.kind)
    for part in node.parts:
        results, asked = evaluate(part, answers)
        if results == decisive:
            return results, OPEN
        found.append(results)
        if question == OPEN:
            question = asked
        if node.kind == "first_that_applies" and not results & LEFT_OUT:
            break
    if node.kind == "at_least_of":
        return at_least(node.count, found), question
    return _JOINED[node.kind](found), question


def _choose(node: Choose, answers: Sequence[int]) -> Result:
    given = answers[node.question]
    join = any_chosen if node.any_value else all_of
    if given == OPEN:
        return reduce(or_, (evaluate(node.parts[number], answers)[0] for number in node.used)), node.question
    found: list[int] = []
    question = OPEN
    for number in node.selected[given]:
        results, asked = evaluate(node.parts[number], answers)
        found.append(results)
        if question == OPEN:
            question = asked
    return join(found), question


def all_of(parts: Sequence[int]) -> int:
    """Met if no part is not met and some part is met; left out if every part is."""
    met = all(part & (MET | LEFT_OUT) for part in parts) and any(part & MET for part in parts)
    fails = any(part & NOT_MET for part in parts)
    return MET * met | NOT_MET * fails | LEFT_OUT * _all_left(parts)


def any_of(parts: Sequence[int]) -> int:
    """Met if some part is; not met if none is and some part is left; open if every part is left out."""
    found = any_chosen(parts)
    return EITHER if found & LEFT_OUT else found


def any_chosen(parts: Sequence[int]) -> int:
    """As `any_of`, but left out if every part is."""
    met = any(part & MET for part in parts)
    fails = all(part & (NOT_MET | LEFT_OUT) for part in parts) and any(part & NOT_MET for part in parts)
    return MET * met | NOT_MET * fails | LEFT_OUT * _all_left(parts)


def first_of(parts: Sequence[int]) -> int:
    """The first part that is not left out; left out if every part is."""
    found = 0
    for part in parts:
        found |= part & EITHER
        if not part & LEFT_OUT:
            return found
    return found | LEFT_OUT


def at_least(count: int, parts: Sequence[int]) -> int:
    """Met if `count` parts are. Parts left out do not count; open if every part is left out."""
    if _all_left(parts):
        return EITHER
    met = sum(bool(part & MET) for part in parts) >= count
    fails = sum(part == MET for part in parts) < count and any(part & EITHER for part in parts)
    return MET * met | NOT_MET * fails


def _all_left(parts: Sequence[int]) -> bool:
    return all(part & LEFT_OUT for part in parts)


_SWAPPED = {MET: NOT_MET, NOT_MET: MET, LEFT_OUT: LEFT_OUT}


def opposite(parts: Sequence[int]) -> int:
    return sum(turned for bit, turned in _SWAPPED.items() if parts[0] & bit)


_JOINED: dict[Literal["all", "any", "not", "first_that_applies"], Callable[[Sequence[int]], int]] = {
    "all": all_of,
    "any": any_of,
    "not": opposite,
    "first_that_applies": first_of,
}
