"""Options: read, checked, and refused by name."""

from __future__ import annotations

from datetime import date

import pytest

from taxonomy_api.catalog.model import Release
from taxonomy_api.portfolio.options import NAMES, PortfolioOptions, read_options
from taxonomy_api.portfolio.problem import OptionProblems, PortfolioProblem


def test_all_names(release: Release) -> None:
    options = read_options(
        release,
        {
            "taxonomies": ["hk-phase-2a", "hk-phase-2a"],
            "as_of": "2026-11-22",
            "language": "zh-Hant",
            "assume_not_excluded": True,
            "confirm": {"cn-green-finance-2025:4.2.1": "hk-phase-2a:ENE-01"},
            "sheet": "2024",
            "header_row": 3,
            "amount_unit": "亿元",
            "reuse": False,
            "annotated": True,
            "mapping": None,
        },
        formats=["csv"],
    )
    assert options == PortfolioOptions(
        taxonomies=("hk-phase-2a",),
        as_of=date(2026, 11, 22),
        language="zh-Hant",
        assume_not_excluded=True,
        confirm={"cn-green-finance-2025:4.2.1": ("hk-phase-2a:ENE-01",)},
        sheet="2024",
        header_row=3,
        amount_unit="亿元",
        reuse=False,
        annotated=True,
        formats=("csv",),
    )


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({"taxonomy": ["hk-phase-2a"]}, "option_unknown"),
        ({"taxonomies": ["hk-phase-2"]}, "taxonomy_unknown"),
        ({"taxonomies": "hk-phase-2a"}, "option_invalid"),
        ({"as_of": "2026-02-30"}, "option_invalid"),
        ({"as_of": "22.11.2026"}, "option_invalid"),
        ({"language": "fr"}, "option_invalid"),
        ({"assume_not_excluded": "yes"}, "option_invalid"),
        ({"header_row": 0}, "option_invalid"),
        ({"header_row": True}, "option_invalid"),
        ({"sheet": ""}, "option_invalid"),
        ({"annotated": "yes"}, "option_invalid"),
        ({"confirm": {"hk-phase-2a:ENE-01": "hk-phase-2a:NONE"}}, "activity_unknown"),
        ({"confirm": 5}, "option_invalid"),
        ({"mapping": {"a": "b"}}, "mapping_invalid"),
        ({"fx": {"USD": 7.8}}, "fx_invalid"),
        ({"fx": {"USD": {"rate": "7.8"}}}, "fx_no_base"),
    ],
)
def test_refused(raw: dict[str, object], code: str, release: Release) -> None:
    with pytest.raises(PortfolioProblem) as caught:
        read_options(release, raw)
    assert caught.value.code == code
    assert next(iter(raw)) in str(caught.value) or code == "taxonomy_unknown"


def test_an_unknown_name_gets_its_nearest(release: Release) -> None:
    with pytest.raises(PortfolioProblem) as caught:
        read_options(release, {"taxonomy": []})
    assert "taxonomies" in caught.value.nearest
    assert all(name in caught.value.cure for name in NAMES)


def test_every_option_that_is_wrong_is_told(release: Release) -> None:
    with pytest.raises(OptionProblems) as caught:
        read_options(release, {"as_off": "2026-11-22", "taxonomies": ["hk"], "annotated": True})
    assert [*caught.value.found] == ["as_off", "taxonomies"]
    assert "as_of" in caught.value.found["as_off"].nearest
    assert "There is no option" in str(caught.value) and "There is no taxonomy 'hk'" in str(caught.value)
