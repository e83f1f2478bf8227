"""Computed entailment against an SMT solver, which knows nothing of domains: to it a quantity is any number,
not one of a handful of answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import z3
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    Cases,
    ChoiceTest,
    Criterion,
    DateTest,
    FactLeaf,
    Group,
    LevelTest,
    LimitStep,
    LimitTest,
    StandardLeaf,
    YesNoTest,
    walk,
)
from taxonomy_api.catalog.terms import Quantity
from taxonomy_api.crosswalk.formulate import Side, is_known
from taxonomy_api.crosswalk.implication import compare
from tests.assessment.brute_force import LEFT, MET, NOT_MET, _group, _in, _up
from tests.assessment.generated import CHOICES, CITED, DAYS, FACTS, SCALE
from tests.crosswalk.test_implication import RELEASE, on, pairs, slow

#: Per result whether it is possible.
Possible = Mapping[str, Any]
RESULTS = (MET, NOT_MET, LEFT)
PLACES = [Decimal(one) for one in ("4.999", "5", "5.001", "7.5", "10")]
BOTTOM = [one for one in CHOICES if all(other.parent != one for other in CHOICES.values())]


class Encoding:
    """The criteria of one side as conditions on a project; `name` keeps its unknown tests apart."""

    def __init__(self, name: str, day: date) -> None:
        self.name = name
        self.day = day

    def criterion(self, criterion: Criterion, any_value: bool = False) -> Possible:
        bare = self._bare(criterion, any_value)
        if criterion.open is not None and not _in(criterion.open, self.day):
            bare = _surely(NOT_MET)
        if criterion.applies is not None and not _in(criterion.applies, self.day):
            bare = _surely(LEFT)
        if criterion.applies_if is None:
            return bare
        guard = self.criterion(criterion.applies_if, True)
        binds, falls = z3.Or(guard[MET], guard[LEFT]), z3.Or(guard[NOT_MET], guard[LEFT])
        found = {result: z3.And(binds, bare[result]) for result in RESULTS}
        return {**found, LEFT: z3.Or(found[LEFT], falls)}

    def _bare(self, criterion: Criterion, any_value: bool) -> Possible:
        if not isinstance(criterion, Group):
            met = self._leaf(criterion, any_value)
            return {MET: met, NOT_MET: z3.Not(met), LEFT: z3.BoolVal(False)}
        below = any_value is not (criterion.kind == "not")
        parts = [self.criterion(part, below) for part in criterion.parts]
        found: dict[str, list[Any]] = {result: [] for result in RESULTS}
        for combination in product(RESULTS, repeat=len(parts)):
            here = z3.And(*(part[result] for part, result in zip(parts, combination, strict=True)))
            for result in _group(criterion, combination):
                found[result].append(here)
        return {result: z3.Or(*ways) for result, ways in found.items()}

    def _leaf(self, leaf: Any, any_value: bool) -> Any:
        if not is_known(leaf):
            return z3.Bool(f"{self.name} {leaf.id}")
        if isinstance(leaf, AttestLeaf):
            return z3.Bool(leaf.attestation)
        assert isinstance(leaf, FactLeaf)
        test = leaf.test
        if isinstance(test, LimitTest):
            return self._limit(test, z3.Real(leaf.fact))
        if isinstance(test, YesNoTest):
            return z3.Bool(leaf.fact) == test.expected
        if isinstance(test, DateTest):
            return _compared(test.operator, z3.Int(leaf.fact), [test.day.toordinal()])
        if isinstance(test, LevelTest):
            return z3.Int(leaf.fact) <= SCALE.index(test.level)
        assert isinstance(test, ChoiceTest)
        named = [one for one in BOTTOM if set(_up(one)) & set(test.values)]
        chosen = {one: z3.Bool(f"{leaf.fact}={one}") for one in BOTTOM}
        if any_value:
            return z3.Or(*(chosen[one] for one in named))
        return z3.And(*(z3.Not(chosen[one]) for one in BOTTOM if one not in named))

    def _limit(self, test: LimitTest, value: Any) -> Any:
        steps = [step for step in test.steps if step.start is None or step.start <= self.day]
        if not steps or not steps[-1].limits:
            return z3.BoolVal(False)
        return _compared(test.operator, value, [_number(limit.amount) for limit in steps[-1].limits])


def _surely(result: str) -> Possible:
    return {one: z3.BoolVal(one == result) for one in RESULTS}


def _number(amount: Any) -> Any:
    exact = Fraction(amount)
    return z3.Q(exact.numerator, exact.denominator)


def _compared(operator: str, value: Any, limits: list[Any]) -> Any:
    first, last = limits[0], limits[-1]
    ways = {
        "at_most": value <= first,
        "by": value <= first,
        "below": value < first,
        "before": value < first,
        "at_least": value >= first,
        "on_or_after": value >= first,
        "above": value > first,
        "after": value > first,
        "equals": value == first,
        "between": z3.And(first <= value, value <= last),
    }
    return ways[operator]


def _outcome(possible: Possible) -> tuple[Any, Any]:
    """Whether a class is surely met, and surely not met; nothing left is open."""
    met, fails = (z3.Or(possible[one], possible[LEFT]) for one in (MET, NOT_MET))
    return z3.And(met, z3.Not(fails)), z3.And(fails, z3.Not(met))


@cache
def _projects() -> Any:
    """What is so of every project: it has a choice, and a place on the scale."""
    chosen = z3.Or(*(z3.Bool(f"kind={one}") for one in BOTTOM))
    return z3.And(chosen, z3.Int("level") >= 0, z3.Int("level") < len(SCALE))


def falls_short(first: Criterion, second: Criterion, day: date) -> bool:
    """Whether some project does better under `first` than under `second`."""
    met, fails = _outcome(Encoding("first", day).criterion(first))
    met_too, fails_too = _outcome(Encoding("second", day).criterion(second))
    solver = z3.Solver()
    solver.add(_projects(), z3.Or(z3.And(met, z3.Not(met_too)), z3.And(fails_too, z3.Not(fails))))
    answer = solver.check()
    assert answer != z3.unknown
    return bool(answer == z3.sat)


def _is_encoded(criterion: Criterion) -> bool:
    """Cases and standards are left to the brute force."""
    return not any(isinstance(node, Cases | StandardLeaf) for node in walk(criterion))


@st.composite
def bands(draw: st.DrawFn) -> Criterion:
    """A few limits of one quantity, joined: they part the line of numbers at close and odd places."""

    def limit(number: int) -> Criterion:
        operator = draw(st.sampled_from(["at_most", "below", "at_least", "above", "equals"]))
        amount = Quantity(draw(st.sampled_from(PLACES)), FACTS["power"].unit or "1")
        test = LimitTest(operator, (LimitStep(None, (amount,)),))
        return FactLeaf(id=f"band{number}", source=CITED, status="verified", fact="power", test=test)

    parts = tuple(limit(number) for number in range(draw(st.integers(1, 3))))
    joined = Group(id="bands", kind=draw(st.sampled_from(["all", "any"])), parts=parts)
    return Group(id="not", kind="not", parts=(joined,)) if draw(st.booleans()) else joined


@slow
@given(pairs() | st.tuples(bands(), bands()), st.sampled_from(DAYS))
def test_what_is_asserted_is_what_the_solver_proves(pair: tuple[Criterion, Criterion], day: date) -> None:
    assume(all(map(_is_encoded, pair)))
    span = on(compare(RELEASE, *(Side("test:1", one) for one in pair), most_steps=100_000), day)
    assert (span.forward == "entails") == (not falls_short(*pair, day))
    assert (span.backward == "entails") == (not falls_short(*reversed(pair), day))


def test_the_solver_denies_what_is_plainly_false() -> None:
    """The oracle itself can fail."""
    leaf = FactLeaf(id="a", source=CITED, status="verified", fact="flag", test=YesNoTest(True))
    other = replace(leaf, fact="sign")
    assert falls_short(leaf, other, DAYS[0]) and not falls_short(leaf, leaf, DAYS[0])
