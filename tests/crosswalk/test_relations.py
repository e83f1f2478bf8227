"""The laws of the relations, over every model of up to three projects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, product

import pytest

from taxonomy_api.crosswalk.relations import (
    SCOPES,
    STRINGENCIES,
    Scope,
    Stringency,
    compose_scopes,
    compose_stringencies,
    invert_scope,
    invert_stringency,
)

Projects = frozenset[int]
Holds = Callable[[Projects, Projects], bool]

SETS: tuple[Projects, ...] = tuple(
    frozenset(some) for size in (1, 2, 3) for some in combinations(range(3), size)
)
#: What a relation says of two sets of projects.
SCOPE_HOLDS: Mapping[Scope, Holds] = {
    "exact": lambda a, b: a == b,
    "narrower": lambda a, b: a <= b,
    "broader": lambda a, b: a >= b,
    "overlap": lambda a, b: bool(a & b),
    "unknown": lambda a, b: True,
}
STRINGENCY_HOLDS: Mapping[Stringency, Holds] = {
    "equal": lambda a, b: a == b,
    "stricter": lambda a, b: a <= b,
    "looser": lambda a, b: a >= b,
    "incomparable": lambda a, b: not a <= b and not a >= b,
    "unknown": lambda a, b: True,
}


def chains(first: Holds, second: Holds) -> Iterator[tuple[Projects, Projects]]:
    """Every A and C for which some B stands between them in the two relations."""
    for a, b, c in product(SETS, repeat=3):
        if first(a, b) and second(b, c):
            yield a, c


def implied(holds: Mapping[str, Holds], known: str) -> set[str]:
    """The relations that `known` entails for all sets."""
    return {
        name
        for name, claim in holds.items()
        if all(claim(a, b) for a, b in product(SETS, repeat=2) if holds[known](a, b))
    }


@pytest.mark.parametrize(("first", "second"), list(product(SCOPES, repeat=2)))
def test_scopes_assert_what_holds_and_all_that_holds(first: Scope, second: Scope) -> None:
    composed = compose_scopes(first, second)
    ends = list(chains(SCOPE_HOLDS[first], SCOPE_HOLDS[second]))
    assert all(SCOPE_HOLDS[composed](a, c) for a, c in ends)
    for claim in set(SCOPES) - implied(SCOPE_HOLDS, composed):
        assert any(not SCOPE_HOLDS[claim](a, c) for a, c in ends), (claim, "always holds")


@pytest.mark.parametrize(("first", "second"), list(product(STRINGENCIES, repeat=2)))
def test_stringencies_assert_what_holds_and_all_that_holds(first: Stringency, second: Stringency) -> None:
    composed = compose_stringencies(first, second)
    ends = list(chains(STRINGENCY_HOLDS[first], STRINGENCY_HOLDS[second]))
    assert all(STRINGENCY_HOLDS[composed](a, c) for a, c in ends)
    for claim in set(STRINGENCIES) - implied(STRINGENCY_HOLDS, composed):
        assert any(not STRINGENCY_HOLDS[claim](a, c) for a, c in ends), (claim, "always holds")


def test_composition_is_associative() -> None:
    for scopes in product(SCOPES, repeat=3):
        a, b, c = scopes
        assert compose_scopes(compose_scopes(a, b), c) == compose_scopes(a, compose_scopes(b, c)), scopes
    for stringencies in product(STRINGENCIES, repeat=3):
        x, y, z = stringencies
        left = compose_stringencies(compose_stringencies(x, y), z)
        assert left == compose_stringencies(x, compose_stringencies(y, z)), stringencies


def test_neutral_and_absorbing_relations() -> None:
    for scope in SCOPES:
        assert compose_scopes("exact", scope) == compose_scopes(scope, "exact") == scope
        assert compose_scopes("unknown", scope) == compose_scopes(scope, "unknown") == "unknown"
    for stringency in STRINGENCIES:
        assert compose_stringencies("equal", stringency) == stringency
        assert compose_stringencies(stringency, "equal") == stringency
        assert compose_stringencies("unknown", stringency) == "unknown"
        assert compose_stringencies(stringency, "unknown") == "unknown"


def test_inversion_reads_the_other_way_and_back() -> None:
    for scope in SCOPES:
        assert invert_scope(invert_scope(scope)) == scope
        for a, b in product(SETS, repeat=2):
            assert SCOPE_HOLDS[scope](a, b) == SCOPE_HOLDS[invert_scope(scope)](b, a)
    for stringency in STRINGENCIES:
        assert invert_stringency(invert_stringency(stringency)) == stringency
        for a, b in product(SETS, repeat=2):
            assert STRINGENCY_HOLDS[stringency](a, b) == STRINGENCY_HOLDS[invert_stringency(stringency)](b, a)


def test_inversion_turns_a_composition_round() -> None:
    for a, b in product(SCOPES, repeat=2):
        assert invert_scope(compose_scopes(a, b)) == compose_scopes(invert_scope(b), invert_scope(a))
    for x, y in product(STRINGENCIES, repeat=2):
        turned = compose_stringencies(invert_stringency(y), invert_stringency(x))
        assert invert_stringency(compose_stringencies(x, y)) == turned
