"""Which activities of an edition a project is in, and how that is known (DESIGN §5.2–5.4).

A project is in an activity if the caller names or confirms it, or if a route of mappings leads there from
one that it names or confirms: the route's scope is exact or narrower and every statement on it is at least
single-source. It is in an entry of a comparison (CGT) if it is in an activity of each of its sides and it
is on file that the comparison holds the pair. What a route only points to is a candidate to confirm.

Where the caller names or confirms an activity of the edition, that is the answer, and routes add none.
Several activities named or confirmed in one edition say nothing: the project does several things and is to
be split.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from msgspec import Struct

from taxonomy_api.assessment.bearing_names import MOST_REMEMBERED, BearingNames, base_of, edition_of
from taxonomy_api.assessment.carrying import CARRIES, infers_met, infers_not_met, places_in
from taxonomy_api.assessment.remarks import Remark, in_a_row, remark, route_text, row_text
from taxonomy_api.catalog.model import Activity, MappingRow, Release
from taxonomy_api.catalog.terms import LANGUAGES, STATUSES, Text
from taxonomy_api.crosswalk.routes import Crosswalk, Route

Known = Literal["named", "confirmed", "mapped", "composite"]
_MOST_NAMED = 3


class Source(Struct, frozen=True):
    """An activity of another edition that the project is told to be in, and the routes from it to a member.

    Only routes that compare the criteria stand here; those of a status too weak to carry serve a remark.
    """

    activity: Activity
    routes: tuple[Route, ...]


class Member(Struct, frozen=True):
    """An activity of the edition that the project is in.

    `names`: it as named, with a row where one is told. `routes`: the evidence for it, exact ones first; of an
    entry of a comparison that for its sides, `sides` being the activities there. `rank`: that of the
    weakest statement by which it is known. `naming`: knowing it is as good as having it named, so that its
    criteria alone may decide that the project is not aligned. `sources`: what may be inferred from.
    """

    activity: Activity
    names: tuple[str, ...]
    known: Known
    routes: tuple[Route, ...] = ()
    sides: tuple[str, ...] = ()
    rank: int = 0
    naming: bool = True
    sources: tuple[Source, ...] = ()


class Candidate(Struct, frozen=True):
    """An activity that may hold the project; `route` is the strongest that points to it."""

    activity: Activity
    route: Route


class Counterparts(Struct, frozen=True):
    """What is known of a project in an edition. Without `members` there is no verdict but `not_covered`.

    `candidates` are the activities to confirm, the likeliest first; `remarks` say why there is no member,
    decisive ones first; `added`: the activities that mappings add to those named and confirmed, as
    composites need them.
    """

    members: tuple[Member, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    remarks: tuple[Remark, ...] = ()
    added: tuple[str, ...] = ()
    not_covered: bool = False
    rank: int = 0


class _Told(Struct, frozen=True):
    """What the caller says, by edition: the activity named or confirmed, and the editions with several."""

    members: Mapping[str, Member]
    several: tuple[str, ...]

    def starts(self, edition: str) -> tuple[str, ...]:
        """Where routes to `edition` may start: what is told of other editions, and the rows told of it."""
        found: list[str] = []
        for other, member in self.members.items():
            if other != edition:
                rows = {name for name in member.names if "#" in name}
                found += (member.activity.id, *(rows if len(rows) == 1 else ()))
        return tuple(found)


def _told(release: Release, names: Sequence[str], confirmed: Sequence[str]) -> _Told:
    """The names are those of activities of the release."""
    by_edition: dict[str, dict[str, list[str]]] = {}
    for name in (*names, *confirmed):
        base = base_of(name)
        by_edition.setdefault(edition_of(base), {}).setdefault(base, []).append(name)
    named = {base_of(name) for name in names}
    members: dict[str, Member] = {}
    for edition, bases in by_edition.items():
        (base, here), *others = bases.items()
        activity = release.activity(base)
        if activity is not None and not others:
            members[edition] = Member(activity, tuple(here), "named" if base in named else "confirmed")
    return _Told(members, tuple(edition for edition, bases in by_edition.items() if len(bases) > 1))


class _Composites(Struct, frozen=True):
    """The entries of a taxonomy that are defined over the activities of others.

    `editions`: those of which its sides hold activities; `places`: in which of the entries each stands.
    """

    entries: Sequence[Activity]
    editions: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]

    def holding(self, sides: Mapping[str, Mapping[str, Member]]) -> Iterator[Activity]:
        """The entries on whose sides one of these members stands, in order."""
        places = {place for held in sides.values() for id in held for place in self.places.get(id, ())}
        for place in sorted(places):
            yield self.entries[place]


def _composites(release: Release, entries: Sequence[Activity]) -> _Composites:
    places: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        sides = entry.composite.sides.values() if entry.composite is not None else ()
        for id in dict.fromkeys(id for ids in sides for id in ids):
            places.setdefault(id, []).append(place)
    editions = {edition_of(id) for id in places} & set(release.taxonomies)
    return _Composites(entries, tuple(sorted(editions)), {id: tuple(found) for id, found in places.items()})


@dataclass
class Correspondence:
    """Finds counterparts in a release; everything found is remembered."""

    release: Release
    crosswalk: Crosswalk
    bearing: BearingNames = field(init=False)
    _composites: Mapping[str, _Composites] = field(init=False)
    _known: dict[tuple[tuple[str, ...], tuple[str, ...], str], Counterparts] = field(
        default_factory=dict, init=False
    )

    def __post_init__(self) -> None:
        self._composites = {
            id: _composites(self.release, entries)
            for id, taxonomy in self.release.taxonomies.items()
            if (entries := [one for one in taxonomy.activities.values() if one.composite is not None])
        }
        self.bearing = BearingNames(self.release, self.crosswalk, self._composites)

    def of(self, names: Sequence[str], confirmed: Sequence[str], edition: str) -> Counterparts:
        """The counterparts in `edition` of a project with these names (`taxonomy:code[#row]`; others, such
        as industry codes, are passed over)."""
        key = (*self.bearing.of(names, confirmed, edition), edition)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._find(_told(self.release, key[0], key[1]), edition)
        return found

    def _find(self, told: _Told, edition: str) -> Counterparts:
        if edition in told.several:
            return Counterparts(remarks=(remark("several_activities"),))
        own, starts = told.members.get(edition), told.starts(edition)
        sides = self._sides(told, edition)
        members = (own,) if own else (*self._mapped(starts, edition), *self._composite(edition, sides))
        whole = tuple(self._completed(starts, member, sides) for member in members)
        in_them = {member.activity.id for member in members}
        candidates_ = () if own else self._candidates(starts, edition, sides, in_them)
        added = [name for held in sides.values() for one in held.values() if one.routes for name in one.names]
        added += [name for member in members if member.known == "mapped" for name in member.names]
        found = Counterparts(whole, candidates_, (), tuple(dict.fromkeys(added)))
        return found if members else self._without(told, starts, edition, found)

    # what the project is in -----------------------------------------------------------------------

    def _mapped(self, starts: Sequence[str], edition: str) -> Iterator[Member]:
        """The activities in which routes place the project."""
        places: dict[str, list[Route]] = {}
        for start in starts:
            for route in self.crosswalk.routes(start, edition).routes:
                if places_in(route):
                    places.setdefault(base_of(route.end), []).append(route)
        for base, routes in places.items():
            activity = self.release.activity(base)
            routes.sort(key=lambda route: (route.scope != "exact", STATUSES.index(route.status)))
            if activity is not None:
                yield Member(
                    activity,
                    tuple(dict.fromkeys(route.end for route in routes)),
                    "mapped",
                    tuple(routes),
                    rank=STATUSES.index(routes[0].status),
                    naming=routes[0].scope == "exact",
                )

    def _sides(self, told: _Told, edition: str) -> dict[str, dict[str, Member]]:
        """For the editions on the sides of the taxonomy's composites what the project is in there."""
        composites = self._composites.get(edition)
        sides: dict[str, dict[str, Member]] = {}
        for side in composites.editions if composites is not None else ():
            own = told.members.get(side)
            mapped = () if own or side in told.several else self._mapped(told.starts(side), side)
            sides[side] = {member.activity.id: member for member in ((own,) if own else mapped)}
        return sides

    def _composite(self, edition: str, sides: Mapping[str, Mapping[str, Member]]) -> Iterator[Member]:
        """The entries of a comparison in both of whose sides the project is, where that places it there."""
        composites = self._composites.get(edition)
        for entry in composites.holding(sides) if composites is not None else ():
            composite = entry.composite
            held = _held(entry, sides)
            if composite is None or not held or not composite.included:
                continue
            rank = max(STATUSES.index(composite.status), *(one.rank for one in held))
            if rank <= CARRIES:
                names = tuple(one.activity.id for one in held)
                yield Member(entry, (entry.id,), "composite", sides=names, rank=rank)

    def _completed(
        self, starts: Sequence[str], member: Member, sides: Mapping[str, Mapping[str, Member]]
    ) -> Member:
        """The member with what may be inferred from, and of a composite with the routes to its sides."""
        activity, routes, rank = member.activity, member.routes, member.rank
        if activity.composite is not None:
            held = [
                one
                for ids in activity.composite.sides.values()
                for id in ids
                if (one := sides.get(edition_of(id), {}).get(id)) is not None and one.routes
            ]
            passed = {route.steps[:length] for route in routes for length in range(1, len(route.steps))}
            routes = (*routes, *(one.routes[0] for one in held if one.routes[0].steps not in passed))
            rank = max((rank, *(one.rank for one in held)))
        sources = tuple(self._sources(starts, member))
        return Member(
            activity, member.names, member.known, routes, member.sides, rank, member.naming, sources
        )

    def _sources(self, starts: Sequence[str], member: Member) -> Iterator[Source]:
        target = member.activity
        # What a route says of one row says nothing of a project in another, or in one that is not told.
        ends = {target.id, *(member.names if len(set(member.names)) == 1 else ())}
        found: dict[str, list[Route]] = {}
        for start in starts:
            for route in self.crosswalk.routes(start, target.taxonomy).routes:
                if route.end in ends and (infers_met(route) or infers_not_met(route)):
                    found.setdefault(base_of(start), []).append(route)
        for base, routes in found.items():
            activity = self.release.activity(base)
            # Criteria that are the same word for word can neither add anything nor disagree.
            if activity is not None and (activity.answered_as != target.answered_as or target.rows):
                yield Source(activity, tuple(routes))

    # what it may be in, and why it is in none -----------------------------------------------------

    def _candidates(
        self,
        starts: Sequence[str],
        edition: str,
        sides: Mapping[str, Mapping[str, Member]],
        in_them: Iterable[str],
    ) -> tuple[Candidate, ...]:
        known = set(in_them)
        best: dict[str, Route] = {}
        for start in starts:
            for route in self.crosswalk.routes(start, edition).routes:
                base = base_of(route.end)
                if base not in known and self.release.activity(base) is not None:
                    other = best.setdefault(base, route)
                    if _strength(route) < _strength(other):
                        best[base] = route
        found = [
            (not _held(activity, sides), _strength(route), Candidate(activity, route))
            for base, route in best.items()
            if (activity := self.release.activity(base)) is not None
        ]
        return tuple(one for _, _, one in sorted(found, key=lambda one: (one[0], one[1], one[2].activity.id)))

    def _without(self, told: _Told, starts: Sequence[str], edition: str, found: Counterparts) -> Counterparts:
        """Why there is no member: positive knowledge that there is none, or what is not known."""
        several = told.several
        remarks: list[Remark] = []
        if found.candidates:
            remarks.append(_to_confirm(found.candidates))
        for start in starts:
            denial = self._denial(start, edition)
            if denial is None:
                continue
            told_of = {"activity": start, "row": row_text(denial), "status": denial.status}
            if STATUSES.index(denial.status) > CARRIES:
                remarks.append(remark("negative_not_certain", **told_of))
            elif not found.candidates and not several:
                rank = STATUSES.index(denial.status)
                reason = (remark("negative_mapping", **told_of),)
                return Counterparts(remarks=reason, not_covered=True, rank=rank)
        if several:
            remarks.append(remark("several_sources", taxonomies=in_a_row(several)))
        if not remarks and told.members:
            remarks.append(remark("no_mapping_on_file"))
        return Counterparts((), found.candidates, tuple(remarks), found.added)

    def _denial(self, start: str, edition: str) -> MappingRow | None:
        """The strongest statement that `start` has no counterpart in the whole edition.

        That every single activity is denied says so too where the edition's list is complete; then it is
        the weakest of those statements.
        """
        denials = self.crosswalk.routes(start, edition).negatives
        if not denials:
            return None
        whole = [row for row in denials if row.object == f"{edition}:*"]
        if whole:
            return min(whole, key=_rank_of)
        taxonomy = self.release.taxonomies[edition]
        strongest: dict[str, MappingRow] = {}
        for row in sorted(denials, key=_rank_of):
            # A row that denies one pair is read both ways.
            strongest.setdefault(row.subject if row.object == start else row.object, row)
        every = [f"{edition}:{code}" for code in taxonomy.activities]
        if taxonomy.list_complete and every and all(one in strongest for one in every):
            return max((strongest[one] for one in every), key=_rank_of)
        return None


def said_of(member: Member) -> Iterator[Remark]:
    """How it is known that the project is in the activity, where the caller does not say so."""
    if member.known == "composite":
        yield remark("mapped", "mapped_by_sides", activity=member.activity.id, sides=in_a_row(member.sides))
    if member.known != "mapped":
        for route in member.routes:
            yield remark("mapped", activity=route.end, route=route_text(route))
    elif member.routes:
        best = member.routes[0]
        yield remark("mapped", activity=best.end, route=route_text(best))


def _to_confirm(candidates: Sequence[Candidate]) -> Remark:
    """Which activities may hold the project: the likeliest by name, and how many more."""
    first = [one.activity for one in candidates[:_MOST_NAMED]]
    names = Text(
        *(
            separator.join(f"{one.id} {one.name.in_language(language)}" for one in first)
            for language, separator in zip(LANGUAGES, ("; ", "；", "；"), strict=True)
        )
    )
    more = len(candidates) - len(first)
    if not more:
        return remark("candidates_to_confirm", candidates=names)
    return remark("candidates_to_confirm", "more_candidates_to_confirm", candidates=names, count=str(more))


def _held(entry: Activity, sides: Mapping[str, Mapping[str, Member]]) -> list[Member]:
    """The activities of a composite's sides that the project is in; none unless it is in one of each side."""
    composite = entry.composite
    if composite is None or not composite.sides:
        return []
    found: list[Member] = []
    for ids in composite.sides.values():
        here = [one for id in ids if (one := sides.get(edition_of(id), {}).get(id)) is not None]
        if not here:
            return []
        found += here
    return found


def _strength(route: Route) -> tuple[int, int, int]:
    """Strongest status, narrowest scope, shortest first."""
    scopes = ("exact", "narrower", "broader", "overlap", "unknown")
    return STATUSES.index(route.status), scopes.index(route.scope), len(route.steps)


def _rank_of(row: MappingRow) -> int:
    return STATUSES.index(row.status)
