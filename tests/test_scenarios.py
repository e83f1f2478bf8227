"""Worked cases: verdicts written from the clauses of the taxonomies (tests/scenarios/README.md)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.assessment.proceeds import LINES, assess_proceeds
from taxonomy_api.assessment.proceeds_intake import read_proceeds
from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    ChoiceTest,
    Criterion,
    DateTest,
    FactLeaf,
    LevelTest,
    LimitTest,
    Listing,
    MeetsLeaf,
    NotOnFile,
    StandardLeaf,
    YesNoTest,
    walk,
)
from taxonomy_api.catalog.load import load_release
from taxonomy_api.errors import InvalidInput
from tests.worked_cases import AMONG, EXACT, Case, Json, cases

ROOT = Path(__file__).resolve().parent.parent

ALL = list(cases())


@pytest.fixture(scope="module")
def engine() -> Engine:
    loaded = load_release(ROOT)
    assert loaded.release is not None, [str(finding) for finding in loaded.findings][:10]
    return Engine(loaded.release)


@pytest.mark.parametrize("case", ALL, ids=[case.id for case in ALL])
def test_scenario(engine: Engine, case: Case) -> None:
    if "refused" in case.expect:
        with pytest.raises(InvalidInput) as refusal:
            (read_proceeds if case.of_proceeds else read_request)(engine, case.body)
        assert {problem.code for problem in refusal.value.problems} == {case.expect["refused"]}
        return
    if case.of_proceeds:
        proceeds: Json = assess_proceeds(engine, read_proceeds(engine, case.body))
        wrong = list(differences_of_proceeds(proceeds, case.taxonomy, case.expect))
        assert not wrong, "\n".join([*wrong, "", f"clause: {case.clause}", *described_proceeds(proceeds)])
        return
    answer: Json = assess(engine, read_request(engine, case.body))
    verdict = next(one for one in answer["verdicts"] if case.taxonomy in (None, one["taxonomy"]))
    wrong = list(differences(verdict, case.expect))
    assert not wrong, "\n".join([*wrong, "", f"clause: {case.clause}", *described(verdict)])


def differences(verdict: Json, expect: Json) -> Iterator[str]:
    answered = {
        **{key: verdict[key] for key in EXACT},
        "activity": verdict["activity"] and verdict["activity"]["id"],
        "provisional": verdict["provisional"] and verdict["provisional"]["verdict"],
        "route": passed(verdict["route"]),
        "nothing_missing": not verdict["missing"],
        "no_candidates": not verdict["candidates"],
    }
    yield from unequal(answered, expect)
    yield from unequal(verdict["components"], expect.get("components", {}))
    yield from lacking({key: {line[name] for line in verdict[key]} for key, name in AMONG.items()}, expect)
    listed = [frozenset(one) for one in verdict["missing"]]
    for one in expect.get("missing", []):
        if frozenset(one) not in listed:
            yield f"missing: {one} not among {verdict['missing']}"


def unequal(answered: Json, expect: Json) -> Iterator[str]:
    for key in [key for key in expect if key in answered]:
        if answered[key] != expect[key]:
            yield f"{key}: expected {expect[key]}, answered {answered[key]}"


def lacking(answered: Mapping[str, set[str]], expect: Json) -> Iterator[str]:
    for key, found in answered.items():
        if not_there := set(expect.get(key, ())) - found:
            yield f"{key}: {sorted(not_there)} not among {sorted(found)}"


def passed(route: list[Json]) -> list[str]:
    """The activities that a route passes, from the one named to the one judged."""
    return [step["from"] for step in route[:1]] + [step["to"] for step in route]


def differences_of_proceeds(answer: Json, taxonomy: str | None, expect: Json) -> Iterator[str]:
    under = next(one for one in answer["taxonomies"] if taxonomy in (None, one["taxonomy"]))
    rules = {
        rule["id"].partition("/")[2]: rule
        for rule in answer["rules"]
        if rule["taxonomy"] == under["taxonomy"]
    }
    verdicts = [
        next(one["verdict"] for one in allocation["verdicts"] if one["taxonomy"] == under["taxonomy"])
        for allocation in answer["allocations"]
    ]
    answered = {
        "shares": in_percent(under["shares"]),
        "verdicts": verdicts,
        "rules": {name: rule["outcome"] for name, rule in rules.items()},
        "binds": {name: rule["binds"] for name, rule in rules.items()},
        "covered": under["instrument_covered"],
        "edition_applies": under["edition_applies"],
        "aligned_by": in_percent(under.get("aligned_by")),
        "refinancing": in_percent(answer["instrument"]["refinancing"]),
        "counted_twice": [one["allocations"] for one in answer["double_counting"]["within_request"]],
    }
    yield from unequal(answered, expect)
    told = {"reasons": under["reasons"], "assumptions": answer["assumptions"]}
    yield from lacking({key: {line["code"] for line in lines} for key, lines in told.items()}, expect)


def in_percent(shares: Mapping[str, float] | None) -> dict[str, str] | None:
    """Shares as people write them, those of nothing left out; None where there are none."""
    if shares is None:
        return None
    written = {name: f"{share * 100:.4f}".rstrip("0").rstrip(".") for name, share in shares.items() if share}
    return {name: f"{number} %" for name, number in written.items()}


def described_proceeds(answer: Json) -> Iterator[str]:
    for number, allocation in enumerate(answer["allocations"]):
        for verdict in allocation["verdicts"]:
            codes = [reason["code"] for reason in verdict["reasons"]]
            yield f"  {number} {verdict['taxonomy']}: {verdict['verdict']} {codes}"
    for rule in answer["rules"]:
        yield f"  rule {rule['id']} ({rule['taxonomy']}): {rule['outcome']}, {rule['reasons']}"


def described(verdict: Json) -> Iterator[str]:
    """What the engine answered, for the reader of a failure."""
    yield f"answered: {verdict['verdict']}, components {json.dumps(verdict['components'])}"
    for line in verdict["criteria"]:
        yield f"  {line['outcome']:8} {line['id']}: given {line['given']}, required {line['required']}"
    for reason in verdict["reasons"]:
        yield f"  reason {reason['code']}: {reason['text']}"
    yield f"  missing {verdict['missing']}"


def test_every_scenario_cites_its_clause() -> None:
    short = sorted({case.scenario for case in ALL if len(case.clause) < 40})
    assert short == []


def test_names_of_scenarios_are_unique() -> None:
    assert [name for name, count in Counter(case.id for case in ALL).items() if count > 1] == []


def test_the_scenarios_are_many() -> None:
    assert len({case.scenario for case in ALL}) >= 600
    assert len(ALL) >= 3000
    assert sum(case.of_proceeds for case in ALL) >= 50


def test_every_verdict_and_class_is_expected_somewhere() -> None:
    verdicts = {case.expect["verdict"] for case in ALL if "verdict" in case.expect}
    assert verdicts == {"aligned", "transition", "not_aligned", "excluded", "undetermined", "not_covered"}
    assert {case.expect.get("class") for case in ALL} >= {"green", "transition", "excluded"}
    assert any(case.expect.get("at_least") == "transition" for case in ALL)
    assert {case.expect.get("basis") for case in ALL} >= {"criteria", "listing"}
    contributions = {case.expect.get("contribution") for case in ALL}
    assert contributions >= {"own_performance", "enabling", "transitional"}


def test_every_line_of_an_amount_and_every_outcome_of_a_rule_is_expected_somewhere() -> None:
    wanted = [case.expect for case in ALL if case.of_proceeds and "refused" not in case.expect]
    lines = {line for expect in wanted for line in expect["shares"] or ()}
    # an edition that applies to some projects of an instrument and not to others is tested with the shares
    assert lines == set(LINES) - {"edition_does_not_apply"}
    outcomes = {outcome for expect in wanted for outcome in expect.get("rules", {}).values()}
    assert outcomes == {"met", "not_met", "unknown", "left_out"}
    assert {basis for expect in wanted for basis in expect.get("aligned_by", ())} >= {"criteria", "listing"}


def test_every_operator_meets_a_value_somewhere(engine: Engine) -> None:
    found = {operator for case in ALL for operator in operators_met(engine, case)}
    assert found >= {"at_most", "below", "at_least", "above", "equals", "between"}
    assert found >= {"by", "before", "after", "on_or_after"}
    assert found >= {"is", "one_of", "is yes", "is no", "reaches"}
    assert found >= {"standard", "attest", "meets", "listing", "not_on_file"}


def operators_met(engine: Engine, case: Case) -> Iterator[str]:
    """The tests of the activities of a case whose fact, standard or question the case answers."""
    if "refused" in case.expect or case.of_proceeds:
        return
    project = case.body["project"]
    given = {engine.facts[name].id for name in project.get("facts", {})}
    standards = {one["id"] for one in project.get("standards", [])}
    for name in project["activities"]:
        activity = engine.activities.get(name.partition("#")[0])
        if activity is None:
            continue
        roots = [test.criterion for test in activity.classes.values()] + list(activity.dnsh.values())
        for leaf in (leaf for root in roots if root is not None for leaf in walk(root)):
            if isinstance(leaf, FactLeaf) and leaf.fact in given:
                yield operator_of(leaf)
            elif isinstance(leaf, StandardLeaf) and leaf.standard in standards:
                yield "standard"
            else:
                yield from answered(leaf, project.get("attestations", {}))


def answered(leaf: Criterion, attestations: Mapping[str, object]) -> Iterator[str]:
    if isinstance(leaf, NotOnFile):
        yield "not_on_file"
    elif isinstance(leaf, Listing):
        yield "listing"
    elif isinstance(leaf, AttestLeaf | MeetsLeaf) and leaf.attestation in attestations:
        yield "attest" if isinstance(leaf, AttestLeaf) else "meets"


def operator_of(leaf: FactLeaf) -> str:
    match leaf.test:
        case LimitTest(operator=operator) | DateTest(operator=operator):
            return operator
        case ChoiceTest(values=values):
            return "is" if len(values) == 1 else "one_of"
        case YesNoTest(expected=expected):
            return "is yes" if expected else "is no"
        case LevelTest():
            return "reaches"
