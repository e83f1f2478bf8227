"""Verdicts across taxonomies against small worlds in which it is known who is in what and meets what."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product

import pytest

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.batch import read_batch
from taxonomy_api.assessment.bearing_names import BearingNames
from taxonomy_api.assessment.columns import assess_columns
from taxonomy_api.assessment.counterparts import Correspondence
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.catalog.model import MappingRow
from taxonomy_api.crosswalk.routes import crosswalk_of
from tests.assessment.generated import CITED
from tests.assessment.test_loaded_release import table_of, told_by, told_in
from tests.assessment.worlds import DAYS, EDITIONS, PEOPLE, World, world

Json = dict[str, object]
WORLDS = 250


def answer(engine: Engine, asked: Json, edition: str, day: date) -> Json:
    body = {**asked, "taxonomies": [edition], "as_of": day.isoformat()}
    verdicts = assess(engine, read_request(engine, body))["verdicts"]
    assert isinstance(verdicts, list)
    only: Json = verdicts[0]
    return only


def asked_of(made: World, who: str, chance: random.Random) -> Json | None:
    """A project with some of what it is in named, some confirmed, and everything it could tell."""
    inside = [name for name, one in made.activities.items() if who in one.scope]
    if not inside:
        return None
    named: dict[str, str] = {}
    for name in chance.sample(inside, chance.randint(1, min(2, len(inside)))):
        named.setdefault(name[0], name)
    confirm = [name for name in inside if chance.random() < 0.1]
    project = {
        "activities": list(named.values()),
        "facts": {"who": who},
        "attestations": made.answers(who),
        "standards": [],
    }
    return {"project": project, "confirm": confirm}


def partly(asked: Json, chance: random.Random) -> Json:
    """The same with less of it told."""
    project = asked["project"]
    assert isinstance(project, dict)
    kept = {
        key: {name: value for name, value in project[key].items() if chance.random() < 0.5}
        for key in ("facts", "attestations")
    }
    return {**asked, "project": {**project, **kept}}


def cases() -> Iterator[tuple[World, Engine, str, Json, Json]]:
    chance = random.Random(23)
    for _ in range(WORLDS):
        made = world(chance)
        engine = Engine(made.release())
        for who in PEOPLE:
            asked = asked_of(made, who, chance)
            if asked is not None:
                yield made, engine, who, asked, partly(asked, chance)


@pytest.fixture(scope="module")
def answered() -> list[tuple[World, str, int, str, Json, Json]]:
    """World, project, period, edition, and the answers to less and to all that could be told."""
    return [
        (made, who, period, edition, answer(engine, some, edition, day), answer(engine, full, edition, day))
        for made, engine, who, full, some in cases()
        for period, day in enumerate(DAYS)
        for edition in EDITIONS
    ]


def test_whatever_is_answered_is_so_in_the_world(
    answered: list[tuple[World, str, int, str, Json, Json]],
) -> None:
    seen: Counter[object] = Counter()
    for made, who, period, edition, *both in answered:
        for told in both:
            activity = told["activity"]
            seen[told["verdict"], told["basis"], told["scope_stated_by"]] += 1
            if told["verdict"] == "not_covered":
                assert not any(
                    who in one.scope for name, one in made.activities.items() if name[0] == edition
                )
            if not isinstance(activity, Mapping):
                assert told["verdict"] in ("undetermined", "not_covered")
                continue
            one = made.activities[activity["id"]]
            assert who in one.scope
            components = told["components"]
            assert isinstance(components, dict)
            if (outcome := components["substantial_contribution"]) != "unknown":
                assert outcome == ("met" if who in one.passing[period] else "not_met"), (made, who, told)
            if told["verdict"] == "aligned":
                assert who in one.passing[period]
                assert who not in one.shut_out
            elif told["verdict"] == "excluded":
                assert who in one.shut_out
            elif told["verdict"] == "not_aligned":
                assert who not in one.passing[period]
                assert told["scope_stated_by"] == "caller" or "exact" in scopes_to(told)
    for verdict in ("aligned", "not_aligned"):
        assert seen[verdict, "mapping", "mapping"] >= 20, seen
        assert seen[verdict, "mapping", "caller"] >= 5, seen
        assert seen[verdict, "criteria", "mapping"] >= 20, seen
    assert seen["not_covered", None, None] >= 20


def scopes_to(told: Json) -> set[object]:
    """The scopes of the routes that the reason `mapped` names, and of other members."""
    activities, route = told["activities"], told["route"]
    assert isinstance(activities, list)
    assert isinstance(route, list)
    return {step["scope"] for step in route} if len(activities) == 1 else {"exact"}


def test_nothing_true_is_ever_a_conflict_of_mappings(
    answered: list[tuple[World, str, int, str, Json, Json]],
) -> None:
    """Criteria and rows that carry are true of the world, so that only exclusions can be at odds."""
    for *_, some, full in answered:
        for told in (some, full):
            reasons = told["reasons"]
            assert isinstance(reasons, list)
            texts = [reason["text"] for reason in reasons if reason["code"] == "conflict"]
            assert all("excluded" in text for text in texts), texts


def test_a_determined_verdict_stays_when_more_becomes_known(
    answered: list[tuple[World, str, int, str, Json, Json]],
) -> None:
    mapped = 0
    for *_, some, full in answered:
        if some["verdict"] != "undetermined":
            mapped += some["scope_stated_by"] == "mapping"
            assert full["verdict"] == some["verdict"], (some, full)
    assert mapped >= 100


def test_a_table_gives_what_each_project_gives_alone() -> None:
    for number, (_, engine, _, full, some) in enumerate(cases()):
        if number % 4:
            continue
        projects = [each["project"] for each in (full, some)]
        batch = read_batch(
            engine,
            [project["activities"] for project in projects],  # type: ignore[index]
            table_of(projects),  # type: ignore[arg-type]
            confirmed=[each["confirm"] for each in (full, some)],  # type: ignore[misc]
        )
        for day in DAYS:
            for edition in EDITIONS:
                columns = assess_columns(engine, batch.columns, edition, day)
                for row, asked in enumerate((full, some)):
                    assert told_in(columns, row) == told_by(answer(engine, asked, edition, day))


def test_the_timeline_agrees_with_assessing_again_on_each_day(
    answered: list[tuple[World, str, int, str, Json, Json]],
) -> None:
    """Spans of stringency end as windows of criteria do."""
    turned = 0
    later = iter(answered)
    by_day: dict[tuple[int, str, str], Json] = {}
    for made, who, period, edition, some, _ in later:
        by_day[id(made), who, f"{edition}{period}"] = some
        if period != 1:
            continue
        first = by_day[id(made), who, f"{edition}0"]
        timeline = first["timeline"]
        assert isinstance(timeline, list)
        if not timeline:
            continue
        assert timeline[-1]["verdict"] == some["verdict"], (first, some)
        assert timeline[0]["verdict"] == first["verdict"]
        turned += len(timeline) > 1 and first["scope_stated_by"] == "mapping"
    assert turned >= 20


def test_what_is_missing_can_settle_the_verdict() -> None:
    """For every set that is told to be missing some answers make the verdict determined."""
    tried = 0
    for number, (_, engine, _, _, some) in enumerate(cases()):
        if number % 3:
            continue
        for edition in EDITIONS:
            told = answer(engine, some, edition, DAYS[0])
            assert told["verdict"] == "undetermined" or told["missing"] == []
            for one in told["missing"]:  # type: ignore[attr-defined]
                tried += told["scope_stated_by"] == "mapping"
                answers = (answer(engine, filled, edition, DAYS[0]) for filled in ways_to_fill(some, one))
                assert any(each["verdict"] != "undetermined" for each in answers), (one, some, told)
    assert tried >= 20


def ways_to_fill(asked: Json, names: list[str]) -> Iterator[Json]:
    project = asked["project"]
    assert isinstance(project, dict)
    choices = [PEOPLE if name == "who" else (True, False) for name in names]
    for values in product(*choices):
        told = dict(zip(names, values, strict=True))
        facts = {**project["facts"], **{name: value for name, value in told.items() if name == "who"}}
        answers = {name: value for name, value in told.items() if name != "who"}
        attestations = {**project["attestations"], **answers}
        yield {**asked, "project": {**project, "facts": facts, "attestations": attestations}}


class _AllBear(BearingNames):
    """Asks with every name as it is, also with those that can be left away."""

    def of(
        self, names: Sequence[str], confirmed: Sequence[str], edition: str
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return tuple(names), tuple(confirmed)


def _asking_with_all(engine: Engine) -> Correspondence:
    full = Correspondence(engine.release, engine.crosswalk)
    full.bearing = _AllBear(engine.release, engine.crosswalk, ())
    return full


def test_names_that_are_left_away_change_nothing() -> None:
    """Beside an activity of an edition, names of others count only where a route leads to it."""
    chance = random.Random(31)
    with_sources = left_away = 0
    for _ in range(WORLDS):
        made = world(chance)
        engine = Engine(made.release())
        full = _asking_with_all(engine)
        for _ in range(12):
            told = chance.sample(sorted(made.activities), min(chance.randint(1, 4), len(made.activities)))
            cut = chance.randint(0, len(told))
            for edition in EDITIONS:
                found = engine.correspondence.of(told[:cut], told[cut:], edition)
                assert found == full.of(told[:cut], told[cut:], edition), (told, cut, edition)
                with_sources += any(member.sources for member in found.members)
                heard = engine.correspondence.bearing.of(told[:cut], told[cut:], edition)
                left_away += sum(map(len, heard)) < len(told)
    assert with_sources > 500
    assert left_away > 500


def test_names_with_rows_are_left_away_where_no_mapping_speaks_of_rows(engine: Engine) -> None:
    """Over the release: an activity of another edition counts by its row only where rows are mapped."""
    chance = random.Random(8)
    activities = list(engine.release.activities())
    with_rows = [activity for activity in activities if activity.rows]
    full = _asking_with_all(engine)
    merged = 0
    for _ in range(600):
        told = [f"{one.id}#{chance.choice(one.rows).id}" for one in chance.sample(with_rows, 1)]
        told += [one.id for one in chance.sample(activities, chance.randint(0, 3))]
        chance.shuffle(told)
        cut = chance.randint(0, len(told))
        for edition in engine.release.taxonomies:
            found = engine.correspondence.of(told[:cut], told[cut:], edition)
            assert found == full.of(told[:cut], told[cut:], edition), (told, cut, edition)
            heard = engine.correspondence.bearing.of(told[:cut], told[cut:], edition)
            merged += not any("#" in name for names in heard for name in names)
    assert merged > 600


def test_rows_that_mappings_speak_of_are_heard(engine: Engine) -> None:
    activity = next(one for one in engine.release.activities() if one.rows)
    first, second, *_ = (f"{activity.id}#{row.id}" for row in activity.rows)
    other = next(one for one in engine.release.activities() if one.taxonomy != activity.taxonomy)
    row = MappingRow(
        subject=first, object=other.id, scope="exact", stringency=None, status="verified", line=1,
        negative=False, justification="semapv:ManualMappingCuration", scenario=None, valid_from=None,
        valid_until=None, source=CITED, comment=None, mapping_set="a--b",
    )  # fmt: skip
    known = Correspondence(engine.release, crosswalk_of([row]))
    assert known.bearing.of([first], (), other.taxonomy) == ((first,), ())
    assert known.bearing.of([second], (), other.taxonomy) == ((second,), ())
    assert [one.activity.id for one in known.of([first], (), other.taxonomy).members] == [other.id]
    assert known.of([second], (), other.taxonomy).members == ()
