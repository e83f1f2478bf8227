"""Every alternative of the EU criteria has a worked case that passes by it and one that fails on it.

An alternative is a part of an `any`, a case of `cases`, or the whole test where it has neither. A case
passes by an alternative if the scenario expects the contribution to be met, the alternative is met and no
other of its group is. It fails on it if the scenario expects the contribution not to be met, the
alternative is chosen (of `cases`) and surely not met. Below a `not` it is the other way round: what is met
there shuts out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from taxonomy_api.assessment.domains import look_up
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.findings import findings
from taxonomy_api.assessment.horizon import Outlook
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.assessment.program import (
    Compiled,
    CompiledCases,
    CompiledGroup,
    CompiledLeaf,
    parts_of,
    walk,
)
from taxonomy_api.assessment.scenario_cases import Case
from taxonomy_api.catalog.criteria import FactLeaf
from taxonomy_api.catalog.load import load_release
from tests.test_scenarios import ALL

ROOT = Path(__file__).resolve().parent.parent
EDITION = "eu-climate-mitigation"


@dataclass(frozen=True)
class Alternative:
    """`group` None: the whole test."""

    activity: str
    name: str
    node: Compiled
    group: CompiledGroup | CompiledCases | None
    shuts_out: bool = False


@pytest.fixture(scope="module")
def engine() -> Engine:
    loaded = load_release(ROOT)
    assert loaded.release is not None
    return Engine(loaded.release)


def alternatives(engine: Engine) -> Iterator[Alternative]:
    for activity in engine.release.taxonomies[EDITION].activities.values():
        root = engine.program(activity).parts["green"]
        bars = {
            below.frame.index
            for node in walk(root)
            if isinstance(node, CompiledGroup) and node.kind == "not"
            for below in walk(node)
        }
        found = [
            Alternative(activity.id, name_of(part), part, node, part.frame.index in bars)
            for node in walk(root)
            if isinstance(node, CompiledCases) or (isinstance(node, CompiledGroup) and node.kind == "any")
            for part in node.parts
        ]
        yield from found or [Alternative(activity.id, "", root, None)]


def name_of(node: Compiled) -> str:
    """The node's own id, or those of its leaves."""
    if isinstance(node, CompiledLeaf):
        return node.leaf.id
    leaves = [part.leaf.id for part in walk(node) if isinstance(part, CompiledLeaf)]
    return f"{node.frame.criterion.id} ({', '.join(leaves[:4])}{' …' if len(leaves) > 4 else ''})"


def open_results(alternative: Alternative) -> set[str]:
    """What can be shown of it: what is not on file keeps it from passing, or from being known at all; a case
    that asks for nothing but its own choice cannot fail."""
    leaves = list(own_leaves(alternative.node))
    if all(leaf.kind == "not_on_file" for leaf in leaves):
        return set()
    if isinstance(alternative.group, CompiledCases) and all(
        isinstance(leaf.leaf, FactLeaf) and leaf.subject == alternative.group.subject for leaf in leaves
    ):
        return {"passes"}
    return {"fails"} if any(leaf.kind == "not_on_file" for leaf in leaves) else {"passes", "fails"}


def own_leaves(node: Compiled) -> Iterator[CompiledLeaf]:
    """The leaves below a node; those of guards say only whether a part counts."""
    if isinstance(node, CompiledLeaf):
        yield node
    for part in parts_of(node):
        yield from own_leaves(part)


def expected(case: Case) -> str | None:
    """The outcome of the contribution that the scenario states."""
    stated = case.expect.get("components", {}).get("substantial_contribution")
    verdict = {"aligned": "met", "not_aligned": "not_met"}.get(case.expect.get("verdict", ""))
    return stated or verdict


def shown(engine: Engine, case: Case, found: list[Alternative]) -> Iterator[tuple[int, str]]:
    """The alternatives of the case's activity that it passes by or fails on."""
    outcome = expected(case)
    if outcome not in ("met", "not_met"):
        return
    request = read_request(engine, case.body)
    named = {name.partition("#")[0] for name in request.project.activities}
    activity = next(engine.activities[name] for name in named if name.startswith(f"{EDITION}:"))
    seen = findings(
        engine,
        engine.plan(engine.correspondence.of([activity.id], (), EDITION)),
        request.project,
        request.as_of,
    ).seen
    results = seen.decision.walk.results
    for number, one in enumerate(found):
        if one.activity != activity.id:
            continue
        masks = results[one.node.frame.index]
        passing, failing = ("not_met", "met") if one.shuts_out else ("met", "not_met")
        if outcome == failing and masks.surely_not_met & 1 and selected(seen, one):
            yield number, "fails"
        others = () if one.group is None else one.group.parts
        alone = not any(
            results[part.frame.index].surely_met & 1 for part in others if part is not one.node
        ) or isinstance(one.group, CompiledCases)
        if outcome == passing and masks.surely_met & 1 and alone and selected(seen, one):
            yield number, "passes"


def selected(seen: Outlook, one: Alternative) -> bool:
    """Whether the project chooses the case; alternatives of an `any` are always open to it."""
    if not isinstance(one.group, CompiledCases):
        return True
    inputs = seen.inputs
    lookups, _, _ = inputs.selection(one.group)
    place = next(number for number, part in enumerate(one.group.parts) if part is one.node)
    return bool(look_up(lookups[place], inputs.codes(one.group.subject))[0] & 1)


def speaks_of_the_edition(case: Case) -> bool:
    if case.of_proceeds or "refused" in case.expect:
        return False
    activities = case.body["project"]["activities"]
    named = [name for name in activities if name.startswith(f"{EDITION}:")]
    asked = case.body.get("taxonomies") or [name.partition(":")[0] for name in activities]
    return len(named) == 1 and (case.taxonomy or asked[0]) == EDITION


def test_every_alternative_passes_and_fails_somewhere(engine: Engine) -> None:
    found = list(alternatives(engine))
    proof: dict[int, set[str]] = {number: set() for number in range(len(found))}
    for case in ALL:
        if speaks_of_the_edition(case):
            for number, result in shown(engine, case, found):
                proof[number].add(result)
    lacking = [
        f"{found[number].activity} {found[number].name or 'the whole test'}: never {result}"
        for number, results in proof.items()
        for result in sorted(open_results(found[number]) - results)
    ]
    assert lacking == [], "\n".join([f"{len(lacking)} of {2 * len(found)}", *lacking])
