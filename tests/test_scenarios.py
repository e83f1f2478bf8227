"""Worked cases: verdicts written from the clauses of the taxonomies (tests/scenarios/README.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.proceeds import LINES
from taxonomy_api.assessment.scenario_cases import Case, cases
from taxonomy_api.assessment.scenarios import run
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
from taxonomy_api.catalog.scenario_files import read_scenarios

ROOT = Path(__file__).resolve().parent.parent

SCENARIOS = ROOT / "tests" / "scenarios"


def all_cases() -> Iterator[Case]:
    for path in sorted(SCENARIOS.glob("*.yaml")):
        yield from cases(path.stem, read_scenarios(path))


ALL = list(all_cases())


@pytest.fixture(scope="module")
def engine() -> Engine:
    loaded = load_release(ROOT)
    assert loaded.release is not None, [str(finding) for finding in loaded.findings][:10]
    return Engine(loaded.release)


@pytest.mark.parametrize("case", ALL, ids=[case.id for case in ALL])
def test_scenario(engine: Engine, case: Case) -> None:
    wrong = run(engine, case)
    assert not wrong, "\n".join(wrong)


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
