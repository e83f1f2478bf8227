"""What is remembered of earlier projects is seen in no answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import MOST_FINDINGS, Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.assessment.remembered import Remembered

BIOENERGY: dict[str, Any] = {
    "activities": ["hk-phase-2a:ENE-01"],
    "facts": {"technology": "bioenergy", "lifecycle_ghg_intensity": "84 gCO2e/kWh"},
}
ASKED = {"project": BIOENERGY, "taxonomies": ["hk-phase-2a"], "as_of": "2026-11-22", "language": "en"}


def told(**facts: object) -> dict[str, Any]:
    return {"project": {**BIOENERGY, "facts": {**BIOENERGY["facts"], **facts}}}


ESTIMATED = {"value": "84 gCO2e/kWh", "estimated": True, "evidence": "meter of 2025"}
#: Each differs from the first in one thing that the answer shows or turns on.
ALIKE: list[dict[str, Any]] = [
    {},
    told(lifecycle_ghg_intensity="85 gCO2e/kWh"),
    told(lifecycle_ghg_intensity="140 gCO2e/kWh"),
    told(lifecycle_ghg_intensity=ESTIMATED),
    told(technology="solar"),
    {"project": {**BIOENERGY, "maturity": "2030-01-01"}},
    {"project": {**BIOENERGY, "activities": ["hk-phase-2a:ENE-02"]}},
    {"as_of": "2036-11-22"},
    {"language": "zh-Hant"},
    {"assume_not_excluded": True},
    {"taxonomies": ["cn-green-finance-2025"]},
]


def answered(engine: Engine, asked: Mapping[str, object]) -> Any:
    return assess(engine, read_request(engine, asked))


@pytest.fixture(scope="module")
def forgetful(engine: Engine) -> Engine:
    other = Engine(engine.release)
    other.findings = Remembered(0)
    return other


def test_an_answer_is_the_same_whatever_was_asked_before(engine: Engine, forgetful: Engine) -> None:
    for _ in range(2):
        for change in ALIKE:
            asked = {**ASKED, **change}
            assert answered(engine, asked) == answered(forgetful, asked), change
    assert len(forgetful.findings) == 0


def test_figures_on_the_same_side_of_every_limit_share_what_follows(engine: Engine) -> None:
    engine.findings = Remembered(MOST_FINDINGS)
    first, second = (answered(engine, {**ASKED, **change})["verdicts"][0] for change in ALIKE[:2])
    assert len(engine.findings) == 1
    assert first["criteria"] != second["criteria"]
    assert first["verdict"] == second["verdict"] == "aligned"


def test_no_more_than_so_many_are_kept_those_asked_for_last() -> None:
    kept = Remembered(2)
    for key in ("a", "b", "a", "c"):
        kept.get(key, key.upper)
    assert len(kept) == 2
    assert [kept.get(key, lambda: "made anew") for key in ("a", "c", "b")] == ["A", "C", "made anew"]


def test_what_raises_is_not_kept() -> None:
    kept = Remembered(2)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert kept.get("a", lambda: 1) == 1
