"""Requests that could be read too kindly, and what is told of them."""

from __future__ import annotations

from typing import Any

import pytest

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.catalog.criteria import Criterion, Group, StandardLeaf
from taxonomy_api.errors import InvalidInput

CN, EU = "cn-green-finance-2025", "eu-climate-mitigation"
GENERAL = {f"{CN}/G1": True, f"{CN}/G2": True}
NO_HARM = {f"{EU}/appendix_{letter}": True for letter in "abcd"} | {f"{EU}/minimum_safeguards": True}


def verdict(engine: Engine, as_of: str = "2026-11-22", **project: Any) -> dict[str, Any]:
    answer: Any = assess(engine, read_request(engine, {"project": project, "as_of": as_of}))
    only: dict[str, Any] = answer["verdicts"][0]
    return only


def refused(engine: Engine, **project: Any) -> set[str]:
    with pytest.raises(InvalidInput) as refusal:
        read_request(engine, {"project": project})
    return {problem.code for problem in refusal.value.problems}


@pytest.mark.parametrize("kinds", [["m1"], ["m1", "l"], ["l", "m1"]])
def test_a_second_vehicle_category_does_not_switch_a_guard_off(engine: Engine, kinds: list[str]) -> None:
    """6.5: cars keep their recycling shares and tyre classes, whatever else the project buys."""
    told = verdict(
        engine,
        activities=[f"{EU}:6.5"],
        facts={
            "vehicle_category": kinds,
            "specific_co2_per_km": "0 gCO2/km",
            "tailpipe_co2_direct": "0 gCO2/km",
            "reusable_recyclable_share": "10 %",
        },
        attestations=NO_HARM | {f"{EU}:6.5/dnsh_circular_economy": True, f"{EU}:6.5/dnsh_pollution": True},
    )
    assert told["verdict"] == "not_aligned"


def test_an_exclusion_holds_where_one_of_several_technologies_is_shut_out(engine: Engine) -> None:
    """Phase 1: nuclear and gas power are not admissible, beside wind neither."""
    told = verdict(
        engine,
        activities=["hk-phase-1:D-01"],
        facts={"technology": ["wind", "nuclear"], "lifecycle_ghg_intensity": "10 gCO2e/kWh"},
    )
    assert told["verdict"] == "excluded"


def test_a_stated_year_of_a_standard_does_not_count_as_the_edition_in_force(engine: Engine) -> None:
    standard = {"id": "GB/T 40060", "complies": True}
    project: dict[str, Any] = {
        "activities": [f"{CN}:4.1.9#r13"],
        "attestations": GENERAL | {f"{CN}:4.1.9#r13/r13.2": True},
    }
    assert verdict(engine, **project, standards=[standard])["verdict"] == "aligned"
    told = verdict(engine, **project, standards=[{**standard, "year": 1990}])
    assert told["verdict"] == "undetermined"
    assert [one["code"] for one in told["assumptions"]] == ["standard_year_not_known"]


def test_a_row_and_the_industry_code_of_another_row_contradict(engine: Engine) -> None:
    """4.2.4: code 4872 belongs to row r2."""
    assert refused(engine, activities=[f"{CN}:4.2.4#r1", "gbt4754:4872"]) == {"contradictory_answers"}
    assert verdict(engine, activities=[f"{CN}:4.2.4#r2", "gbt4754:4872"])["row"] == "r2"
    assert verdict(engine, activities=[f"{CN}:4.2.4", "gbt4754:4872"])["row"] == "r2"


def test_an_attestation_may_stand_among_the_facts_but_not_contradict_itself(engine: Engine) -> None:
    activities = [f"{CN}:4.2.2#r1"]
    assert verdict(engine, activities=activities, facts=dict(GENERAL))["verdict"] == "aligned"
    name = f"{CN}/G1"
    assert refused(engine, activities=activities, facts={name: True}, attestations={name: False}) == {
        "contradictory_answers"
    }


def test_an_object_without_facts_meets_nothing(engine: Engine) -> None:
    """8.5.7 refers to an item without demands: that the traded thing is such a product is nobody's word."""
    activity = engine.activities[f"{CN}:8.5.7"]
    for row in activity.rows:
        told = verdict(
            engine,
            activities=[f"{activity.id}#{row.id}"],
            attestations=GENERAL,
            inputs={"traded_product": {"facts": {}}},
        )
        assert told["verdict"] == "undetermined"
    assert refused(engine, activities=[activity.id], inputs={"nonsense": {"facts": {}}}) == {"unknown_input"}


def test_what_shuts_a_project_out_is_told_as_such(engine: Engine) -> None:
    """4.2.3 r4: no food crops."""
    for given, wanted, reason in ((True, "not_aligned", "barred"), (False, "aligned", "not_barred")):
        told = verdict(
            engine,
            activities=[f"{CN}:4.2.3#r4"],
            facts={"food_crop_feedstock": given},
            attestations=GENERAL,
        )
        assert told["verdict"] == wanted
        assert reason in {one["code"] for one in told["reasons"]}


def test_an_edition_is_said_not_to_apply_before_its_first_day(engine: Engine) -> None:
    project: dict[str, Any] = {"activities": ["hk-phase-2a:ENE-01"], "facts": {"technology": "wind"}}
    assert verdict(engine, "2026-01-21", **project)["edition_applies"] == "no"
    assert verdict(engine, "2026-01-22", **project)["edition_applies"] == "yes"


def test_what_is_not_on_file_is_told_beside_an_aligned_verdict(engine: Engine) -> None:
    told = verdict(
        engine, activities=["hk-phase-2a:ENE-01"], facts={"lifecycle_ghg_intensity": "10 gCO2e/kWh"}
    )
    assert told["verdict"] == "aligned"
    assert any("Not on file" in note for note in told["notes"])


def test_an_empty_list_of_taxonomies_asks_about_those_named(engine: Engine) -> None:
    body = {"project": {"activities": ["hk-phase-2a:ENE-01"]}, "taxonomies": []}
    request = read_request(engine, body)
    assert request.taxonomies[0] == "hk-phase-2a"
    assert request.editions_left_open


METERS = "cn-green-bond-2021:1.1.1.14"
COVERED_BY_NONE = {f"{METERS}/only_standards_mentioned_apply": True}


@pytest.mark.parametrize(
    ("standards", "attestations", "wanted", "basis"),
    [
        ([{"id": "GB 17167", "complies": True}], {}, "aligned", "criteria"),
        ([{"id": "GB 17167", "covers": False}], {}, "aligned", "listing"),
        ([], COVERED_BY_NONE, "aligned", "listing"),
        ([{"id": "GB 17167", "complies": True}], COVERED_BY_NONE, "aligned", "criteria"),
        ([{"id": "GB 17167", "complies": False}], COVERED_BY_NONE, "not_aligned", "criteria"),
        ([], {}, "undetermined", None),
    ],
)
def test_the_basis_is_the_listing_only_where_no_named_standard_covers(
    engine: Engine,
    standards: list[dict[str, Any]],
    attestations: dict[str, bool],
    wanted: str,
    basis: str | None,
) -> None:
    """1.1.1.14: GB 17167 is the item's only demand and binds what it covers."""
    told = verdict(
        engine,
        activities=[METERS],
        standards=standards,
        attestations=attestations | {"cn-green-bond-2021/N2": True},
    )
    assert told["verdict"] == wanted
    assert told["basis"] == basis
    assert ("listed_item" in {one["code"] for one in told["reasons"]}) == (basis == "listing")


def test_no_item_is_left_open_for_want_of_a_standard_that_covers_it(engine: Engine) -> None:
    """Whatever its named standards leave, another demand or the listing decides."""

    def falls_away(part: Criterion) -> bool:
        if isinstance(part, StandardLeaf):
            return part.where_covered
        return isinstance(part, Group) and all(map(falls_away, part.parts))

    for activity in engine.release.taxonomies["cn-green-bond-2021"].activities.values():
        green = activity.classes["green"].criterion
        assert green is not None and not falls_away(green), activity.id


@pytest.mark.parametrize(
    ("given", "code"),
    [("2036-02-30", "no_such_date"), ("22/11/2036", "not_a_date"), ("2036-2-3", "not_a_date")],
)
def test_a_day_that_does_not_exist_is_told_from_what_is_no_date(
    engine: Engine, given: str, code: str
) -> None:
    body = {"project": {"activities": ["hk-phase-2a:ENE-01"], "maturity": given}, "as_of": "2026-11-22"}
    with pytest.raises(InvalidInput) as caught:
        read_request(engine, body)
    (problem,) = caught.value.problems
    assert (problem.pointer, problem.code) == ("/project/maturity", code)
    assert ("YYYY-MM-DD" in problem.message) == (code == "not_a_date")
