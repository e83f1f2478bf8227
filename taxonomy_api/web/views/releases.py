"""Data releases: the one in use, and those that stored answers were given from."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response

from taxonomy_api.assessment.engine import ENGINE_VERSION
from taxonomy_api.catalog.diff import diff
from taxonomy_api.errors import NotFound
from taxonomy_api.store.current import Loaded
from taxonomy_api.store.models import StoredRelease
from taxonomy_api.store.releases import CURRENT, counts_of
from taxonomy_api.web import schemas
from taxonomy_api.web.api import Blueprint
from taxonomy_api.web.auth import reads_catalogue
from taxonomy_api.web.pages import page
from taxonomy_api.web.replies import catalogue_reply, reply, tagged
from taxonomy_api.web.services import services

blueprint = Blueprint("releases", __name__, url_prefix="/v1/releases", description="Data releases")


@blueprint.route("")
@reads_catalogue
@blueprint.query(schemas.Page)
@blueprint.answers(200, schemas.Releases)
def list_releases(query: dict[str, Any]) -> Response:
    """Data releases: the one in use first, then the others that are kept, newest first"""
    shown, following = page(_releases(), query.get("cursor"), query["limit"], "releases")
    return tagged(reply({"releases": shown, "next_cursor": following}))


@blueprint.route("/<release_id>")
@reads_catalogue
@blueprint.answers(200, schemas.Release)
def show_release(release_id: str) -> Response:
    """One data release, by id or `current`"""
    for one in _releases():
        if release_id == one["id"] or (release_id == CURRENT and one["current"]):
            return tagged(reply(one))
    message = f"Release {release_id!r} is not kept here; GET /v1/releases lists those that are."
    raise NotFound("unknown_release", message)


@blueprint.route("/<before>/diff/<after>")
@reads_catalogue
@blueprint.query(schemas.ChangesPage)
@blueprint.answers(200, schemas.Difference)
def show_difference(query: dict[str, Any], before: str, after: str) -> Response:
    """What changed from one release to another, each an id or `current`"""
    found = diff(*(services().releases.get(one).release for one in (before, after)))
    wanted = query.get("taxonomy")
    changes = [one for one in found.changes if wanted is None or one.taxonomy == wanted]
    state = f"{found.before}..{found.after} {wanted or ''}"
    shown, following = page(changes, query.get("cursor"), query["limit"], state)
    content = {
        "before": found.before,
        "after": found.after,
        "total": len(changes),
        "changes": msgspec.to_builtins(shown),
        "next_cursor": following,
    }
    # Told in English only, as the command `diff` tells it.
    return catalogue_reply(content, f"{found.before}..{found.after}", "en")


def _releases() -> list[dict[str, Any]]:
    """Nothing about when or by whom they were used: organisations share this list."""
    current = services().current.get()
    stored = [one for one in services().releases.known() if one.id != current.release.id]
    return [_current_json(current), *(_stored_json(one) for one in stored)]


def _current_json(loaded: Loaded) -> dict[str, Any]:
    return {
        "id": loaded.release.id,
        "current": True,
        "engine": ENGINE_VERSION,
        "since": services().current.since(),
        **counts_of(loaded.release),
    }


def _stored_json(stored: StoredRelease) -> dict[str, Any]:
    return {"id": stored.id, "current": False, "engine": None, **stored.counts}
