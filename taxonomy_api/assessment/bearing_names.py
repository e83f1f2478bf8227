"""Which of the names that a project gives can bear on an edition: so tables ask few distinct questions."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from taxonomy_api.catalog.model import Release
from taxonomy_api.crosswalk.routes import Crosswalk

#: So many distinct names, or names by edition, are remembered per engine.
MOST_REMEMBERED = 100_000


class Place(NamedTuple):
    """What a name names: an activity (`base`) of an edition; `abroad` is what other editions hear of it."""

    edition: str
    base: str
    abroad: str


Heard = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass
class BearingNames:
    """Leaves away what cannot matter; `needs_all` holds the editions that are defined over others.

    Everything found is remembered. Threads may share it: they find the same.
    """

    release: Release
    crosswalk: Crosswalk
    needs_all: Container[str]
    _places: dict[str, Place | None] = field(default_factory=dict, init=False)
    _led_to: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict, init=False)

    def of(self, names: Sequence[str], confirmed: Sequence[str], edition: str) -> Heard:
        """The names of activities that can matter in `edition`, named and confirmed.

        Where one activity of it is named, those of another edition matter only if a route leads from one of
        them to that activity; an edition defined over others needs all. The row of an activity of another
        edition matters only if mappings speak of rows of that activity.
        """
        places = {name: self._place(name) for name in (*names, *confirmed)}
        own = {place.base for place in places.values() if place is not None and place.edition == edition}
        heard = {place.edition for place in places.values() if place is not None}
        if len(own) == 1 and edition not in self.needs_all:
            (only,) = own
            heard = {edition} | {
                place.edition
                for name, place in places.items()
                if place is not None and place.edition != edition and only in self._ends(name, place, edition)
            }
        return _heard(names, places, heard, edition), _heard(confirmed, places, heard, edition)

    @cached_property
    def _mapped_by_row(self) -> frozenset[str]:
        """The activities of which mappings speak row by row."""
        starts = (*self.crosswalk.steps, *self.crosswalk.denials)
        return frozenset(base_of(start) for start in starts if "#" in start)

    def _place(self, name: str) -> Place | None:
        """None where the name names no activity on file."""
        known = self._places  # another thread may begin anew
        if name in known:
            return known[name]
        if len(self._places) >= MOST_REMEMBERED:
            self._places = {}
        base = base_of(name)
        place = None
        if self.release.activity(base) is not None:
            place = Place(edition_of(base), base, name if base in self._mapped_by_row else base)
        self._places[name] = place
        return place

    def _ends(self, name: str, place: Place, edition: str) -> frozenset[str]:
        """The activities of the edition to which routes lead from the name or its activity."""
        key = (place.abroad, edition)
        found = self._led_to.get(key)
        if found is None:
            if len(self._led_to) >= MOST_REMEMBERED:
                self._led_to.clear()
            routes = (
                route
                for start in {place.abroad, place.base}
                for route in self.crosswalk.routes(start, edition).routes
            )
            found = self._led_to[key] = frozenset(base_of(route.end) for route in routes)
        return found


def _heard(
    names: Sequence[str], places: Mapping[str, Place | None], editions: Container[str], edition: str
) -> tuple[str, ...]:
    return tuple(
        [
            name if place.edition == edition else place.abroad
            for name in names
            if (place := places[name]) is not None and place.edition in editions
        ]
    )


def base_of(name: str) -> str:
    return name.partition("#")[0]


def edition_of(name: str) -> str:
    return name.partition(":")[0]
