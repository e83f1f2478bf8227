"""What is stated of two activities, held against what their criteria show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from taxonomy_api.catalog.model import Release
from taxonomy_api.crosswalk.compared import Comparisons, agrees, contradictions, decided
from taxonomy_api.crosswalk.implication import Answered, Computed, Span
from taxonomy_api.crosswalk.matrix import matrix
from taxonomy_api.crosswalk.relations import STRINGENCIES, Stringency
from taxonomy_api.crosswalk.routes import Route, crosswalk_of
from tests.crosswalk.test_routes import row

TURN = date(2036, 1, 1)
BEFORE = TURN - timedelta(days=1)
ANSWERS: tuple[Answered, ...] = ("entails", "denied", "unknown")


def stated(stringency: Stringency, valid_from: date | None = None, valid_until: date | None = None) -> Route:
    told = row("a:1", "b:1", "exact", stringency, valid_from=valid_from, valid_until=valid_until)
    return crosswalk_of([told]).routes("a:1", "b").routes[0]


def computed(*answers: tuple[Answered, Answered]) -> Computed:
    """One answer for all days, or one before the turn and one from it."""
    ends: list[tuple[date | None, date | None]] = [(None, None)]
    if len(answers) > 1:
        ends = [(None, BEFORE), (TURN, None)]
    spans = tuple(Span(*end, "unknown", *answer, ()) for end, answer in zip(ends, answers, strict=True))
    return Computed("a:1", "b:1", "unknown", spans, None)


@pytest.mark.parametrize("forward", ANSWERS)
@pytest.mark.parametrize("backward", ANSWERS)
def test_what_refutes_and_what_shows_a_statement(forward: Answered, backward: Answered) -> None:
    found = computed((forward, backward))
    refuted: dict[Stringency, bool] = {
        "equal": "denied" in (forward, backward),
        "stricter": forward == "denied",
        "looser": backward == "denied",
        "incomparable": "entails" in (forward, backward),
        "unknown": False,
    }
    shown: dict[Stringency, bool] = {
        "equal": forward == backward == "entails",
        "stricter": forward == "entails",
        "looser": backward == "entails",
        "incomparable": False,
        "unknown": False,
    }
    for one in STRINGENCIES:
        assert bool(contradictions(stated(one), found)) == refuted[one]
        assert agrees(stated(one), found) == (False if refuted[one] else True if shown[one] else None)


def test_only_the_days_that_are_stated_count() -> None:
    """Stricter until 2035, looser from 2036: a statement for either time is right, for both it is not."""
    found = computed(("entails", "denied"), ("denied", "entails"))
    assert agrees(stated("stricter", valid_until=BEFORE), found) is True
    assert agrees(stated("looser", valid_from=TURN), found) is True
    assert [span.start for span in contradictions(stated("stricter"), found)] == [TURN]
    assert agrees(stated("stricter", valid_until=TURN), found) is False
    assert agrees(stated("looser", valid_from=BEFORE), found) is False


def test_incomparable_is_refuted_only_where_every_day_has_an_answer() -> None:
    assert (
        contradictions(stated("incomparable"), computed(("entails", "denied"), ("unknown", "denied"))) == ()
    )
    assert contradictions(stated("incomparable"), computed(("entails", "denied"), ("denied", "entails")))
    alike = computed(("denied", "denied"))
    span = replace(alike.spans[0], stringency="incomparable")
    assert agrees(stated("incomparable"), replace(alike, spans=(span,))) is True


def test_no_statement_of_the_record_speaks_against_the_criteria(release: Release) -> None:
    """Each row that states a stringency; those that the criteria show, too, are most of them."""
    comparisons, crosswalk = Comparisons(release), crosswalk_of(release.mappings)
    told = [one for one in release.mappings if not one.negative and one.stringency]
    shown = 0
    for one in told:
        for route in crosswalk.routes(one.subject, one.object.partition(":")[0]).routes:
            if route.end == one.object and len(route.steps) == 1:
                found = comparisons.of(route.start, route.end)
                assert not contradictions(route, found), one
                assert comparisons.of(route.start, route.end) is found
                shown += decided(found) and agrees(route, found) is True
    assert len(told) / 2 < shown


def test_the_table_holds_every_activity_once_and_every_route(release: Release) -> None:
    crosswalk = crosswalk_of(release.mappings)
    for source in release.taxonomies.values():
        for target in release.taxonomies:
            if target == source.id:
                continue
            rows = matrix(crosswalk, source, target)
            assert [one.activity.id for one in rows] == [one.id for one in source.activities.values()]
            for one in rows:
                found = crosswalk.routes(one.activity.id, target)
                assert sum(counterpart.routes for counterpart in one.counterparts) == len(found.routes)
                ends = [counterpart.route.end for counterpart in one.counterparts]
                assert len(ends) == len(set(ends))
                assert (one.state == "nothing_on_file") == (not found.routes and not found.negatives)
