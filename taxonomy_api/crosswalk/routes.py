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


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a mapping file, read from `start` to `end`."""

    start: str
    end: str
    scope: Scope
    stringency: Stringency
    row: MappingRow


@dataclass(frozen=True, slots=True)
class Route:
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


@dataclass(frozen=True, slots=True)
class Routes:
    """What the mappings say of one activity and one edition.

    `negatives` are the rows that deny a counterpart: of one activity, read both ways, or of the activity in
    the whole edition (its object is `edition:*`).
    """

    routes: tuple[Route, ...]
    negatives: tuple[MappingRow, ...]


NOTHING: Final = Routes((), ())


@dataclass(frozen=True, slots=True)
class Denial:
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
        for steps in self._chains((), start):
            route = _route(steps)
            if route is not None and not self._blocked(route):
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

    def _chains(self, taken: tuple[Step, ...], here: str) -> Iterator[tuple[Step, ...]]:
        seen = {_edition(here), *(_edition(step.start) for step in taken)}
        for step in self.steps.get(here, ()):
            if _edition(step.end) in seen:
                continue
            chain = (*taken, step)
            yield chain
            if len(chain) < MAX_STEPS:
                yield from self._chains(chain, step.end)

    def _blocked(self, route: Route) -> bool:
        """Whether a denial speaks of two activities on the route, and the part between is no stronger."""
        if not any(one in self.denials for step in route.steps for one in (step.start, step.end)):
            return False
        for first in range(len(route.steps)):
            for last in range(first, len(route.steps)):
                part = route.steps[first : last + 1]
                status = _weakest(step.row.status for step in part)
                denials = self._denials(part[0].start, part[-1].end)
                if any(not _weaker(row.status, status) for row in denials):
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


def _route(steps: tuple[Step, ...]) -> Route | None:
    """The steps as one; None where their windows have no day in common."""
    scope, stringency = steps[0].scope, steps[0].stringency
    for step in steps[1:]:
        scope = compose_scopes(scope, step.scope)
        stringency = compose_stringencies(stringency, step.stringency)
    starts = [step.row.valid_from for step in steps if step.row.valid_from is not None]
    ends = [step.row.valid_until for step in steps if step.row.valid_until is not None]
    start, end = max(starts, default=None), min(ends, default=None)
    if start is not None and end is not None and start > end:
        return None
    return Route(steps, scope, stringency, start, end, _weakest(step.row.status for step in steps))


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
