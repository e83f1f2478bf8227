"""Worked cases: verdicts written from the clauses of the taxonomies (tests/scenarios/README.md)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import PROJECT_KEYS, REQUEST_KEYS, read_request
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

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = Path(__file__).resolve().parent / "scenarios"

Json = dict[str, Any]

#: Compared as they stand.
EXACT = (
    *("verdict", "class", "at_least", "label", "basis", "weakest_status", "valid_until", "next_limit"),
    *("contribution", "row", "marks", "tags", "timeline", "edition_applies"),
)
#: Each of these must be among what is answered; how an answer's line is named.
AMONG = {"reasons": "code", "candidates": "activity", "assumptions": "code"}
EXPECTABLE = {*EXACT, *AMONG, "components", "provisional", "missing", "nothing_missing", "refused"}

SCENARIO_KEYS = {"name", "clause", "with", "given", "as_of", "ask", "taxonomy", "expect", "table"}
LINE_KEYS = {*PROJECT_KEYS, "as_of", "ask", "taxonomy", "expect"}


@dataclass(frozen=True)
class Case:
    """A request and what is expected of it; `taxonomy` None: the only verdict, or the first."""

    id: str
    scenario: str
    clause: str
    body: Json
    taxonomy: str | None
    expect: Json


class _Loader(yaml.SafeLoader):
    """YAML whose dates stay text, as in JSON, and whose keys occur once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = Counter(self.construct_object(key, deep=True) for key, _ in node.value)
        twice = [key for key, count in keys.items() if count > 1]
        assert not twice, f"{node.start_mark}: {twice} given twice"
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [rule for rule in rules if rule[0] != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def merged(under: object, over: object) -> Any:
    """Mappings are joined, null takes away, anything else replaces."""
    if not isinstance(under, Mapping) or not isinstance(over, Mapping):
        return deepcopy(over)
    joined = {key: deepcopy(value) for key, value in under.items() if key not in over}
    for key, value in over.items():
        if value is not None:
            joined[key] = merged(under.get(key, {}), value)
    return joined


def cases() -> Iterator[Case]:
    for path in sorted(SCENARIOS.glob("*.yaml")):
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
        assert set(document) <= {"about", "defaults", "scenarios"}, path.name
        for scenario in document["scenarios"]:
            yield from _of_scenario(path.stem, document.get("defaults", {}), scenario)


def _of_scenario(file: str, defaults: Mapping[str, Json], scenario: Json) -> Iterator[Case]:
    name = f"{file}: {scenario['name']}"
    assert set(scenario) <= SCENARIO_KEYS, name
    assert ("table" in scenario) != ("expect" in scenario), name
    project: Json = {}
    for default in scenario.get("with", []):
        project = merged(project, defaults[default])
    project = merged(project, scenario.get("given", {}))
    shared = {key: scenario[key] for key in ("as_of", "ask", "taxonomy") if key in scenario}
    lines = scenario.get("table", [{"expect": scenario.get("expect")}])
    for number, line in enumerate(lines, start=1):
        assert set(line) <= LINE_KEYS, f"{name}: {line}"
        own = {key: value for key, value in line.items() if key in PROJECT_KEYS}
        rest = shared | {key: value for key, value in line.items() if key not in PROJECT_KEYS}
        ask: Json = rest.get("ask", {})
        assert set(ask) <= set(REQUEST_KEYS), name
        expect = rest["expect"] if isinstance(rest["expect"], dict) else {"verdict": rest["expect"]}
        assert set(expect) <= EXPECTABLE, f"{name}: {expect}"
        assert ("verdict" in expect) != ("refused" in expect), f"{name}: {expect}"
        yield Case(
            id=f"{name} [{number}]" if "table" in scenario else name,
            scenario=name,
            clause=scenario.get("clause", ""),
            body={"project": merged(project, own), "as_of": rest["as_of"], **ask},
            taxonomy=rest.get("taxonomy"),
            expect=expect,
        )


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
            read_request(engine, case.body)
        assert {problem.code for problem in refusal.value.problems} == {case.expect["refused"]}
        return
    answer: Json = assess(engine, read_request(engine, case.body))
    verdict = next(one for one in answer["verdicts"] if case.taxonomy in (None, one["taxonomy"]))
    wrong = list(differences(verdict, case.expect))
    assert not wrong, "\n".join([*wrong, "", f"clause: {case.clause}", *described(verdict)])


def differences(verdict: Json, expect: Json) -> Iterator[str]:
    for key in EXACT:
        if key in expect and verdict[key] != expect[key]:
            yield f"{key}: expected {expect[key]}, answered {verdict[key]}"
    for key, name in AMONG.items():
        lacking = set(expect.get(key, ())) - {line[name] for line in verdict[key]}
        if lacking:
            yield f"{key}: {sorted(lacking)} not among {sorted({line[name] for line in verdict[key]})}"
    for component, wanted in expect.get("components", {}).items():
        if verdict["components"].get(component) != wanted:
            yield f"{component}: expected {wanted}, answered {verdict['components'].get(component)}"
    provisional = verdict["provisional"] and verdict["provisional"]["verdict"]
    if provisional != expect.get("provisional", provisional):
        yield f"provisional: expected {expect['provisional']}, answered {verdict['provisional']}"
    listed = [frozenset(one) for one in verdict["missing"]]
    for one in expect.get("missing", []):
        if frozenset(one) not in listed:
            yield f"missing: {one} not among {verdict['missing']}"
    if expect.get("nothing_missing") and verdict["missing"]:
        yield f"missing: nothing expected, answered {verdict['missing']}"


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
    assert len({case.scenario for case in ALL}) >= 90
    assert len(ALL) >= 400


def test_every_verdict_and_class_is_expected_somewhere() -> None:
    verdicts = {case.expect["verdict"] for case in ALL if "verdict" in case.expect}
    # not_covered rests on positive knowledge of a mapping or an instrument, and is tested with those.
    assert verdicts == {"aligned", "transition", "not_aligned", "excluded", "undetermined"}
    assert {case.expect.get("class") for case in ALL} >= {"green", "transition", "excluded"}
    assert any(case.expect.get("at_least") == "transition" for case in ALL)
    assert {case.expect.get("basis") for case in ALL} >= {"criteria", "listing"}
    contributions = {case.expect.get("contribution") for case in ALL}
    assert contributions >= {"own_performance", "enabling", "transitional"}


def test_every_operator_meets_a_value_somewhere(engine: Engine) -> None:
    found = {operator for case in ALL for operator in operators_met(engine, case)}
    assert found >= {"at_most", "below", "at_least", "above", "equals", "between"}
    assert found >= {"by", "before", "after", "on_or_after"}
    assert found >= {"is", "one_of", "is yes", "is no", "reaches"}
    assert found >= {"standard", "attest", "meets", "listing", "not_on_file"}


def operators_met(engine: Engine, case: Case) -> Iterator[str]:
    """The tests of the activities of a case whose fact, standard or question the case answers."""
    if "refused" in case.expect:
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
