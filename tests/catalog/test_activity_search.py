"""Search by words in three languages, codes, aliases and industry codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from taxonomy_api.catalog.industry_codes import INDUSTRY_SCHEMES
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.nearest import did_you_mean, nearest
from taxonomy_api.catalog.search import IndustryCandidate, IndustryCodeError, SearchIndex, tokens

MINIMAL = Path(__file__).parent / "minimal"


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    release = load_release(MINIMAL).release
    assert release is not None
    return SearchIndex(release)


@pytest.mark.parametrize(
    ("query", "best", "why"),
    [
        ("1.10", "demo-a:1.10", "code"),
        ("demo-a:1.10", "demo-a:1.10", "code"),
        ("demo-a:1.3#r3", "demo-a:1.3#r3", "code"),
        ("p-02", "demo-b:P-02", "code"),
        ("1.1 Water Power", "demo-a:1.10", "alias"),
        ("Hydropower", "demo-a:1.10", "name"),
        ("ｈｙｄｒｏｐｏｗｅｒ", "demo-a:1.10", "name"),
        ("水力发电", "demo-a:1.10", "name"),
        ("水力發電", "demo-a:1.10", "name"),
        ("flowing water", "demo-a:1.10", "words"),
        ("hydropwer", "demo-a:1.10", "words"),
        ("building prod", "demo-a:1.2", "words"),
        ("水电", "demo-b:P-01", "words"),
        ("灯具", "demo-a:1.3#r1", "name"),
        ("isic4:D3510", "demo-a:1.10", "industry"),
    ],
)
def test_finds(query: str, best: str, why: str, index: SearchIndex) -> None:
    hits = index.search(query)
    assert (hits[0].activity_id, hits[0].why) == (best, why)
    assert all(0 < hit.score <= 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("query", ["", " ", "zzzz", "鯨", "%_*", "isic9:z", "x" * 10_000])
def test_finds_nothing_without_failing(query: str, index: SearchIndex) -> None:
    assert index.search(query) == []


def test_filters_and_limit(index: SearchIndex) -> None:
    assert {hit.activity_id for hit in index.search("power", taxonomy="demo-b")} <= {
        "demo-b:P-01",
        "demo-b:P-02",
        "demo-b:P-03",
        "demo-b:P-04",
    }
    assert index.search("power", sector="nowhere") == []
    assert len(index.search("power", limit=1)) == 1


def test_by_industry(index: SearchIndex) -> None:
    def found(code: str) -> list[tuple[str, str, bool, str]]:
        return [(c.activity_id, c.code, c.derived, c.relation) for c in index.by_industry(code)]

    hydropower = ("demo-a:1.10", "D3510", True, "exact")
    assert found("isic4:D3510") == found("isic4:3510") == found("ISIC4:d35.10") == [hydropower]
    assert found("nace2:D35.1") == [("demo-a:1.10", "D35.11", False, "narrower")]
    assert found("nace2:D") == [("demo-a:1.10", "D35.11", False, "narrower")]
    assert found("nace2:35.111") == [("demo-a:1.10", "D35.11", False, "broader")]
    assert found("gbt4754:4861") == [("demo-a:1.3#r1", "4861", False, "exact")]
    assert found("nace2:99") == []
    assert index.by_industry("gbt4754:4861", taxonomy="demo-b") == []


@pytest.mark.parametrize("code", ["3510", "isic9:3510", "isic4:", "", ":"])
def test_an_industry_code_needs_its_scheme(code: str, index: SearchIndex) -> None:
    with pytest.raises(IndustryCodeError, match="isic4"):
        index.by_industry(code)


@pytest.fixture(scope="module")
def real() -> SearchIndex:
    release = load_release(default_data_folder()).release
    assert release is not None
    return SearchIndex(release)


@pytest.mark.parametrize("code", ["D35.11", "35.11", "d3511", "F42.22", "D3510", "3510", "4415", "4861"])
def test_an_industry_code_without_scheme(code: str, index: SearchIndex) -> None:
    best = {"4415": "demo-a:1.4", "4861": "demo-a:1.3#r1"}.get(code, "demo-a:1.10")
    hits = index.search(code)
    assert (hits[0].activity_id, hits[0].why) == (best, "industry")


@pytest.mark.parametrize("code", ["F35.11", "35.1", "35.12", "D"])
def test_an_industry_code_without_scheme_is_meant_exactly(code: str, index: SearchIndex) -> None:
    assert "industry" not in {hit.why for hit in index.search(code)}


def _by_industry(index: SearchIndex, code: str) -> list[IndustryCandidate]:
    try:
        return index.by_industry(code)
    except IndustryCodeError:
        return []  # D3510 is none of GB/T 4754


@pytest.mark.parametrize("code", ["D35.11", "35.11", "3510", "4413", "D3510"])
def test_industry_codes_come_before_words(code: str, real: SearchIndex) -> None:
    """All that states the code is found, and nothing found by words stands above it."""
    hits = real.search(code, limit=10_000)
    stating = {
        candidate.activity_id
        for scheme in INDUSTRY_SCHEMES
        for candidate in _by_industry(real, f"{scheme}:{code}")
        if candidate.relation == "exact" and not candidate.route
    }
    assert {hit.activity_id for hit in hits if hit.why == "industry"} == stating != set()
    assert all(hit.why == "industry" for hit in hits[: len(stating)])


def test_a_code_in_the_form_of_its_scheme_comes_first(real: SearchIndex) -> None:
    stating = {one.activity_id for one in real.by_industry("nace2:D35.11") if not one.route}
    assert {hit.activity_id for hit in real.search("D35.11", limit=10)} <= stating


def test_one_chinese_sign(index: SearchIndex, real: SearchIndex) -> None:
    assert [index.search(sign)[0].activity_id for sign in "氢氫"] == ["demo-b:P-02"] * 2
    for sign in "氢氫":
        found = {hit.activity_id for hit in real.search(sign, limit=10_000)}
        assert "eu-climate-mitigation:3.10" in found


def test_whole_words_come_before_beginnings_of_words(real: SearchIndex) -> None:
    ids = [hit.activity_id for hit in real.search("car", limit=10_000)]
    carbon = [hit.activity_id for hit in real.search("low-carbon", limit=5)]
    assert ids.index("eu-climate-mitigation:6.5") < min(map(ids.index, carbon))


def test_among_equals_a_name_that_begins_with_the_query_comes_first(real: SearchIndex) -> None:
    hits = [hit for hit in real.search("solar energy") if hit.score == real.search("solar energy")[0].score]
    begins = [hit.name.en.lower().startswith("solar energy") for hit in hits]
    assert begins == sorted(begins, reverse=True) and True in begins and False in begins


def test_tokens() -> None:
    assert list(tokens("solar pv光伏发电 x2 风")) == ["solar", "pv", "光伏", "伏发", "发电", "x2", "风"]


def test_nearest() -> None:
    known = ["lifecycle_ghg_intensity", "power_density", "technology"]
    assert nearest("lifecycle_ghg_intensty", known) == ("lifecycle_ghg_intensity",)
    assert nearest("Power-Density", known) == ("power_density",)
    assert nearest("zzz", known) == ()
    # No name resembles it as a whole, and one of its words begins with it.
    assert nearest("ghg", known) == ("lifecycle_ghg_intensity",)
    assert nearest("gh", known) == ()
    assert nearest("a", ["a1", "a2", "a3", "a4"], limit=2) == ("a1", "a2")
    assert did_you_mean("tecnology", known) == "did you mean technology?"
    assert did_you_mean("zzz", known) == "known: lifecycle_ghg_intensity, power_density, technology"
    assert did_you_mean("zzz", []) == did_you_mean("zzz", map(str, range(50))) == ""
