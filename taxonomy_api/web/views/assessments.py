"""One project: assess, show, delete."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import ENGINE_VERSION
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.store.repository import Repository
from taxonomy_api.web import schemas
from taxonomy_api.web.api import Blueprint, json_body
from taxonomy_api.web.auth import organisation_id, requires
from taxonomy_api.web.language import choose
from taxonomy_api.web.printable import MEDIA_TYPE, assessment_page, wants_page
from taxonomy_api.web.replies import reply
from taxonomy_api.web.services import services

blueprint = Blueprint("assessments", __name__, url_prefix="/v1/assessments", description="One project")


@blueprint.route("", methods=["POST"])
@requires("assess")
@json_body(schemas.AssessmentRequest)
@blueprint.answers(201, schemas.Assessment, has_location=True)
def create_assessment(body: dict[str, Any]) -> Response:
    """Assess one project; the answer is kept

    A language that the body does not name is taken from Accept-Language.
    """
    engine = services().current.get().engine
    asked = body if "language" in body else {**body, "language": choose(None, services().settings.language)}
    understood = read_request(engine, asked)
    answer = assess(engine, understood)
    services().metrics.gave(answer["verdicts"])
    with services().database.unit_of_work() as session:
        stored = Repository(session, organisation_id()).add_assessment(
            engine.release.id, ENGINE_VERSION, understood.as_of, asked, answer
        )
    location = url_for("assessments.show_assessment", assessment_id=stored.id)
    return reply({"id": stored.id, **answer}, 201, location)


@blueprint.route("/<assessment_id>")
@requires("read", "assess")
@blueprint.documents(responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}})
@blueprint.answers(200, schemas.Assessment)
def show_assessment(assessment_id: str) -> Response:
    """An assessment as it was answered; `Accept: text/html` gives a page to print"""
    with services().database.reading() as session:
        stored = Repository(session, organisation_id()).assessment(assessment_id)
    if wants_page():
        release = services().current.get().release
        answer = assessment_page(stored.id, stored.created, stored.request, stored.answer, release)
    else:
        answer = reply({"id": stored.id, **stored.answer, "created": stored.created})
    answer.vary.add("Accept")
    return answer


@blueprint.route("/<assessment_id>", methods=["DELETE"])
@requires("assess")
@blueprint.answers(204)
def delete_assessment(assessment_id: str) -> Response:
    """Forget an assessment"""
    with services().database.unit_of_work() as session:
        Repository(session, organisation_id()).delete_assessment(assessment_id)
    return Response(status=204)
