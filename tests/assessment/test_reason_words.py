"""What a reader takes from a reason: which demands stand alone, sentences as each language has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import Formatter
from typing import Any

import pytest

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.assessment.messages import MESSAGES
from taxonomy_api.assessment.proceeds_texts import TEXTS

HYDROPOWER, ELECTRICITY = "eu-climate-mitigation:4.5", "hk-phase-2a:ENE-01"
AMONG_SEVERAL = "Part of one alternative among several."
#: Signs of English beside Chinese ones, but for the brackets in the official form `指令(EU) 2018/2001`.
ENGLISH_SIGN = re.compile(r"[\u4e00-\u9fff][,;:!?]|[\u4e00-\u9fff]\((?!EU|EC|[a-z])|[,;:!?] ?[\u4e00-\u9fff]")
#: A sentence that ends twice.
TWO_STOPS = re.compile(r"[。；，：]\s*[。；，]|\.\s*\(|[^\d]\.\.")


def reasons(engine: Engine, activity: str, language: str = "en", **facts: object) -> list[str]:
    """The reasons of a project's verdict in the activity's own taxonomy."""
    project = {"activities": [activity], "facts": facts}
    asked = {"project": project, "as_of": "2026-11-22", "language": language}
    answer: Any = assess(engine, read_request(engine, asked))
    (verdict,) = (one for one in answer["verdicts"] if one["taxonomy"] == activity.partition(":")[0])
    return [reason["text"] for reason in verdict["reasons"]]


def about(texts: Sequence[str], words: str) -> str:
    (found,) = (text for text in texts if words in text)
    return found


def test_alternatives_are_no_joint_demands(engine: Engine) -> None:
    """Hong Kong: at most 100 g, or solar or wind power. Either will do."""
    told = reasons(engine, ELECTRICITY)
    assert about(told, "Life-cycle").endswith(f"≤ 100 gCO2e/kWh. {AMONG_SEVERAL}")
    assert about(told, "Technology").endswith(f"Solar power, Wind power. {AMONG_SEVERAL}")


def test_the_last_way_that_is_left_stands_alone(engine: Engine) -> None:
    told = reasons(engine, ELECTRICITY, technology="bioenergy")
    assert about(told, "Life-cycle").endswith("≤ 100 gCO2e/kWh.")


def test_what_all_must_meet_stands_alone(engine: Engine) -> None:
    """EU hydropower: three ways to contribute, but the safeguards and appendices hold for each of them."""
    told = reasons(engine, HYDROPOWER)
    for alternative in (
        "Run-of-river",
        "Power density",
        "Life-cycle greenhouse",
        "verified by a third party",
    ):
        assert about(told, alternative).endswith(AMONG_SEVERAL)
    for demand in ("Appendix A", "due-diligence"):
        assert AMONG_SEVERAL not in about(told, demand)


def test_each_way_that_failed_was_one_of_several(engine: Engine) -> None:
    facts = {"run_of_river_no_reservoir": False, "power_density": "3 W/m2"}
    told = reasons(engine, HYDROPOWER, **facts, lifecycle_ghg_intensity="120 gCO2e/kWh")
    for alternative in ("Run-of-river", "Power density", "Life-cycle greenhouse"):
        assert "ot met" in about(told, alternative) and about(told, alternative).endswith(AMONG_SEVERAL)


def test_a_way_that_was_met_is_told_as_it_is(engine: Engine) -> None:
    told = reasons(engine, ELECTRICITY, lifecycle_ghg_intensity="84 gCO2e/kWh")
    assert about(told, "Life-cycle").endswith("≤ 100 gCO2e/kWh: met.")


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_chinese_sentences_have_chinese_signs(engine: Engine, language: str) -> None:
    """Over every activity on file, with nothing stated of the project."""
    wrong = set()
    for taxonomy in engine.release.taxonomies.values():
        for activity in taxonomy.activities.values():
            for text in reasons(engine, activity.id, language):
                if ENGLISH_SIGN.search(text) or TWO_STOPS.search(text):
                    wrong.add(text)
    assert wrong == set()


def test_english_sentences_end_once(engine: Engine) -> None:
    wrong = set()
    for activity in engine.release.taxonomies["eu-climate-mitigation"].activities.values():
        wrong |= {text for text in reasons(engine, activity.id) if TWO_STOPS.search(text)}
    assert wrong == set()


def test_templates_have_the_signs_and_the_places_of_their_language() -> None:
    for code, text in {**MESSAGES, **TEXTS}.items():
        places = [{name for _, name, _, _ in Formatter().parse(one) if name} for one in
                  (text.en, text.zh_hans or "", text.zh_hant or "")]  # fmt: skip
        assert places[0] == places[1] == places[2], code
        for one in (text.zh_hans or "", text.zh_hant or ""):
            bare = re.sub(r"\{\w+\}", "值", one)
            assert not ENGLISH_SIGN.search(bare), (code, one)


def test_levels_with_a_name_are_named(engine: Engine) -> None:
    told = reasons(engine, "cn-green-finance-2025:1.1.1")
    assert about(told, "TSG 91").startswith("Not given: TSG 91; required TSG 91, target value or better.")
    told = reasons(engine, "cn-green-finance-2025:1.1.1", "zh-Hans")
    assert about(told, "TSG 91").startswith("未提供：TSG 91；要求：TSG 91，目标值或更优。")


def test_a_bond_is_not_told_of_loans(engine: Engine) -> None:
    """The rule by which an edition applies speaks of the deal at hand."""
    bond = {"instrument": "green_bond", "registered_on": "2025-11-01"}
    loan = {"instrument": "green_loan", "approved_on": "2025-08-01", "first_drawdown_on": "2025-11-02"}
    for deal, tells_of_loans in ((bond, False), (loan, True)):
        project = {"activities": ["cn-green-finance-2025:1.1.1"], **deal}
        asked = {"project": project, "as_of": "2026-11-22", "taxonomies": ["cn-green-finance-2025"]}
        answer: Any = assess(engine, read_request(engine, asked))
        (verdict,) = answer["verdicts"]
        assert verdict["edition_applies"] == "yes"
        assert ("loan" in verdict["edition_reason"]) is tells_of_loans
