"""Verdicts across the taxonomies on file. Each is written from the clauses that it names."""

from __future__ import annotations

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from tests.assessment.test_counterparts import candidates, reasons

Json = dict[str, object]
EU, EU_2021, CN, CGT = "eu-climate-mitigation", "eu-climate-mitigation-2021", "cn-green-bond-2021", "cgt-2022"
#: What the Chinese item 3.2.2.1 (wind power) asks: four standards, and others that apply.
STANDARDS: list[Json] = [
    {"id": name, "complies": True} for name in ("GB 51096", "GB/T 51121", "GB/T 19963", "NB/T 31003")
]
REST: Json = {"cn-green-bond-2021:3.2.2.1/b-rest": True}


def answer(engine: Engine, taxonomy: str, project: Json, **asked: object) -> Json:
    body = {"project": project, "taxonomies": [taxonomy], "as_of": "2026-06-30", **asked}
    verdicts = assess(engine, read_request(engine, body))["verdicts"]
    assert isinstance(verdicts, list)
    only: Json = verdicts[0]
    return only


def wind(*names: str) -> Json:
    facts: Json = {"technology": "wind"}
    return {"activities": list(names), "facts": facts, "standards": STANDARDS, "attestations": REST}


def test_a_wind_farm_in_both_sides_of_a_pair_is_in_the_common_ground_without_naming_it(
    engine: Engine,
) -> None:
    """D1.3 is on file as a pair of the comparison; both sides are met, so the scenario does not matter."""
    for eu in (f"{EU_2021}:4.3", f"{EU}:4.3"):  # 4.3 of today is exactly that of 2021
        told = answer(engine, CGT, wind(eu, f"{CN}:3.2.2.1"))
        assert (told["verdict"], told["basis"], told["scope_stated_by"]) == (
            "aligned",
            "composite",
            "mapping",
        )
        assert told["activity"]["id"] == f"{CGT}:D1.3"  # type: ignore[index]
        assert told["weakest_status"] == "single-source"  # who stands on the sides is
        assert {"sides_decide", "mapped"} <= reasons(told)
        assert any("scenarios 1 to 4" in line["text"] for line in told["reasons"])  # type: ignore[attr-defined]


def test_one_side_alone_makes_the_pair_a_candidate(engine: Engine) -> None:
    for names in ([f"{EU_2021}:4.3"], [f"{EU}:4.3"], [f"{CN}:3.2.2.1"]):
        told = answer(engine, CGT, wind(*names))
        assert (told["verdict"], told["provisional"]) == ("undetermined", None)
        assert candidates(told) == [f"{CGT}:D1.3"]


def test_a_pair_that_is_not_known_to_be_in_the_table_stays_provisional(engine: Engine) -> None:
    """L-4.10: storage of electricity, put together by this project's own comparison."""
    project: Json = {
        "activities": [f"{EU_2021}:4.10", f"{CN}:3.2.3.2"],
        "facts": {"technology": "electricity_storage", "electricity_storage_type": "battery"},
    }
    told = answer(engine, CGT, project)
    assert (told["verdict"], told["activity"]) == ("undetermined", None)
    assert candidates(told)[0] == f"{CGT}:L-4.10"


def test_a_car_at_45_grams_is_aligned_under_neither_text_nor_the_common_ground_in_2026(
    engine: Engine,
) -> None:
    """EU 6.5: below 50 g/km until the end of 2025, 0 g/km from then on, in the wording of 2021 too."""
    project: Json = {
        "activities": [f"{EU}:6.5", f"{CN}:5.5.1.6"],
        "facts": {"vehicle_category": "m1", "specific_co2_per_km": "45 gCO2/km"},
    }
    assert answer(engine, EU_2021, project)["verdict"] == "not_aligned"
    assert answer(engine, EU_2021, project)["scope_stated_by"] == "mapping"
    told = answer(engine, CGT, project, confirm=[f"{CGT}:L-6.5"])
    assert told["verdict"] == "undetermined"
    assert told["provisional"] is None or told["provisional"]["verdict"] != "aligned"  # type: ignore[index]
    earlier = answer(engine, EU_2021, project, as_of="2025-12-31")
    assert earlier["components"]["substantial_contribution"] == "met"  # type: ignore[index]


def test_no_outcome_of_the_common_ground_makes_an_eu_verdict(engine: Engine) -> None:
    """The comparison is of substantial contribution only, and states no stringency."""
    both = [f"{CGT}:D1.3", f"{CN}:3.2.2.1"]
    for taxonomy in (EU, EU_2021):
        told = answer(engine, taxonomy, wind(*both))
        assert (told["verdict"], told["activity"]) == ("undetermined", None)
        assert f"{taxonomy}:4.3" in candidates(told)


def test_landfill_gas_is_out_of_the_common_ground_as_its_example_of_scenario_5(engine: Engine) -> None:
    """L-5.10 is exactly EU 5.10 of 2021, which the comparison left out."""
    told = answer(engine, CGT, {"activities": [f"{EU}:5.10"]})
    assert (told["verdict"], told["basis"]) == ("excluded", "composite")
    assert "left_out_of_comparison" in reasons(told)
    assert [step["to"] for step in told["route"]] == [f"{EU_2021}:5.10", f"{CGT}:L-5.10"]  # type: ignore[attr-defined]


def test_what_a_later_edition_added_is_not_covered_by_the_earlier_one(engine: Engine) -> None:
    """Gas power, 4.29, came in with Regulation (EU) 2022/1214; hydropower was there before."""
    told = answer(engine, EU_2021, {"activities": [f"{EU}:4.29"]})
    assert (told["verdict"], told["weakest_status"]) == ("not_covered", "verified")
    assert answer(engine, EU_2021, {"activities": [f"{EU}:4.5"]})["verdict"] == "undetermined"


def test_own_comparisons_only_propose(engine: Engine) -> None:
    """Wind power, 4.2.1 of 2025, is read against 3.2.2.1 of 2021 by this project: to be confirmed."""
    project = wind(f"{CN}:3.2.2.1")
    project["attestations"] = {"cn-green-finance-2025/G1": True, "cn-green-finance-2025/G2": True}
    told = answer(engine, "cn-green-finance-2025", project)
    assert (told["verdict"], candidates(told)) == ("undetermined", ["cn-green-finance-2025:4.2.1"])
    assert told["provisional"]["verdict"] == "aligned"  # type: ignore[index]
    confirmed = answer(engine, "cn-green-finance-2025", project, confirm=candidates(told))
    assert (confirmed["verdict"], confirmed["basis"]) == ("aligned", "listing")
