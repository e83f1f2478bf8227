"""Composites: the sides and scenarios against a plain reading, and what an answer says of them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.batch import read_batch
from taxonomy_api.assessment.causes import REASONS
from taxonomy_api.assessment.columns import BASES, WEAKEST, assess_columns
from taxonomy_api.assessment.decision import VERDICTS
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.assessment.questionnaire import questions
from taxonomy_api.assessment.reason_texts import reason_texts
from taxonomy_api.catalog.criteria import Criterion
from taxonomy_api.catalog.model import ClassTest, Composite, Release
from taxonomy_api.catalog.terms import Status
from tests.assessment.brute_force import results
from tests.assessment.generated import CITED, DAYS, STATUS, VALUES, criteria, projects, release_of
from tests.assessment.random_projects import project_of
from tests.assessment.test_loaded_release import table_of

Json = dict[str, object]
ENDS = (None, None, date(2025, 12, 31))
PAIR = "pair:1"
slow = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Member:
    test: Criterion
    until: date | None = None
    status: Status = "verified"


@dataclass(frozen=True)
class Made:
    """A composite with its members by id, and what of them a project names and confirms."""

    members: Mapping[str, Member]
    composite: Composite
    entry: Status
    named: tuple[str, ...]
    confirmed: tuple[str, ...]


def release_with(made: Made) -> Release:
    """A release with the editions `eu` and `cn` and the composite `pair:1` over their activities."""
    first = next(iter(made.members.values()))
    base = release_of(first.test)
    taxonomy, activity = base.taxonomies["test"], base.taxonomies["test"].activities["1"]
    taxonomies = {}
    for edition in ("eu", "cn"):
        own = {
            name.partition(":")[2]: replace(
                activity,
                taxonomy=edition,
                code=name.partition(":")[2],
                status=member.status,
                classes={"green": ClassTest(member.test, member.until)},
            )
            for name, member in made.members.items()
            if name.startswith(f"{edition}:")
        }
        taxonomies[edition] = replace(taxonomy, id=edition, activities=own)
    pair = replace(activity, taxonomy="pair", classes={}, composite=made.composite, status=made.entry)
    taxonomies["pair"] = replace(taxonomy, id="pair", classes=("green",), activities={"1": pair})
    return replace(base, taxonomies=taxonomies)


@st.composite
def composites(draw: st.DrawFn) -> Made:
    members = {
        f"{edition}:{number}": Member(draw(criteria), draw(st.sampled_from(ENDS)), draw(STATUS))
        for edition in ("eu", "cn")
        for number in range(1, draw(st.integers(1, 2)) + 1)
    }
    scenario = draw(st.sampled_from([None, None, 1, 2, 3, 4, 5, 6]))
    composite = Composite(
        sides={side: tuple(one for one in members if one.startswith(side)) for side in ("eu", "cn")},
        complete=draw(st.booleans()),
        scenario=scenario,
        included=scenario is not None or draw(st.integers(0, 3)) > 0,
        source=CITED,
        status=draw(STATUS),
    )
    pick = st.lists(st.sampled_from(sorted(members)), max_size=3, unique=True).map(tuple)
    return Made(members, composite, draw(STATUS), draw(pick), draw(st.just(()) | pick))


def said(made: Made, member: str) -> bool:
    """Named as the only one of its edition, or confirmed."""
    beside = [one for one in made.named if one[:2] == member[:2]]
    return member in made.confirmed or beside == [member]


def expected(made: Made, facts: Mapping[str, object], day: date, *, loose: bool = False) -> str:
    """The verdict by the plain reading of DESIGN §4. `loose`: as if everything recalled were right."""

    def weak(status: Status) -> bool:
        return status in ("recalled", "own-comparison") and not loose

    def member(name: str) -> str:
        one = made.members[name]
        if weak(one.status):
            return "unknown"
        if one.until is not None and day > one.until:
            return "not_met"
        found = results(one.test, facts, day)
        return next(iter(found)) if found in ({"met"}, {"not_met"}) else "unknown"

    def side(name: str) -> str:
        ids = made.composite.sides[name]
        if any(member(one) == "met" and said(made, one) for one in ids):
            return "met"
        failed = made.composite.complete and all(member(one) == "not_met" for one in ids)
        return "not_met" if failed else "unknown"

    composite = made.composite
    if weak(composite.status) or weak(made.entry) or not (composite.included or loose):
        return "undetermined"
    if composite.scenario in (5, 6):
        return "excluded"
    eu, cn = side("eu"), side("cn")
    if composite.scenario == 2:
        outcome = eu
    elif composite.scenario == 3:
        outcome = cn
    elif composite.scenario == 4:
        both = "met" if eu == cn == "met" else "unknown"
        outcome = "not_met" if "not_met" in (eu, cn) else both
    else:
        outcome = eu if eu == cn else "unknown"
    return {"met": "aligned", "not_met": "not_aligned", "unknown": "undetermined"}[outcome]


def request(made: Made, project: Mapping[str, object], day: date) -> Json:
    full = {**project, "activities": [PAIR, *made.named]}
    return {
        "project": full,
        "as_of": day.isoformat(),
        "confirm": list(made.confirmed),
        "taxonomies": ["pair"],
    }


def answer(engine: Engine, asked: Mapping[str, object]) -> Json:
    verdicts = assess(engine, read_request(engine, asked))["verdicts"]
    assert isinstance(verdicts, list)
    found: Json = verdicts[0]
    return found


@slow
@given(composites(), projects(), st.sampled_from(DAYS))
def test_sides_and_scenarios_are_those_of_the_plain_reading(made: Made, project: Json, day: date) -> None:
    engine = Engine(release_with(made))
    told = answer(engine, request(made, project, day))
    facts = project["facts"]
    assert isinstance(facts, dict)
    assert told["verdict"] == expected(made, facts, day)
    for period in told["timeline"]:  # type: ignore[attr-defined]
        assert period["verdict"] == expected(made, facts, date.fromisoformat(period["from"]))
    if told["verdict"] != "undetermined":
        assert told["basis"] == "composite"
        assert told["missing"] == [] == told["candidates"]
    if told["provisional"] is not None:
        assert told["provisional"]["verdict"] != "undetermined"  # type: ignore[index]


@slow
@given(composites(), projects(), st.sampled_from(DAYS), st.data())
def test_a_determined_composite_stays_when_more_becomes_known(
    made: Made, project: Json, day: date, data: st.DataObject
) -> None:
    engine = Engine(release_with(made))
    before = answer(engine, request(made, project, day))["verdict"]
    if before == "undetermined":
        return
    filled = {name: data.draw(st.sampled_from(values)) for name, values in VALUES.items()}
    facts = project["facts"]
    assert isinstance(facts, dict)
    more = {**project, "facts": filled | facts}
    answers = {name: data.draw(st.booleans()) for name in ("test:1/q1", "test:1/q2")}
    more["attestations"] = {name: value for name, value in answers.items() if name in engine.attestations}
    assert answer(engine, request(made, more, day))["verdict"] == before


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(composites(), projects(), st.sampled_from(DAYS))
def test_what_is_missing_works_across_the_sides(made: Made, project: Json, day: date) -> None:
    """Each set settles the verdict with some values, without any naming; no single fact is overlooked."""
    engine = Engine(release_with(made))
    told = answer(engine, request(made, project, day))
    if told["verdict"] != "undetermined":
        return
    facts = project["facts"]
    assert isinstance(facts, dict)
    sets = [tuple(one) for one in told["missing"] if set(one) <= set(VALUES)]  # type: ignore[attr-defined]

    def settles(names: tuple[str, ...]) -> bool:
        # A choice that is given broadly can only become narrower.
        options = [VALUES[name] if name not in facts else ("b1", "b2") for name in names]
        return any(
            expected(made, facts | dict(zip(names, values, strict=True)), day) != "undetermined"
            for values in product(*options)
        )

    for names in sets[:6]:
        assert settles(names), names
    if not told["missing_truncated"]:
        for name in set(VALUES) - set(facts):
            assert settles((name,)) == ((name,) in sets), name


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(composites(), st.lists(projects(), min_size=2, max_size=5), st.sampled_from(DAYS))
def test_a_table_gives_what_each_project_gives_alone(made: Made, some: list[Json], day: date) -> None:
    engine = Engine(release_with(made))
    plain = [{**project, "facts": one_choice_each(project["facts"])} for project in some]
    everyone = [(project, names) for project in plain for names in ((), made.named)]
    batch = read_batch(
        engine,
        [[PAIR, *names] for _, names in everyone],
        table_of([{**project, "attestations": {}, "standards": []} for project, _ in everyone]),
        confirmed=[made.confirmed for _ in everyone],
    )
    columns = assess_columns(engine, batch.columns, "pair", day)
    for row, (project, names) in enumerate(everyone):
        one = Made(made.members, made.composite, made.entry, names, made.confirmed)
        compare(columns, row, answer(engine, request(one, project, day)))


def one_choice_each(facts: object) -> Json:
    """The facts as a cell can hold them."""
    assert isinstance(facts, dict)
    return {name: value[0] if isinstance(value, list) else value for name, value in facts.items()}


def compare(columns: object, row: int, single: Json) -> None:
    assert VERDICTS[columns.verdict[row]] == single["verdict"]  # type: ignore[attr-defined]
    assert BASES[columns.basis[row]] == single["basis"]  # type: ignore[attr-defined]
    assert WEAKEST[columns.weakest[row]] == single["weakest_status"]  # type: ignore[attr-defined]
    until = int(columns.valid_until[row])  # type: ignore[attr-defined]
    assert (date.fromordinal(until).isoformat() if until else None) == single["valid_until"]
    bits = {code for bit, code in enumerate(REASONS) if columns.reasons[row] >> bit & 1}  # type: ignore[attr-defined]
    told = {reason["code"] for reason in single["reasons"]}  # type: ignore[attr-defined]
    assert bits == {code for code in told if not code.startswith("component_")}


# the composites on file -----------------------------------------------------------------------------


def test_bulk_equals_single_over_every_composite_on_file(engine: Engine) -> None:
    chance, day = random.Random(3), date(2025, 11, 22)
    on_file = [activity for activity in engine.release.activities() if activity.composite is not None]
    assert len(on_file) >= 77
    made = [project_of(engine, activity, chance) for activity in on_file for _ in range(4)]
    names = [project["activities"] for project in made]
    batch = read_batch(engine, names, table_of(made))  # type: ignore[arg-type]
    assert batch.problems == ()
    columns = assess_columns(engine, batch.columns, "cgt-2022", day)
    texts = reason_texts(engine, columns, day, "zh-Hans", {})
    for row, project in enumerate(made):
        asked = {"project": project, "as_of": day.isoformat(), "taxonomies": ["cgt-2022"]}
        compare(columns, row, answer(engine, asked))
        assert texts[row]


def test_criteria_and_questions_are_those_of_both_sides(engine: Engine) -> None:
    named = ["cgt-2022:D1.5", "eu-climate-mitigation-2021:4.5", "cn-green-bond-2021:3.2.2.4"]
    told = answer(engine, {"project": {"activities": named}, "taxonomies": ["cgt-2022"]})
    owners = {line["id"].partition("/")[0] for line in told["criteria"]}  # type: ignore[attr-defined]
    assert owners == set(named[1:])
    asked = {one["id"] for one in questions(engine, named[0], (), "zh-Hant")}
    assert {"power_density", "cn-green-bond-2021:3.2.2.4/b1", *named[1:]} <= asked


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_every_reason_has_words(engine: Engine, language: str) -> None:
    for activity in engine.release.taxonomies["cgt-2022"].activities.values():
        for names in ([activity.id], [activity.id, *_sides(activity.composite)]):
            asked = {"project": {"activities": names}, "taxonomies": ["cgt-2022"], "language": language}
            assert all(reason["text"] for reason in answer(engine, asked)["reasons"])  # type: ignore[attr-defined]


def _sides(composite: Composite | None) -> list[str]:
    assert composite is not None
    return [ids[0] for ids in composite.sides.values() if ids]
