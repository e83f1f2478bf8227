"""What a route of mappings may carry from one activity to another (DESIGN §5.4)."""

from __future__ import annotations

from taxonomy_api.catalog.terms import STATUSES
from taxonomy_api.crosswalk.relations import invert_stringency
from taxonomy_api.crosswalk.routes import WEAKEST_THAT_CARRIES, Route

#: Ranks of status up to this one carry a verdict.
CARRIES = STATUSES.index(WEAKEST_THAT_CARRIES)


def places_in(route: Route) -> bool:
    """Whether a project in the route's start is in its end, by statements that carry."""
    return route.scope in ("exact", "narrower") and STATUSES.index(route.status) <= CARRIES


def infers_met(route: Route) -> bool:
    """Whether, while the route holds, what meets its start's criteria meets its end's."""
    return route.scope in ("exact", "narrower") and route.stringency in ("equal", "stricter")


def infers_not_met(route: Route) -> bool:
    """Whether, read backwards, it says so: then failing its start's criteria means failing its end's."""
    return route.scope in ("exact", "broader") and invert_stringency(route.stringency) in (
        "equal",
        "stricter",
    )
