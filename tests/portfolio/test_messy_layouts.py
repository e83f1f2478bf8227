"""Layouts as banks' files have them: headers over several rows, two tables, tables on their side."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from books import write_book
from openpyxl import Workbook

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.locate import locate, read_table
from taxonomy_api.portfolio.open_book import open_book
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.run import assess_portfolio
from taxonomy_api.portfolio.table import Table
from taxonomy_api.portfolio.vocabulary import Vocabulary

GOOD = "hk-phase-2a:ENE-01"


def table_of(path: Path, vocabulary: Vocabulary, header_row: int | None = None) -> Table:
    book = open_book(path, Limits())
    try:
        location = locate(book, vocabulary, Limits(), None, header_row)
        return read_table(book, location, path, Limits(), vocabulary)[0]
    finally:
        book.close()


def issues(path: Path, engine: Engine, folder: Path) -> dict[str, list[str]]:
    """The cells of each issue, by code."""
    folder.mkdir()
    options = PortfolioOptions(as_of=date(2026, 11, 22), formats=("xlsx",))
    summary = assess_portfolio(path, engine, options, folder, lambda _: None)
    assert json.dumps(summary.as_json())
    sheet = openpyxl.load_workbook(folder / "results.xlsx")["Issues"]
    header = next(row for row in sheet.iter_rows(values_only=True) if "Code" in row)
    code, cell = header.index("Code"), header.index("Cell")
    found: dict[str, list[str]] = {}
    for row in sheet.iter_rows(values_only=True):
        if isinstance(row[code], str):
            found.setdefault(row[code], []).append(str(row[cell]))
    return found


@pytest.mark.parametrize("header_row", [None, 3])
def test_a_line_of_units_below_the_header(
    header_row: int | None, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    rows: list[list[object]] = [
        ["绿色贷款明细表"],
        [None],
        ["项目编号", "目录条目", "贷款余额", "Lifecycle GHG intensity"],
        [None, None, "万元", "（kgCO2e/MWh）"],
        ["A", GOOD, 5, 90],
    ]
    table = table_of(write_book(tmp_path / "book.xlsx", rows), vocabulary, header_row)
    assert table.headers == [
        "项目编号",
        "目录条目",
        "贷款余额 (万元)",
        "Lifecycle GHG intensity (kgCO2e/MWh)",
    ]
    assert table.rows == [5]


def test_a_header_over_two_merged_rows(tmp_path: Path, vocabulary: Vocabulary) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in (
        ["项目", None, "贷款", None],
        ["项目编号", "目录条目", "贷款余额", "币种"],
        [None, None, "万元", None],
        ["A", GOOD, 5, "CNY"],
    ):
        page.append(row)
    for block in ("A1:B1", "C1:D1", "A2:A3", "B2:B3"):
        page.merge_cells(block)
    book.save(tmp_path / "book.xlsx")
    table = table_of(tmp_path / "book.xlsx", vocabulary)
    assert table.headers == ["项目编号", "目录条目", "贷款余额 (万元)", "币种"]
    assert table.rows == [4]


def test_names_in_either_of_two_rows(tmp_path: Path, vocabulary: Vocabulary) -> None:
    rows: list[list[object]] = [
        ["Project id", "Classification", "Money", None],
        [None, "Activity", "Amount", "Currency"],
        ["A", GOOD, 5, "CNY"],
    ]
    table = table_of(write_book(tmp_path / "book.xlsx", rows), vocabulary)
    assert table.headers == ["Project id", "Activity", "Amount", "Currency"]
    assert table.rows == [3]


def test_a_project_named_like_a_unit_is_no_header(tmp_path: Path, vocabulary: Vocabulary) -> None:
    rows: list[list[object]] = [["Project id", "Activity"], ["t", "MW"], ["B", GOOD]]
    assert table_of(write_book(tmp_path / "book.xlsx", rows), vocabulary).rows == [2, 3]


def test_two_tables_are_not_stacked(tmp_path: Path, vocabulary: Vocabulary) -> None:
    rows: list[list[object]] = [
        ["Project id", "Activity", "Amount"],
        ["A", GOOD, 5],
        [None],
        ["Project name", "Activity", "Currency"],
        ["B", GOOD, "CNY"],
    ]
    with pytest.raises(PortfolioProblem) as caught:
        table_of(write_book(tmp_path / "book.xlsx", rows), vocabulary)
    assert caught.value.code == "second_table"
    assert "row 4" in caught.value.detail and "row 1" in caught.value.detail


def test_a_table_on_its_side_is_refused_with_its_reason(tmp_path: Path, vocabulary: Vocabulary) -> None:
    rows: list[list[object]] = [
        ["Bonds of 2024"],
        ["Project id", "A", "B"],
        ["Activity", GOOD, GOOD],
        ["Amount", 5, 6],
    ]
    with pytest.raises(PortfolioProblem) as caught:
        table_of(write_book(tmp_path / "book.xlsx", rows), vocabulary)
    assert caught.value.code == "transposed_table"
    assert "column A" in caught.value.detail


def test_a_share_without_percent_is_asked_back(tmp_path: Path, engine: Engine) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["Project id", "Activity", "Share of proceeds"])
    for share in (0.5, 1, "50%", "１００％", 0.5, 0, 50):
        page.append([f"L{share}", GOOD, share])
    page["C6"].number_format = "0%"
    book.save(tmp_path / "book.xlsx")
    found = issues(tmp_path / "book.xlsx", engine, tmp_path / "out")
    assert found["share_ambiguous"] == ["C2", "C3"]
    assert found["share_unreadable"] == ["C8"]


def test_long_ids_are_reported_where_they_are_numbers(tmp_path: Path, engine: Engine) -> None:
    path = write_book(
        tmp_path / "book.xlsx",
        [
            ["Project id", "Activity"],
            [12345678901234567, GOOD],
            ["12345678901234567", GOOD],
            [123456789012345, GOOD],
        ],
    )
    assert issues(path, engine, tmp_path / "out")["id_digits"] == ["A2"]


def test_totals_are_compared_with_their_rows(tmp_path: Path, engine: Engine) -> None:
    rows: list[list[object]] = [
        ["Project id", "Activity", "贷款余额（万元）"],
        ["A", GOOD, 5],
        ["B", GOOD, 7.5],
        ["小计", None, 12.5],
        ["C", GOOD, 1],
        ["小计", None, 2],
        ["合计", None, 13.5],
        ["Total", None, "12.5万元"],
    ]
    found = issues(write_book(tmp_path / "book.xlsx", rows), engine, tmp_path / "out")
    assert found["total_row"] == ["A4", "A6", "A7", "A8"]
    assert found["total_differs"] == ["C6", "C8"]
