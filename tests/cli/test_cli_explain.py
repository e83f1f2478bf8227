"""Answers as text for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
import pytest

from taxonomy_api.cli.explain import explain
from taxonomy_api.cli.labels import _ORDER, _WORDS, Labels
from taxonomy_api.cli.layout import width
from taxonomy_api.cli.portfolio_report import report

VERDICT: Mapping[str, Any] = {
    "taxonomy": "example-2026",
    "disclaimer": "Only an example.",
    "edition_applies": "yes",
    "edition_reason": "Approved within its dates.",
    "verdict": "aligned",
    "class": "green",
    "at_least": None,
    "label": None,
    "contribution": "own_performance",
    "row": None,
    "marks": [],
    "tags": [],
    "activity": {"id": "example-2026:A-1", "name": "Making things", "code_status": "local"},
    "components": {"substantial_contribution": "met", "dnsh": "not_tested"},
    "basis": "criteria",
    "scope_stated_by": "caller",
    "weakest_status": "single-source",
    "provisional": None,
    "route": [],
    "criteria": [
        {
            "id": "example-2026:A-1/green.a",
            "part": "green",
            "outcome": "met",
            "fact": "intensity",
            "text": "Intensity",
            "given": "84 g",
            "required": "≤ 100 g",
            "margin": 0.16,
            "evidence": "report",
            "estimated": True,
            "source": {"document": "doc", "locator": "p. 3", "status": "single-source"},
        },
    ],
    "missing": [],
    "missing_truncated": False,
    "needed_to_align": [],
    "candidates": [],
    "valid_until": "2035-12-31",
    "next_limit": "≤ 50 g from 2036-01-01",
    "retest": "grandfathered",
    "timeline": [
        {"from": "2026-01-01", "until": "2035-12-31", "verdict": "aligned"},
        {"from": "2036-01-01", "until": None, "verdict": "not_aligned"},
    ],
    "assumptions": [{"code": "unit_assumed", "text": "The unit was taken to be g."}],
    "reasons": [{"code": "limit_met", "text": "The limit is met."}],
}


def text(language: str = "en", columns: int = 100, **changes: Any) -> str:
    answer = {
        "release": "sha256:abc",
        "engine": "1.0.0",
        "as_of": "2026-11-22",
        "disclaimer": "No opinion.",
        "verdicts": [{**VERDICT, **changes}],
    }
    return click.unstyle("\n".join(explain(answer, language, columns)))


def test_an_aligned_project() -> None:
    assert (
        text()
        == """\
example-2026  ALIGNED
  example-2026:A-1 Making things (local code)

  Why
    - The limit is met.

  Criteria (green)
    ✓ met  intensity
           Intensity
           given: 84 g (estimated); required: ≤ 100 g; margin: +16.0%; report
           doc; p. 3; single-source

  Components
    substantial contribution: met; do no significant harm: not tested

  Rests on
    basis: criteria; weakest source: single-source; contribution: own performance

  Until when
    - as things stand, until 2035-12-31
    - next limit: ≤ 50 g from 2036-01-01
    - 2026-01-01 – 2035-12-31: aligned
    - 2036-01-01 – open: not aligned
    - re-test of existing deals: grandfathered

  Assumptions
    - The unit was taken to be g.

  Only an example.

No opinion.
as of 2026-11-22 · release sha256:abc · engine 1.0.0"""
    )


def test_what_is_missing_is_told_as_alternatives() -> None:
    shown = text(
        verdict="undetermined",
        at_least="transition",
        missing=[["technology"], ["intensity", "example-2026:A-1#row"]],
        missing_truncated=True,
        needed_to_align=[["intensity"]],
    )
    assert "UNDETERMINED (at least transition)" in shown
    assert "    - technology\n    - intensity and example-2026:A-1#row\n    … further alternatives" in shown
    assert "What is missing to be aligned\n    - intensity\n" in shown


def test_a_criterion_without_a_value_and_one_failed() -> None:
    criterion = VERDICT["criteria"][0]
    unknown = {
        **criterion,
        "outcome": "unknown",
        "given": None,
        "margin": None,
        "estimated": False,
        "evidence": None,
    }
    failed = {**criterion, "outcome": "not_met", "margin": -0.5}
    shown = text(criteria=[unknown, failed])
    assert "? unknown  intensity" in shown
    assert "given: nothing; required: ≤ 100 g\n" in shown
    assert "✗ not met  intensity" in shown
    assert "margin: -50.0%" in shown


def test_what_stands_beside_a_verdict() -> None:
    step = {"from": "a:1", "to": "b:2", "scope": "narrower", "stringency": "equal", "status": "verified"}
    shown = text(
        columns=200,
        verdict="not_aligned",
        label="Exclusion (residual)",
        row="r1",
        marks=["direct"],
        edition_applies="no",
        edition_reason="Approved too early.",
        route=[step],
        candidates=[{"activity": "b:2", "name": "Other things", "why": "words"}],
        provisional={"verdict": "aligned", "if": ["b:2 is confirmed"]},
    )
    assert "NOT ALIGNED — Exclusion (residual)" in shown
    assert "example-2026:A-1#r1 Making things" in shown
    assert "this edition does not apply to the deal: Approved too early." in shown
    assert "a:1 → b:2 (narrower, equal, verified)" in shown
    assert "- b:2 Other things" in shown
    assert "aligned, provided that: b:2 is confirmed" in shown
    assert "carbon mark: direct" in shown


def test_routes_and_candidates_tell_what_they_rest_on() -> None:
    source = {"document": "doc", "locator": "p. 3"}
    step: dict[str, object] = {"from": "a:1", "to": "b:2", "scope": "broader", "stringency": "unknown"}
    step["status"] = "recalled"
    step |= {"mapping_set": "a--b", "row": 14, "source": source}
    candidate = {"activity": "b:2", "name": "Other things", "why": "mapping: a:1 → b:2"}
    candidate["provisional"] = "aligned"
    shown = text(columns=200, verdict="undetermined", route=[step], candidates=[candidate])
    line = "a:1 → b:2 (broader, unknown, recalled) [a--b, 14; doc; p. 3]"
    assert f"  Route\n    - {line}\n" in shown
    told = "    - b:2 Other things\n      mapping: a:1 → b:2\n      if confirmed: aligned\n"
    assert f"  Candidates to choose from or confirm\n{told}" in shown


def test_a_verdict_about_no_activity() -> None:
    shown = text(
        verdict="not_covered", activity=None, criteria=[], components={}, basis=None, weakest_status=None
    )
    assert shown.startswith("example-2026  NOT COVERED\n\n  Why")
    assert "Criteria" not in shown


def test_lines_keep_to_the_width_of_the_terminal() -> None:
    long = [{"code": "x", "text": "绿色能源项目的原因说明 and more words " * 12}]
    assert all(width(line) <= 50 for line in text(columns=50, reasons=long).splitlines())


def test_colours_are_marked_for_the_terminal_to_drop() -> None:
    answer = {"release": "", "engine": "", "as_of": "", "disclaimer": "", "verdicts": [VERDICT]}
    assert next(iter(explain(answer, "en"))).endswith(click.style("ALIGNED", fg="green", bold=True))


@pytest.mark.parametrize(("language", "word"), [("zh-Hans", "符合"), ("zh-Hant", "符合")])
def test_other_languages(language: str, word: str) -> None:
    shown = text(language)
    assert shown.startswith(f"example-2026  {word}")
    assert "Criteria" not in shown


def test_words_are_there_in_every_language() -> None:
    assert all(len(words) == len(_ORDER) and all(words) for words in _WORDS.values())
    assert Labels("en")("no_such_word") == "no such word"


def test_the_two_chinese_scripts_are_not_mixed_up() -> None:
    """Each column of words is unchanged by a conversion into its own script."""
    opencc = pytest.importorskip("opencc")
    to_simplified, to_traditional = opencc.OpenCC("t2s"), opencc.OpenCC("s2t")
    for _, simplified, traditional in _WORDS.values():
        assert to_simplified.convert(simplified) == simplified
        assert to_traditional.convert(traditional) == traditional


def tally(rows: int, **amounts: str) -> dict[str, object]:
    return {"rows": rows, "amounts": amounts}


SUMMARY: Mapping[str, Any] = {
    "sheet": "Loans",
    "rows": 1200,
    "rows_by_state": {"ok": 1195, "warning": 3, "error": 2},
    "taxonomies": {
        "example-2026": {
            "verdicts": {
                "aligned": tally(1000, CNY="1234567.5", USD="10"),
                "not_aligned": tally(0),
                "undetermined": tally(200, **{"": "5"}),
            },
            "aligned_parts": {"by_listing": tally(7)},
        }
    },
    "issues": {"unit_assumed": 3},
}


def test_the_summary_of_a_portfolio() -> None:
    assert (
        "\n".join(report(SUMMARY, "en"))
        == """\
Loans; rows: 1,200 (sound: 1,195, with warnings: 3, in error: 2)

example-2026
    aligned       1,000  CNY 1,234,567.5; USD 10
    undetermined    200  (currency not stated) 5
    of the aligned, by listing only: 7

Issues, see the result's own list: unit_assumed 3"""
    )


def test_an_empty_summary() -> None:
    empty = {**SUMMARY, "sheet": "", "rows": 0, "rows_by_state": {}, "taxonomies": {}, "issues": {}}
    assert list(report(empty, "zh-Hans")) == ["行数: 0"]
