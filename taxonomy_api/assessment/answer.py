"""The answer to a request: verdicts with their reasons, as the JSON of POST /v1/assessments."""

from __future__ import annotations

from datetime import date

from taxonomy_api.assessment.counterparts import Counterparts, Member
from taxonomy_api.assessment.criteria_list import (
    component_outcomes,
    contribution_of,
    criteria_of,
    side_candidates,
)
from taxonomy_api.assessment.domains import Subject
from taxonomy_api.assessment.editions import deal_of, edition_of
from taxonomy_api.assessment.engine import ENGINE_VERSION, Engine
from taxonomy_api.assessment.findings import Findings, findings
from taxonomy_api.assessment.horizon import Outlook, to_maturity
from taxonomy_api.assessment.judgement import Judgement
from taxonomy_api.assessment.messages import say
from taxonomy_api.assessment.program import CompiledLeaf
from taxonomy_api.assessment.project import Request
from taxonomy_api.assessment.reasons import reason_of, whole_reason
from taxonomy_api.assessment.remarks import Remark
from taxonomy_api.assessment.unplaced import by_industry, provisional_of, standing_project, without_member
from taxonomy_api.assessment.wording import later_step, limit_text
from taxonomy_api.catalog.criteria import FactLeaf, LimitTest
from taxonomy_api.catalog.instruments import Outside, outside
from taxonomy_api.catalog.model import Taxonomy
from taxonomy_api.catalog.terms import Language
from taxonomy_api.crosswalk.routes import Route

Json = dict[str, object]
MOST_REASONS = 40


def assess(engine: Engine, request: Request) -> Json:
    """The answer, without an id of its own.

    Keys as in the published contract; one verdict per taxonomy asked about, in that order.
    """
    return {
        "release": engine.release.id,
        "engine": ENGINE_VERSION,
        "as_of": request.as_of.isoformat(),
        "disclaimer": say("disclaimer", request.language),
        "verdicts": [
            _verdict(engine, request, engine.release.taxonomies[taxonomy]) for taxonomy in request.taxonomies
        ],
    }


def _verdict(engine: Engine, request: Request, taxonomy: Taxonomy) -> Json:
    shut_out = outside(engine.release, request.project.instrument, taxonomy.id)
    if shut_out is not None:
        return _not_covered(request, taxonomy, shut_out)
    if (
        request.editions_left_open
        and not edition_of(taxonomy, deal_of(request.project), request.as_of).proper_on_file
    ):
        return _edition_not_on_file(engine, request, taxonomy)
    found = engine.correspondence.of(request.project.activities, request.confirm, taxonomy.id)
    if found.members:
        return _assessed(engine, request, found)
    return {
        **_frame(taxonomy, request),
        "components": _open_components(taxonomy),
        **without_member(engine, request, taxonomy, found),
    }


def _edition_not_on_file(engine: Engine, request: Request, taxonomy: Taxonomy) -> Json:
    code = "edition_not_on_file"
    return {
        **_frame(taxonomy, request),
        "candidates": by_industry(engine, request, taxonomy.id, code),
        "components": _open_components(taxonomy),
        "reasons": [{"code": code, "text": say(code, request.language)}],
    }


def _not_covered(request: Request, taxonomy: Taxonomy, shut_out: Outside) -> Json:
    return {
        **_frame(taxonomy, request),
        "verdict": "not_covered",
        "components": _open_components(taxonomy),
        "weakest_status": shut_out.status,
        "reasons": [outside_reason(shut_out, request.language)],
    }


def outside_reason(shut_out: Outside, language: Language) -> Json:
    """Why the edition does not cover the instrument: `{code, text, source?}`."""
    code = "instrument_not_covered" if shut_out.tied else "proceeds_not_tied"
    name, definition = (text.in_language(language) for text in (shut_out.profile.name, shut_out.definition))
    reason: Json = {"code": code, "text": say(code, language, instrument=name, definition=definition)}
    if shut_out.source is not None:
        place = {"document": shut_out.source.document, "locator": shut_out.source.locator}
        reason["source"] = {**place, "status": shut_out.status}
    return reason


def _open_components(taxonomy: Taxonomy) -> Json:
    """The components of a verdict that tests nothing."""
    return {
        "substantial_contribution": "unknown",
        **{
            name: "unknown" if state == "tested" else state
            for name, state in taxonomy.components.items()
            if name != "substantial_contribution"
        },
    }


def _frame(taxonomy: Taxonomy, request: Request) -> Json:
    """Every key of a verdict, with the values it has where nothing is known."""
    return {
        "taxonomy": taxonomy.id,
        "disclaimer": taxonomy.disclaimer.in_language(request.language),
        **_edition(taxonomy, request),
        "verdict": "undetermined",
        "class": None,
        "at_least": None,
        "label": None,
        "contribution": None,
        "row": None,
        "marks": [],
        "tags": [],
        "activity": None,
        "activities": [],
        "components": {},
        "basis": None,
        "scope_stated_by": None,
        "weakest_status": None,
        "provisional": None,
        "route": [],
        "criteria": [],
        "missing": [],
        "missing_truncated": False,
        "needed_to_align": [],
        "candidates": [],
        "notes": [],
        "valid_until": None,
        "next_limit": None,
        "retest": "not_on_file",
        "timeline": [],
        "assumptions": [],
        "reasons": [],
    }


def _edition(taxonomy: Taxonomy, request: Request) -> Json:
    """Whether the edition applies to the deal, and by which rule."""
    answer = edition_of(taxonomy, deal_of(request.project), request.as_of)
    rule = answer.rule
    return {
        "edition_applies": answer.applies,
        "edition_reason": answer.reason(request.language),
        "edition_rule": None
        if rule is None
        else {
            "id": rule.id,
            "source": {
                "document": rule.source.document,
                "locator": rule.source.locator,
                "status": rule.status,
            },
        },
    }


def _assessed(engine: Engine, request: Request, counterparts: Counterparts) -> Json:
    language = request.language
    project = standing_project(request, counterparts)
    found = findings(engine, engine.plan(counterparts), project, request.as_of, request.assume_not_excluded)
    seen, judgement = found.seen, found.seen.judgement
    verdict, determined = seen.verdict, found.determined
    taxonomy, activity = seen.program.taxonomy, seen.program.activity
    member = next(one for one in counterparts.members if one.activity is activity)
    route = _route_shown(member, judgement, seen, request.as_of)
    return {
        **_frame(taxonomy, request),
        "verdict": verdict,
        "class": {"aligned": "green", "transition": "transition", "excluded": "excluded"}.get(verdict),
        "at_least": "transition" if judgement.at_least_transition & 1 else None,
        "label": (
            taxonomy.residual_label.in_language(language)
            if verdict == "not_aligned" and taxonomy.residual_label is not None
            else None
        ),
        "contribution": contribution_of(seen, found.causes),
        "row": ", ".join(sorted(rows_of(seen))) or None,
        "marks": marks_of(seen, request),
        "tags": list(activity.tags),
        "notes": [note.in_language(language) for note in activity.notes],
        "activity": {
            "id": activity.id,
            "name": activity.name.in_language(language),
            "code_status": activity.code_status,
        },
        "activities": _members(counterparts, judgement),
        "components": component_outcomes(taxonomy, seen.decision, verdict),
        "basis": found.basis,
        "scope_stated_by": "caller" if member.known in ("named", "confirmed") else "mapping",
        "weakest_status": ("verified" if found.verified else "single-source") if determined else None,
        "provisional": provisional_of(found, request) if not determined else None,
        "route": [step for one in route for step in route_steps(one)],
        "criteria": criteria_of(engine, seen, request),
        "candidates": [] if determined else side_candidates(seen, language),
        "missing": _names(found.missing.settle),
        "missing_truncated": found.missing.truncated,
        "needed_to_align": _names(found.missing.align),
        "valid_until": None if seen.valid_until is None else seen.valid_until.isoformat(),
        "next_limit": _next_limit(found, request),
        "timeline": [
            {
                "from": period.start.isoformat(),
                "until": None if period.until is None else period.until.isoformat(),
                "verdict": period.verdict,
            }
            for period in to_maturity(seen.timeline, request.project.maturity)
        ],
        "assumptions": _assumptions(engine, seen, request, found.basis == "listing"),
        "reasons": _reasons(engine, found, request),
    }


def _names(sets: tuple[tuple[Subject, ...], ...]) -> list[list[str]]:
    return [[name_of(subject) for subject in one] for one in sets]


def _members(counterparts: Counterparts, judgement: Judgement) -> list[Json]:
    """Every activity of the taxonomy that the project is in, how that is known, and its own verdict."""
    return [
        {"id": member.activity.id, "known": member.known, "verdict": decision.verdict(0)}
        for member, decision in zip(counterparts.members, judgement.decisions, strict=True)
    ]


def _route_shown(member: Member, judgement: Judgement, seen: Outlook, day: date) -> list[Route]:
    """The routes by which the project is in the activity; if it is named, that by which something follows."""
    if member.known != "named" and member.routes:
        if member.activity.composite is not None:
            return list(member.routes)
        return sorted(member.routes, key=lambda route: (route.scope != "exact", not route.holds_on(day)))[:1]
    inferences = judgement.inferences[judgement.lead(0)] if seen.decision.own.unknown & 1 else ()
    return [one.route for one in inferences if (one.met | one.not_met) & 1][:1] or list(member.routes)


def route_steps(route: Route) -> list[Json]:
    """The steps of a route, each as it is read from where the route comes from."""
    found: list[Json] = []
    for step in route.steps:
        row = step.row
        told: Json = {
            "from": step.start,
            "to": step.end,
            "scope": step.scope,
            "stringency": step.stringency,
            "mapping_set": row.mapping_set,
            "row": row.line,
            "status": row.status,
            "source": {"document": row.source.document, "locator": row.source.locator},
        }
        if row.scenario is not None:
            told["scenario"] = row.scenario
        found.append(told)
    return found


def name_of(subject: Subject) -> str:
    """How a missing subject is named: fact, standard or attestation id; a row as `activity#row`."""
    return f"{subject.id}#row" if subject.kind == "row" else subject.id


def rows_of(seen: Outlook) -> frozenset[str]:
    """The rows that were named or told by an industry code."""
    column = seen.inputs.columns.get(Subject("row", seen.program.activity.id))
    return frozenset() if column is None else column.values[int(column.codes[0]) - 1]


def marks_of(seen: Outlook, request: Request) -> list[str]:
    """The carbon marks that bind the project's row and industry code; none where they differ."""
    rows = rows_of(seen)
    codes = {code.partition(":")[2] for code in request.project.industry if code.startswith("gbt4754:")}
    marks: set[str] = set()
    for one in seen.program.rows:
        if not rows or one.id in rows:
            fitting = {mark for code, mark in one.marks.items() if code in codes}
            marks |= fitting or set(one.marks.values())
    return sorted(marks) if len(marks) == 1 else []


def _next_limit(found: Findings, request: Request) -> str | None:
    """The next step of a dated limit that the verdict rests on."""
    for cause in found.causes:
        leaf = cause.node.leaf if isinstance(cause.node, CompiledLeaf) else None
        if isinstance(leaf, FactLeaf) and isinstance(leaf.test, LimitTest):
            step = later_step(leaf.test, request.as_of)
            if step is not None and isinstance(step.start, date):
                limit = limit_text(leaf.test, step, request.language)
                return say("from_day", request.language, limit=limit, day=step.start.isoformat())
    return None


def _assumptions(engine: Engine, seen: Outlook, request: Request, listing: bool) -> list[Json]:
    """What was taken as given: scope, absence of exclusions, units, gases, estimates."""
    language = request.language
    found: list[Json] = []

    def add(code: str, **values: object) -> None:
        found.append({"code": code, "text": say(code, language, **values)})

    if listing:
        add("listed_item")
    if seen.judgement.assumed_not_excluded & 1:
        add("assumed_not_excluded")
    for subject in seen.inputs.columns:
        given = request.project.facts.get(subject.id) if subject.kind == "fact" else None
        if given is None:
            continue
        fact = engine.release.facts[subject.id]
        for flag, code in (
            (given.value.unit_assumed, "unit_assumed"),
            (given.value.gas_assumed, "gas_assumed"),
        ):
            if flag:
                add(code, fact=fact.name.in_language(language), unit=fact.unit or "1")
    for subject in seen.program.subjects:
        said = request.project.standards.get(subject.id) if subject.kind == "standard" else None
        if said is not None and said.year is not None:
            add("standard_year_not_known", standard=subject.id, year=said.year)
    if seen.rests_on_estimates:
        add("rests_on_estimates")
    return found


def _reasons(engine: Engine, found: Findings, request: Request) -> list[Json]:
    """What mappings did, the causes in words, decisive ones first, then what the taxonomy does not test."""
    seen = found.seen
    first = [one for one in found.remarks if one.code != "mapped"]
    last = [one for one in found.remarks if one.code == "mapped"]
    reasons: list[Json] = [_said(one, request) for one in first]
    for cause in found.causes:
        one = reason_of(engine, cause, request, seen)
        if one not in reasons:
            reasons.append(one)
        if len(reasons) >= MOST_REASONS:
            break
    reasons += [_said(one, request) for one in last]
    for standard in request.project.uncited_standards:
        text = say("standard_not_cited", request.language, standard=standard)
        reasons.append({"code": "standard_not_cited", "text": text})
    for component in ("dnsh", "minimum_safeguards"):
        state = seen.program.taxonomy.components.get(component)
        if state in ("not_tested", "not_on_file"):
            whole = whole_reason(f"component_{state}", request.language, component)
            if whole["text"] not in [reason["text"] for reason in reasons]:
                reasons.append(whole)
    return reasons


def _said(one: Remark, request: Request) -> Json:
    return {"code": one.code, "text": one.text(request.language)}
