"""Headers that nobody knows, but that read like what the activities of the table ask for."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from books import write_book

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.open_book import open_book
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.run import Opener, assess_portfolio

HK = "hk-phase-2a:ENE-01"
#: Not in a process of its own.
HERE: Opener = lambda source, limits, *_: open_book(source, limits)  # noqa: E731


def told(tmp_path: Path, engine: Engine, headers: list[str], rows: list[list[Any]]) -> list[tuple[Any, ...]]:
    """Severity, code, cell and the two sentences of each issue."""
    source = write_book(tmp_path / "book.xlsx", [["Loan no", "Activity", *headers], *rows])
    options = PortfolioOptions(as_of=date(2026, 11, 22), formats=("xlsx",))
    assess_portfolio(source, engine, options, tmp_path, lambda _: None, opener=HERE)
    _, *lines = openpyxl.load_workbook(tmp_path / "results.xlsx")["Issues"].iter_rows(values_only=True)
    return [(line[0], line[1], line[3], f"{line[7]} {line[8]}") for line in lines]


@pytest.mark.parametrize(
    "header",
    ["全生命周期温室气体排放强度（gCO2e/kWh）", "全生命週期溫室氣體排放強度", "Lifecycle GHG intensty"],
)
def test_a_header_like_a_fact_that_an_activity_asks_for_is_a_warning(
    header: str, tmp_path: Path, engine: Engine
) -> None:
    found = told(tmp_path, engine, ["Technology", header], [["1", HK, "bioenergy", 90]])
    (line,) = [one for one in found if one[2] == "D1"]
    assert line[:2] == ("warning", "header_near_fact")
    named = line[3].partition("may state: ")[2].partition(". If")[0].split(", ")
    known = engine.release.facts["lifecycle_ghg_intensity"]
    assert {*named} & {known.id, known.name.en, *known.headers, *known.aliases}


def test_only_what_this_table_needs_is_named(tmp_path: Path, engine: Engine) -> None:
    """Engines and turbines have a rated power; who makes turbines is asked for that of the turbine."""
    found = told(tmp_path, engine, ["单机额定功率（MW）"], [["1", "cn-green-finance-2025:4.1.1", 6]])
    (line,) = [one for one in found if one[2] == "C1"]
    assert line[1] == "header_near_fact"
    assert "机组额定功率" in line[3] and "发动机额定功率" not in line[3]


def test_the_name_that_is_proposed_is_read(tmp_path: Path, engine: Engine) -> None:
    (line,) = [
        one for one in told(tmp_path, engine, ["Technology", "LCA GHG intensities"], [["1", HK, "wind", 9]])
        if one[2] == "D1"
    ]  # fmt: skip
    assert line[:2] == ("warning", "header_near_fact")
    named = line[3].partition("may state: ")[2].partition(". If")[0].split(", ")[0]
    again = told(tmp_path, engine, ["Technology", named], [["1", HK, "wind", 9]])
    assert not [one for one in again if one[2] == "D1"]


@pytest.mark.parametrize(
    ("headers", "activity"),
    [
        # Stated in another column already; asked for by no activity of the table; like no fact at all.
        (["lifecycle_ghg_intensity", "Lifecycle GHG intensty"], HK),
        (["Amount", "Lifecycle GHG intensty"], "isic4:D3510"),
        (["Amount", "客户经理"], HK),
        (["Amount", "Avoided emissions (gCO2e/kWh)"], HK),
    ],
)
def test_any_other_unknown_header_is_told_and_no_more(
    headers: list[str], activity: str, tmp_path: Path, engine: Engine
) -> None:
    column = "Activity" if activity == HK else "Industry"
    source = write_book(tmp_path / "book.xlsx", [["Loan no", column, *headers], ["1", activity, 5, 90]])
    options = PortfolioOptions(("hk-phase-2a",), date(2026, 11, 22), formats=("xlsx",))
    assess_portfolio(source, engine, options, tmp_path, lambda _: None, opener=HERE)
    _, *lines = openpyxl.load_workbook(tmp_path / "results.xlsx")["Issues"].iter_rows(values_only=True)
    assert [line[:2] for line in lines if line[3] == "D1"] == [("info", "header_unknown")]


def test_the_unit_of_an_unknown_header_is_no_part_of_its_likeness(tmp_path: Path, engine: Engine) -> None:
    """(gCO2e/kWh) alone makes no header like the ones that have it."""
    found = told(tmp_path, engine, ["Zzqx (gCO2e/kWh)"], [["1", HK, 5]])
    (line,) = [one for one in found if one[2] == "C1"]
    assert line[1] == "header_unknown" and "Nearest: none" in line[3]


@pytest.mark.parametrize(
    "header", ["敞口净额", "Kreditbetrag (TEUR)", "Zzqx (万元)", "Exposre", "本期投放", "折人民币余额"]
)
def test_a_header_that_may_be_the_missing_amount_is_a_warning(
    header: str, tmp_path: Path, engine: Engine
) -> None:
    (line,) = [one for one in told(tmp_path, engine, [header], [["1", HK, 5]]) if one[2] == "C1"]
    assert line[0] == "warning" and line[1] in {"header_near_amount", "header_equivalent"}
    # Where another column gives amounts, it is one more column and no more.
    (line,) = [one for one in told(tmp_path, engine, [header, "Amount"], [["1", HK, 5, 5]]) if one[2] == "C1"]
    assert line[0] == "info"


def test_units_that_differ_are_no_unit(tmp_path: Path, engine: Engine) -> None:
    found = told(tmp_path, engine, ["贷款余额（万元）Balance (RMB million)"], [["1", HK, 5]])
    assert [one[:2] for one in found if one[2] == "C2"] == [("warning", "amount_unreadable")]


@pytest.mark.parametrize("header", ["国家／地区", "國家／地區", "Country / Region", "国家\n（地区）"])
def test_countries_and_regions(header: str, tmp_path: Path, engine: Engine) -> None:
    found = told(tmp_path, engine, [header], [["1", HK, "CN"]])
    assert not [one for one in found if one[2] == "C1"]
