"""The web application."""

from __future__ import annotations

from flask import Flask, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix

from taxonomy_api.settings import Settings
from taxonomy_api.web import docs_page, headers, problems, request_ids, request_log
from taxonomy_api.web.api import make_api
from taxonomy_api.web.json_io import Json
from taxonomy_api.web.services import Services, attach, make_services
from taxonomy_api.web.uploads import UploadRequest
from taxonomy_api.web.views import (
    assessments,
    audit,
    catalogue,
    crosswalk,
    impacts,
    operation,
    portfolios,
    proceeds,
    releases,
)


class _App(Flask):
    request_class = UploadRequest

    def log_exception(self, _: object) -> None:
        """Unexpected failures are logged where they are answered, without what callers sent."""


def create_app(settings: Settings, services: Services | None = None) -> Flask:
    """The application; `services` are opened from the settings unless given.

    The database must be up to date. The data are loaded at the first request that needs them.
    """
    app = _App("taxonomy_api", static_folder=None)
    app.json = Json(app)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    # Addresses are case-sensitive and have one form only.
    app.url_map.strict_slashes = True
    app.url_map.redirect_defaults = False
    attach(app.extensions, services or make_services(settings))
    api = make_api(app)
    for part in (
        catalogue,
        crosswalk,
        releases,
        assessments,
        proceeds,
        portfolios,
        impacts,
        audit,
        operation,
    ):
        api.register_blueprint(part.blueprint)
    app.register_blueprint(docs_page.blueprint)
    problems.register(app)
    headers.register(app, settings)
    request_log.register(app)
    request_ids.register(app)
    app.before_request(_refuse_nul)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0)  # type: ignore[method-assign]
    return app


def _refuse_nul() -> None:
    """No id holds this character, and PostgreSQL fails where it is looked for."""
    if "\0" in request.path:
        abort(404)
