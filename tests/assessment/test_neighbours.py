"""A product that meets its neighbour's demand only does not pass: cases, not lenient alternatives.

The activities and rows are those in which one group of demands speaks of several products, sizes, phases
or means of transport. For each pair of cases that can differ a random search finds projects that meet the
neighbour's demand and fail their own; every one of them must fail the group. Worked figures stand in
tests/scenarios.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np
import pytest

from taxonomy_api.assessment.domains import UNKNOWN, Codes, Column, Subject
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.evaluation import Inputs, Pass, day_codes
from taxonomy_api.assessment.masks import Masks
from taxonomy_api.assessment.program import (
    Compiled,
    CompiledCases,
    CompiledGroup,
    CompiledLeaf,
    Program,
    parts_of,
    walk,
)

CN = "cn-green-finance-2025"
#: Rows whose demands are typed by product, building or facility in the catalogue.
CN_ROWS = """
1.1.3 r1 r2; 1.1.4 r1; 1.1.5 r1; 1.1.6 r1; 1.1.7 r1; 1.1.8 r1; 1.1.9 r1 r2; 1.1.11 r2; 1.1.13 r1 r4;
1.1.14 r1 r2 r3 r4 r5; 1.1.15 r3; 1.1.16 r1; 1.1.17 r2; 1.1.18 r1; 1.2.5 r1 r3; 1.3.5 r1; 2.1.1 r1; 2.1.2 r1;
2.1.11 r1; 2.2.1 r1; 2.3.1 r1; 2.3.5 r1; 2.5.6 r1; 3.2.2 r3 r5 r7; 3.2.4 r8; 5.1.9 r2 r3; 5.1.12 r1;
5.2.13 r1; 6.1.3 r1; 6.1.6 r1 r2; 6.2.8 r6
"""
EU = "eu-climate-mitigation"
#: Activities whose limits bind different products or phases.
EU_ACTIVITIES = """
3.3 3.5 3.7 3.10 3.14 3.17 3.18 3.19 3.20 3.21 4.9 4.12 4.14 4.15 5.4 5.12 6.3 6.5 6.6 6.9 6.14 6.15 6.16 6.17
7.3 7.5 7.6 9.3
"""
#: Where the same limit serves every case today, or a case has no figure: what counts is the closed list.
ONE_LIMIT = {"2.3.1", "4.14", "5.4", "6.9", "6.14", "7.3", "7.5", "7.6", "9.3"}
#: Where the demands bind a project together, each under its own guard.
GUARDED = {"1.2.5", "2.1.11", "2.3.5", "3.2.4", "3.21", "5.12"}
TODAY = date(2026, 11, 22).toordinal()
TRIES = 512

Place = tuple[str, str | None]


def places() -> Iterator[Place]:
    for entry in CN_ROWS.replace("\n", " ").split(";"):
        code, *rows = entry.split()
        yield from ((f"{CN}:{code}", row) for row in rows)
    yield from ((f"{EU}:{code}", None) for code in EU_ACTIVITIES.split())


def of_kind(kind: str) -> list[Place]:
    named = {"one limit": ONE_LIMIT, "guarded": GUARDED}
    others = ONE_LIMIT | GUARDED
    return [
        place
        for place in places()
        if (code := place[0].partition(":")[2]) in named.get(kind, {code}) - (others - named.get(kind, set()))
    ]


def name(place: Place) -> str:
    return " ".join(filter(None, place))


def root_of(program: Program, row: str | None) -> Compiled:
    root = program.parts["green"]
    if row is None:
        return root
    (rows,) = (node for node in walk(root) if isinstance(node, CompiledCases) and node.rows)
    return rows.parts[[one.id for one in rows.rows].index(row)]


def groups(root: Compiled) -> list[CompiledCases]:
    """The cases by product within the place."""
    return [node for node in walk(root) if isinstance(node, CompiledCases) and not node.rows]


def test_the_list_is_whole() -> None:
    assert len([row for _, row in places() if row is not None]) == 43
    assert sum(len(of_kind(kind)) for kind in ("differ", "one limit", "guarded")) == len(list(places()))


@pytest.mark.parametrize("place", of_kind("differ"), ids=name)
def test_the_neighbours_demand_does_not_serve(engine: Engine, place: Place) -> None:
    program = engine.program(engine.activities[place[0]])
    proven = 0
    for group in groups(root_of(program, place[1])):
        for own in range(len(group.parts)):
            choice = min(group.lookups[own].inside - inside_of_others(group, own))
            results, masks = tried(engine, program, group, choice)
            fails = results[group.parts[own].frame.index].surely_not_met
            for part in group.parts:
                only_the_neighbours = fails & results[part.frame.index].surely_met
                assert not only_the_neighbours & ~masks.surely_not_met, (part, choice)
                proven += bool(only_the_neighbours)
    assert proven > 0


@pytest.mark.parametrize("place", of_kind("one limit"), ids=name)
def test_a_product_that_is_not_listed_fails_and_a_listed_one_by_its_own_demand(
    engine: Engine, place: Place
) -> None:
    program = engine.program(engine.activities[place[0]])
    proven = 0
    for group in groups(root_of(program, place[1])):
        listed = frozenset[str]().union(*(lookup.inside | lookup.above for lookup in group.lookups))
        for choice in sorted(engine.release.facts[group.subject.id].choices.keys() - listed):
            _, masks = tried(engine, program, group, choice)
            assert masks.surely_not_met == (1 << TRIES) - 1, choice
            proven += 1
        for own, part in enumerate(group.parts):
            results, masks = tried(engine, program, group, min(group.lookups[own].inside))
            fails = results[part.frame.index].surely_not_met
            assert not fails & ~masks.surely_not_met
            proven += bool(fails)
    assert proven > 0


@pytest.mark.parametrize("place", of_kind("guarded"), ids=name)
def test_each_guarded_demand_binds_where_its_guard_holds(engine: Engine, place: Place) -> None:
    program = engine.program(engine.activities[place[0]])
    root = root_of(program, place[1])
    guarded = [node for node in walk(root) if node.frame.guard is not None]
    assert guarded
    chance = random.Random(name(place))
    results, masks = evaluated(program, root, columns_of(engine, walk(root), chance))
    for node in guarded:
        assert node.frame.guard is not None
        holds = results[node.frame.guard.frame.index].surely_met
        fails = holds & results[node.frame.index].surely_not_met
        assert fails, node
        # Of alternatives the demand binds its own only (EU 3.21 (b), beside (a) and (c)).
        beside = parts_of(root) if isinstance(root, CompiledGroup) and root.kind == "any" else ()
        others = 0
        for part in beside:
            others |= 0 if node in walk(part) else results[part.frame.index].met
        assert not fails & ~masks.surely_not_met & ~others, node


def inside_of_others(group: CompiledCases, own: int) -> frozenset[str]:
    """Choices that another case names as well."""
    others = (lookup.inside for number, lookup in enumerate(group.lookups) if number != own)
    return frozenset[str]().union(*others)


def tried(
    engine: Engine, program: Program, group: CompiledCases, choice: str
) -> tuple[dict[int, Masks], Masks]:
    """Random projects of one product; the results of all nodes and those of the group."""
    chance = random.Random(f"{program.activity.id} {group.frame.index} {choice}")
    columns = columns_of(engine, walk(group), chance)
    columns[group.subject] = Column(np.full(TRIES, 1, dtype=np.uint8), (frozenset({choice}),))
    return evaluated(program, group, columns)


def evaluated(
    program: Program, node: Compiled, columns: dict[Subject, Column]
) -> tuple[dict[int, Masks], Masks]:
    days = day_codes(program, np.full(TRIES, TODAY, dtype=np.int64))
    this = Pass(Inputs(program, TRIES, columns, days))
    masks = this.evaluate(node)
    return this.results, masks


def columns_of(engine: Engine, nodes: Iterable[Compiled], chance: random.Random) -> dict[Subject, Column]:
    """A known answer at random for everything that the nodes read."""
    found: dict[Subject, Column] = {}
    for node in nodes:
        if isinstance(node, CompiledLeaf) and node.subject is not None:
            if node.choice is not None:
                choices = sorted(engine.release.facts[node.subject.id].choices)
                values = tuple(frozenset({choice}) for choice in choices)
                found[node.subject] = Column(random_codes(len(values) + 1, chance), values)
            elif node.steps:
                found[node.subject] = Column(random_codes(len(node.steps[0].table), chance))
    return found


def random_codes(size: int, chance: random.Random) -> Codes:
    return np.array([chance.randrange(UNKNOWN + 1, size) for _ in range(TRIES)], dtype=np.int32)
