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
from functools import cached_property
from typing import Literal

from taxonomy_api.assessment.remarks import Remark, remark, route_text, row_text
from taxonomy_api.catalog.model import Activity, MappingRow, Release
from taxonomy_api.catalog.terms import STATUSES
from taxonomy_api.crosswalk.relations import invert_stringency
from taxonomy_api.crosswalk.routes import WEAKEST_THAT_CARRIES, Crosswalk, Route

Known = Literal["named", "confirmed", "mapped", "composite"]
#: Ranks of status up to this one carry a verdict.
CARRIES = STATUSES.index(WEAKEST_THAT_CARRIES)
#: So many distinct questions are remembered per engine.
MOST_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Source:
    """An activity of another edition that the project is told to be in, and the routes from it to a member.

    Only routes that compare the criteria stand here; those of a status too weak to carry serve a remark.
    """

    activity: Activity
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Member:
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


@dataclass(frozen=True, slots=True)
class Candidate:
    """An activity that may hold the project; `route` is the strongest that points to it."""

    activity: Activity
    route: Route


@dataclass(frozen=True, slots=True)
class Counterparts:
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


@dataclass(frozen=True, slots=True)
class _Told:
    """What the caller says: per edition the activities named, and those confirmed."""

    named: Mapping[str, Mapping[str, tuple[str, ...]]]
    confirmed: Mapping[str, Mapping[str, tuple[str, ...]]]

    def several(self, edition: str) -> bool:
        """Whether more than one activity of the edition is named or confirmed."""
        return len({*self.named.get(edition, ()), *self.confirmed.get(edition, ())}) > 1

    def members(self, release: Release, edition: str) -> Iterator[Member]:
        """The activity of the edition that is named or confirmed; none where several are."""
        named, confirmed = self.named.get(edition, {}), self.confirmed.get(edition, {})
        if self.several(edition):
            return
        for base in {**named, **confirmed}:
            activity = release.activity(base)
            assert activity is not None
            names = (*named.get(base, ()), *confirmed.get(base, ()))
            yield Member(activity, names, "named" if base in named else "confirmed")


@dataclass
class Correspondence:
    """Finds counterparts in a release; everything found is remembered."""

    release: Release
    crosswalk: Crosswalk
    _known: dict[tuple[tuple[str, ...], tuple[str, ...], str], Counterparts] = field(
        default_factory=dict, init=False
    )
    _places: dict[str, tuple[str, str] | None] = field(default_factory=dict, init=False)
    _led_to: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict, init=False)

    @cached_property
    def composites(self) -> Mapping[str, tuple[Activity, ...]]:
        """The entries of each taxonomy that are defined over the activities of others."""
        return {
            id: tuple(one for one in taxonomy.activities.values() if one.composite is not None)
            for id, taxonomy in self.release.taxonomies.items()
        }

    def of(self, names: Sequence[str], confirmed: Sequence[str], edition: str) -> Counterparts:
        """The counterparts in `edition` of a project with these names (`taxonomy:code[#row]`; others, such
        as industry codes, are passed over)."""
        key = (*self._heard(names, confirmed, edition), edition)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._find(_Told(_by_edition(key[0]), _by_edition(key[1])), edition)
        return found

    def _heard(
        self, names: Sequence[str], confirmed: Sequence[str], edition: str
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names of activities that can matter in `edition`.

        Where one activity of it is named, those of another edition matter only if a route leads from one of
        them to that activity; an entry defined over others needs all. So a table in which every project names
        something in several editions asks few distinct questions.
        """
        places = {name: self._place(name) for name in (*names, *confirmed)}
        own = {place[1] for place in places.values() if place is not None and place[0] == edition}
        heard = {place[0] for place in places.values() if place is not None}
        if len(own) == 1 and not self.composites[edition]:
            heard = {edition} | {
                place[0]
                for name, place in places.items()
                if place is not None and not own.isdisjoint(self._ends(name, place[1], edition))
            }
        return (
            tuple([name for name in names if (place := places[name]) is not None and place[0] in heard]),
            tuple([name for name in confirmed if (place := places[name]) is not None and place[0] in heard]),
        )

    def _place(self, name: str) -> tuple[str, str] | None:
        """The edition and the activity that a name names; None where it names none on file."""
        known = self._places  # another thread may begin anew
        if name in known:
            return known[name]
        if len(self._places) >= MOST_REMEMBERED:
            self._places = {}
        base = _base(name)
        place = (_edition(base), base) if self.release.activity(base) is not None else None
        self._places[name] = place
        return place

    def _ends(self, name: str, base: str, edition: str) -> frozenset[str]:
        """The activities of the edition to which routes lead from the name or its activity."""
        key = (name, edition)
        found = self._led_to.get(key)
        if found is None:
            if len(self._led_to) >= MOST_REMEMBERED:
                self._led_to.clear()
            routes = (
                route for start in {name, base} for route in self.crosswalk.routes(start, edition).routes
            )
            found = self._led_to[key] = frozenset(_base(route.end) for route in routes)
        return found

    def _find(self, told: _Told, edition: str) -> Counterparts:
        if told.several(edition):
            return Counterparts(remarks=(remark("several_activities"),))
        own = tuple(told.members(self.release, edition))
        sides = self._sides(told, edition)
        members = own or (*self._mapped(told, edition), *self._composite(edition, sides))
        whole = tuple(self._completed(told, member, sides) for member in members)
        in_them = {member.activity.id for member in members}
        candidates_ = self._candidates(told, edition, sides, in_them) if not own else ()
        added = [name for held in sides.values() for one in held.values() if one.routes for name in one.names]
        added += [name for member in members if member.known == "mapped" for name in member.names]
        found = Counterparts(whole, candidates_, (), tuple(dict.fromkeys(added)))
        return found if members else self._without(told, edition, found)

    # what the project is in -----------------------------------------------------------------------

    def _mapped(self, told: _Told, edition: str) -> Iterator[Member]:
        """The activities in which routes place the project."""
        places: dict[str, list[Route]] = {}
        for start in self._starts(told, edition):
            for route in self.crosswalk.routes(start, edition).routes:
                if places_in(route):
                    places.setdefault(_base(route.end), []).append(route)
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
        editions = {
            _edition(one)
            for entry in self.composites[edition]
            if entry.composite is not None
            for ids in entry.composite.sides.values()
            for one in ids
        } & set(self.release.taxonomies)
        return {
            side: {
                member.activity.id: member
                for member in tuple(told.members(self.release, side))
                or (() if told.several(side) else self._mapped(told, side))
            }
            for side in sorted(editions)
        }

    def _composite(self, edition: str, sides: Mapping[str, Mapping[str, Member]]) -> Iterator[Member]:
        """The entries of a comparison in both of whose sides the project is, where that places it there."""
        for entry in self.composites[edition]:
            composite = entry.composite
            held = _held(entry, sides)
            if composite is None or not held or not composite.included:
                continue
            rank = max(STATUSES.index(composite.status), *(one.rank for one in held))
            if rank <= CARRIES:
                names = tuple(one.activity.id for one in held)
                yield Member(entry, (entry.id,), "composite", sides=names, rank=rank)

    def _completed(self, told: _Told, member: Member, sides: Mapping[str, Mapping[str, Member]]) -> Member:
        """The member with what may be inferred from, and of a composite with the routes to its sides."""
        activity, routes, rank = member.activity, member.routes, member.rank
        if activity.composite is not None:
            held = [
                one
                for ids in activity.composite.sides.values()
                for id in ids
                if (one := sides.get(_edition(id), {}).get(id)) is not None and one.routes
            ]
            passed = {route.steps[:length] for route in routes for length in range(1, len(route.steps))}
            routes = (*routes, *(one.routes[0] for one in held if one.routes[0].steps not in passed))
            rank = max((rank, *(one.rank for one in held)))
        sources = tuple(self._sources(told, member))
        return Member(
            activity, member.names, member.known, routes, member.sides, rank, member.naming, sources
        )

    def _sources(self, told: _Told, member: Member) -> Iterator[Source]:
        target = member.activity
        # What a route says of one row says nothing of a project in another, or in one that is not told.
        ends = {target.id, *(member.names if len(set(member.names)) == 1 else ())}
        found: dict[str, list[Route]] = {}
        for start in self._starts(told, target.taxonomy):
            for route in self.crosswalk.routes(start, target.taxonomy).routes:
                if route.end in ends and (infers_met(route) or infers_not_met(route)):
                    found.setdefault(_base(start), []).append(route)
        for base, routes in found.items():
            activity = self.release.activity(base)
            # Criteria that are the same word for word can neither add anything nor disagree.
            if activity is not None and (activity.answered_as != target.answered_as or target.rows):
                yield Source(activity, tuple(routes))

    def _starts(self, told: _Told, edition: str) -> Iterator[str]:
        """Where routes to `edition` may start: what is told of other editions, and the rows told of it."""
        for other in dict.fromkeys((*told.named, *told.confirmed)):
            if other == edition:
                continue
            for member in told.members(self.release, other):
                rows = {name for name in member.names if "#" in name}
                yield member.activity.id
                if len(rows) == 1:
                    yield rows.pop()

    # what it may be in, and why it is in none -----------------------------------------------------

    def _candidates(
        self,
        told: _Told,
        edition: str,
        sides: Mapping[str, Mapping[str, Member]],
        in_them: Iterable[str],
    ) -> tuple[Candidate, ...]:
        known = set(in_them)
        best: dict[str, Route] = {}
        for start in self._starts(told, edition):
            for route in self.crosswalk.routes(start, edition).routes:
                base = _base(route.end)
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

    def _without(self, told: _Told, edition: str, found: Counterparts) -> Counterparts:
        """Why there is no member: positive knowledge that there is none, or what is not known."""
        several = [other for other in {**told.named, **told.confirmed} if told.several(other)]
        remarks: list[Remark] = []
        if found.candidates:
            remarks.append(remark("candidates_to_confirm", count=str(len(found.candidates))))
        for start in self._starts(told, edition):
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
            remarks.append(remark("several_sources", taxonomies=", ".join(several)))
        if not remarks and (told.named or told.confirmed):
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


def said_of(member: Member) -> Iterator[Remark]:
    """How it is known that the project is in the activity, where the caller does not say so."""
    if member.known == "composite":
        yield remark("mapped", "mapped_by_sides", activity=member.activity.id, sides=", ".join(member.sides))
    if member.known != "mapped":
        for route in member.routes:
            yield remark("mapped", activity=route.end, route=route_text(route))
    elif member.routes:
        best = member.routes[0]
        yield remark("mapped", activity=best.end, route=route_text(best))


def _held(entry: Activity, sides: Mapping[str, Mapping[str, Member]]) -> list[Member]:
    """The activities of a composite's sides that the project is in; none unless it is in one of each side."""
    composite = entry.composite
    if composite is None or not composite.sides:
        return []
    found: list[Member] = []
    for ids in composite.sides.values():
        here = [one for id in ids if (one := sides.get(_edition(id), {}).get(id)) is not None]
        if not here:
            return []
        found += here
    return found


def _by_edition(names: Iterable[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for name in names:
        base = _base(name)
        here = found.setdefault(_edition(base), {})
        here[base] = (*here.get(base, ()), name)
    return found


def _strength(route: Route) -> tuple[int, int, int]:
    """Strongest status, narrowest scope, shortest first."""
    scopes = ("exact", "narrower", "broader", "overlap", "unknown")
    return STATUSES.index(route.status), scopes.index(route.scope), len(route.steps)


def _rank_of(row: MappingRow) -> int:
    return STATUSES.index(row.status)


def _base(name: str) -> str:
    return name.partition("#")[0]


def _edition(name: str) -> str:
    return name.partition(":")[0]
