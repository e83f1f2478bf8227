"""/docs: the OpenAPI document as a page, from files of this package."""

from __future__ import annotations

from flask import Blueprint, Response, send_from_directory

from taxonomy_api.web.replies import STATIC, at_once

blueprint = Blueprint("docs", __name__, url_prefix="/docs")
ASSETS = ("swagger-ui-bundle.js", "swagger-ui.css")
#: The page's scripts and styles come from here and it speaks to here only.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@blueprint.get("")
def page() -> Response:
    answer = at_once(send_from_directory(STATIC, "docs.html", mimetype="text/html"))
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


@blueprint.get("/start.js")
def start() -> Response:
    return at_once(send_from_directory(STATIC, "docs.js", mimetype="text/javascript"))


@blueprint.get(f"/<any({', '.join(repr(name) for name in ASSETS)}):name>")
def asset(name: str) -> Response:
    return at_once(send_from_directory(STATIC / "swagger-ui", name, max_age=86_400))
