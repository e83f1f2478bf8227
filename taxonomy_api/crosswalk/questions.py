"""What criteria ask of a project, and the answers that they can tell apart.

A fact has endlessly many values, but two criteria only tell apart on which side of their limits a value
lies. So each question has a handful of answers: one on every limit and one between any two of them. To try
them all is to try every project.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Literal, NamedTuple

from taxonomy_api.catalog.criteria import (
    Cases,
    ChoiceTest,
    Criterion,
    DateTest,
    FactLeaf,
    LimitTest,
    Rows,
    StandardLeaf,
    walk,
)
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import Fact, Quantity, Standard
from taxonomy_api.catalog.units import find_unit
from taxonomy_api.catalog.values import base_amount

#: Up to so many kinds of choices every combination is tried.
MOST_COMBINED = 8


class Question(NamedTuple):
    """A shared fact, a standard, an attestation, the row of an activity, or (`open`) the outcome of a test
    that is not known."""

    kind: Literal["fact", "standard", "attestation", "row", "open"]
    id: str


class StandardAnswer(NamedTuple):
    """What is so of a product: does the standard cover it, does it conform, its place on the scale (0 is
    best; None: none)."""

    covered: bool
    complies: bool
    place: int | None


#: A quantity in the base unit of its dimension or the number of a day (Fraction), a yes or no, the choices or
#: rows of a project, a place on a scale (0 is best), or what is so of a standard.
Answer = Fraction | bool | frozenset[str] | int | StandardAnswer


@dataclass(frozen=True, slots=True)
class Domain:
    """The answers to a question. The first `plain` are those that some project gives for sure.

    The others are weighed before a relation is asserted, but refute none: values outside the plausible
    range, a level without conformity, several choices at once. `complete`: every answer is
    among them; without it several choices at once are left out, being too many.
    """

    answers: tuple[Answer, ...]
    plain: int
    complete: bool = True


Domains = Mapping[Question, Domain]

YES_NO = Domain((True, False), 2)


def domains_of(release: Release, sides: Iterable[tuple[str, Criterion]]) -> dict[Question, Domain]:
    """The domains of all facts, standards and rows that the criteria ask for.

    `sides`: pairs of an activity's id and a criterion of it.
    """
    limits: dict[str, set[Fraction]] = {}
    named: dict[Question, set[frozenset[str]]] = {}
    found: dict[Question, Domain] = {}
    for activity, root in sides:
        for criterion in walk(root):
            if isinstance(criterion, FactLeaf):
                _note_test(release.facts[criterion.fact], criterion, limits, named, found)
            elif isinstance(criterion, Cases):
                fact = release.facts[criterion.by]
                sets = named.setdefault(Question("fact", fact.id), set())
                sets.update(inside(fact, case.values) for case in criterion.cases)
            elif isinstance(criterion, Rows):
                rows = frozenset(row.id for row in criterion.rows)
                named.setdefault(Question("row", activity), set()).update(frozenset({row}) for row in rows)
            elif isinstance(criterion, StandardLeaf):
                question = Question("standard", criterion.standard)
                found[question] = _standard_domain(release.standards[criterion.standard])
    for fact_id, values in limits.items():
        found[Question("fact", fact_id)] = _ordered_domain(release.facts[fact_id], values)
    for question, sets in named.items():
        bottom = frozenset().union(*sets) if question.kind == "row" else _bottom(release.facts[question.id])
        found[question] = _choice_domain(bottom, sets)
    return found


def inside(fact: Fact, values: Iterable[str]) -> frozenset[str]:
    """The named choices and those below them."""
    named = frozenset(values)
    return frozenset(choice for choice in fact.choices if named & set(_upwards(fact, choice)))


def _upwards(fact: Fact, choice: str) -> Iterator[str]:
    seen: set[str] = set()
    current: str | None = choice
    while current is not None and current not in seen:
        seen.add(current)
        yield current
        current = fact.choices[current].parent


def _bottom(fact: Fact) -> frozenset[str]:
    """The choices that hold no others: what a project is in the end."""
    parents = {choice.parent for choice in fact.choices.values()}
    return frozenset(fact.choices) - parents


def _note_test(
    fact: Fact,
    leaf: FactLeaf,
    limits: dict[str, set[Fraction]],
    named: dict[Question, set[frozenset[str]]],
    found: dict[Question, Domain],
) -> None:
    question, test = Question("fact", fact.id), leaf.test
    if isinstance(test, LimitTest):
        values = (base_amount(limit) for step in test.steps for limit in step.limits)
        limits.setdefault(fact.id, set()).update(values)
    elif isinstance(test, DateTest):
        limits.setdefault(fact.id, set()).add(Fraction(test.day.toordinal()))
    elif isinstance(test, ChoiceTest):
        named.setdefault(question, set()).add(inside(fact, test.values))
    else:
        found[question] = YES_NO if fact.kind == "yes_no" else _scale_domain(len(fact.scale))


def _scale_domain(levels: int) -> Domain:
    return Domain(tuple(range(levels)), levels)


def _standard_domain(standard: Standard) -> Domain:
    places = range(len(standard.scale))
    plain = [StandardAnswer(True, False, None), StandardAnswer(False, False, None)]
    graded = [StandardAnswer(True, True, place) for place in places]
    bare = StandardAnswer(True, True, None)
    if not graded:
        return Domain((*plain, bare), 3)
    odd = [bare, *(StandardAnswer(True, False, place) for place in places)]
    return Domain((*plain, *graded, *odd), len(plain) + len(graded))


def _ordered_domain(fact: Fact, limits: set[Fraction]) -> Domain:
    """A value on each limit and in each gap between them, and below and above all."""
    if fact.kind == "date":
        return _day_domain(sorted(limits))
    low = None if fact.minimum is None else base_amount(fact.minimum)
    high = None if fact.maximum is None else base_amount(fact.maximum)
    # Hardly any quantity can be negative, and for most the registry does not say so.
    least = Fraction(0) if low is None else low
    ends = [least] if high is None else [least, high]
    cuts = sorted(limits.union(ends))
    gaps = [_between(*pair) for pair in pairwise(cuts)]
    beyond = [cuts[0] - 1, cuts[-1] * 2 if cuts[-1] > 0 else cuts[-1] + 1]
    values = [*(cut for cut in cuts if cut in limits), *gaps, *(end for end in ends if end not in limits)]
    possible = [value for value in (*values, *beyond) if value >= least and (high is None or value <= high)]
    odd = [value for value in (*values, *beyond) if value not in possible]
    return Domain((*possible, *odd), len(possible))


def _between(low: Fraction, high: Fraction) -> Fraction:
    """A value in the gap, if possible one at half or one and a half of a limit, for people to read."""
    return next(value for value in (low * 3 / 2, high / 2, (low + high) / 2) if low < value < high)


def _day_domain(limits: list[Fraction]) -> Domain:
    gaps = [day + 1 for day, following in pairwise(limits) if following > day + 1]
    days = (*limits, *gaps, limits[0] - 1, limits[-1] + 1)
    return Domain(days, len(days))


def _choice_domain(bottom: frozenset[str], sets: set[frozenset[str]]) -> Domain:
    """One choice of each kind, choices being of one kind where every criterion treats them alike; then
    several at once."""
    ordered = sorted(sets, key=sorted)
    kinds: dict[tuple[bool, ...], str] = {}
    for choice in sorted(bottom):
        kinds.setdefault(tuple(choice in named for named in ordered), choice)
    choices = sorted(kinds.values())
    single = tuple(frozenset({choice}) for choice in choices)
    if len(choices) > MOST_COMBINED:
        return Domain(single, len(choices), complete=False)
    sizes = range(2, len(choices) + 1)
    several = (frozenset(chosen) for size in sizes for chosen in combinations(choices, size))
    return Domain((*single, *several), len(choices))


def in_unit_of(fact: Fact, amount: Fraction) -> Quantity | None:
    """An amount of the base unit in the fact's own unit, rounded for reading; None for a unit that is not in
    the table."""
    unit = find_unit(fact.unit or "1")
    if unit is None:
        return None
    own = amount / unit.factor
    return Quantity(round(Decimal(own.numerator) / Decimal(own.denominator), 6), fact.unit or "1")
