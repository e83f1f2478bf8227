"""Projects: assess one or many, show, repeat, delete."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request

from taxonomy_api.errors import InvalidInput, Problem
from taxonomy_api.store.assessments import shown
from taxonomy_api.store.idempotency import Outcome
from taxonomy_api.store.models import Assessment
from taxonomy_api.store.releases import CURRENT
from taxonomy_api.store.repository import NewAssessment
from taxonomy_api.web import assessment_schemas
from taxonomy_api.web.api import Blueprint, json_body
from taxonomy_api.web.auth import organisation_id, requires, who
from taxonomy_api.web.idempotency import claim, idempotent
from taxonomy_api.web.json_io import instant
from taxonomy_api.web.language import choose
from taxonomy_api.web.printable import MEDIA_TYPE, assessment_page, wants_page
from taxonomy_api.web.problems import document
from taxonomy_api.web.replies import nothing, reply_text
from taxonomy_api.web.services import services

blueprint = Blueprint("assessments", __name__, url_prefix="/v1/assessments", description="Projects")


def _created_again(outcome: Outcome) -> Response:
    return _created(services().assessments.show(organisation_id(), outcome.result_id or ""))


def _batch_again(outcome: Outcome) -> Response:
    return _batch(services().assessments.batch_again(organisation_id(), outcome.answer or "{}", document))


def _batch_content() -> bytes:
    request.max_content_length = services().settings.max_batch_bytes
    return request.get_data(cache=True)


@blueprint.route("", methods=["POST"])
@requires("assess")
@idempotent(_created_again)
@json_body(assessment_schemas.AssessmentRequest)
@blueprint.answers(201, assessment_schemas.Assessment, has_location=True)
def create_assessment(body: dict[str, Any]) -> Response:
    """Assess one project; the answer is kept

    A language that the body does not name is taken from Accept-Language.
    """
    return _created(services().assessments.create(who(), with_language(body), claim()))


@blueprint.route("/batch", methods=["POST"])
@requires("assess")
@idempotent(_batch_again, _batch_content)
@json_body(assessment_schemas.BatchRequest, largest=lambda: services().settings.max_batch_bytes)
@blueprint.answers(200, assessment_schemas.Batch)
def create_batch(body: dict[str, Any]) -> Response:
    """Assess up to 1,000 projects; each is answered by itself, and kept

    A project that cannot be read has a problem in its place; the others are answered all the same.
    """
    return _batch(services().assessments.create_many(who(), with_language(body), document, claim()))


@blueprint.route("/<assessment_id>")
@requires("read", "assess")
@blueprint.documents(responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}})
@blueprint.answers(200, assessment_schemas.Assessment)
def show_assessment(assessment_id: str) -> Response:
    """An assessment as it was answered; `Accept: text/html` gives a page to print"""
    stored = services().assessments.show(organisation_id(), assessment_id)
    if wants_page():
        asked, answered = json.loads(stored.request), json.loads(stored.answer)
        release = services().current.get().release
        answer = assessment_page(stored.id, stored.created, asked, answered, release)
    else:
        answer = reply_text(shown(stored, created=instant(stored.created)))
    answer.vary.add("Accept")
    return answer


@blueprint.route("/<assessment_id>/replay", methods=["POST"])
@requires("assess")
@idempotent()
@json_body(assessment_schemas.ReplayRequest, optional=True)
@blueprint.answers(200, assessment_schemas.Replay)
def replay_assessment(body: dict[str, Any], assessment_id: str) -> Response:
    """Answer a kept request once more, as of its day

    With the release in use (`current`, also without a body), the one it was answered from (`original`), or
    another by its id. `differences` lists what is otherwise; `reproduced` says that not a byte is.
    """
    release = body.get("release", CURRENT)
    unknown = [
        Problem(f"/{name}", "unknown_key", "There is no such key.", ("release",))
        for name in body
        if name != "release"
    ]
    if not isinstance(release, str):
        unknown.append(Problem("/release", "wrong_type", "A release is current, original or the id of one."))
    if unknown:
        raise InvalidInput(*unknown)
    return reply_text(services().assessments.replay(who(), assessment_id, release, claim()))


@blueprint.route("/<assessment_id>", methods=["DELETE"])
@requires("assess")
@blueprint.answers(204)
def delete_assessment(assessment_id: str) -> Response:
    """Forget an assessment"""
    services().assessments.delete(who(), assessment_id)
    return nothing()


def with_language(body: dict[str, Any]) -> dict[str, Any]:
    """The body, with a language from the request's headers where it names none."""
    return body if "language" in body else {**body, "language": choose(None, services().settings.language)}


def _created(stored: NewAssessment | Assessment) -> Response:
    location = f"{request.script_root}{blueprint.url_prefix}/{stored.id}"
    return reply_text(shown(stored), 201, location)


def _batch(results: str) -> Response:
    return reply_text(f'{{"results":{results}}}')
