"""How activities of one edition correspond to those of another, and what that rests on."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from flask import Response, request
from werkzeug.exceptions import NotAcceptable

from taxonomy_api.catalog.model import Activity, Release, Taxonomy
from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.catalog.terms import Language
from taxonomy_api.crosswalk.matrix import STATES, matrix, routes_of
from taxonomy_api.errors import InvalidInput, Problem
from taxonomy_api.store.current import Loaded
from taxonomy_api.web import schemas
from taxonomy_api.web.api import Blueprint
from taxonomy_api.web.auth import reads_catalogue
from taxonomy_api.web.crosswalk_json import matrix_row_json, negative_json, route_json
from taxonomy_api.web.crosswalk_table import table_file
from taxonomy_api.web.language import choose
from taxonomy_api.web.pages import page
from taxonomy_api.web.replies import catalogue_reply, published_file
from taxonomy_api.web.services import services
from taxonomy_api.web.views.portfolios import MEDIA_TYPES

blueprint = Blueprint("crosswalk", __name__, url_prefix="/v1/crosswalk", description="Between editions")
Arguments = dict[str, Any]
_TYPES = {"json": "application/json", "csv": MEDIA_TYPES["csv"], "xlsx": MEDIA_TYPES["xlsx"]}
_BINARY = {"schema": {"type": "string", "format": "binary"}}


@blueprint.route("")
@reads_catalogue
@blueprint.query(schemas.CrosswalkQuery)
@blueprint.answers(200, schemas.Crosswalk)
def show_routes(query: Arguments) -> Response:
    """Routes from one activity to another edition, or to all

    Several routes to one activity are several pieces of evidence and stay apart. `carries` says whether
    meeting the start's criteria on `as_of` means meeting the end's.
    """
    loaded, language, day = services().current.get(), _language(query), query.get("as_of") or date.today()
    release, crosswalk = loaded.release, loaded.engine.crosswalk
    name, activity = _activity(loaded, query["source"])
    editions = [one for one in release.taxonomies if one != activity.taxonomy]
    if "target" in query:
        editions = [_edition(release, query["target"], "to", besides=activity.taxonomy).id]
    found = {edition: routes_of(crosswalk, name, activity, edition) for edition in editions}
    content = {
        "release": release.id,
        "from": {"id": name, "name": activity.name.in_language(language)},
        "as_of": day,
        "editions": [
            {
                "taxonomy": edition,
                "routes": len(one.routes),
                "negatives": len(one.negatives),
                "nothing_on_file": not (one.routes or one.negatives),
            }
            for edition, one in found.items()
        ],
        "routes": [
            route_json(route, release, loaded.comparisons, day, language)
            for one in found.values()
            for route in one.routes
        ],
        "negatives": [negative_json(row) for one in found.values() for row in one.negatives],
    }
    return catalogue_reply(content, f"{release.id} {day}", language)


@blueprint.route("/matrix")
@reads_catalogue
@blueprint.query(schemas.MatrixQuery)
@blueprint.documents(responses={200: {"content": {_TYPES[kind]: _BINARY for kind in ("csv", "xlsx")}}})
@blueprint.answers(200, schemas.Matrix)
def show_matrix(query: Arguments) -> Response:
    """Every activity of one edition with its counterparts in another, as JSON, CSV or workbook

    By `format`, else by Accept. Files hold the whole table, JSON comes in pages. An activity of which
    nothing is on file says so: that is not the same as having no counterpart.
    """
    loaded, language, day = services().current.get(), _language(query), query.get("as_of") or date.today()
    release = loaded.release
    source = _edition(release, query["source"], "from")
    target = _edition(release, query["target"], "to", besides=source.id)
    rows = matrix(loaded.engine.crosswalk, source, target.id)
    version, kind = f"{release.id} {day}", _format(query.get("format"))
    if kind != "json":
        content = table_file(kind, rows, release, (source, target), day, language)
        name = f"crosswalk-{source.id}--{target.id}.{kind}"
        return published_file(content, _TYPES[kind], name, version, language)
    edition = f"{version} {source.id} {target.id}"
    shown, following = page(rows, query.get("cursor"), query["limit"], edition)
    states = [row.state for row in rows]
    return catalogue_reply(
        {
            "release": release.id,
            "from": source.id,
            "to": target.id,
            "as_of": day,
            "totals": {state: states.count(state) for state in STATES},
            "rows": [matrix_row_json(row, release, day, language) for row in shown],
            "next_cursor": following,
        },
        version,
        language,
    )


def _format(asked: str | None) -> Literal["json", "csv", "xlsx"]:
    """As asked for by name, else the best that the caller accepts."""
    kinds: tuple[Literal["json", "csv", "xlsx"], ...] = ("json", "csv", "xlsx")
    by_type = {_TYPES[kind]: kind for kind in kinds}
    if asked is not None:
        return next(kind for kind in kinds if kind == asked)
    accepted = request.accept_mimetypes
    if not accepted:
        return "json"
    best = accepted.best_match(list(by_type))
    if best is None:
        raise NotAcceptable(f"This comes as {', '.join(by_type)}.")
    return by_type[best]


def _language(query: Arguments) -> Language:
    return choose(query.get("lang"), services().settings.language)


def _activity(loaded: Loaded, name: str) -> tuple[str, Activity]:
    """The activity named `taxonomy:code[#row]`, by another of its codes too, with its own name."""
    base, hash, row = name.partition("#")
    activity = loaded.engine.activities.get(base)
    if activity is not None and (not hash or row in {known.id for known in activity.rows}):
        return activity.id + hash + row, activity
    known = [f"{activity.id}#{one.id}" for one in activity.rows] if activity is not None else []
    close = nearest(name, known or list(loaded.engine.activities))
    message = f"There is no activity {name!r}; write taxonomy:code or taxonomy:code#row."
    raise InvalidInput(Problem("/from", "unknown_activity", message, nearest=close))


def _edition(release: Release, name: str, parameter: str, besides: str | None = None) -> Taxonomy:
    found = release.taxonomies.get(name)
    others = tuple(one for one in release.taxonomies if one != besides)
    if found is None:
        problem = Problem(
            f"/{parameter}",
            "unknown_taxonomy",
            f"There is no taxonomy {name!r}.",
            others,
            nearest(name, others),
        )
        raise InvalidInput(problem)
    if name == besides:
        message = "Both ends are one edition; name another."
        raise InvalidInput(Problem(f"/{parameter}", "bad_parameter", message, others))
    return found
