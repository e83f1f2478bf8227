"""Worked cases: what a maintainer expects of a project, compared with what is answered.

Pure: the content of a file in, cases and differences out (docs/data-format.md, "Scenarios").
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import PROJECT_KEYS, REQUEST_KEYS, read_request
from taxonomy_api.errors import InvalidInput

Json = dict[str, Any]

#: Compared as they stand.
EXACT = (
    *("verdict", "class", "at_least", "label", "basis", "weakest_status", "valid_until", "next_limit"),
    *("contribution", "row", "marks", "tags", "timeline", "edition_applies"),
)
#: Each of these must be among what is answered; how an answer's line is named.
AMONG = {"reasons": "code", "candidates": "activity", "assumptions": "code"}
EXPECTABLE = {*EXACT, *AMONG, "components", "provisional", "missing", "nothing_missing", "refused"}

FILE_KEYS = {"about", "defaults", "scenarios"}
SCENARIO_KEYS = {"name", "clause", "with", "given", "as_of", "ask", "taxonomy", "expect", "table"}
LINE_KEYS = {*PROJECT_KEYS, "as_of", "ask", "taxonomy", "expect"}


class ScenarioError(ValueError):
    """A scenario that is not written as scenarios are; the message names it and what is wrong."""


@dataclass(frozen=True)
class Case:
    """A request and what is expected of it; `taxonomy` None: the only verdict, or the first."""

    id: str
    scenario: str
    clause: str
    body: Json
    taxonomy: str | None
    expect: Json


def cases(file: str, document: Mapping[str, Any]) -> Iterator[Case]:
    """The cases of one file. Raises ScenarioError."""
    _only(document, FILE_KEYS, file)
    defaults = document.get("defaults", {})
    for scenario in document.get("scenarios", ()):
        yield from _of_scenario(file, defaults, scenario)


def _of_scenario(file: str, defaults: Mapping[str, Json], scenario: Json) -> Iterator[Case]:
    name = f"{file}: {scenario.get('name', 'a scenario without name')}"
    _only(scenario, SCENARIO_KEYS, name)
    if "name" not in scenario or ("table" in scenario) == ("expect" in scenario):
        raise ScenarioError(f"{name}: a scenario has a name, and either expect or a table")
    project: Json = {}
    for default in scenario.get("with", []):
        if default not in defaults:
            raise ScenarioError(f"{name}: {default} is not among the defaults")
        project = merged(project, defaults[default])
    project = merged(project, scenario.get("given", {}))
    shared: Json = {key: scenario[key] for key in ("as_of", "ask", "taxonomy") if key in scenario}
    lines = scenario.get("table", [{"expect": scenario.get("expect")}])
    for number, line in enumerate(lines, start=1):
        case = f"{name} [{number}]" if "table" in scenario else name
        yield _case(case, name, scenario.get("clause", ""), project, shared, line)


def _case(id: str, name: str, clause: str, project: Json, shared: Json, line: Json) -> Case:
    _only(line, LINE_KEYS, id)
    own = {key: value for key, value in line.items() if key in PROJECT_KEYS}
    rest = shared | {key: value for key, value in line.items() if key not in PROJECT_KEYS}
    ask: Json = rest.get("ask", {})
    _only(ask, REQUEST_KEYS, id)
    if "expect" not in rest or "as_of" not in rest:
        raise ScenarioError(f"{id}: expect and as_of are needed")
    expect = rest["expect"] if isinstance(rest["expect"], dict) else {"verdict": rest["expect"]}
    _only(expect, EXPECTABLE, id)
    if ("verdict" in expect) == ("refused" in expect):
        raise ScenarioError(f"{id}: a verdict is expected, or that the request is refused")
    body = {"project": merged(project, own), "as_of": rest["as_of"], **ask}
    return Case(id, name, clause, body, rest.get("taxonomy"), expect)


def _only(given: Mapping[str, object], known: Collection[str], where: str) -> None:
    unknown = [key for key in given if key not in known]
    if unknown:
        raise ScenarioError(f"{where}: {', '.join(unknown)} is unknown; known: {', '.join(sorted(known))}")


def merged(under: object, over: object) -> Any:
    """Mappings are joined, null takes away, anything else replaces."""
    if not isinstance(under, Mapping) or not isinstance(over, Mapping):
        return deepcopy(over)
    joined = {key: deepcopy(value) for key, value in under.items() if key not in over}
    for key, value in over.items():
        if value is not None:
            joined[key] = merged(under.get(key, {}), value)
    return joined


# --- Running -------------------------------------------------------------------------------------


def run(engine: Engine, case: Case) -> tuple[str, ...]:
    """What differs from the expectation, then what was answered and why; empty where all is as expected."""
    try:
        answer: Json = assess(engine, read_request(engine, case.body))
    except InvalidInput as refusal:
        return tuple(_refused(case, refusal))
    if "refused" in case.expect:
        return (f"refused: expected {case.expect['refused']}, but the request was answered",)
    wanted = case.taxonomy
    verdict = next((one for one in answer["verdicts"] if wanted in (None, one["taxonomy"])), None)
    if verdict is None:
        return (f"taxonomy: there is no verdict of {wanted}",)
    wrong = tuple(differences(verdict, case.expect))
    return (*wrong, "", f"clause: {case.clause}", *described(verdict)) if wrong else ()


def _refused(case: Case, refusal: InvalidInput) -> Iterator[str]:
    codes = {problem.code for problem in refusal.problems}
    if "refused" not in case.expect:
        yield f"the request was refused: {', '.join(sorted(codes))}"
        yield from (f"  {problem.pointer}: {problem.message}" for problem in refusal.problems)
    elif codes != {case.expect["refused"]}:
        yield f"refused: expected {case.expect['refused']}, answered {', '.join(sorted(codes))}"


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
        source = line.get("source") or {}
        where = f" ({source.get('document')}, {source.get('locator')})" if source else ""
        yield f"  {line['outcome']:8} {line['id']}: given {line['given']}, required {line['required']}{where}"
    for reason in verdict["reasons"]:
        yield f"  reason {reason['code']}: {reason['text']}"
    yield f"  missing {verdict['missing']}"
