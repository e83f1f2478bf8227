"""A table between two editions: for every activity of the one, its counterparts in the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from taxonomy_api.catalog.model import Activity, MappingRow, Taxonomy
from taxonomy_api.crosswalk.routes import Crosswalk, Route, Routes

#: `denied`: a row says that the other edition has no counterpart; `nothing_on_file`: no row says anything.
State = Literal["counterparts", "denied", "nothing_on_file"]
STATES: tuple[State, ...] = ("counterparts", "denied", "nothing_on_file")


@dataclass(frozen=True, slots=True)
class Counterpart:
    """An activity of the other edition: the strongest of the `routes` that lead to it."""

    route: Route
    routes: int


@dataclass(frozen=True, slots=True)
class MatrixRow:
    activity: Activity
    counterparts: tuple[Counterpart, ...]
    negatives: tuple[MappingRow, ...]

    @property
    def state(self) -> State:
        if self.counterparts:
            return "counterparts"
        return "denied" if any(row.object.endswith(":*") for row in self.negatives) else "nothing_on_file"


def matrix(crosswalk: Crosswalk, source: Taxonomy, target: str) -> tuple[MatrixRow, ...]:
    """One row per activity of `source`, in the order of the edition."""
    return tuple(_row(crosswalk, activity, target) for activity in source.activities.values())


def routes_of(crosswalk: Crosswalk, name: str, activity: Activity, target: str) -> Routes:
    """Those of an activity named whole (`name` its id), with those of its rows; or of one row alone."""
    rows = [f"{activity.id}#{row.id}" for row in activity.rows] if name == activity.id else []
    found = [crosswalk.routes(one, target) for one in (name, *rows)]
    return Routes(
        tuple(route for one in found for route in one.routes),
        tuple(dict.fromkeys(row for one in found for row in one.negatives)),
    )


def _row(crosswalk: Crosswalk, activity: Activity, target: str) -> MatrixRow:
    found = routes_of(crosswalk, activity.id, activity, target)
    return MatrixRow(activity, _counterparts(found.routes), found.negatives)


def _counterparts(routes: Iterable[Route]) -> tuple[Counterpart, ...]:
    """Per pair of ends the first route: the walk gives the strongest and shortest first."""
    by_ends: dict[tuple[str, str], list[Route]] = {}
    for route in routes:
        by_ends.setdefault((route.start, route.end), []).append(route)
    return tuple(Counterpart(found[0], len(found)) for found in by_ends.values())
