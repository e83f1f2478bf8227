"""The evaluator against a brute-force reading of the design, and what must hold of any criteria."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import product

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.decision import decide
from taxonomy_api.assessment.domains import constant
from taxonomy_api.assessment.encoding import encode_project
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.evaluation import (
    ON_FILE,
    VERIFIED_ONLY,
    WITH_RECALLED,
    Inputs,
    Pass,
    day_codes,
)
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.assessment.project import Project
from taxonomy_api.catalog.criteria import Criterion
from tests.assessment.brute_force import results
from tests.assessment.generated import CHOICES, DAYS, STANDARD_ANSWERS, VALUES, criteria, projects, release_of

slow = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "test:1/q1": st.booleans(),
        "test:1/q2": st.booleans(),
        "test:1/only_standards_mentioned_apply": st.just(True),
    },
)
STANDARDS = st.none() | st.sampled_from(STANDARD_ANSWERS)


def body(
    engine: Engine,
    project: Mapping[str, object],
    answers: Mapping[str, bool],
    standard: Mapping[str, object] | None,
    day: date,
) -> dict[str, object]:
    full: dict[str, object] = dict(project)
    full["attestations"] = {name: said for name, said in answers.items() if name in engine.attestations}
    if standard is not None:
        full["standards"] = [{"id": "GB 1", **standard}]
    return {"project": full, "as_of": day.isoformat()}


def plain(request_body: Mapping[str, object]) -> dict[str, object]:
    """A project as the brute-force reading takes it."""
    project = request_body["project"]
    assert isinstance(project, dict)
    flat = {**project["facts"], **project["attestations"]}
    for standard in project.get("standards", []):
        flat[standard["id"]] = standard
    return flat


@slow
@given(criteria, projects(), ANSWERS, STANDARDS, st.sampled_from(DAYS))
def test_possible_results_are_those_of_brute_force(
    criterion: Criterion,
    project: dict[str, object],
    answers: dict[str, bool],
    standard: dict[str, object] | None,
    day: date,
) -> None:
    engine = Engine(release_of(criterion))
    asked = body(engine, project, answers, standard, day)
    request = read_request(engine, asked)
    program = engine.program(engine.activities["test:1"])
    inputs = Inputs(
        program,
        1,
        encode_project(engine, program, request.project, day),
        day_codes(program, np.array([day.toordinal()])),
    )
    masks = Pass(inputs).evaluate(program.parts["green"])
    found = {
        name
        for name, mask in (("met", masks.met), ("not_met", masks.not_met), ("left_out", masks.left_out))
        if mask
    }
    assert found == results(criterion, plain(asked), day)


@slow
@given(criteria, projects(), ANSWERS, STANDARDS, st.sampled_from(DAYS), st.data())
def test_a_determined_verdict_never_changes_when_an_unknown_is_filled_in(
    criterion: Criterion,
    project: dict[str, object],
    answers: dict[str, bool],
    standard: dict[str, object] | None,
    day: date,
    data: st.DataObject,
) -> None:
    engine = Engine(release_of(criterion))
    asked = body(engine, project, answers, standard, day)
    before = verdict_of(engine, asked)
    if before == "undetermined":
        return
    facts = project["facts"]
    assert isinstance(facts, dict)
    filled = {name: data.draw(st.sampled_from(values)) for name, values in VALUES.items()} | facts
    more = {"test:1/q1": data.draw(st.booleans()), "test:1/q2": data.draw(st.booleans()), **answers}
    # "No other standard covers it" is an answer already; to mention one later would take it back.
    answered = standard is not None or "test:1/only_standards_mentioned_apply" in answers
    said = standard if answered else {"grade": 1, "complies": True}
    after = body(engine, {**project, "facts": filled}, more, said, day)
    assert verdict_of(engine, after) == before


def verdict_of(engine: Engine, asked: Mapping[str, object]) -> str:
    verdicts = assess(engine, read_request(engine, asked))["verdicts"]
    assert isinstance(verdicts, list)
    return str(verdicts[0]["verdict"])


ALL_ANSWERS: Mapping[str, tuple[object, ...]] = {
    **VALUES,
    "test:1/q1": (True, False),
    "test:1/q2": (True, False),
    "test:1/only_standards_mentioned_apply": (True,),
    "GB 1": STANDARD_ANSWERS,
}


def completed(
    asked: Mapping[str, object], names: tuple[str, ...], values: tuple[object, ...]
) -> dict[str, object]:
    """The request with these missing things answered."""
    project = dict(asked["project"])  # type: ignore[call-overload]
    for name, value in zip(names, values, strict=True):
        if name == "GB 1":
            project["standards"] = [{"id": name, **value}]  # type: ignore[dict-item]
        else:
            key = "facts" if name in VALUES else "attestations"
            project[key] = {**project[key], name: value}
    return {**asked, "project": project}


def possible_values(asked: Mapping[str, object], name: str) -> tuple[object, ...]:
    """What a missing thing may turn out to be; a choice given broadly only narrows."""
    given = plain(asked).get(name)
    if given is None:
        return ALL_ANSWERS[name]
    return tuple(choice.id for choice in CHOICES.values() if choice.parent == given)


def settles(engine: Engine, asked: Mapping[str, object], names: tuple[str, ...]) -> bool:
    """Whether some values of these things make the verdict determined."""
    return any(
        verdict_of(engine, completed(asked, names, values)) != "undetermined"
        for values in product(*(possible_values(asked, name) for name in names))
    )


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(criteria, projects(), st.sampled_from(DAYS))
def test_each_missing_set_settles_the_verdict_and_no_smaller_one_does(
    criterion: Criterion, project: dict[str, object], day: date
) -> None:
    engine = Engine(release_of(criterion))
    asked = body(engine, project, {}, None, day)
    answer = assess(engine, read_request(engine, asked))["verdicts"][0]  # type: ignore[index]
    if answer["verdict"] != "undetermined":
        assert answer["missing"] == []
        return
    sets = [tuple(one) for one in answer["missing"]]
    assert not answer["missing_truncated"]
    for names in sets[:6]:
        assert settles(engine, asked, names), names
        if len(names) <= 3:
            for left_away in range(len(names)):
                fewer = names[:left_away] + names[left_away + 1 :]
                assert not settles(engine, asked, fewer), (names, fewer)
    # Nothing that settles alone is overlooked.
    known = set(plain(asked))
    for name in set(ALL_ANSWERS) - known:
        if name in ALL_ANSWERS and (
            name in engine.release.facts or name in engine.attestations or name == "GB 1"
        ):
            assert settles(engine, asked, (name,)) == ((name,) in sets), (name, criterion)


def test_a_batch_is_its_rows_one_by_one() -> None:
    """Masks of many projects are the masks of each, on sizes around the switch to arrays."""
    engine = Engine(release_of(_example()))
    program = engine.program(engine.activities["test:1"])
    day = DAYS[2]
    for size in (1, 7, 64, 200, 1000, 1001):
        bodies = [
            {"activities": ["test:1"], "facts": {"power": VALUES["power"][n % 5], "flag": n % 3 == 0}}
            for n in range(size)
        ]
        singles = [verdict_of(engine, {"project": one, "as_of": day.isoformat()}) for one in bodies]
        columns = {}
        for subject in program.subjects:
            parts = [
                encode_project(engine, program, _project(engine, one), day).get(subject) for one in bodies
            ]
            if all(part is not None for part in parts):
                codes = np.concatenate([part.codes for part in parts if part is not None])
                columns[subject] = type(parts[0])(codes)  # type: ignore[call-arg,misc]
        days = day_codes(program, np.full(size, day.toordinal()))
        decision = decide(Inputs(program, size, columns, days))
        assert [decision.verdict(row) for row in range(size)] == singles


def _project(engine: Engine, raw: dict[str, object]) -> Project:
    return read_request(engine, {"project": raw}).project


def _example() -> Criterion:
    from decimal import Decimal

    from taxonomy_api.catalog.criteria import FactLeaf, Group, LimitStep, LimitTest, YesNoTest
    from taxonomy_api.catalog.terms import Quantity
    from tests.assessment.generated import CITED

    limit = LimitTest("at_most", (LimitStep(None, (Quantity(Decimal(7), "W/m2"),)),))
    return Group(
        id="g",
        kind="all",
        parts=(
            FactLeaf(id="a", source=CITED, status="verified", fact="power", test=limit),
            FactLeaf(id="b", source=CITED, status="verified", fact="flag", test=YesNoTest(True)),
        ),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(criteria, projects(), st.sampled_from(DAYS))
def test_a_further_pass_is_as_one_from_scratch(
    criterion: Criterion, project: dict[str, object], day: date
) -> None:
    """What a pass takes over from the first one over the same answers is what it would find itself."""
    engine = Engine(release_of(criterion))
    program = engine.program(engine.activities["test:1"])
    columns = encode_project(engine, program, _project(engine, project | {"activities": ["test:1"]}), day)
    today = day_codes(program, np.array([day.toordinal()]))
    shared = Inputs(program, 1, columns, today)
    decide(shared)
    for period in range(len(program.days) + 1):
        moved = shared.in_period(period)
        alone = Inputs(program, 1, columns, constant(period, 1))
        for floor in (VERIFIED_ONLY, ON_FILE, WITH_RECALLED):
            for confirmed in (False, True):
                one, other = Pass(moved, floor, confirmed), Pass(alone, floor, confirmed)
                alone.first_pass = None
                for part in program.parts.values():
                    assert one.evaluate(part) == other.evaluate(part)
                assert one.results == other.results
