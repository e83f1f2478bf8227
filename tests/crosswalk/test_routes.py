"""Routes: what they may assert, held against models, and the filters that stand outside the algebra."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxonomy_api.catalog.model import MappingRow, Release
from taxonomy_api.catalog.terms import STATUSES, Citation, Status
from taxonomy_api.crosswalk.relations import Scope, Stringency
from taxonomy_api.crosswalk.routes import MAX_STEPS, NOTHING, Crosswalk, Route, crosswalk_of

DAY = date(2026, 11, 22)
LINES = count(1)


def row(
    subject: str,
    object: str,
    scope: Scope = "exact",
    stringency: Stringency | None = None,
    *,
    negative: bool = False,
    status: Status = "verified",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> MappingRow:
    assert scope != "unknown"
    return MappingRow(
        subject=subject,
        object=object,
        scope=scope,
        negative=negative,
        justification="semapv:ManualMappingCuration",
        stringency=stringency,
        scenario=None,
        valid_from=valid_from,
        valid_until=valid_until,
        source=Citation("doc", "table"),
        status=status,
        comment=None,
        mapping_set="m",
        line=next(LINES),
    )


def only(crosswalk: Crosswalk, start: str, edition: str) -> Route:
    (route,) = crosswalk.routes(start, edition).routes
    return route


# Models: activities as sets of projects, criteria as the sets of those that meet them

PROJECTS = frozenset(range(5))
EDITIONS = ("a", "b", "c", "d")


@dataclass(frozen=True)
class Activity:
    scope: frozenset[int]
    passing: frozenset[int]


def scope_between(one: Activity, other: Activity) -> Scope | None:
    if one.scope == other.scope:
        return "exact"
    if one.scope <= other.scope:
        return "narrower"
    if one.scope >= other.scope:
        return "broader"
    return "overlap" if one.scope & other.scope else None


def stringency_between(one: Activity, other: Activity) -> Stringency:
    if one.passing == other.passing:
        return "equal"
    if one.passing <= other.passing:
        return "stricter"
    return "looser" if one.passing >= other.passing else "incomparable"


projects = st.frozensets(st.sampled_from(sorted(PROJECTS)), min_size=1)
models = st.dictionaries(
    st.tuples(st.sampled_from(EDITIONS), st.integers(1, 3)).map(lambda pair: f"{pair[0]}:{pair[1]}"),
    st.builds(Activity, projects, projects),
    min_size=2,
)


def assert_true(route: Route, one: Activity, end: Activity) -> None:
    """What the route says of its two ends is so."""
    scopes = {
        "exact": one.scope == end.scope,
        "narrower": one.scope <= end.scope,
        "broader": one.scope >= end.scope,
        "overlap": bool(one.scope & end.scope),
    }
    stringencies = {
        "equal": one.passing == end.passing,
        "stricter": one.passing <= end.passing,
        "looser": one.passing >= end.passing,
    }
    assert scopes.get(route.scope, True), route
    assert stringencies.get(route.stringency, True), route
    if route.carries(DAY):
        assert one.scope & one.passing <= end.scope & end.passing


@given(models, st.data())
def test_whatever_a_route_asserts_holds_in_the_model(model: dict[str, Activity], data: st.DataObject) -> None:
    pairs = [
        (subject, object, scope)
        for subject, one in model.items()
        for object, other in model.items()
        if subject[0] < object[0] and (scope := scope_between(one, other)) is not None
    ]
    told = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    silent = data.draw(st.sets(st.sampled_from(told))) if told else set()
    crosswalk = crosswalk_of(
        row(pair[0], pair[1], pair[2], None if pair in silent else stringency_between(*ends(model, pair)))
        for pair in told
    )
    for start, one in model.items():
        for edition in EDITIONS:
            for route in crosswalk.routes(start, edition).routes:
                assert route.start == start
                assert len(route.steps) <= MAX_STEPS
                assert_true(route, one, model[route.end])


def ends(model: dict[str, Activity], pair: tuple[str, str, Scope]) -> tuple[Activity, Activity]:
    return model[pair[0]], model[pair[1]]


# Filters


def test_rows_are_read_both_ways() -> None:
    crosswalk = crosswalk_of([row("a:1", "b:1", "narrower", "stricter")])
    forth, back = only(crosswalk, "a:1", "b"), only(crosswalk, "b:1", "a")
    assert (forth.scope, forth.stringency, forth.carries(DAY)) == ("narrower", "stricter", True)
    assert (back.scope, back.stringency, back.carries(DAY)) == ("broader", "looser", False)


def test_no_edition_stands_twice_on_a_route() -> None:
    crosswalk = crosswalk_of([row("a:1", "b:1"), row("a:2", "b:1"), row("a:2", "c:1")])
    assert crosswalk.routes("a:1", "c").routes == ()
    assert [route.end for route in crosswalk.routes("a:2", "b").routes] == ["b:1"]


def test_rows_meet_in_one_activity_of_one_edition_only() -> None:
    crosswalk = crosswalk_of([row("a:1", "b-2021:1"), row("b-2026:1", "c:1"), row("b-2021:2", "c:2")])
    assert crosswalk.routes("a:1", "c").routes == ()


def test_at_most_three_steps() -> None:
    rows = [row("a:1", "b:1"), row("b:1", "c:1"), row("c:1", "d:1"), row("d:1", "e:1")]
    assert len(only(crosswalk_of(rows), "a:1", "d").steps) == 3
    assert crosswalk_of(rows).routes("a:1", "e").routes == ()


def test_windows_are_intersected_and_bound_what_is_carried() -> None:
    first = row("a:1", "b:1", "exact", "stricter", valid_until=date(2035, 12, 31))
    second = row("b:1", "c:1", "exact", "equal", valid_from=date(2026, 1, 1))
    route = only(crosswalk_of([first, second]), "a:1", "c")
    assert (route.valid_from, route.valid_until) == (date(2026, 1, 1), date(2035, 12, 31))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2035, 12, 31), date(2036, 1, 1)]
    assert [route.carries(day) for day in days] == [False, True, True, False]
    late = row("b:1", "c:1", "exact", "equal", valid_from=date(2036, 1, 1))
    assert crosswalk_of([first, late]).routes("a:1", "c").routes == ()


@pytest.mark.parametrize("status", STATUSES)
def test_the_weakest_status_counts_and_weak_ones_carry_nothing(status: Status) -> None:
    rows = [row("a:1", "b:1", "exact", "equal"), row("b:1", "c:1", "narrower", "stricter", status=status)]
    route = only(crosswalk_of(rows), "a:1", "c")
    assert route.status == status
    assert route.carries(DAY) == (status in ("verified", "single-source"))


@pytest.mark.parametrize("scope", ["broader", "overlap"])
def test_a_scope_that_does_not_lie_inside_carries_nothing(scope: Scope) -> None:
    assert not only(crosswalk_of([row("a:1", "b:1", scope, "equal")]), "a:1", "b").carries(DAY)


@pytest.mark.parametrize("stringency", ["looser", "incomparable", "unknown", None])
def test_criteria_that_do_not_entail_carry_nothing(stringency: Stringency | None) -> None:
    assert not only(crosswalk_of([row("a:1", "b:1", "exact", stringency)]), "a:1", "b").carries(DAY)


def test_several_routes_to_one_activity_are_kept_strongest_first() -> None:
    rows = [
        row("a:1", "c:1", "overlap", status="single-source"),
        row("a:1", "b:1", "exact", "equal"),
        row("b:1", "c:1", "narrower", "stricter"),
    ]
    routes = crosswalk_of(rows).routes("a:1", "c").routes
    assert [(route.status, len(route.steps)) for route in routes] == [("verified", 2), ("single-source", 1)]


def test_a_denied_pair_blocks_the_routes_that_would_derive_it() -> None:
    rows = [row("a:1", "b:1"), row("b:1", "c:1"), row("b:1", "c:2"), row("a:1", "c:1", negative=True)]
    for start, edition, end in (("a:1", "c", "c:2"), ("c:2", "a", "a:1")):
        assert only(crosswalk_of(rows), start, edition).end == end
    for start, edition in (("a:1", "c"), ("c:1", "a")):
        (negative,) = crosswalk_of(rows).routes(start, edition).negatives
        assert (negative.subject, negative.object) == ("a:1", "c:1")


def test_a_denied_edition_blocks_all_of_it_and_what_lies_behind() -> None:
    rows = [row("a:1", "b:1"), row("b:1", "c:1"), row("c:1", "d:1"), row("a:1", "c:*", negative=True)]
    crosswalk = crosswalk_of(rows)
    assert crosswalk.routes("a:1", "c").routes == crosswalk.routes("a:1", "d").routes == ()
    assert crosswalk.routes("c:1", "a").routes == ()
    assert [route.end for route in crosswalk.routes("b:1", "d").routes] == ["d:1"]
    assert [row.object for row in crosswalk.routes("a:1", "c").negatives] == ["c:*"]
    assert crosswalk.routes("c:1", "a").negatives == ()


def test_an_opinion_that_there_is_no_counterpart_does_not_undo_an_official_route() -> None:
    official = [row("a:1", "b:1"), row("b:1", "c:1")]
    opinion = row("a:1", "c:*", negative=True, status="own-comparison")
    assert len(crosswalk_of([*official, opinion]).routes("a:1", "c").routes) == 1
    weak = [row("a:1", "b:1"), row("b:1", "c:1", status="own-comparison")]
    assert crosswalk_of([*weak, opinion]).routes("a:1", "c").routes == ()


@given(models, st.data())
def test_what_was_computed_before_is_what_is_found_on_demand(
    model: dict[str, Activity], data: st.DataObject
) -> None:
    pairs = [(one, other) for one in model for other in model if one[0] < other[0]]
    told = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    denied = data.draw(st.sets(st.sampled_from(told))) if told else set()
    rows = [row(*pair, "overlap", negative=pair in denied) for pair in told]
    before, asked = crosswalk_of(rows), crosswalk_of(rows)
    before.precompute()
    starts = sorted(model)
    for start in data.draw(st.permutations(starts)):
        for edition in EDITIONS:
            assert asked.routes(start, edition) == before.routes(start, edition)
            for route in before.routes(start, edition).routes:
                assert route.end.startswith(edition) and route.start == start
        assert {edition for edition in EDITIONS if before.routes(start, edition) != NOTHING} == set(
            before.routes_from(start)
        )


def test_the_routes_of_the_record_are_those_that_a_plain_walk_finds(release: Release) -> None:
    """Every chain of at most three rows is tried, edition by edition."""
    rows = [one for one in release.mappings if not one.negative]
    denied = {(one.subject, one.object) for one in release.mappings if one.negative}
    reads = [(one.subject, one.object, one) for one in rows] + [
        (one.object, one.subject, one) for one in rows
    ]
    by_start: dict[str, list[tuple[str, MappingRow]]] = {}
    for start, end, one in reads:
        by_start.setdefault(start, []).append((end, one))
    crosswalk = crosswalk_of(release.mappings)
    found = 0
    for start in by_start:
        chains = [((start,), ())]
        plain: set[tuple[str, tuple[int, ...]]] = set()
        for _ in range(MAX_STEPS):
            chains = [
                ((*places, end), (*used, id(one)))
                for places, used in chains
                for end, one in by_start.get(places[-1], ())
                if end.partition(":")[0] not in {place.partition(":")[0] for place in places}
            ]
            plain |= {(places[-1], used) for places, used in chains if not _denied(places, denied)}
        walked = {
            (route.end, tuple(id(step.row) for step in route.steps))
            for routes in crosswalk.routes_from(start).values()
            for route in routes.routes
        }
        # A denial that is weaker than the route does not block it, so that there may be more.
        assert plain <= walked
        found += len(walked)
    assert found > 1000


def _denied(places: tuple[str, ...], denied: set[tuple[str, str]]) -> bool:
    pairs = [(one, other) for one in places for other in places if one != other]
    return any(
        (one, f"{other.partition(':')[0]}:*") in denied or (one, other) in denied for one, other in pairs
    )
