"""Criteria that nothing can meet and alternatives that are idle, each in a small sound data folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from taxonomy_api.catalog.findings import Finding
from taxonomy_api.catalog.lint import lint_folder
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.places import Places
from taxonomy_api.crosswalk.check_criteria import check_criteria
from taxonomy_api.crosswalk.checks import check

MINIMAL = Path(__file__).parents[1] / "catalog" / "minimal"
SECTOR = "taxonomies/demo-a/1-energy.yaml"
CITED = "source: [doc-a, 1], status: verified"


def found(tmp_path: Path, excluded: str) -> list[Finding]:
    """What the checks find where the class `excluded` of demo-a:1.10 is this."""
    folder = shutil.copytree(MINIMAL, tmp_path / "data")
    path = folder / SECTOR
    old = 'excluded: {id: x, fact: product, one_of: [door], source: [doc-a, "Annex, 1.10"], status: verified}'
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, f"excluded: {excluded}"), encoding="utf-8")
    findings = lint_folder(folder, check)
    rules = ("criterion-impossible", "alternative-subsumed")
    others = [str(finding) for finding in findings if finding.rule not in (*rules, "window-outside")]
    assert others == []
    return [finding for finding in findings if finding.rule in rules]


def all_of(*parts: str) -> str:
    return f"{{all: [{', '.join(parts)}], {CITED}}}"


def any_of(*parts: str) -> str:
    return f"{{any: [{', '.join(parts)}], {CITED}}}"


def limit(id: str, test: str) -> str:
    """A limit of the intensity, whose range goes from 0 to 5000 gCO2e/kWh."""
    return f"{{id: {id}, fact: ghg_intensity, {test}}}"


WALL, VERIFIED = "{id: w, fact: product, is: wall}", "{id: y, fact: third_party_verified, is: yes}"


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        # Limits that exclude each other.
        (all_of(limit("u", "at_most: 5 gCO2e/kWh"), limit("v", "at_least: 10 gCO2e/kWh")), "excluded.all"),
        (all_of(limit("u", "below: 5 gCO2e/kWh"), limit("v", "at_least: 5 gCO2e/kWh")), "excluded.all"),
        # Beyond what the fact can be.
        (all_of(limit("u", "below: 0 gCO2e/kWh")), "excluded.all"),
        (all_of(limit("u", "above: 5000 gCO2e/kWh")), "excluded.all"),
        # A condition and its opposite.
        (all_of(VERIFIED, f"{{not: {VERIFIED.replace('y,', 'z,')}}}"), "excluded.all"),
        # Closed on every day.
        (all_of(limit("u", "at_most: {2020-01-01: closed}")), "excluded.all"),
        # Open only until its limit comes into force.
        (
            any_of(
                WALL,
                limit("u", "at_most: {2025-01-01: 5 gCO2e/kWh}, open: {until: 2024-12-31}"),
            ),
            "the alternative u",
        ),
        # One of two alternatives.
        (any_of(WALL, limit("u", "below: 0 gCO2e/kWh")), "the alternative u"),
    ],
)
def test_what_no_project_can_meet_is_found(tmp_path: Path, criterion: str, words: str) -> None:
    (finding,) = found(tmp_path, criterion)
    assert (finding.rule, finding.severity) == ("criterion-impossible", "error")
    assert words in finding.message


@pytest.mark.parametrize(
    "criterion",
    [
        all_of(limit("u", "at_most: 0 gCO2e/kWh")),
        all_of(limit("u", "at_most: 5 gCO2e/kWh"), limit("v", "at_least: 5 gCO2e/kWh")),
        # Not known: either may be so.
        all_of("{id: u, not_on_file: {document: doc-a, clause: 1}}", f"{{not: {WALL}}}"),
        # Not today, but when the limit comes into force.
        all_of(limit("u", "at_most: {2020-01-01: closed, 2099-01-01: 5 gCO2e/kWh}")),
        # Alternatives for different things.
        any_of(WALL, limit("u", "at_most: 5 gCO2e/kWh")),
    ],
)
def test_what_some_project_can_meet_is_left_alone(tmp_path: Path, criterion: str) -> None:
    assert found(tmp_path, criterion) == []


def test_an_alternative_that_another_contains_is_found(tmp_path: Path) -> None:
    small = "{id: s, fact: capacity, at_most: 10 MW}"
    stricter = f"{{id: both, all: [{small}, {WALL.replace('w,', 'w2,')}]}}"
    (finding,) = found(tmp_path, any_of(WALL, stricter))
    assert (finding.rule, finding.severity) == ("alternative-subsumed", "warning")
    assert finding.message == "whoever meets both meets w as well"


def test_of_two_equal_alternatives_one_is_idle(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, any_of(WALL, "{id: w2, fact: product, one_of: [wall]}"))
    assert finding.message == "whoever meets w meets w2 as well"


@pytest.mark.parametrize(
    "differing",
    [
        "status: single-source",  # it would lower the status of a verdict
        "contribution: enabling",  # it grants another contribution
        "applies_if: {id: q, fact: capacity, at_most: 10 MW}",  # it is left out where the first still counts
    ],
)
def test_an_alternative_that_differs_in_what_it_grants_is_not_idle(tmp_path: Path, differing: str) -> None:
    guarded = WALL.replace("}", ", applies_if: {id: p, fact: capacity, above: 10 MW}}")
    findings = found(tmp_path, any_of(guarded, f"{{id: w2, fact: product, is: wall, {differing}}}"))
    assert [finding for finding in findings if finding.rule == "alternative-subsumed"] == []


def test_the_record_has_no_such_criteria(release: Release) -> None:
    assert check_criteria(release, Places(Path(__file__).parents[2])) == ()
