"""The web application."""

from __future__ import annotations

from flask import Flask, Response

from taxonomy_api.settings import Settings
from taxonomy_api.web import docs_page, problems
from taxonomy_api.web.api import make_api
from taxonomy_api.web.json_io import Json
from taxonomy_api.web.services import Services, attach, make_services
from taxonomy_api.web.views import assessments, catalogue, crosswalk, operation, portfolios, proceeds

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    # What is about an organisation stays out of shared caches; published data set their own.
    "Cache-Control": "no-store",
}


def create_app(settings: Settings, services: Services | None = None) -> Flask:
    """The application; `services` are opened from the settings unless given.

    The database must be up to date. The data are loaded at the first request that needs them.
    """
    app = Flask("taxonomy_api", static_folder=None)
    app.json = Json(app)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    # Addresses are case-sensitive and have one form only.
    app.url_map.strict_slashes = True
    app.url_map.redirect_defaults = False
    attach(app.extensions, services or make_services(settings))
    api = make_api(app)
    for part in (catalogue, crosswalk, assessments, proceeds, portfolios, operation):
        api.register_blueprint(part.blueprint)
    app.register_blueprint(docs_page.blueprint)
    problems.register(app)
    app.after_request(_finish)
    return app


def _finish(answer: Response) -> Response:
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    answer.headers["X-Request-Id"] = problems.correlation_id()
    return answer
