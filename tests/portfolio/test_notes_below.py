"""What stands below a table and is no project: sources, explanations, who made it."""

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
from taxonomy_api.portfolio.summary import PortfolioSummary

HK = "hk-phase-2a:ENE-01"
#: Not in a process of its own.
HERE: Opener = lambda source, limits, *_: open_book(source, limits)  # noqa: E731
HEADER = ["项目编号", "项目名称", "目录条目", "金额（元）"]
ROW = ["A", "甲", HK, 5]


def assessed(tmp_path: Path, engine: Engine, rows: list[list[Any]]) -> tuple[PortfolioSummary, list[str]]:
    """The summary and the state of each row; whatever its state, no row is left out of the results."""
    source = write_book(tmp_path / "book.xlsx", [HEADER, *rows])
    options = PortfolioOptions(as_of=date(2026, 11, 22), formats=("xlsx",))
    summary = assess_portfolio(source, engine, options, tmp_path, lambda _: None, opener=HERE)
    head, *body = openpyxl.load_workbook(tmp_path / "results.xlsx")["Results"].iter_rows(values_only=True)
    state, given = head.index("row state"), [row for row in rows if any(row)]
    assert [list(row[: len(HEADER)]) for row in body] == [(row + [None] * 4)[:4] for row in given]
    return summary, [str(row[state]) for row in body]


@pytest.mark.parametrize(
    "note",
    [
        "资料来源：银行核心系统", "數據來源：銀行核心系統", "注：", "註１：金額為人民幣",
        "备注：本表不含表外业务",
        "* figures as of 30 June 2026", "※ 含承诺未提款", "Note: amounts in CNY",
        "Source: core banking system",
        "Figures as at 30 June 2026", "制表人：张三", "截至2026年6月30日", "Prepared by Treasury on 1 July",
        "Quelle: Kernbanksystem", "This list holds only loans that were drawn before June.",
        "本表数据未经审计，仅供内部使用。", "Loans of the green book only, see handbook",
    ],
)  # fmt: skip
@pytest.mark.parametrize("gap", [[], [[None]], [[None], [None]]])
def test_a_note_below_the_table_is_no_project(
    note: str, gap: list[list[Any]], tmp_path: Path, engine: Engine
) -> None:
    summary, states = assessed(tmp_path, engine, [ROW, *gap, [note]])
    assert states == ["ok", "note"]
    assert summary.issues.get("note_row") == 1 and "activity_missing" not in summary.issues
    assert (summary.rows, summary.total.rows, summary.rows_of_notes) == (2, 1, 1)
    assert summary.rows_by_state == {"ok": 1, "warning": 0, "error": 0}


def test_notes_are_told_at_their_place_and_counted(tmp_path: Path, engine: Engine) -> None:
    rows: list[list[Any]] = [
        ROW,
        ["合计", None, None, 5],
        [None],
        ["说明：", None, None, None],
        ["1、本表不含表外业务", None, None, None],
        ["2、single-name limits apply", None, None, None],
        ["制表：张三", "审核：李四", None, None],
    ]
    summary, states = assessed(tmp_path, engine, rows)
    assert states == ["ok", "total", *["note"] * 4]
    book = openpyxl.load_workbook(tmp_path / "results.xlsx")
    lines = [row for row in book["Issues"].iter_rows(values_only=True) if row[1] == "note_row"]
    assert [(line[0], line[3], line[6]) for line in lines] == [
        ("info", "A5", "说明："),
        ("info", "A6", "1、本表不含表外业务"),
        ("info", "A7", "2、single-name limits apply"),
        ("info", "A8", "制表：张三"),
    ]
    controls = {row[1]: row[2] for row in book["Summary"].iter_rows(values_only=True) if row[1]}
    assert controls["rows below the header in the input"] == controls["rows in Results"] == 6
    assert controls["notes below the table, not assessed"] == 4
    assert summary.as_json()["rows_of_notes"] == 4
    verdicts = summary.verdicts["hk-phase-2a"]
    assert sum(tally.rows for tally in verdicts.values()) == 1


@pytest.mark.parametrize(
    "row",
    [
        # An id, a name, an activity, an amount, a number or a day: a project that lacks something.
        ["L-0017"], ["贷款0017"], [None, "Combined heat and power plant Nord"], [None, "注塑车间节能改造"],
        [None, None, HK], [None, None, "something else"], [None, None, None, 7],
        ["Note: first tranche", None, HK], ["注：第一期", None, None, 7], ["* L-17", None, None, "7 元"],
        ["Source: x", date(2026, 1, 1)], ["Source: x", 5], ["Notre-Dame solar"], ["Stand-by loan"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("gap", [[], [[None]]])
def test_what_may_be_a_project_is_one(
    row: list[Any], gap: list[list[Any]], tmp_path: Path, engine: Engine
) -> None:
    summary, states = assessed_loosely(tmp_path, engine, [ROW, *gap, row])
    assert "note" not in states and len(states) == 2
    assert summary.rows_of_notes == 0 and summary.total.rows == 2


def assessed_loosely(
    tmp_path: Path, engine: Engine, rows: list[list[Any]]
) -> tuple[PortfolioSummary, list[str]]:
    source = write_book(tmp_path / "book.xlsx", [HEADER, *rows])
    options = PortfolioOptions(as_of=date(2026, 11, 22), formats=("xlsx",))
    summary = assess_portfolio(source, engine, options, tmp_path, lambda _: None, opener=HERE)
    head, *body = openpyxl.load_workbook(tmp_path / "results.xlsx")["Results"].iter_rows(values_only=True)
    return summary, [str(row[head.index("row state")]) for row in body]


def test_a_note_among_the_projects_is_a_row_that_says_nothing(tmp_path: Path, engine: Engine) -> None:
    """Only below the table: what stands between two projects may be one whose cells went astray."""
    _, states = assessed(tmp_path, engine, [ROW, ["注：以下为新增"], ROW])
    assert states == ["ok", "error", "ok"]


def test_an_id_below_a_note_is_a_project(tmp_path: Path, engine: Engine) -> None:
    _, states = assessed(tmp_path, engine, [ROW, ["注：以下为新增"], ["L-0017"]])
    assert states == ["ok", "error", "error"]
