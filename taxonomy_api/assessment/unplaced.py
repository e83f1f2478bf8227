"""The answer for a taxonomy in none of whose activities the project is known to be."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from taxonomy_api.assessment.composite_words import conditions
from taxonomy_api.assessment.counterparts import Candidate, Counterparts
from taxonomy_api.assessment.criteria_list import bearing_leaves, leaf_id
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.findings import Findings, findings
from taxonomy_api.assessment.messages import listed, say
from taxonomy_api.assessment.project import Project, Request
from taxonomy_api.assessment.remarks import remark, route_text
from taxonomy_api.catalog.industry_index import IndustryCandidate
from taxonomy_api.catalog.model import Taxonomy
from taxonomy_api.catalog.terms import STATUSES

Json = dict[str, object]
#: So many candidates are evaluated as if they were confirmed.
MOST_TRIED = 4


def without_member(engine: Engine, request: Request, taxonomy: Taxonomy, counterparts: Counterparts) -> Json:
    """What of a verdict differs from one about which nothing is known."""
    language, project = request.language, request.project
    remarks = counterparts.remarks or (
        remark("industry_code_only" if project.industry else "activity_not_named"),
    )
    several = remarks[0].code == "several_activities"
    tried = [
        (candidate, _as_if_confirmed(engine, request, taxonomy, candidate) if place < MOST_TRIED else None)
        for place, candidate in enumerate(counterparts.candidates)
    ]
    candidates = [_candidate(engine, request, *one) for one in tried]
    if several:
        candidates = [
            {
                "activity": base,
                "name": engine.activities[base].name.in_language(language),
                "why": remarks[0].code,
            }
            for base in dict.fromkeys(
                name.partition("#")[0] for name in (*project.activities, *request.confirm)
            )
            if base.partition(":")[0] == taxonomy.id
        ]
    elif not counterparts.not_covered:
        candidates += by_industry(engine, request, taxonomy.id, remarks[0].code)
    found: Json = {
        "verdict": "not_covered" if counterparts.not_covered else "undetermined",
        "candidates": candidates,
        "provisional": _best([told for _, told in tried if told is not None]),
        "reasons": [{"code": one.code, "text": one.text(language)} for one in remarks],
    }
    if counterparts.not_covered:
        found["weakest_status"] = STATUSES[counterparts.rank]
    return found


def by_industry(engine: Engine, request: Request, taxonomy: str, reason: str) -> list[Json]:
    """The activities that industry codes propose, each with the reason for which there is no verdict."""
    proposed = industry_candidates(engine, taxonomy, request.project.industry)
    return [
        {
            "activity": id,
            "name": engine.activities[id].name.in_language(request.language),
            "why": f"{reason}: {one.why}" if one.route else reason,
        }
        for id, one in proposed.items()
    ]


def industry_candidates(engine: Engine, taxonomy: str, codes: Iterable[str]) -> dict[str, IndustryCandidate]:
    """The activities of a taxonomy that industry codes propose, by id, best first."""
    found: dict[str, IndustryCandidate] = {}
    every = (one for code in codes for one in engine.industry.candidates(code, taxonomy))
    for one in sorted(every, key=lambda one: one.rank):
        found.setdefault(one.activity_id.partition("#")[0], one)
    return found


def standing_project(request: Request, counterparts: Counterparts) -> Project:
    """The project with the activities that it confirms and those that mappings add."""
    return replace(request.project, confirmed=(*request.confirm, *counterparts.added))


def provisional_of(found: Findings, request: Request) -> Json | None:
    """What the verdict would be if items on file from memory only were right; counted nowhere."""
    program, language = found.seen.program, request.language
    composite = program.activity.composite is not None
    leaves = bearing_leaves(found.seen) if composite else program.leaves
    recalled = [node.leaf.id if not composite else leaf_id(node) for node in leaves if node.status_rank > 1]
    needed = conditions(program.activity, language)
    if recalled or (program.entry_rank > 1 and not needed):
        ids = listed(recalled, language) or program.activity.id
        needed.append(say("confirm_recalled", language, ids=ids))
    if not needed or found.with_recalled == "undetermined":
        return None
    return {"verdict": found.with_recalled, "if": needed}


def _as_if_confirmed(
    engine: Engine, request: Request, taxonomy: Taxonomy, candidate: Candidate
) -> Json | None:
    """The verdict if the candidate were confirmed, and on what else it would depend; None if open."""
    id = candidate.activity.id
    there = replace(request, confirm=(*request.confirm, id))
    counterparts = engine.correspondence.of(request.project.activities, there.confirm, taxonomy.id)
    found = findings(
        engine,
        engine.plan(counterparts),
        standing_project(there, counterparts),
        request.as_of,
        request.assume_not_excluded,
    )
    needed: list[object] = [say("if_confirmed", request.language, activity=id)]
    if found.seen.verdict != "undetermined":
        return {"verdict": found.seen.verdict, "if": needed}
    loose = provisional_of(found, there)
    further = loose["if"] if loose is not None else ()
    assert isinstance(further, list | tuple)
    return None if loose is None else {"verdict": loose["verdict"], "if": [*needed, *further]}


def _best(told: list[Json]) -> Json | None:
    """The provisional verdict shown: that of the first candidate which would align, else of the first."""
    return next((one for one in told if one["verdict"] == "aligned"), next(iter(told), None))


def _candidate(engine: Engine, request: Request, candidate: Candidate, told: Json | None) -> Json:
    route = candidate.route
    return {
        "activity": candidate.activity.id,
        "name": candidate.activity.name.in_language(request.language),
        "why": f"mapping: {route_text(route).en}",
        "scope": route.scope,
        "stringency": route.stringency,
        "status": route.status,
        "provisional": None if told is None else told["verdict"],
    }
