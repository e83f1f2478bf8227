"""Cells that are empty, contradict each other or say less than they seem to."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from books import write_book
from test_results import run, sheet_rows

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.template import write_template

CN = "cn-green-finance-2025:4.2.1"
HK = "hk-phase-2a:ENE-01"
GHG = "lifecycle_ghg_intensity"


def told(folder: Path, code: str) -> list[tuple[Any, ...]]:
    return [row for row in sheet_rows(folder, "Issues")[1:] if row[1] == code]


def column(folder: Path, header: str) -> list[Any]:
    head, *rows = sheet_rows(folder, "Results")
    return [row[head.index(header)] for row in rows]


def test_the_empty_columns_of_a_template_are_no_errors(tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "book.xlsx"
    write_template(engine.release, path, "en", None)
    book = openpyxl.load_workbook(path)
    page = book["Projects"]
    places = {str(cell.value): cell.column for cell in page[1]}
    for row in (2, 3):
        page.cell(row, places["Project id"], f"P{row}")
        page.cell(row, places["Activity"], HK)
    book.save(path)
    assert run(path, engine).rows_by_state == {"ok": 2, "warning": 0, "error": 0}


def test_a_number_among_blanks_of_another_kind_is_told_alone(tmp_path: Path, engine: Engine) -> None:
    rows = [["id", "activity", "technology"], ["1", HK, None], ["2", HK, 7], ["3", HK, None]]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert column(tmp_path, "row state") == ["ok", "warning", "ok"]


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (84, 84, "aligned"),
        (84, "84 gCO2e/kWh", "aligned"),
        (84, None, "aligned"),
        (None, 84, "aligned"),
        (84, 900, "undetermined"),
        (900, "84", "undetermined"),
    ],
)
def test_two_answers_to_one_fact_must_agree(
    first: object, second: object, verdict: str, tmp_path: Path, engine: Engine
) -> None:
    rows = [
        ["id", "activity", GHG, "Lifecycle GHG intensity (kgCO2e/MWh)", "technology"],
        ["1", HK, first, second, "bioenergy"],
        ["2", HK, 84, 84, "bioenergy"],
    ]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert column(tmp_path, "hk-phase-2a verdict") == [verdict, "aligned"]
    found = told(tmp_path, "contradictory_answers")
    assert [row[3] for row in found] == (["D2"] if verdict == "undetermined" else [])
    assert column(tmp_path, "row state")[0] == ("warning" if found else "ok")
    reason = column(tmp_path, "hk-phase-2a reason")[0]
    assert (" is 84 " in reason) is (verdict == "aligned")


def test_one_fact_answered_twice_by_its_id(tmp_path: Path, engine: Engine) -> None:
    rows = [
        ["id", "activity", "technology", "technology"],
        ["1", HK, "bioenergy", "wind"],
        ["2", HK, "wind", "wind"],
    ]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert [row[3] for row in told(tmp_path, "contradictory_answers")] == ["D2"]


def test_two_columns_of_activities_are_both_read(tmp_path: Path, engine: Engine) -> None:
    other = next(
        one.id for one in engine.release.taxonomies["hk-phase-2a"].activities.values() if one.id != HK
    )
    rows = [
        ["id", "activity", "活动"],
        ["1", HK, "eu-climate-mitigation:4.1"],
        ["2", HK, other],
        ["3", None, HK],
        ["4", HK, HK],
    ]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert [one or "" for one in column(tmp_path, "hk-phase-2a activity")] == [HK, "", HK, HK]
    assert column(tmp_path, "eu-climate-mitigation activity")[0] == "eu-climate-mitigation:4.1"
    assert [row[4] for row in told(tmp_path, "several_activities")] == [3]


@pytest.mark.parametrize(
    ("activity", "row", "code"),
    [
        (CN, "r9", "unknown_row"),
        (f"{CN}#r9", None, "unknown_row"),
        (f"{CN}#r1/r2", None, "unknown_row"),
        (f"{CN}#r1 #r2", None, "unknown_row"),
        (f"{CN}#r2", "r1", "contradictory_rows"),
    ],
)
def test_a_row_that_is_not_on_file_gives_no_verdict(
    activity: str, row: str | None, code: str, tmp_path: Path, engine: Engine
) -> None:
    rows = [["id", "activity", "row"], ["1", activity, row]]
    run(write_book(tmp_path / "book.xlsx", rows), engine, taxonomies=["cn-green-finance-2025"])
    assert column(tmp_path, "row state") == ["error"]
    assert column(tmp_path, "cn-green-finance-2025 verdict") == ["undetermined"]
    (issue,) = told(tmp_path, code)
    assert code != "unknown_row" or "r1" in issue[-1]


def test_the_row_column_holds_for_the_activity_that_has_rows(tmp_path: Path, engine: Engine) -> None:
    rows = [["id", "activity", "row"], ["1", f"{CN}; eu-climate-mitigation:4.1", "r1"]]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert column(tmp_path, "cn-green-finance-2025 activity") == [f"{CN}#r1"]
    assert column(tmp_path, "eu-climate-mitigation activity") == ["eu-climate-mitigation:4.1"]


def test_a_row_with_an_industry_code_alone_is_told_its_candidates(tmp_path: Path, engine: Engine) -> None:
    rows = [["id", "industry"], ["1", "nace2:D35.11"], ["2", "nace2:99.99"]]
    run(write_book(tmp_path / "book.xlsx", rows), engine, taxonomies=["eu-climate-mitigation"])
    (issue,) = told(tmp_path, "industry_code_only")
    assert "eu-climate-mitigation:4.1 " in " ".join(map(str, issue))
    assert len(told(tmp_path, "industry_without_activity")) == 1


def test_what_is_said_to_be_about_is_read_and_told(tmp_path: Path, engine: Engine) -> None:
    rows = [
        ["id", "activity", GHG, "technology", "amount", "currency"],
        ["1", HK, "约84", "bioenergy", "约5", "CNY"],
    ]
    summary = run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert column(tmp_path, "hk-phase-2a verdict") == ["aligned"]
    assert summary.total.amounts == {"CNY": Decimal(5)}
    assert [row[3] for row in told(tmp_path, "approximate_value")] == ["C2"]
    assert [row[3] for row in told(tmp_path, "amount_approximate")] == ["E2"]
    assert column(tmp_path, "row state") == ["ok"]


@pytest.mark.parametrize(("amount", "counted"), [(10**15, True), (2 * 10**15, False), (1e18, False)])
def test_amounts_beyond_any_loan_are_not_counted(
    amount: float, counted: bool, tmp_path: Path, engine: Engine
) -> None:
    rows = [["id", "activity", "amount", "currency"], ["1", HK, amount, "CNY"]]
    summary = run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert summary.rows_without_amount == (0 if counted else 1)
    assert ("amount_implausible" in summary.issues) is not counted


def test_the_method_names_the_assumption_behind_listings(tmp_path: Path, engine: Engine) -> None:
    rows = [
        ["id", "activity", "cn-green-finance-2025/G1", "cn-green-finance-2025/G2"],
        ["1", f"{CN}#r1", "yes", "yes"],
    ]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert column(tmp_path, "cn-green-finance-2025 basis") == ["listing"]
    assumptions = [row[1] for row in sheet_rows(tmp_path, "Method") if row[0] == "Assumptions"]
    assert any("Listed item" in line for line in assumptions)
