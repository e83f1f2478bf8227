"""Totals in one currency: rates as option, sheet or file; exact sums; what is left out is said."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl import Workbook

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import LANGUAGES, Language
from taxonomy_api.portfolio.exchange import Rate, RateTable, money_text, rates_of
from taxonomy_api.portfolio.exchange_sheet import read_rate_file
from taxonomy_api.portfolio.options import read_options
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.run import assess_portfolio

HEADER: tuple[object, ...] = (
    *("id", "activity", "technology", "lifecycle_ghg_intensity", "amount", "currency"),
)
#: Under the limit of 100 g the plant is green, under 255 g in transition, above it neither.
ROWS: list[list[object]] = [
    ["A", "hk-phase-2a:ENE-01", "bioenergy", 84, 100, "CNY"],
    ["B", "hk-phase-2a:ENE-01", "bioenergy", 84, 1000, "HKD"],
    ["C", "hk-phase-2a:ENE-01", "bioenergy", 400, "10.01", "USD"],
    ["D", "hk-phase-2a:ENE-01", "bioenergy", 84, 7, None],
    ["合计", None, None, None, 5000, "HKD"],
]
INTO_HKD = {"HKD": {"rate": 1}, "CNY": {"rate": "1.09", "date": "2026-06-30"}}
ALL_INTO_HKD = INTO_HKD | {"USD": {"rate": "7.8", "date": "2026-06-30"}}
SHEET: list[list[object]] = [
    ["currency", "rate", "date"],
    ["HKD", 1, None],
    ["CNY", 1.09, date(2026, 6, 30)],
]


def make(
    path: Path,
    fx: list[list[object]] | None = None,
    rows: list[list[object]] = ROWS,
    header: tuple[object, ...] = HEADER,
    name: str = "FX",
) -> Path:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Loans"
    for row in [header, *rows]:
        page.append(row)
    if fx is not None:
        sheet = book.create_sheet(name)
        for line in fx:
            sheet.append(line)
    book.save(path)
    return path


def run(path: Path, engine: Engine, **options: Any) -> dict[str, Any]:
    target = path.parent / "out"
    target.mkdir(exist_ok=True)
    raw = {"as_of": "2026-11-22", "taxonomies": ["hk-phase-2a"], **options}
    return assess_portfolio(path, engine, read_options(engine.release, raw), target, lambda _: None).as_json()


def lines(folder: Path, sheet: str) -> list[list[Any]]:
    rows = openpyxl.load_workbook(folder / "out" / "results.xlsx")[sheet].iter_rows(values_only=True)
    return [[cell for cell in row if cell is not None] for row in rows]


def issues(folder: Path) -> dict[str, tuple[str, str, str, str]]:
    """By code: severity, sheet, cell and what was read of its (last) issue."""
    rows = openpyxl.load_workbook(folder / "out" / "results.xlsx")["Issues"].iter_rows(values_only=True)
    return {str(row[1]): (str(row[0]), row[2] or "", row[3] or "", row[6] or "") for row in rows}  # type: ignore[misc]


# Sums


def test_totals_by_verdict_are_sums_times_rates(tmp_path: Path, engine: Engine) -> None:
    """100 × 1.09 + 1000 aligned, 10.01 × 7.8 not aligned; the row of totals is in none of them."""
    exchange = run(make(tmp_path / "p.xlsx"), engine, fx=ALL_INTO_HKD)["exchange"]
    assert (exchange["currency"], exchange["origin"]) == ("HKD", "option")
    assert (exchange["amount"], exchange["left_out"]) == ("1187.078", [""])
    verdicts = exchange["taxonomies"]["hk-phase-2a"]["verdicts"]
    assert verdicts["aligned"] == {"amount": "1109", "left_out": [""]}
    assert verdicts["not_aligned"] == {"amount": "78.078", "left_out": []}
    assert verdicts["transition"] == {"amount": "0", "left_out": []}
    assert sum(Decimal(one["amount"]) for one in verdicts.values()) == Decimal(exchange["amount"])
    by_criteria = exchange["taxonomies"]["hk-phase-2a"]["aligned_parts"]["by_criteria"]
    assert by_criteria["amount"] == "1109"


def test_what_has_no_rate_stays_apart_and_is_named(tmp_path: Path, engine: Engine) -> None:
    exchange = run(make(tmp_path / "p.xlsx"), engine, fx=INTO_HKD)["exchange"]
    assert exchange["amount"] == "1109"
    assert exchange["left_out"] == ["USD", ""]
    assert (exchange["rows_with_amount"], exchange["rows_left_out"]) == (4, 2)
    assert exchange["taxonomies"]["hk-phase-2a"]["verdicts"]["not_aligned"] == {
        "amount": "0",
        "left_out": ["USD"],
    }
    text = (
        "Covers 2 of 4 rows with an amount. "
        "Left out for lack of a rate: USD 10.01 (rows: 1); currency not stated 7 (rows: 1)."
    )
    assert [text] in lines(tmp_path, "Summary")


def test_figures_per_currency_stay_as_they_are(tmp_path: Path, engine: Engine) -> None:
    path = make(tmp_path / "p.xlsx")
    without, with_rates = run(path, engine), run(path, engine, fx=ALL_INTO_HKD)
    assert without.pop("exchange") is None
    assert with_rates.pop("exchange") is not None
    assert without == with_rates
    assert without["amounts"] == {"CNY": "100", "HKD": "1000", "USD": "10.01", "": "7"}


def test_sums_are_exact_beyond_the_digits_of_usual_decimal_arithmetic() -> None:
    rate, amount = "1.2345678901234567891", Decimal("999999999999999.987654321")
    table = rates_of({"EUR": {"rate": 1}, "CNY": {"rate": rate, "date": "2026-06-30"}})
    total, left_out = table.total({"CNY": amount, "EUR": Decimal("0.000000001")})
    assert Fraction(total) == Fraction(amount) * Fraction(rate) + Fraction(1, 10**9)
    assert left_out == ()


def test_equivalents_beside_amounts_are_not_added_twice(tmp_path: Path, engine: Engine) -> None:
    """One loan of HKD 780, its worth of USD 100 in columns beside it: 780, never 1,560. Both in one cell
    are no amount that could be read in one way."""
    header = (*HEADER[:4], "Amount (HKD)", "US$ equivalent", "Amount (USD)", "金额折合美元")
    row = ["A", "hk-phase-2a:ENE-01", "bioenergy", 84, 780, 100, 100, 100]
    summary = run(make(tmp_path / "p.xlsx", None, [row], header), engine, fx=ALL_INTO_HKD)
    assert summary["amounts"] == {"HKD": "780"}
    assert summary["exchange"]["amount"] == "780"
    cell = ["A", "hk-phase-2a:ENE-01", "bioenergy", 84, "HK$780 (US$100)", None]
    summary = run(make(tmp_path / "q.xlsx", None, [cell]), engine, fx=ALL_INTO_HKD)
    assert (summary["amounts"], summary["issues"]["amount_unreadable"]) == ({}, 1)


def test_without_amounts_the_totals_are_nought(tmp_path: Path, engine: Engine) -> None:
    path = make(tmp_path / "p.xlsx", None, [row[:4] for row in ROWS[:2]], HEADER[:4])
    exchange = run(path, engine, fx=INTO_HKD)["exchange"]
    assert (exchange["amount"], exchange["left_out"], exchange["rows_with_amount"]) == ("0", [], 0)


# The option


@pytest.mark.parametrize(
    ("fx", "told"),
    [
        ({}, "1 to 1,000"),
        ([], "1 to 1,000"),
        ({"HKD": 1}, "HKD must be an object"),
        ({"HKD": {"rate": 1, "day": "2026-06-30"}}, "HKD must be an object"),
        ({"HKD": {}}, "HKD must be an object"),
        ({"hk dollars!": {"rate": 1}}, "is no currency"),
        ({"万元": {"rate": 1}}, "is no currency"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": 0}}, "the rate of CNY"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": -1.09}}, "the rate of CNY"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": True}}, "the rate of CNY"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": "1,09"}}, "the rate of CNY"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": "1e3"}}, "the rate of CNY"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": "NaN"}}, "the rate of CNY"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": float("inf")}}, "the rate of CNY"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": float("nan")}}, "the rate of CNY"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": 10**400}}, "the rate of CNY"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": "0.0000000001"}}, "the rate of CNY"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": "1.23456789012345678901"}}, "at most 20 digits"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": 1.0912345678901234}}, "write it in quotes"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": "1.09", "date": "30.06.2026"}}, "the date of CNY"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": "1.09", "date": "2026-02-30"}}, "the date of CNY"),
        ({"HKD": {"rate": 1}, "CNY": {"rate": "1.09"}, "RMB": {"rate": "1.08"}}, "CNY is named twice"),
    ],
)
def test_an_option_that_is_wrong_is_refused_with_what_is_wrong(
    fx: object, told: str, release: Release
) -> None:
    with pytest.raises(PortfolioProblem, match=told) as caught:
        read_options(release, {"fx": fx})
    assert caught.value.code == "fx_invalid"
    assert '"HKD": {"rate": 1}' in caught.value.cure


@pytest.mark.parametrize(
    ("fx", "told"),
    [
        ({"CNY": {"rate": "1.09"}}, "none has"),
        ({"HKD": {"rate": 1, "date": "2026-06-30"}}, "none has"),
        ({"HKD": {"rate": 1}, "MOP": {"rate": "1.00"}}, "2 have (HKD, MOP)"),
    ],
)
def test_exactly_one_currency_is_that_of_the_totals(fx: object, told: str, release: Release) -> None:
    with pytest.raises(PortfolioProblem) as caught:
        read_options(release, {"fx": fx})
    assert caught.value.code == "fx_no_base"
    assert told in caught.value.detail
    assert "without a date to that currency only" in caught.value.cure


def test_a_pegged_currency_has_rate_1_and_its_date(tmp_path: Path, engine: Engine) -> None:
    rows: list[list[object]] = [[*ROWS[0][:4], 5, "MOP"], [*ROWS[1][:4], 6, "HKD"]]
    fx = {"HKD": {"rate": 1}, "MOP": {"rate": 1, "date": "2026-06-30"}}
    exchange = run(make(tmp_path / "p.xlsx", None, rows), engine, fx=fx)["exchange"]
    assert (exchange["currency"], exchange["amount"], exchange["left_out"]) == ("HKD", "11", [])


def test_the_option_as_stored_is_read_again_the_same(release: Release) -> None:
    options = read_options(release, {"fx": ALL_INTO_HKD | {"EUR": {"rate": 8.75}}, "as_of": "2026-11-22"})
    again = read_options(release, options.as_json())
    assert again == options
    assert options.as_json()["fx"] == {
        "HKD": {"rate": "1"},
        "CNY": {"rate": "1.09", "date": "2026-06-30"},
        "USD": {"rate": "7.8", "date": "2026-06-30"},
        "EUR": {"rate": "8.75"},
    }


def test_rates_later_than_the_assessment_or_without_a_date_are_told(tmp_path: Path, engine: Engine) -> None:
    fx = {
        "HKD": {"rate": 1},
        "CNY": {"rate": "1.09", "date": "2026-11-23"},
        "USD": {"rate": "7.8", "date": "2026-11-22"},
        "EUR": {"rate": "8.75"},
    }
    summary = run(make(tmp_path / "p.xlsx"), engine, fx=fx)
    assert summary["exchange"]["amount"] == "1187.078"
    found = issues(tmp_path)
    assert found["fx_date_later"] == ("warning", "", "", "1 CNY = 1.09 HKD (2026-11-23)")
    assert found["fx_date_missing"] == ("info", "", "", "1 EUR = 8.75 HKD (no date stated)")
    assert summary["issues"]["fx_date_later"] == summary["issues"]["fx_date_missing"] == 1


# The sheet


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("FX", ["currency", "rate", "date"]),
        ("fx", ["Currency code", "Exchange rate", "Date of rate"]),
        ("Fx", ["币种", "汇率", "日期"]),
        ("fX", ["幣種", "折算匯率", "匯率日期"]),
        ("FX", ["货币 Currency", "汇率 Rate", "日期 Date"]),
    ],
)
def test_a_sheet_of_rates_in_three_languages(
    tmp_path: Path, engine: Engine, name: str, header: list[object]
) -> None:
    fx: list[list[object]] = [["Group treasury"], [], header, *SHEET[1:], [], ["Source: treasury"]]
    exchange = run(make(tmp_path / "p.xlsx", fx, name=name), engine)["exchange"]
    assert (exchange["origin"], exchange["name"], exchange["amount"]) == ("sheet", name, "1109")
    assert exchange["rates"] == {"HKD": {"rate": "1"}, "CNY": {"rate": "1.09", "date": "2026-06-30"}}
    assert issues(tmp_path)["fx_read"] == ("info", name, "", "HKD, CNY")


def test_faults_of_the_sheet_are_told_at_their_cells(tmp_path: Path, engine: Engine) -> None:
    fx: list[list[object]] = [
        [],
        ["Currency", "Rate (per unit)", "Date", "Quote"],
        ["HKD", 1, None, None],
        ["CNY", "1.09", "2026-06-30", 100],
        ["USD", "7,8", "2026-06-30", None],
        ["gold", 30000, "2026-06-30", None],
        ["EUR", 8.75, "3/4/2026", None],
        ["GBP", None, "2026-06-30", None],
        ["JPY", -0.05, "2026-06-30", None],
        ["SGD", 6.0, "2026-06-30", None],
        ["SGD", 6.1, "2026-07-31", None],
        ["CHF", 0.11, datetime(2026, 12, 1), None],
    ]
    summary = run(make(tmp_path / "p.xlsx", fx), engine)
    assert list(summary["exchange"]["rates"]) == ["HKD", "CNY", "CHF"]
    rows = openpyxl.load_workbook(tmp_path / "out" / "results.xlsx")["Issues"].iter_rows(values_only=True)
    told = {(row[3], row[1]) for row in rows if str(row[1]).startswith("fx_") and row[3]}
    assert told == {
        ("B2", "fx_header_unit"),
        ("D2", "fx_column_not_used"),
        ("B5", "fx_rate_unreadable"),
        ("A6", "fx_currency_unreadable"),
        ("C7", "fx_date_unreadable"),
        ("B8", "fx_rate_unreadable"),
        ("B9", "fx_rate_unreadable"),
        ("B11", "fx_currency_twice"),
        ("B12", "fx_date_later"),
    }
    assert summary["exchange"]["left_out"] == ["USD", ""]


@pytest.mark.parametrize(
    ("fx", "code"),
    [
        ([["currency", "value"], ["HKD", 1]], "fx_header_missing"),
        ([["currency", "rate", "汇率"], ["HKD", 1, 1]], "fx_header_missing"),
        ([], "fx_header_missing"),
        ([["currency", "rate"], ["CNY", 1.09]], "fx_no_base"),
        ([["currency", "rate"], ["HKD", 1], ["MOP", 1]], "fx_no_base"),
        ([["currency", "rate", "date"], ["HKD", 1, date(2026, 6, 30)]], "fx_no_base"),
        ([["currency", "rate", "date"], ["HKD", 1, "soon"]], "fx_no_base"),
        ([["currency", "rate"], ["HKD", 1], ["HKD", 1]], "fx_no_base"),
        ([["currency", "rate"], ["HKD", 1], *[["CNY", 1.09]] * 1100], "fx_not_read"),
    ],
)
def test_a_sheet_without_usable_rates_changes_nothing_else(
    tmp_path: Path, engine: Engine, fx: list[list[object]], code: str
) -> None:
    summary = run(make(tmp_path / "p.xlsx", fx), engine)
    assert summary["exchange"] is None
    assert summary["rows"] == len(ROWS)
    severity, sheet, *_ = issues(tmp_path)[code]
    assert (severity, sheet) == ("warning", "FX")


def test_the_option_comes_before_the_sheet_and_that_is_said(tmp_path: Path, engine: Engine) -> None:
    fx = {"HKD": {"rate": 1}, "CNY": {"rate": 2, "date": "2026-06-30"}}
    exchange = run(make(tmp_path / "p.xlsx", SHEET), engine, fx=fx)["exchange"]
    assert (exchange["origin"], exchange["amount"]) == ("option", "1200")
    found = issues(tmp_path)
    assert found["fx_outranked"][:2] == ("info", "FX")
    assert "fx_read" not in found


def test_a_portfolio_on_a_sheet_of_that_name_is_no_table_of_rates(tmp_path: Path, engine: Engine) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "FX"
    for row in [HEADER, *ROWS]:
        page.append(row)
    book.save(tmp_path / "p.xlsx")
    assert run(tmp_path / "p.xlsx", engine)["exchange"] is None
    assert not [code for code in issues(tmp_path) if code.startswith("fx_")]


# Where it is shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_summary_and_method_show_every_rate_with_its_date_and_origin(
    tmp_path: Path, engine: Engine, language: Language
) -> None:
    fx = ALL_INTO_HKD | {"JPY": {"rate": "0.05", "date": "2026-05-31"}}
    run(make(tmp_path / "p.xlsx"), engine, fx=fx, language=language)
    summary = lines(tmp_path, "Summary")
    assert ["CNY", "2026-06-30", 1.09, 1, 100, 109] in summary
    assert ["USD", "2026-06-30", 7.8, 1, 10.01, 78.078] in summary
    assert ["JPY", "2026-05-31", 0.05, 0, 0, 0] in summary
    (aligned,) = [row for row in summary if row[:1] == ["hk-phase-2a"] and row[2:3] == [1109]][:1]
    assert "aligned" in aligned[1]
    method = [row[-1] for row in lines(tmp_path, "Method") if row]
    assert "1 CNY = 1.09 HKD (2026-06-30)" in method
    assert "1 JPY = 0.05 HKD (2026-05-31)" in method
    assert any(("option fx" in text or "fx。" in text) and "HKD" in text for text in method)


def test_amounts_are_shown_with_the_decimals_of_their_currency(tmp_path: Path, engine: Engine) -> None:
    fx = {"JPY": {"rate": 1}, "CNY": {"rate": "21.5", "date": "2026-06-30"}}
    run(make(tmp_path / "p.xlsx"), engine, fx=fx)
    page = openpyxl.load_workbook(tmp_path / "out" / "results.xlsx")["Summary"]
    (row,) = [row for row in page.iter_rows() if row[0].value == "CNY" and row[3].value == 1]
    assert (row[4].number_format, row[5].number_format) == ("#,##0.00", "#,##0")
    assert row[5].value == 2150
    assert money_text(Decimal("1234.5678"), "JPY") == "1,235"
    assert money_text(Decimal("1234.5678"), "HKD") == "1,234.57"
    assert money_text(Decimal("1234.5678"), "KWD") == "1,234.568"
    assert money_text(Decimal("1234"), "HKD") == "1,234"


# The file


def test_rates_from_a_file(tmp_path: Path, release: Release) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("币种,汇率,日期\nHKD,1,\nCNY,1.09,2026-06-30\n", "utf-8")
    expected = {"HKD": Rate("HKD", Decimal(1), None, "B2")}
    expected["CNY"] = Rate("CNY", Decimal("1.09"), date(2026, 6, 30), "B3")
    table = read_rate_file(path, release, Limits())
    assert table == RateTable("HKD", expected, "file", "rates.csv")
    book = make(tmp_path / "book.xlsx", SHEET)
    assert read_rate_file(book, release, Limits()).as_json() == table.as_json()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("currency,rate\nHKD,1\nCNY,one\n", "B3 (one): No rate was read here"),
        ("currency,rate\nCNY,1.09\n", "exactly one"),
        ("a,b\n1,2\n", "No row names one column of currencies"),
    ],
)
def test_a_file_with_faults_is_refused_with_their_cells(
    tmp_path: Path, release: Release, text: str, told: str
) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(PortfolioProblem) as caught:
        read_rate_file(path, release, Limits())
    assert caught.value.code == "fx_invalid"
    assert told in caught.value.detail
