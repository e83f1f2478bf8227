"""What another release changes in the verdicts of stored portfolios."""

from __future__ import annotations

from typing import Any

from flask import Response

from taxonomy_api.errors import ServiceError
from taxonomy_api.portfolio.impact_json import flip_json, impact_json
from taxonomy_api.portfolio.problem import PortfolioProblem
from taxonomy_api.store.models import Portfolio
from taxonomy_api.store.repository import Repository
from taxonomy_api.web import impact_schemas
from taxonomy_api.web.api import Blueprint
from taxonomy_api.web.auth import organisation_id, requires
from taxonomy_api.web.pages import make_cursor, page, read_cursor
from taxonomy_api.web.replies import reply
from taxonomy_api.web.services import services

blueprint = Blueprint("impacts", __name__, url_prefix="/v1", description="Impact of changed data")


@blueprint.route("/portfolios/<portfolio_id>/impact")
@requires("portfolio")
@blueprint.query(impact_schemas.ImpactQuery)
@blueprint.answers(200, impact_schemas.PortfolioImpact)
def show_impact(query: dict[str, Any], portfolio_id: str) -> Response:
    """Which verdicts of a portfolio another release flips, and because of which changes

    Rows that take a value from a merged cell above are read without it.
    """
    with services().database.reading() as session:
        stored = Repository(session, organisation_id()).portfolio(portfolio_id)
    found = services().impacts.of(stored, query.get("before"), query["after"])
    state = f"{stored.id} {found.difference.before}..{found.difference.after}"
    shown, following = page(found.flips, query.get("cursor"), query["limit"], state)
    flips = [flip_json(flip) for flip in shown]
    return reply({"portfolio": stored.id, **impact_json(found), "flips": flips, "next_cursor": following})


@blueprint.route("/impact")
@requires("admin")
@blueprint.query(impact_schemas.ImpactsQuery)
@blueprint.answers(200, impact_schemas.Impacts)
def list_impacts(query: dict[str, Any]) -> Response:
    """The same for all stored portfolios of the organisation, newest first, without their rows

    A portfolio that cannot be compared tells why in `problem`.
    """
    limit, cursor = query["limit"], query.get("cursor")
    before = None if cursor is None else read_cursor(cursor)
    with services().database.reading() as session:
        found = Repository(session, organisation_id()).portfolios(before, limit + 1, "done")
    following = make_cursor(found[limit - 1].id) if len(found) > limit else None
    compared = [_compared(one, query.get("before"), query["after"]) for one in found[:limit]]
    return reply({"portfolios": compared, "next_cursor": following})


def _compared(stored: Portfolio, before: str | None, after: str) -> dict[str, Any]:
    named = {"portfolio": stored.id, "file": stored.file_name}
    try:
        return {**named, **impact_json(services().impacts.of(stored, before, after))}
    except (ServiceError, PortfolioProblem) as problem:
        return {**named, "problem": {"code": problem.code, "detail": problem.detail}}
