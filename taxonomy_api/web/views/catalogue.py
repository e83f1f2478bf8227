"""Taxonomies, activities, facts, search: what is on file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import Response, request

from taxonomy_api.assessment.questionnaire import questions
from taxonomy_api.catalog import catalogue_json
from taxonomy_api.catalog.model import Activity, Release, Taxonomy
from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.catalog.search import IndustryCandidate, IndustryCodeError
from taxonomy_api.catalog.terms import Language
from taxonomy_api.errors import InvalidInput, NotFound, Problem
from taxonomy_api.store.current import Loaded
from taxonomy_api.web import schemas, turtle
from taxonomy_api.web.api import Blueprint
from taxonomy_api.web.auth import reads_catalogue
from taxonomy_api.web.instrument_json import instrument_json
from taxonomy_api.web.language import choose
from taxonomy_api.web.pages import page
from taxonomy_api.web.replies import catalogue_reply, published, reply
from taxonomy_api.web.services import services

blueprint = Blueprint("catalogue", __name__, url_prefix="/v1", description="What is on file")
Arguments = dict[str, Any]


@blueprint.route("/taxonomies")
@reads_catalogue
@blueprint.query(schemas.LanguagePage)
@blueprint.answers(200, schemas.Taxonomies)
def list_taxonomies(query: Arguments) -> Response:
    """Editions with status and coverage"""
    release, language = services().current.get().release, _language(query)
    shown, following = page(
        tuple(release.taxonomies.values()), query.get("cursor"), query["limit"], release.id
    )
    found = [catalogue_json.taxonomy_json(taxonomy, language) for taxonomy in shown]
    return catalogue_reply(
        {"release": release.id, "taxonomies": found, "next_cursor": following}, release.id, language
    )


@blueprint.route("/taxonomies/<taxonomy_id>")
@reads_catalogue
@blueprint.query(schemas.Language)
@blueprint.answers(200, schemas.TaxonomyDetail)
def show_taxonomy(query: Arguments, taxonomy_id: str) -> Response:
    """One edition: rules, shared criteria, holes, headings"""
    release, language = services().current.get().release, _language(query)
    found = catalogue_json.taxonomy_detail(release, _taxonomy(release, taxonomy_id), language)
    return catalogue_reply({"release": release.id, **found}, release.id, language)


@blueprint.route("/taxonomies/<taxonomy_id>/activities")
@reads_catalogue
@blueprint.query(schemas.ActivityQuery)
@blueprint.answers(200, schemas.Activities)
def list_activities(query: Arguments, taxonomy_id: str) -> Response:
    """Its activities, or those that words, a sector or an industry code find

    Found by words they come best first, otherwise in the order of the edition. Found by an industry code
    each says `why`, as candidates of a search do.
    """
    loaded, language = services().current.get(), _language(query)
    taxonomy = _taxonomy(loaded.release, taxonomy_id)
    words, sector, industry = (query.get(name) for name in ("q", "sector", "industry"))
    edition = f"{loaded.release.id} {taxonomy_id} {[words, sector, industry]}"
    proposed = None if industry is None else _by_industry(loaded, taxonomy, industry)
    selected = _select(loaded, taxonomy, words, sector, proposed)
    shown, following = page(selected, query.get("cursor"), query["limit"], edition)
    found = [catalogue_json.activity_json(activity, language) for activity in shown]
    for activity in found:
        if proposed is not None:
            through = proposed[activity["id"]]
            activity |= catalogue_json.why_json("industry", through if through.route else None)
    content = {"release": loaded.release.id, "activities": found, "next_cursor": following}
    return catalogue_reply(content, loaded.release.id, language)


@blueprint.route("/activities/<activity_id>")
@reads_catalogue
@blueprint.query(schemas.Language)
@blueprint.documents(responses={200: {"content": {turtle.MEDIA_TYPE: {"schema": {"type": "string"}}}}})
@blueprint.answers(200, schemas.ActivityDetail)
def show_activity(query: Arguments, activity_id: str) -> Response:
    """One activity, `taxonomy:code` or `taxonomy:code#row`: names, criteria, documents, mappings

    `Accept: text/turtle` gives names and mappings as a SKOS concept.
    """
    release, language = services().current.get().release, _language(query)
    activity, row = _activity(release, activity_id)
    offered = ("application/json", turtle.MEDIA_TYPE)
    if request.accept_mimetypes.best_match(offered) == turtle.MEDIA_TYPE:
        content = turtle.activity_turtle(release, activity)
        answer = Response(content, content_type=f"{turtle.MEDIA_TYPE}; charset=utf-8")
    else:
        found = catalogue_json.activity_detail(release, activity, language)
        answer = reply({"release": release.id, **found, "row": row})
    return published(answer, release.id, language)


@blueprint.route("/activities/<activity_id>/questionnaire")
@reads_catalogue
@blueprint.query(schemas.QuestionnaireQuery)
@blueprint.answers(200, schemas.Questionnaire)
def show_questionnaire(query: Arguments, activity_id: str) -> Response:
    """What must be known of a project in this activity"""
    loaded, language = services().current.get(), _language(query)
    activity, row = _activity(loaded.release, activity_id)
    named = [name.strip() for name in query.get("targets", "").split(",") if name.strip()]
    # An activity's own taxonomy may be named, and adds nothing.
    targets = [_target(loaded.release, name) for name in named if name != activity.taxonomy]
    found = questions(loaded.engine, activity.id, targets, language)
    if row is not None:
        found = [one for one in found if one["id"] != f"{activity.id}#row"]
    return catalogue_reply({"questions": found}, loaded.release.id, language)


@blueprint.route("/facts")
@reads_catalogue
@blueprint.query(schemas.LanguagePage)
@blueprint.answers(200, schemas.Facts)
def list_facts(query: Arguments) -> Response:
    """The register of facts"""
    release, language = services().current.get().release, _language(query)
    shown, following = page(tuple(release.facts.values()), query.get("cursor"), query["limit"], release.id)
    found = [catalogue_json.fact_json(fact, language) for fact in shown]
    return catalogue_reply(
        {"release": release.id, "facts": found, "next_cursor": following}, release.id, language
    )


@blueprint.route("/instruments")
@reads_catalogue
@blueprint.query(schemas.LanguagePage)
@blueprint.answers(200, schemas.Instruments)
def list_instruments(query: Arguments) -> Response:
    """Kinds of instruments, and what share of their proceeds each taxonomy asks for

    Of a taxonomy that is not named under a kind nothing is on file.
    """
    release, language = services().current.get().release, _language(query)
    shown, following = page(
        tuple(release.instruments.values()), query.get("cursor"), query["limit"], release.id
    )
    found = [instrument_json(profile, language) for profile in shown]
    return catalogue_reply(
        {"release": release.id, "instruments": found, "next_cursor": following}, release.id, language
    )


@blueprint.route("/search")
@reads_catalogue
@blueprint.query(schemas.SearchQuery)
@blueprint.answers(200, schemas.Candidates)
def search(query: Arguments) -> Response:
    """Candidates for words or an industry code; never a verdict

    `why` is code, alias, name, words or industry. Where an edition states no codes of the classification
    asked for, concordances lead to it: `why` then goes on with the route, `industry: nace2.1:D35.12 →
    nace2:D35.11 (broader)`, and `route`, `relation` and `status` tell it apart.
    """
    loaded, language = services().current.get(), _language(query)
    try:
        hits = loaded.index.search(query["q"], limit=query["limit"])
    except IndustryCodeError as problem:
        raise _bad_parameter("q", str(problem), close=problem.nearest) from None
    found = [
        {
            "activity": hit.activity_id,
            "name": hit.name.in_language(language),
            "names": catalogue_json.texts_json(hit.name),
            "score": hit.score,
            **catalogue_json.why_json(hit.why, hit.through),
        }
        for hit in hits
    ]
    return catalogue_reply({"release": loaded.release.id, "candidates": found}, loaded.release.id, language)


def _language(query: Arguments) -> Language:
    return choose(query.get("lang"), services().settings.language)


def _taxonomy(release: Release, taxonomy_id: str) -> Taxonomy:
    taxonomy = release.taxonomies.get(taxonomy_id)
    if taxonomy is None:
        raise _unknown("taxonomy", taxonomy_id, tuple(release.taxonomies))
    return taxonomy


def _target(release: Release, name: str) -> str:
    """A further activity, `taxonomy:code`."""
    if release.activity(name) is not None:
        return name
    taxonomy = release.taxonomies.get(name.partition(":")[0])
    activities = release.activities() if taxonomy is None else taxonomy.activities.values()
    close = nearest(name, [activity.id for activity in activities])
    if name in release.taxonomies:
        message = f"{name!r} is a taxonomy; name the activity of it that is meant, as taxonomy:code."
    else:
        message = f"There is no activity {name!r}."
    raise InvalidInput(Problem("/targets", "unknown_activity", message, nearest=close))


def _activity(release: Release, activity_id: str) -> tuple[Activity, str | None]:
    """By code, or by another code or name that means it; behind a # one of its rows."""
    base, _, row = activity_id.partition("#")
    taxonomy_id, colon, code = base.partition(":")
    taxonomy = release.taxonomies.get(taxonomy_id)
    if taxonomy is None or not colon:
        raise _unknown("activity", activity_id, tuple(activity.id for activity in release.activities()))
    for activity in taxonomy.activities.values():
        if code == activity.code or code in activity.aliases:
            rows = {known.id for known in activity.rows}
            if row and row not in rows:
                raise _unknown("activity", activity_id, tuple(f"{activity.id}#{one}" for one in rows))
            return activity, row or None
    raise _unknown("activity", activity_id, tuple(activity.id for activity in taxonomy.activities.values()))


def _unknown(noun: str, name: str, known: tuple[str, ...]) -> NotFound:
    close = nearest(name, known)
    cure = f" Nearest: {', '.join(close)}." if close else ""
    detail = f"There is no {noun} {name!r}.{cure}"
    return NotFound(f"unknown_{noun}", detail, (Problem("", f"unknown_{noun}", detail, nearest=close),))


def _select(
    loaded: Loaded,
    taxonomy: Taxonomy,
    words: str | None,
    sector: str | None,
    proposed: Collection[str] | None,
) -> Sequence[Activity]:
    found = list(taxonomy.activities.values())
    if words is not None:
        found = _by_words(loaded, taxonomy, words)
    if sector is not None:
        codes = tuple(entry.code for entry in taxonomy.entries)
        if sector not in codes:
            raise _bad_parameter("sector", f"There is no sector {sector!r}.", codes, nearest(sector, codes))
        found = [activity for activity in found if sector in (activity.sector, activity.parent)]
    if proposed is not None:
        found = [activity for activity in found if activity.id in proposed]
    return found


def _by_words(loaded: Loaded, taxonomy: Taxonomy, words: str) -> list[Activity]:
    try:
        hits = loaded.index.search(words, taxonomy=taxonomy.id, limit=10_000)
    except IndustryCodeError as problem:
        raise _bad_parameter("q", str(problem), close=problem.nearest) from None
    ids = dict.fromkeys(hit.activity_id.partition("#")[0] for hit in hits)
    return [activity for id in ids if (activity := loaded.release.activity(id)) is not None]


def _by_industry(loaded: Loaded, taxonomy: Taxonomy, industry: str) -> dict[str, IndustryCandidate]:
    """The best candidate of each activity, by its id."""
    try:
        candidates = loaded.index.by_industry(industry, taxonomy=taxonomy.id)
    except IndustryCodeError as problem:
        raise _bad_parameter("industry", str(problem), close=problem.nearest) from None
    best: dict[str, IndustryCandidate] = {}
    for candidate in candidates:
        best.setdefault(candidate.activity_id.partition("#")[0], candidate)
    return best


def _bad_parameter(
    name: str, message: str, allowed: tuple[str, ...] = (), close: tuple[str, ...] = ()
) -> InvalidInput:
    return InvalidInput(Problem(f"/{name}", "bad_parameter", message, allowed, close))
