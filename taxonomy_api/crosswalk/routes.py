"""Routes of mappings from an activity to another edition, with what they assert and what they rest on.

A route is a chain of at most three positive rows, each read either way. No edition stands on it twice,
and where two rows meet they name the same activity of the same edition. Scope and stringency are composed
(`crosswalk.relations`), windows of validity are intersected, and the weakest status counts. Several routes
to one activity stay apart, as several pieces of evidence; none is in the data files.

A row without counterpart blocks every route that rests on nothing stronger, whole or in part: a compiler's
own opinion that there is none does not undo what an official table says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from msgspec import Struct

from taxonomy_api.catalog.model import MappingRow
from taxonomy_api.catalog.terms import STATUSES, Status
from taxonomy_api.crosswalk.relations import (
    STRINGENCIES,
    Scope,
    Stringency,
    compose_scopes,
    compose_stringencies,
    invert_scope,
    invert_stringency,
)

Hindrance = Literal["window", "scope", "stringency", "status"]

MAX_STEPS = 3
#: Rows below this status point to candidates and never carry a result.
WEAKEST_THAT_CARRIES: Status = "single-source"


class Step(Struct, frozen=True):
    """One row of a mapping file, read from `start` to `end`."""

    start: str
    end: str
    scope: Scope
    stringency: Stringency
    row: MappingRow


class Route(Struct, frozen=True):
    """A chain of steps from an activity to one of another edition; both days of its window count."""

    steps: tuple[Step, ...]
    scope: Scope
    stringency: Stringency
    valid_from: date | None
    valid_until: date | None
    status: Status

    @property
    def start(self) -> str:
        return self.steps[0].start

    @property
    def end(self) -> str:
        return self.steps[-1].end

    def holds_on(self, day: date) -> bool:
        """Whether the stringency is stated for that day."""
        started = self.valid_from is None or self.valid_from <= day
        return started and (self.valid_until is None or day <= self.valid_until)

    def carries(self, day: date) -> bool:
        """Whether meeting the start's criteria on that day means meeting the end's.

        Only of a project that is in the start, and only for the substantial contribution of the class
        green: other components, exclusions and transition are never inferred.
        """
        return next(self.hindrances(day), None) is None

    def hindrances(self, day: date) -> Iterator[Hindrance]:
        """Everything for which the route does not carry on that day."""
        if not self.holds_on(day):
            yield "window"
        if self.scope not in ("exact", "narrower"):
            yield "scope"
        if self.stringency not in ("equal", "stricter"):
            yield "stringency"
        if _weaker(self.status, WEAKEST_THAT_CARRIES):
            yield "status"


class Routes(Struct, frozen=True):
    """What the mappings say of one activity and one edition.

    `negatives` are the rows that deny a counterpart: of one activity, read both ways, or of the activity in
    the whole edition (its object is `edition:*`).
    """

    routes: tuple[Route, ...]
    negatives: tuple[MappingRow, ...]


NOTHING: Final = Routes((), ())


class Denial(Struct, frozen=True):
    """A row that denies a counterpart: of one activity (`end`), or of a whole edition (`edition:*`)."""

    end: str
    row: MappingRow

    def speaks_of(self, activity: str) -> bool:
        return self.end in (activity, f"{_edition(activity)}:*")


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """Mapping rows by the activity at which they start, ready to be walked. Build it with `crosswalk_of`.

    What was found of an activity is kept; threads may share it, since they find the same.
    """

    steps: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    denials: Mapping[str, tuple[Denial, ...]] = field(default_factory=dict)
    _found: dict[str, Mapping[str, Routes]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def routes(self, start: str, edition: str) -> Routes:
        """Everything from the activity `start` to `edition`, the strongest and shortest routes first."""
        return self.routes_from(start).get(edition, NOTHING)

    def routes_from(self, start: str) -> Mapping[str, Routes]:
        """The same by edition; an edition of which the mappings say nothing is left out."""
        found = self._found.get(start)
        if found is None:
            found = self._found[start] = self._walk(start)
        return found

    def precompute(self) -> None:
        """Find the routes between all activities, so that no answer has to wait for them."""
        for start in {**self.steps, **self.denials}:
            self.routes_from(start)

    def _walk(self, start: str) -> Mapping[str, Routes]:
        routes: dict[str, list[Route]] = {}
        for route in self._onwards(None, start, frozenset([_edition(start)])):
            routes.setdefault(_edition(route.end), []).append(route)
        negatives: dict[str, list[MappingRow]] = {}
        for denial in self.denials.get(start, ()):
            negatives.setdefault(_edition(denial.end), []).append(denial.row)
        return {
            edition: Routes(
                tuple(sorted(routes.get(edition, ()), key=_rank)), tuple(negatives.get(edition, ()))
            )
            for edition in sorted({*routes, *negatives})
        }

    def _onwards(self, so_far: Route | None, here: str, seen: frozenset[str]) -> Iterator[Route]:
        """The routes that lead on from `here`, where `so_far` ends; what bars one bars all longer ones.

        `seen`: the editions that stand on it.
        """
        for step in self.steps.get(here, ()):
            there = _edition(step.end)
            if there in seen:
                continue
            route = _first(step) if so_far is None else _longer(so_far, step)
            if route is None or self._blocked(route):
                continue
            yield route
            if len(route.steps) < MAX_STEPS:
                yield from self._onwards(route, step.end, seen | {there})

    def _blocked(self, route: Route) -> bool:
        """Whether a denial speaks of the route's end and an activity before, and the part between is no
        stronger."""
        end = route.end
        part: list[Status] = []
        for step in reversed(route.steps):
            part.append(step.row.status)
            if step.start in self.denials or end in self.denials:
                status = _weakest(part)
                if any(not _weaker(row.status, status) for row in self._denials(step.start, end)):
                    return True
        return False

    def _denials(self, start: str, end: str) -> Iterator[MappingRow]:
        for one, other in ((start, end), (end, start)):
            yield from (denial.row for denial in self.denials.get(one, ()) if denial.speaks_of(other))


def crosswalk_of(rows: Iterable[MappingRow]) -> Crosswalk:
    """The rows of all mapping files, each to be read both ways."""
    steps: dict[str, list[Step]] = {}
    denials: dict[str, list[Denial]] = {}
    for row in rows:
        if row.negative:
            denials.setdefault(row.subject, []).append(Denial(row.object, row))
            if not row.object.endswith(":*"):
                denials.setdefault(row.object, []).append(Denial(row.subject, row))
            continue
        stringency = _stringency(row)
        back = Step(row.object, row.subject, invert_scope(row.scope), invert_stringency(stringency), row)
        steps.setdefault(row.subject, []).append(Step(row.subject, row.object, row.scope, stringency, row))
        steps.setdefault(row.object, []).append(back)
    return Crosswalk(
        {start: tuple(out) for start, out in steps.items()},
        {start: tuple(out) for start, out in denials.items()},
    )


def _first(step: Step) -> Route | None:
    """The step as a route; None where its window holds no day."""
    row = step.row
    return _in_window((step,), step.scope, step.stringency, row.valid_from, row.valid_until, row.status)


def _longer(route: Route, step: Step) -> Route | None:
    """The route with one step more; None where their windows have no day in common."""
    row, start, end = step.row, route.valid_from, route.valid_until
    if start is None or (row.valid_from is not None and row.valid_from > start):
        start = row.valid_from
    if end is None or (row.valid_until is not None and row.valid_until < end):
        end = row.valid_until
    return _in_window(
        (*route.steps, step),
        compose_scopes(route.scope, step.scope),
        compose_stringencies(route.stringency, step.stringency),
        start,
        end,
        row.status if _weaker(row.status, route.status) else route.status,
    )


def _in_window(
    steps: tuple[Step, ...],
    scope: Scope,
    stringency: Stringency,
    start: date | None,
    end: date | None,
    status: Status,
) -> Route | None:
    if start is not None and end is not None and start > end:
        return None
    return Route(steps, scope, stringency, start, end, status)


def _stringency(row: MappingRow) -> Stringency:
    """What the row states; nothing stated is unknown."""
    return next((name for name in STRINGENCIES if name == row.stringency), "unknown")


def _rank(route: Route) -> tuple[int, int, str, tuple[int, ...]]:
    return (
        STATUSES.index(route.status),
        len(route.steps),
        route.end,
        tuple(step.row.line for step in route.steps),
    )


def _weakest(statuses: Iterable[Status]) -> Status:
    return max(statuses, key=STATUSES.index)


def _weaker(status: Status, other: Status) -> bool:
    return STATUSES.index(status) > STATUSES.index(other)


def _edition(activity: str) -> str:
    return activity.partition(":")[0]
