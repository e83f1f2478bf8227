"""What the proceeds of an instrument go to."""

from __future__ import annotations

from typing import Any

from flask import Response

from taxonomy_api.web import assessment_schemas
from taxonomy_api.web.api import Blueprint, json_body
from taxonomy_api.web.auth import requires, who
from taxonomy_api.web.idempotency import claim, idempotent
from taxonomy_api.web.replies import reply_text
from taxonomy_api.web.services import services
from taxonomy_api.web.views.assessments import with_language

blueprint = Blueprint("proceeds", __name__, url_prefix="/v1/proceeds", description="Use of proceeds")


@blueprint.route("", methods=["POST"])
@requires("assess")
@idempotent()
@json_body(assessment_schemas.ProceedsRequest)
@blueprint.answers(200, assessment_schemas.Proceeds)
def assess_use_of_proceeds(body: dict[str, Any]) -> Response:
    """Assess a bond or loan with several projects; nothing is kept

    Verdicts per project, shares of the instrument's amount per taxonomy, and the instrument's rules applied.
    A language that the body does not name is taken from Accept-Language. Under an Idempotency-Key the answer
    is kept for 24 hours.
    """
    return reply_text(services().assessments.proceeds(who(), with_language(body), claim()))
