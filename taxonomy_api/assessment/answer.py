"""The answer to a request: verdicts with their reasons, as the JSON of POST /v1/assessments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from taxonomy_api.assessment.causes import Cause, causes
from taxonomy_api.assessment.columns import rests_on_criteria
from taxonomy_api.assessment.composite_words import conditions
from taxonomy_api.assessment.criteria_list import (
    bearing_leaves,
    component_outcomes,
    contribution_of,
    criteria_of,
    leaf_id,
    side_candidates,
)
from taxonomy_api.assessment.decision import decide, determined_also
from taxonomy_api.assessment.domains import Subject
from taxonomy_api.assessment.editions import deal_of, edition_of
from taxonomy_api.assessment.engine import ENGINE_VERSION, Engine
from taxonomy_api.assessment.evaluation import VERIFIED_ONLY, WITH_RECALLED
from taxonomy_api.assessment.horizon import Outlook, outlook
from taxonomy_api.assessment.messages import say
from taxonomy_api.assessment.missing import missing_facts
from taxonomy_api.assessment.program import CompiledLeaf
from taxonomy_api.assessment.project import Request
from taxonomy_api.assessment.reasons import reason_of, whole_reason
from taxonomy_api.assessment.wording import later_step, limit_text
from taxonomy_api.catalog.criteria import FactLeaf, LimitTest
from taxonomy_api.catalog.industry_index import IndustryCandidate
from taxonomy_api.catalog.instruments import Outside, outside
from taxonomy_api.catalog.model import Activity, Taxonomy
from taxonomy_api.catalog.terms import Language

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
    named = [name for name in request.project.activities if name.partition(":")[0] == taxonomy.id]
    bases = dict.fromkeys(name.partition("#")[0] for name in named)
    if (
        request.editions_left_open
        and not edition_of(taxonomy, deal_of(request.project), request.as_of).proper_on_file
    ):
        return _without_activity(engine, request, taxonomy, "edition_not_on_file", [])
    if len(bases) == 1:
        return _assessed(engine, request, engine.activities[next(iter(bases))])
    if bases:
        reason = "several_activities"
    elif request.project.activities:
        reason = "no_mapping_on_file"
    else:
        reason = "industry_code_only" if request.project.industry else "activity_not_named"
    return _without_activity(engine, request, taxonomy, reason, list(bases))


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


def _without_activity(
    engine: Engine, request: Request, taxonomy: Taxonomy, reason: str, several: list[str]
) -> Json:
    why = dict.fromkeys(several, reason)
    if not several:
        proposed = industry_candidates(engine, taxonomy.id, request.project.industry)
        why = {id: f"{reason}: {one.why}" if one.route else reason for id, one in proposed.items()}
    language = request.language
    return {
        **_frame(taxonomy, request),
        "verdict": "undetermined",
        "candidates": [
            {
                "activity": candidate,
                "name": engine.activities[candidate].name.in_language(language),
                "why": told,
            }
            for candidate, told in why.items()
        ],
        "components": _open_components(taxonomy),
        "reasons": [{"code": reason, "text": say(reason, language)}],
    }


def industry_candidates(engine: Engine, taxonomy: str, codes: Iterable[str]) -> dict[str, IndustryCandidate]:
    """The activities of a taxonomy that industry codes propose, by id, best first."""
    found: dict[str, IndustryCandidate] = {}
    every = (one for code in codes for one in engine.industry.candidates(code, taxonomy))
    for one in sorted(every, key=lambda one: one.rank):
        found.setdefault(one.activity_id.partition("#")[0], one)
    return found


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


def _assessed(engine: Engine, request: Request, activity: Activity) -> Json:
    program = engine.program(activity)
    project = replace(request.project, confirmed=request.confirm)
    language, assume = request.language, request.assume_not_excluded
    seen = outlook(engine, program, project, request.as_of, assume)
    verdict, decision = seen.verdict, seen.decision
    determined = verdict != "undetermined"
    listing = bool(determined and not rests_on_criteria(seen.inputs, assume) & 1)
    missing = missing_facts(engine, decision)
    strong = determined_also(seen.inputs, floor=VERIFIED_ONLY, assume_not_excluded=assume) & 1
    found = [cause for cause in causes(decision) if cause.mask & 1]
    taxonomy = program.taxonomy
    return {
        **_frame(taxonomy, request),
        "verdict": verdict,
        "class": {"aligned": "green", "transition": "transition", "excluded": "excluded"}.get(verdict),
        "at_least": "transition" if decision.at_least_transition & 1 else None,
        "label": (
            taxonomy.residual_label.in_language(language)
            if verdict == "not_aligned" and taxonomy.residual_label is not None
            else None
        ),
        "contribution": contribution_of(seen, found),
        "row": ", ".join(sorted(rows_of(seen))) or None,
        "marks": marks_of(seen, request),
        "tags": list(activity.tags),
        "notes": [note.in_language(language) for note in activity.notes],
        "activity": {
            "id": activity.id,
            "name": activity.name.in_language(language),
            "code_status": activity.code_status,
        },
        "components": component_outcomes(taxonomy, decision, verdict),
        "basis": _basis(activity, listing) if determined else None,
        "scope_stated_by": "caller",
        "weakest_status": ("verified" if strong else "single-source") if determined else None,
        "provisional": _provisional(seen, request) if not determined else None,
        "criteria": criteria_of(engine, seen, request),
        "candidates": [] if determined else side_candidates(seen, language),
        "missing": [[name_of(subject) for subject in one] for one in missing.settle],
        "missing_truncated": missing.truncated,
        "needed_to_align": [[name_of(subject) for subject in one] for one in missing.align],
        "valid_until": None if seen.valid_until is None else seen.valid_until.isoformat(),
        "next_limit": _next_limit(seen, found, request),
        "timeline": [
            {
                "from": period.start.isoformat(),
                "until": None if period.until is None else period.until.isoformat(),
                "verdict": period.verdict,
            }
            for period in seen.timeline
        ],
        "assumptions": _assumptions(engine, seen, request, listing),
        "reasons": _reasons(engine, seen, request, found),
    }


def _basis(activity: Activity, listing: bool) -> str:
    if activity.composite is not None:
        return "composite"
    return "listing" if listing else "criteria"


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


def _provisional(seen: Outlook, request: Request) -> Json | None:
    """What the verdict would be if items on file from memory only were right; counted nowhere."""
    program, language = seen.program, request.language
    composite = program.activity.composite is not None
    leaves = bearing_leaves(seen) if composite else program.leaves
    recalled = [node.leaf.id if not composite else leaf_id(node) for node in leaves if node.status_rank > 1]
    needed = conditions(program.activity, language)
    if recalled or (program.entry_rank > 1 and not needed):
        ids = ", ".join(recalled) or program.activity.id
        needed.append(say("confirm_recalled", language, ids=ids))
    if not needed:
        return None
    loose = decide(seen.inputs, floor=WITH_RECALLED, assume_not_excluded=request.assume_not_excluded)
    return {"verdict": loose.verdict(0), "if": needed} if loose.determined & 1 else None


def _next_limit(seen: Outlook, found: list[Cause], request: Request) -> str | None:
    """The next step of a dated limit that the verdict rests on."""
    for cause in found:
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
    if seen.decision.assumed_not_excluded & 1:
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


def _reasons(engine: Engine, seen: Outlook, request: Request, found: list[Cause]) -> list[Json]:
    """The causes in words, decisive ones first, then what the taxonomy does not test."""
    reasons: list[Json] = []
    for cause in found:
        one = reason_of(engine, cause, request, seen)
        if one not in reasons:
            reasons.append(one)
        if len(reasons) == MOST_REASONS:
            break
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
