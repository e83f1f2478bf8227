"""Which activities industry codes propose, and by which route."""

from __future__ import annotations

import pytest

from taxonomy_api.catalog.industry_index import IndustryIndex
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.model import Release


@pytest.fixture(scope="module")
def release() -> Release:
    release = load_release(default_data_folder()).release
    assert release is not None
    return release


@pytest.fixture(scope="module")
def index(release: Release) -> IndustryIndex:
    return IndustryIndex(release)


def proposed(index: IndustryIndex, code: str, taxonomy: str) -> dict[str, str]:
    return {one.activity_id: one.why for one in index.candidates(code, taxonomy)}


def test_what_states_a_code_needs_no_route(index: IndustryIndex) -> None:
    found = proposed(index, "nace2:D35.11", "eu-climate-mitigation")
    assert found["eu-climate-mitigation:4.1"] == ""
    # C25, C27, C28 are printed as divisions: a class within them is proposed, too.
    assert "eu-climate-mitigation:3.1" in proposed(index, "nace2:C27.12", "eu-climate-mitigation")
    assert "eu-climate-mitigation:3.1" in proposed(index, "nace2:C", "eu-climate-mitigation")
    assert "cn-green-finance-2025:4.2.1#r1" in proposed(index, "gbt4754:D", "cn-green-finance-2025")


@pytest.mark.parametrize(
    ("code", "taxonomy", "activity", "why"),
    [
        (
            "nace2.1:D35.12", "eu-climate-mitigation", "eu-climate-mitigation:4.1",
            "nace2.1:D35.12 → nace2:D35.11 (broader)",
        ),
        (
            "nace2.1:D35.12", "hk-phase-2a", "hk-phase-2a:ENE-01",
            "nace2.1:D35.12 → nace2:D35.11 → isic4:D3510 (broader)",
        ),
        ("isic5:3511", "hk-phase-2a", "hk-phase-2a:ENE-01", "isic5:D3511 → isic4:D3510 (broader)"),
        (
            "hsic2:351", "hk-phase-2a", "hk-phase-2a:ENE-01",
            "hsic2:351 → isic4:D351 → isic4:D3510 (unclear, own-comparison)",
        ),
        (
            "gbt4754:4415", "hk-phase-2a", "hk-phase-2a:ENE-01",
            "gbt4754:4415 → isic4:D3510 (unclear, recalled)",
        ),
        (
            "nace2:D35.11", "cn-green-finance-2025", "cn-green-finance-2025:4.2.1#r1",
            "nace2:D35.11 → isic4:D3510 → gbt4754:4415 (unclear, recalled)",
        ),
        (
            "nace2.1:C27.12", "eu-climate-mitigation", "eu-climate-mitigation:3.1",
            "nace2.1:C27.12 → nace2:C27.12 → nace2:C27 (broader)",
        ),
    ],
)  # fmt: skip
def test_other_codes_propose_with_their_route(
    code: str, taxonomy: str, activity: str, why: str, index: IndustryIndex
) -> None:
    assert proposed(index, code, taxonomy)[activity] == why


def test_two_revisions_propose_differently(index: IndustryIndex) -> None:
    """35.13 is distribution in Rev. 2, and in Rev. 2.1 transmission, which Rev. 2 numbers 35.12."""
    old = {one for one, why in proposed(index, "nace2:D35.13", "eu-climate-mitigation").items() if not why}
    new = proposed(index, "nace2.1:D35.13", "eu-climate-mitigation")
    assert old and all(new.values())
    assert all("nace2:D35.12" in why for why in new.values())


def test_one_level_of_doubt_comes_after_the_other(index: IndustryIndex) -> None:
    for code in ("nace2:D35.11", "nace2.1:D", "hsic2:C", "isic5:C"):
        ranks = [one.rank for one in index.candidates(code)]
        assert ranks == sorted(ranks) and ranks
        assert len({(one.activity_id, one.derived) for one in index.candidates(code)}) == len(ranks)
