"""`explain`: the register of rules in the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable

from click.testing import Result

from taxonomy_api.catalog.rules import RULES

Run = Callable[..., Result]


def test_a_rule_is_explained_with_its_cure(run: Run) -> None:
    result = run("explain", "leaf-uncited")
    rule = RULES["leaf-uncited"]
    assert result.exit_code == 0
    words = " ".join(result.stdout.split())
    assert f"leaf-uncited (error): {rule.title}" in words
    assert rule.explanation in words and f"Cure: {rule.cure}" in words


def test_all_rules_are_listed(run: Run) -> None:
    lines = run("explain").stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [[rule.id, rule.severity] for rule in RULES.values()]


def test_a_slip_gets_the_nearest_rule(run: Run) -> None:
    result = run("explain", "leaf-unsited")
    assert result.exit_code == 1
    assert "did you mean leaf-uncited" in result.stderr
    assert "did you mean unit-unknown or unit-dimension?" in run("explain", "unit").stderr


def test_rules_as_json(run: Run) -> None:
    (rule,) = json.loads(run("explain", "bad-date", "--json").stdout)["rules"]
    assert rule["id"] == "bad-date" and rule["severity"] == "error" and rule["cure"]
    assert len(json.loads(run("explain", "--json").stdout)["rules"]) == len(RULES)
