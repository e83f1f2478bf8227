"""Use of proceeds and kinds of instruments by REST, and the example of docs/api.md."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.proceeds import assess_proceeds
from taxonomy_api.assessment.proceeds_intake import read_proceeds
from taxonomy_api.catalog.load import load_release
from tests.test_readme import is_part_of
from tests.web.conftest import HYDRO, PROCEEDS, PROJECT, Caller, assert_problem

PATH = "/v1/proceeds"
ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def test_proceeds_are_assessed(bank: Caller) -> None:
    answer = bank("POST", PATH, json=PROCEEDS)
    assert answer.status_code == 200
    found: Any = answer.get_json()
    (one,) = found["taxonomies"]
    assert (one["taxonomy"], one["instrument_covered"], one["rules"]) == ("demo-a", "yes", ["S1", "S2"])
    assert (one["shares"]["undetermined"], one["shares"]["unallocated"]) == (0.6, 0.4)
    assert [(rule["outcome"], rule["binds"]) for rule in found["rules"]] == [
        ("unknown", "unknown"),
        ("unknown", "yes"),
    ]
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_edition_that_shuts_the_instrument_out_covers_nothing_of_it(bank: Caller) -> None:
    found: Any = bank("POST", PATH, json={**PROCEEDS, "taxonomies": ["demo-b", "demo-0"]}).get_json()
    shut_out, open_ = found["taxonomies"]
    assert shut_out["shares"]["not_covered"] == 1
    assert shut_out["reasons"][0]["source"]["document"] == "doc-b"
    assert open_["rules"] == {"not_on_file": {"document": "doc-b", "locator": "Chapter 2"}}
    assert open_["reasons"][0]["code"] == "rules_not_on_file"


def test_a_project_of_such_an_instrument_is_not_covered_either(bank: Caller) -> None:
    for instrument, taxonomy in (("demo_bond", "demo-b"), ("linked_loan", "demo-a")):
        project = {**PROJECT["project"], "instrument": instrument}  # type: ignore[dict-item]
        found: Any = bank(
            "POST", "/v1/assessments", json={"project": project, "taxonomies": [taxonomy]}
        ).get_json()
        assert [one["verdict"] for one in found["verdicts"]] == ["not_covered"]


def test_more_than_there_is_cannot_be_allocated(bank: Caller) -> None:
    instrument = {**PROCEEDS["instrument"], "amount": {"value": 100, "currency": "HKD"}}  # type: ignore[dict-item]
    document = assert_problem(bank("POST", PATH, json={**PROCEEDS, "instrument": instrument}), 422)
    items: Any = document["errors"]
    assert [(item["pointer"], item["code"]) for item in items] == [
        ("/allocations", "allocations_above_amount")
    ]


@pytest.mark.parametrize("path", [PATH, "/v1/assessments"])
def test_an_unknown_instrument_is_refused_with_the_nearest(bank: Caller, path: str) -> None:
    project = {"activities": [HYDRO], "instrument": "demo_bund"}
    asked = {"project": project} if path != PATH else {**PROCEEDS, "instrument": {"kind": "demo_bund"}}
    items: Any = assert_problem(bank("POST", path, json=asked), 422, "invalid_request")["errors"]
    item = next(item for item in items if item["code"] == "unknown_instrument")
    assert item["nearest"] == ["demo_bond"]
    assert item["allowed"] == ["demo_bond", "linked_loan"]


def test_the_language_follows_the_header(bank: Caller) -> None:
    bank.headers["Accept-Language"] = "zh-HK"
    found: Any = bank("POST", PATH, json=PROCEEDS).get_json()
    assert found["instrument"]["name"] == "示例債券"


def test_kinds_of_instruments_are_listed(bank: Caller) -> None:
    answer = bank("GET", "/v1/instruments?lang=zh-Hans")
    assert answer.status_code == 200 and answer.headers["ETag"]
    bond, loan = answer.get_json()["instruments"]
    assert (bond["id"], bond["name"], bond["use_of_proceeds"]) == ("demo_bond", "示例债券", "yes")
    assert bond["taxonomies"]["demo-a"]["rules"][1]["share"] == "50 %"
    assert bond["taxonomies"]["demo-0"]["rules"] == "not_on_file"
    assert (loan["use_of_proceeds"], loan["taxonomies"]) == ("no", {})


def test_the_example_of_the_documentation_is_real() -> None:
    (body,) = re.findall(r"/v1/proceeds -H [^\n]*-d '\n(.*?)'\n```", TEXT, re.DOTALL)
    shown = TEXT.partition(body)[2].partition("```json\n")[2].partition("```")[0]
    release = load_release(ROOT).release
    assert release is not None
    engine = Engine(release)
    real = assess_proceeds(engine, read_proceeds(engine, json.loads(body)))
    assert is_part_of(json.loads(shown), real)
