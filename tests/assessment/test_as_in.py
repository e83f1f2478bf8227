"""One answer serves both editions where an activity has the test of another (`as_in`)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.assessment.questionnaire import questions
from taxonomy_api.catalog.load import load_release
from taxonomy_api.errors import InvalidInput
from taxonomy_api.portfolio.vocabulary import Role, build_vocabulary

MINIMAL = Path(__file__).parents[1] / "catalog" / "minimal"
OLD, NEW = "eu-climate-mitigation-2021", "eu-climate-mitigation"
#: 5.1 (b): another method of measuring leakage.
OTHER_METHOD = f"{NEW}:5.1/b-other"

LATER = """
  - code: "1.3"
    name: {en: Lamps, zh-Hans: 灯, zh-Hant: 燈}
    status: verified
    source: [doc-a, "Annex, 1.3"]
    as_in: demo-a:1.3
  - code: "1.5"
    name: {en: Pumps, zh-Hans: 泵, zh-Hant: 泵}
    status: verified
    source: [doc-a, "Annex, 1.5"]
    as_in: demo-a:1.5
"""
PUMPS = """
  - code: "1.5"
    name: {en: Pumps, zh-Hans: 泵, zh-Hant: 泵}
    status: verified
    source: [doc-a, "Annex, 1.5"]
    green: {id: a, standard: GB 2, where_covered: yes, source: [doc-a, "Annex, 1.5"], status: verified}
    transition: none
    dnsh:
      climate_change_adaptation: none
      water: none
      circular_economy: none
      pollution: none
      biodiversity: none
"""


def ask(engine: Engine, *taxonomies: str, **project: Any) -> dict[str, dict[str, Any]]:
    body = {"project": project, "as_of": "2026-11-22", "taxonomies": list(taxonomies)}
    answer: Any = assess(engine, read_request(engine, body))
    return {verdict["taxonomy"]: verdict for verdict in answer["verdicts"]}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = Path(shutil.copytree(MINIMAL, tmp_path_factory.mktemp("demo") / "data"))
    for name, more in (("demo-0", LATER), ("demo-a", PUMPS)):
        with (folder / f"taxonomies/{name}/1-energy.yaml").open("a", encoding="utf-8") as file:
            file.write(more)
    result = load_release(folder)
    assert result.release is not None, result.findings
    return Engine(result.release)


def test_one_attestation_answers_in_both_editions(engine: Engine) -> None:
    told = ask(engine, OLD, NEW, activities=[f"{OLD}:5.1", f"{NEW}:5.1"], attestations={OTHER_METHOD: True})
    for taxonomy in (OLD, NEW):
        assert told[taxonomy]["components"]["substantial_contribution"] == "met"


def test_the_others_id_is_asked_for_and_accepted_without_the_other_edition(engine: Engine) -> None:
    lines = ask(engine, OLD, activities=[f"{OLD}:5.1"])[OLD]["criteria"]
    assert OTHER_METHOD in {line["fact"] for line in lines}
    asked = {question["id"] for question in questions(engine, f"{OLD}:5.1", (), "en")}
    assert OTHER_METHOD in asked and not any(str(name).startswith(OLD) for name in asked)
    told = ask(engine, OLD, activities=[f"{OLD}:5.1"], attestations={OTHER_METHOD: True})
    assert told[OLD]["components"]["substantial_contribution"] == "met"


def test_missing_names_the_others_id(engine: Engine) -> None:
    facts = {"net_energy_per_m3": "0.7 kWh/m3", "infrastructure_leakage_index": 2}
    told = ask(engine, OLD, activities=[f"{OLD}:5.1"], facts=facts)[OLD]
    assert told["missing"] == [[OTHER_METHOD]]
    told = ask(engine, OLD, activities=[f"{OLD}:5.1"], facts=facts, attestations={OTHER_METHOD: False})[OLD]
    assert (told["verdict"], told["missing"]) == ("not_aligned", [])


def test_an_id_of_its_own_is_unknown(demo: Engine) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(demo, "demo-0", activities=["demo-0:1.1"], attestations={"demo-0:1.1/e": True})
    assert [problem.code for problem in refused.value.problems] == ["unknown_attestation"]


def test_rows_are_named_in_the_edition_asked(demo: Engine) -> None:
    told = ask(demo, "demo-0", activities=["demo-0:1.3#r1"], attestations={"demo-a:1.3#r1/r1.1": True})
    assert told["demo-0"]["row"] == "r1"
    assert told["demo-0"]["components"]["substantial_contribution"] == "met"


def test_a_denied_scope_contradicts_the_activity_named(demo: Engine) -> None:
    for name in ("demo-a:1.4", "demo-0:1.2"):
        with pytest.raises(InvalidInput) as refused:
            ask(demo, "demo-a", "demo-0", activities=[name], attestations={"demo-a:1.4/scope": False})
        assert [problem.code for problem in refused.value.problems] == ["scope_denied"]


def test_standards_that_are_not_mentioned_are_answered_once(demo: Engine) -> None:
    only = "demo-a:1.5/only_standards_mentioned_apply"
    for taxonomy in ("demo-a", "demo-0"):
        assert only in {one["id"] for one in questions(demo, f"{taxonomy}:1.5", (), "en")}
    assert "demo-0:1.5/only_standards_mentioned_apply" not in demo.attestations


def test_a_column_may_bear_the_id(engine: Engine) -> None:
    assert build_vocabulary(engine.release).find(OTHER_METHOD) == (Role("attestation", OTHER_METHOD),)
