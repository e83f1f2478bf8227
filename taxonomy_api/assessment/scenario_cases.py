"""Worked cases as their files state them, made into requests with what is expected of the answer.

Pure: the content of a file in, cases out (docs/data-format.md, "Scenarios").
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from taxonomy_api.assessment.intake import PROJECT_KEYS, REQUEST_KEYS
from taxonomy_api.assessment.proceeds_intake import INSTRUMENT_KEYS

Json = dict[str, Any]

#: Of a verdict: compared as they stand.
EXACT = (
    *("verdict", "class", "at_least", "label", "basis", "weakest_status", "valid_until", "next_limit"),
    *("contribution", "row", "marks", "tags", "timeline", "edition_applies"),
)
#: Of a verdict: each of these must be among what is answered; how an answer's line is named.
AMONG = {"reasons": "code", "candidates": "activity", "assumptions": "code"}
OF_A_VERDICT = {
    *(*EXACT, *AMONG, "activity", "components", "provisional", "route"),
    *("missing", "nothing_missing", "no_candidates", "refused"),
}
#: Of an instrument and its proceeds.
OF_PROCEEDS = {
    *("shares", "verdicts", "rules", "binds", "covered", "edition_applies", "reasons", "aligned_by"),
    *("refinancing", "counted_twice", "assumptions", "refused"),
}

FILE_KEYS = {"about", "defaults", "scenarios"}
_SHARED = {"as_of", "ask", "taxonomy", "expect"}
SCENARIO_KEYS = {"name", "clause", "with", "given", "instrument", "allocations", "table", *_SHARED}
LINE_KEYS = {*PROJECT_KEYS, *_SHARED}
PROCEEDS_LINE_KEYS = {"instrument", "allocations", *_SHARED}
ALLOCATION_KEYS = {"with", "given", "amount", "refinancing"}


class ScenarioError(ValueError):
    """A scenario that is not written as scenarios are; the message names it and what is wrong."""


@dataclass(frozen=True)
class Case:
    """A request and what is expected of it; `taxonomy` None: the only verdict, or the first.

    `body` is that of POST /v1/proceeds where it has an instrument, else that of POST /v1/assessments.
    """

    id: str
    scenario: str
    clause: str
    body: Json
    taxonomy: str | None
    expect: Json

    @property
    def of_proceeds(self) -> bool:
        return "instrument" in self.body


def merged(under: object, over: object) -> Any:
    """Mappings are joined, null takes away, anything else replaces."""
    if not isinstance(under, Mapping) or not isinstance(over, Mapping):
        return deepcopy(over)
    joined = {key: deepcopy(value) for key, value in under.items() if key not in over}
    for key, value in over.items():
        if value is not None:
            joined[key] = merged(under.get(key, {}), value)
    return joined


def cases(file: str, document: Mapping[str, Any]) -> Iterator[Case]:
    """The cases of one file. Raises ScenarioError."""
    _only(document, FILE_KEYS, file)
    for scenario in document.get("scenarios", ()):
        yield from _of_scenario(file, document.get("defaults", {}), scenario)


def _only(given: Mapping[str, object], known: Collection[str], where: str) -> None:
    unknown = [key for key in given if key not in known]
    if unknown:
        raise ScenarioError(f"{where}: {', '.join(unknown)} is unknown; known: {', '.join(sorted(known))}")


def _of_scenario(file: str, defaults: Mapping[str, Json], scenario: Json) -> Iterator[Case]:
    name = f"{file}: {scenario.get('name', 'a scenario without name')}"
    _only(scenario, SCENARIO_KEYS, name)
    if "name" not in scenario or ("table" in scenario) == ("expect" in scenario):
        raise ScenarioError(f"{name}: a scenario has a name, and either expect or a table")
    of_proceeds = "instrument" in scenario
    if "allocations" in scenario and not of_proceeds:
        raise ScenarioError(f"{name}: allocations are those of an instrument")
    shared: Json = {key: scenario[key] for key in ("as_of", "ask", "taxonomy") if key in scenario}
    lines = scenario.get("table", [{"expect": scenario.get("expect")}])
    for number, line in enumerate(lines, start=1):
        _only(line, PROCEEDS_LINE_KEYS if of_proceeds else LINE_KEYS, name)
        rest = shared | {key: value for key, value in line.items() if key in _SHARED}
        ask: Json = rest.get("ask", {})
        _only(ask, REQUEST_KEYS, name)
        if "expect" not in rest or "as_of" not in rest:
            raise ScenarioError(f"{name}: expect and as_of are needed")
        read = _instrument_and_projects if of_proceeds else _project
        yield Case(
            id=f"{name} [{number}]" if "table" in scenario else name,
            scenario=name,
            clause=scenario.get("clause", ""),
            body={**read(defaults, scenario, line), "as_of": rest["as_of"], **ask},
            taxonomy=rest.get("taxonomy"),
            expect=_expected(rest["expect"], of_proceeds, name),
        )


def _expected(expect: Any, of_proceeds: bool, name: str) -> Json:
    wanted: Json = expect if isinstance(expect, dict) else {"verdict": expect}
    _only(wanted, OF_PROCEEDS if of_proceeds else OF_A_VERDICT, name)
    main = "shares" if of_proceeds else "verdict"
    if (main in wanted) == ("refused" in wanted):
        raise ScenarioError(f"{name}: {main} is expected, or that the request is refused")
    return wanted


def _project(defaults: Mapping[str, Json], scenario: Json, line: Json) -> Json:
    own = {key: value for key, value in line.items() if key in PROJECT_KEYS}
    return {"project": merged(_taken_over(defaults, scenario), own)}


def _instrument_and_projects(defaults: Mapping[str, Json], scenario: Json, line: Json) -> Json:
    instrument = merged(scenario["instrument"], line.get("instrument", {}))
    _only(instrument, INSTRUMENT_KEYS, scenario["name"])
    source = line if "allocations" in line else scenario
    allocations: list[Json] = source.get("allocations", [])
    common = _taken_over(defaults, scenario)
    return {
        "instrument": {"amount": 100, **instrument},
        "allocations": [_allocation(defaults, common, one) for one in allocations],
    }


def _allocation(defaults: Mapping[str, Json], common: Json, allocation: Json) -> Json:
    _only(allocation, ALLOCATION_KEYS, "an allocation")
    rest: Json = {key: allocation[key] for key in ("amount", "refinancing") if key in allocation}
    return {"project": merged(common, _taken_over(defaults, allocation)), **rest}


def _taken_over(defaults: Mapping[str, Json], source: Json) -> Json:
    """The parts of a project that `source` takes over by name, then its own."""
    project: Json = {}
    for default in source.get("with", []):
        if default not in defaults:
            raise ScenarioError(f"{source.get('name', 'an allocation')}: {default} is not among the defaults")
        project = merged(project, defaults[default])
    return dict(merged(project, source.get("given", {})))
