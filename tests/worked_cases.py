"""Reading of tests/scenarios/*.yaml into requests with what is expected (tests/scenarios/README.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from taxonomy_api.assessment.intake import PROJECT_KEYS, REQUEST_KEYS
from taxonomy_api.assessment.proceeds_intake import INSTRUMENT_KEYS

SCENARIOS = Path(__file__).resolve().parent / "scenarios"

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

_SHARED = {"as_of", "ask", "taxonomy", "expect"}
SCENARIO_KEYS = {"name", "clause", "with", "given", "instrument", "allocations", "table", *_SHARED}
LINE_KEYS = {*PROJECT_KEYS, *_SHARED}
PROCEEDS_LINE_KEYS = {"instrument", "allocations", *_SHARED}
ALLOCATION_KEYS = {"with", "given", "amount", "refinancing"}


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
    of_proceeds = "instrument" in scenario
    assert of_proceeds or "allocations" not in scenario, name
    shared = {key: scenario[key] for key in ("as_of", "ask", "taxonomy") if key in scenario}
    lines = scenario.get("table", [{"expect": scenario.get("expect")}])
    for number, line in enumerate(lines, start=1):
        assert set(line) <= (PROCEEDS_LINE_KEYS if of_proceeds else LINE_KEYS), f"{name}: {line}"
        rest = shared | {key: value for key, value in line.items() if key in _SHARED}
        ask: Json = rest.get("ask", {})
        assert set(ask) <= set(REQUEST_KEYS), name
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
    assert set(wanted) <= (OF_PROCEEDS if of_proceeds else OF_A_VERDICT), f"{name}: {wanted}"
    main = "shares" if of_proceeds else "verdict"
    assert (main in wanted) != ("refused" in wanted), f"{name}: {wanted}"
    return wanted


def _project(defaults: Mapping[str, Json], scenario: Json, line: Json) -> Json:
    own = {key: value for key, value in line.items() if key in PROJECT_KEYS}
    return {"project": merged(_taken_over(defaults, scenario), own)}


def _instrument_and_projects(defaults: Mapping[str, Json], scenario: Json, line: Json) -> Json:
    instrument = merged(scenario["instrument"], line.get("instrument", {}))
    assert set(instrument) <= set(INSTRUMENT_KEYS), scenario["name"]
    allocations = line.get("allocations", scenario.get("allocations", []))
    common = _taken_over(defaults, scenario)
    return {
        "instrument": {"amount": 100, **instrument},
        "allocations": [_allocation(defaults, common, one) for one in allocations],
    }


def _allocation(defaults: Mapping[str, Json], common: Json, allocation: Json) -> Json:
    assert set(allocation) <= ALLOCATION_KEYS, allocation
    rest = {key: allocation[key] for key in ("amount", "refinancing") if key in allocation}
    return {"project": merged(common, _taken_over(defaults, allocation)), **rest}


def _taken_over(defaults: Mapping[str, Json], source: Json) -> Json:
    """The parts of a project that `source` takes over by name, then its own."""
    project: Json = {}
    for default in source.get("with", []):
        project = merged(project, defaults[default])
    return dict(merged(project, source.get("given", {})))
