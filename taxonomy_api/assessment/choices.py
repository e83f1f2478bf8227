"""What a project's choices mean for a test or case that names some of them."""

from __future__ import annotations

from collections.abc import Iterable

from taxonomy_api.assessment.domains import EITHER, MET, NOT_MET
from taxonomy_api.assessment.program import ChoiceLookup
from taxonomy_api.catalog.terms import Fact


def choice_lookup(fact: Fact, values: tuple[str, ...]) -> ChoiceLookup:
    """The named choices with all below them, and the choices above a named one."""
    inside = {choice for choice in fact.choices if set(_upwards(fact, choice)) & set(values)}
    above = {parent for value in values for parent in _upwards(fact, value)} - inside
    return ChoiceLookup(frozenset(inside), frozenset(above))


def _upwards(fact: Fact, choice: str) -> list[str]:
    chain: list[str] = []
    current: str | None = choice
    while current is not None and current not in chain:
        chain.append(current)
        current = fact.choices[current].parent
    return chain


def narrowed(values: frozenset[str], within: Iterable[frozenset[str]]) -> frozenset[str]:
    """The choices of a project that lead into the cases around; all of them where none does."""
    for choices in within:
        values = values & choices or values
    return values


def choice_result(lookup: ChoiceLookup, values: frozenset[str], any_value: bool = False) -> int:
    """The results that a project with these choices allows.

    Met if all are named, not met if one is outside, else open; with `any_value` met if one is named,
    not met if all are outside.
    """
    outside = values - lookup.inside - lookup.above
    if any_value:
        return MET if values & lookup.inside else NOT_MET if outside == values else EITHER
    if values <= lookup.inside:
        return MET
    return NOT_MET if outside else EITHER
