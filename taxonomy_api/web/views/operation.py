"""The service itself: its limits, its health, the upload template."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from flask import Response, send_file

from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.errors import InvalidInput, Problem
from taxonomy_api.jobs.stored_impact import MOST_COMPARED
from taxonomy_api.portfolio.problem import Limits
from taxonomy_api.portfolio.template import write_template
from taxonomy_api.store.assessments import MOST_PROJECTS
from taxonomy_api.store.idempotency import LONGEST_KEY
from taxonomy_api.web import readiness, schemas
from taxonomy_api.web.api import Blueprint
from taxonomy_api.web.auth import reads_catalogue
from taxonomy_api.web.json_io import DEEPEST
from taxonomy_api.web.language import choose
from taxonomy_api.web.replies import at_once, published, reply, tagged
from taxonomy_api.web.services import services
from taxonomy_api.web.views.portfolios import MEDIA_TYPES

blueprint = Blueprint("operation", __name__, description="The service itself")
_XLSX = {"content": {MEDIA_TYPES["xlsx"]: {"schema": {"type": "string", "format": "binary"}}}}


@blueprint.route("/v1/limits")
@reads_catalogue
@blueprint.answers(200, schemas.Limits)
def show_limits() -> Response:
    """What the service accepts

    0 requests a minute stands for no limit. Unless the service counts in Redis, each of its processes
    counts for itself.
    """
    settings = services().settings
    content = reply(
        {
            "limits": {
                "body_bytes": settings.max_body_bytes,
                "body_depth": DEEPEST,
                "batch_bytes": settings.max_batch_bytes,
                "batch_projects": MOST_PROJECTS,
                "idempotency_key_characters": LONGEST_KEY,
                "upload_bytes": settings.max_upload_bytes,
                "portfolio_rows": settings.max_portfolio_rows,
                "unpacked_bytes": settings.max_unpacked_bytes,
                "workbook_parts": settings.max_workbook_parts,
                "reading_memory_bytes": settings.reading_memory_bytes,
                "reading_seconds": settings.reading_seconds,
                "stall_seconds": settings.stall_seconds,
                "annotated_rows": Limits().annotated_rows,
                "impact_rows": MOST_COMPARED,
                "page_size": schemas.LARGEST_PAGE,
                "search_characters": schemas.LONGEST_SEARCH,
                "requests_per_minute_per_key": settings.requests_per_minute,
                "requests_per_minute_per_address_without_key": settings.keyless_requests_per_minute,
            }
        }
    )
    return tagged(content)


@blueprint.route("/v1/templates/portfolio.xlsx")
@reads_catalogue
@blueprint.query(schemas.TemplateQuery)
@blueprint.documents(responses={200: _XLSX})
@blueprint.answers(200)
def download_template(query: dict[str, Any]) -> Response:
    """The workbook to fill in and hand in"""
    release, language = (
        services().current.get().release,
        choose(query.get("lang"), services().settings.language),
    )
    activities = [name.strip() for name in query.get("activities", "").split(",") if name.strip()]
    for name in activities:
        if release.activity(name) is None:
            close = nearest(name, [activity.id for activity in release.activities()])
            message = f"There is no activity {name!r}."
            raise InvalidInput(Problem("/activities", "unknown_activity", message, nearest=close))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "portfolio.xlsx"
        write_template(release, path, language, activities)
        content = io.BytesIO(path.read_bytes())
    answer = send_file(
        content, mimetype=MEDIA_TYPES["xlsx"], as_attachment=True, download_name="portfolio.xlsx"
    )
    return published(at_once(answer), release.id, language)


@blueprint.route("/healthz")
@blueprint.answers(200, schemas.Health)
def healthz() -> Response:
    """The process answers"""
    return reply({"status": "ok"})


@blueprint.route("/readyz")
@blueprint.answers(200, schemas.Readiness)
def readyz() -> Response:
    """The parts that answers need are there

    Database, release and queue are needed: without one of them this is a 503 that names it. A worker
    without a sign of life is told in `parts` only, for single projects are answered without one.
    """
    made = services()
    parts = readiness.parts(
        made.database, made.portfolios.queue, made.settings.store, lambda: made.current.get()
    )
    readiness.require(parts)
    states = {part.name: part.state for part in parts}
    return reply({"status": "ready", "release": made.current.get().release.id, "parts": states})
