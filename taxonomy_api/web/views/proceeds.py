"""What the proceeds of an instrument go to."""

from __future__ import annotations

from typing import Any

from flask import Response

from taxonomy_api.assessment.proceeds import assess_proceeds
from taxonomy_api.assessment.proceeds_intake import read_proceeds
from taxonomy_api.web import schemas
from taxonomy_api.web.api import Blueprint, json_body
from taxonomy_api.web.auth import requires
from taxonomy_api.web.language import choose
from taxonomy_api.web.replies import reply
from taxonomy_api.web.services import services

blueprint = Blueprint("proceeds", __name__, url_prefix="/v1/proceeds", description="Use of proceeds")


@blueprint.route("", methods=["POST"])
@requires("assess")
@json_body(schemas.ProceedsRequest)
@blueprint.answers(200, schemas.Proceeds)
def assess_use_of_proceeds(body: dict[str, Any]) -> Response:
    """Assess a bond or loan with several projects; nothing is kept

    Verdicts per project, shares of the instrument's amount per taxonomy, and the instrument's rules applied.
    A language that the body does not name is taken from Accept-Language.
    """
    engine = services().current.get().engine
    asked = body if "language" in body else {**body, "language": choose(None, services().settings.language)}
    answer: dict[str, Any] = assess_proceeds(engine, read_proceeds(engine, asked))
    services().metrics.gave(
        verdict for allocation in answer["allocations"] for verdict in allocation["verdicts"]
    )
    return reply(answer)
