"""Which groups of limits and guards are refused, and which are sound."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from taxonomy_api.catalog.load import load_release

MINIMAL = Path(__file__).parent / "minimal"
POWER = "taxonomies/demo-b/power.yaml"
CHECKED = {"one-fact-two-limits", "guard-overlap", "guard-gap"}
ATTEST = "attest: {en: Words, zh-Hans: 话, zh-Hant: 話}, evidence: {en: Proof, zh-Hans: 证明, zh-Hant: 證明}"


def limit(id: str, most: int, extra: str = "") -> str:
    return f"{{id: {id}, fact: ghg_intensity, at_most: {most} gCO2e/kWh{extra}}}"


def when(id: str, guard: str) -> str:
    return f", applies_if: {{id: {id}_if, {guard}}}"


def between(id: str, low: str, high: str) -> str:
    """A guard of two limits of the capacity."""
    parts = f"{{id: {id}1, fact: capacity, {low}}}, {{id: {id}2, fact: capacity, {high}}}"
    return f", applies_if: {{all: [{parts}]}}"


def statement(id: str, guard: str = "") -> str:
    return f"{{id: {id}, {ATTEST}{guard}}}"


SMALL, LARGE = "fact: capacity, below: 5 MW", "fact: capacity, at_least: 5000 kW"

SOUND = {
    "two directions": "all: [{id: a, fact: capacity, at_least: 1 MW}, {id: b, fact: capacity, below: 9 MW}]",
    "two facts": f"any: [{limit('a', 1)}, {{id: b, fact: capacity, at_most: 1 MW}}]",
    "numbers apart": f"any: [{limit('a', 1, when('a', SMALL))}, {limit('b', 2, when('b', LARGE))}]",
    "choices apart": "all: ["
    + limit("a", 1, when("a", "fact: product, one_of: [door, wall]"))
    + ", "
    + limit("b", 2, when("b", "fact: product, is: window"))
    + "]",
    "yes and no": "all: ["
    + limit("a", 1, when("a", "fact: third_party_verified, is: yes"))
    + ", "
    + limit("b", 2, when("b", "fact: third_party_verified, is: no"))
    + "]",
    "days apart": "all: ["
    + limit("a", 1, when("a", "fact: built_on, before: 2020-01-01"))
    + ", "
    + limit("b", 2, when("b", "fact: built_on, on_or_after: 2020-01-01"))
    + "]",
    "a guard and its opposite": "all: ["
    + limit("a", 1, when("a", "fact: product, is: door"))
    + ", "
    + limit("b", 2, ", applies_if: {not: {id: b_if, fact: product, is: door}}")
    + "]",
    "windows apart": "any: ["
    + limit("a", 1, ", open: {until: 2029-12-31}")
    + ", "
    + limit("b", 2, ", open: {from: 2030-01-01}")
    + "]",
    "joint guards apart": "all: ["
    + limit(
        "a", 1, ", applies_if: {all: [{id: a1, fact: product, is: door}, {id: a2, fact: pue, at_most: 1}]}"
    )
    + ", "
    + limit("b", 2, ", applies_if: {any: [{id: b1, fact: product, is: wall}, {id: b2, fact: pue, above: 1}]}")
    + "]",
    "alternatives of two conditions": f"any: [{limit('a', 1)}, {{all: [{limit('b', 2)}, {statement('c')}]}}]",
    "an opposite of the other side": f"all: [{limit('a', 1)}, "
    "{not: {id: b, fact: ghg_intensity, at_most: 0.1 gCO2e/kWh}}]",
    "all but a span": f"all: [{limit('a', 9)}, "
    "{not: {id: b, fact: ghg_intensity, between: [2 gCO2e/kWh, 3 gCO2e/kWh]}}]",
    "guards apart by their opposite": "all: ["
    + limit("a", 1, ", applies_if: {any: [{id: a_if, fact: capacity, above: 5 MW}]}")
    + ", "
    + limit("b", 2, ", applies_if: {not: {id: b_if, fact: capacity, above: 5 MW}}")
    + "]",
    "guards end to end": f"any: [{statement('a', when('a', SMALL))}, {statement('b', when('b', LARGE))}]",
    "one alternative without guard": f"any: [{statement('a', when('a', SMALL))}, {statement('b')}]",
    "the group's guard bounds its parts": "any: ["
    + statement("a", when("a", "fact: capacity, between: [2 MW, 5 MW]"))
    + ", "
    + statement("b", when("b", "fact: capacity, above: 5 MW"))
    + "]\n      applies_if: {id: g, fact: capacity, at_least: 2 MW}",
    "spans of two ends": "any: ["
    + statement("a", when("a", SMALL))
    + ", "
    + statement("b", between("b", "at_least: 5 MW", "at_most: 9 MW"))
    + ", "
    + statement("c", when("c", "fact: capacity, above: 9 MW"))
    + "]",
    "joint conditions may be guarded alike": "all: ["
    + statement("a", when("a", SMALL))
    + ", "
    + statement("b", when("b", SMALL))
    + "]",
}

REFUSED = {
    "no guards": ("one-fact-two-limits", f"any: [{limit('a', 1)}, {limit('b', 2)}]"),
    "joined": ("one-fact-two-limits", f"all: [{limit('a', 1)}, {limit('b', 2)}]"),
    "counted": (
        "one-fact-two-limits",
        f"at_least_of: {{count: 1, of: [{limit('a', 1)}, {limit('b', 2)}, {statement('c')}]}}",
    ),
    "one guarded": ("one-fact-two-limits", f"any: [{limit('a', 1, when('a', SMALL))}, {limit('b', 2)}]"),
    "a choice and the one above it": (
        "one-fact-two-limits",
        "all: ["
        + limit("a", 1, when("a", "fact: product, is: window"))
        + ", "
        + limit("b", 2, when("b", "fact: product, is: roof_window"))
        + "]",
    ),
    "windows that share a day": (
        "one-fact-two-limits",
        "any: ["
        + limit("a", 1, ", open: {until: 2030-01-01}")
        + ", "
        + limit("b", 2, ", open: {from: 2030-01-01}")
        + "]",
    ),
    "guards that bind only for a time": (
        "one-fact-two-limits",
        "all: ["
        + limit("a", 1, when("a", "fact: product, is: door, applies: {until: 2030-12-31}"))
        + ", "
        + limit("b", 2, when("b", "fact: product, is: wall"))
        + "]",
    ),
    "a guard with a limit that changes": (
        "one-fact-two-limits",
        "all: ["
        + limit("a", 1, when("a", "fact: capacity, at_most: {2020-01-01: 5 MW, 2030-01-01: 9 MW}"))
        + ", "
        + limit("b", 2, when("b", "fact: capacity, above: 5 MW"))
        + "]",
    ),
    "spans of two ends that overlap": (
        "guard-overlap",
        "any: ["
        + statement("a", between("a", "above: 1 MW", "below: 5 MW"))
        + ", "
        + statement("b", between("b", "at_least: 4 MW", "at_most: 9 MW"))
        + "]",
    ),
    "days that share one": (
        "one-fact-two-limits",
        "all: ["
        + limit("a", 1, when("a", "fact: built_on, by: 2020-01-01"))
        + ", "
        + limit("b", 2, when("b", "fact: built_on, on_or_after: 2020-01-01"))
        + "]",
    ),
    "nested groups of one kind": (
        "one-fact-two-limits",
        f"any: [{{any: [{limit('a', 1)}, {statement('c')}]}}, {limit('b', 2)}]",
    ),
    "a group of one": ("one-fact-two-limits", f"any: [{limit('a', 1)}, {{all: [{limit('b', 2)}]}}]"),
    "a group of one within another": (
        "one-fact-two-limits",
        f"all: [{limit('a', 1)}, {{any: [{{at_least_of: {{count: 1, of: [{limit('b', 2)}]}}}}]}}]",
    ),
    "the opposite of a limit": (
        "one-fact-two-limits",
        f"any: [{limit('a', 1)}, {{not: {{id: b, fact: ghg_intensity, above: 900 gCO2e/kWh}}}}]",
    ),
    "the opposite of joint limits": (
        "one-fact-two-limits",
        f"any: [{limit('a', 1)}, "
        f"{{not: {{all: [{{id: b, fact: ghg_intensity, above: 900 gCO2e/kWh}}, {statement('c')}]}}}}]",
    ),
    "outside a span": (
        "one-fact-two-limits",
        f"any: [{limit('a', 1)}, "
        "{not: {id: b, fact: ghg_intensity, between: [9 gCO2e/kWh, 99 gCO2e/kWh]}}]",
    ),
    "between and a limit": (
        "one-fact-two-limits",
        "all: [{id: a, fact: capacity, between: [1 MW, 5 MW]}, {id: b, fact: capacity, at_most: 9 MW}]",
    ),
    "guards that share a value": (
        "guard-overlap",
        "any: ["
        + statement("a", when("a", "fact: capacity, at_most: 5 MW"))
        + ", "
        + statement("b", when("b", LARGE))
        + "]",
    ),
    "a value between guards": (
        "guard-gap",
        "any: ["
        + statement("a", when("a", SMALL))
        + ", "
        + statement("b", when("b", "fact: capacity, above: 5 MW"))
        + "]",
    ),
    "a gap between guards of one limit": (
        "guard-gap",
        "all: ["
        + limit("a", 1, when("a", SMALL))
        + ", "
        + limit("b", 2, when("b", "fact: capacity, above: 6 MW"))
        + "]",
    ),
    "nothing for the largest": ("guard-gap", f"any: [{statement('a', when('a', SMALL))}]"),
    "nothing for the smallest": ("guard-gap", f"any: [{statement('a', when('a', LARGE))}]"),
    "guards over two facts": (
        "guard-gap",
        "any: ["
        + statement("a", when("a", SMALL))
        + ", "
        + statement("b", when("b", "fact: pue, above: 1"))
        + "]",
    ),
}


def rules_found(criterion: str, tmp_path: Path) -> set[str]:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "data"))
    path = folder / POWER
    text = path.read_text(encoding="utf-8")
    assert text.count("    green: none\n") == 1
    stated = f"    green:\n      {criterion}\n      source: [doc-b, P-03]\n      status: verified\n"
    path.write_text(text.replace("    green: none\n", stated), encoding="utf-8")
    findings = load_release(folder).findings
    assert {finding.rule for finding in findings} <= CHECKED, [str(finding) for finding in findings]
    return {finding.rule for finding in findings}


@pytest.mark.parametrize("name", SOUND)
def test_sound(name: str, tmp_path: Path) -> None:
    assert rules_found(SOUND[name], tmp_path) == set()


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, tmp_path: Path) -> None:
    rule, criterion = REFUSED[name]
    assert rule in rules_found(criterion, tmp_path)


def test_a_guard_may_rest_on_the_record_where_its_group_cites_nothing(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "data"))
    path = folder / POWER
    cited = f"id: a, {ATTEST}, source: [doc-b, 1], status: verified"
    criterion = f"{{all: [{{{cited}}}], applies_if: {{id: g, {SMALL}}}}}"
    text = path.read_text(encoding="utf-8").replace("green: none", f"green: {criterion}")
    path.write_text(text, encoding="utf-8")
    assert load_release(folder).findings == ()


def test_leaves_without_ids_are_checked_all_the_same(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "data"))
    path = folder / POWER
    leaf = "{fact: ghg_intensity, at_most: 1 gCO2e/kWh}"
    text = path.read_text(encoding="utf-8").replace(
        "green: none", f"green: {{any: [{leaf}, {leaf}], source: [doc-b, 1], status: verified}}"
    )
    path.write_text(text, encoding="utf-8")
    assert {f.rule for f in load_release(folder).findings} == {"missing-key", "one-fact-two-limits"}
