"""The criteria of an answer, one line each, and what they add up to by component."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taxonomy_api.assessment.causes import Cause
from taxonomy_api.assessment.choices import narrowed
from taxonomy_api.assessment.composite_words import side_name
from taxonomy_api.assessment.decision import Decision, Verdict
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.horizon import Outlook
from taxonomy_api.assessment.masks import Masks
from taxonomy_api.assessment.program import (
    Compiled,
    CompiledCases,
    CompiledLeaf,
    CompiledMember,
    CompiledSide,
    parts_of,
    walk,
)
from taxonomy_api.assessment.project import Request
from taxonomy_api.assessment.wording import (
    condition,
    dated,
    evidence_of,
    given_text,
    margin,
    required,
    subject_of,
)
from taxonomy_api.catalog.model import Taxonomy
from taxonomy_api.catalog.terms import Language

Json = dict[str, object]


def criteria_of(engine: Engine, seen: Outlook, request: Request) -> list[Json]:
    """Every criterion that bears on the project: left-out parts and cases not chosen are left away."""
    found: list[Json] = []
    for name, part in seen.program.parts.items():
        if seen.verdict == "aligned" and name == "transition":
            continue
        found += [_line(engine, seen, request, name, node) for node in _bearing(seen, part)]
    return found


def leaf_id(node: CompiledLeaf) -> str:
    """The id of a criterion, under the activity whose it is."""
    return f"{node.frame.owner.id}/{node.leaf.id}"


def bearing_leaves(seen: Outlook) -> list[CompiledLeaf]:
    """The leaves that bear on the project, of all parts."""
    return [node for part in seen.program.parts.values() for node in _bearing(seen, part)]


def side_candidates(seen: Outlook, language: Language) -> list[Json]:
    """The activities to name or confirm, of those sides of a composite none of whose is named."""
    return [
        {
            "activity": member.activity.id,
            "name": member.activity.name.in_language(language),
            "why": f"activity_not_named: {side_name(side.name, language)}",
        }
        for side in seen.program.walk()
        if isinstance(side, CompiledSide) and not named_members(seen, side)
        for member in side.parts
    ]


def _bearing(seen: Outlook, node: Compiled) -> Iterator[CompiledLeaf]:
    if seen.decision.walk.results[node.frame.index].surely_left_out & 1:
        return
    if isinstance(node, CompiledLeaf):
        yield node
        return
    for part in _chosen(seen, node):
        yield from _bearing(seen, part)


def _chosen(seen: Outlook, node: Compiled) -> Iterator[Compiled]:
    """The parts of a node; of cases and rows only the chosen one, if one is."""
    columns = seen.inputs.columns
    if isinstance(node, CompiledCases) and node.subject in columns:
        column = columns[node.subject]
        values = narrowed(column.values[int(column.codes[0]) - 1], node.within)
        picked = [part for part, look in zip(node.parts, node.lookups, strict=True) if values & look.inside]
        yield from picked
        if not picked and not isinstance(node.otherwise, str):
            yield node.otherwise
    elif isinstance(node, CompiledSide):
        # Of a side none of whose activities is named, only where there is no choice; else candidates.
        yield from named_members(seen, node) or (node.parts if len(node.parts) == 1 else ())
    else:
        yield from parts_of(node)


def named_members(seen: Outlook, side: CompiledSide) -> tuple[CompiledMember, ...]:
    """The activities of a side in whose scope the project is said to be."""
    return tuple(member for member in side.parts if seen.inputs.said(member) & 1)


def _line(engine: Engine, seen: Outlook, request: Request, part: str, node: CompiledLeaf) -> Json:
    leaf, language, day = node.leaf, request.language, request.as_of
    evidence, estimated = evidence_of(leaf, request.project)
    asked = required(engine, leaf, day, language)
    # Outside its days a criterion cannot be met: no distance from its limit says how near it is.
    closed = leaf.open is not None and not leaf.open.holds_on(day)
    return {
        "id": leaf_id(node),
        "part": part,
        "outcome": outcome(seen.decision.walk.results[node.frame.index]),
        "fact": subject_of(leaf),
        "text": condition(engine, leaf, day, language),
        "given": given_text(engine, leaf, request.project, language),
        "required": dated(asked, leaf.open, language) if asked and leaf.open and closed else asked,
        "margin": None if closed else margin(engine, leaf, request.project, day),
        "evidence": evidence,
        "estimated": estimated,
        "source": {
            "document": leaf.source.document,
            "locator": leaf.source.locator,
            "status": leaf.status if node.kind != "not_on_file" else "not_on_file",
        },
    }


def outcome(masks: Masks) -> str:
    """Of the first project: met, not_met, left_out or unknown."""
    if masks.surely_met & 1:
        return "met"
    if masks.surely_not_met & 1:
        return "not_met"
    return "left_out" if masks.surely_left_out & 1 else "unknown"


def component_outcomes(taxonomy: Taxonomy, decision: Decision, verdict: Verdict) -> Json:
    """Each component as met, not_met, unknown, not_tested or not_on_file.

    Substantial contribution is that of the class granted; a component of which nothing applies to the
    project is met.
    """
    name = "transition" if verdict == "transition" else "substantial_contribution"
    found: Json = {"substantial_contribution": outcome(decision.components[name])}
    for component in ("dnsh", "minimum_safeguards"):
        state = taxonomy.components.get(component, "not_tested")
        masks = decision.components.get(component)
        if state != "tested":
            found[component] = state
        else:
            told = "met" if masks is None else outcome(masks)
            found[component] = "met" if told == "left_out" else told
    if "requires" in decision.components:
        found["requires"] = outcome(decision.components["requires"])
    return found


def contribution_of(seen: Outlook, found: Sequence[Cause]) -> str | None:
    """How the activity counts: as the alternative that was met says, own performance first."""
    if seen.verdict != "aligned" or seen.program.activity.composite is not None:
        return None  # how its sides count is a matter of their own editions
    green = seen.program.parts.get("green")
    carried = {cause.node.frame.index for cause in found if cause.node is not None and cause.part == "green"}
    said = set() if green is None else set(_contributions(green, carried))
    for one in ("own_performance", "direct", "enabling", "transitional"):
        if one in said:
            return one
    return seen.program.activity.contribution


def _contributions(node: Compiled, carried: set[int]) -> Iterator[str]:
    """The contributions stated on the way down to the criteria that were met."""
    if not any(below.frame.index in carried for below in walk(node)):
        return
    own = node.frame.criterion.contribution
    if own is not None:
        yield own
    for part in parts_of(node):
        yield from _contributions(part, carried)
