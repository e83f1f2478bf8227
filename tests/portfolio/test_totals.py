"""Rows of totals in the words of banks in China, Hong Kong and Europe, and what they are compared with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from books import write_book

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.open_book import open_book
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.run import Opener, assess_portfolio
from taxonomy_api.portfolio.summary import PortfolioSummary

HK = "hk-phase-2a:ENE-01"
Told = tuple[PortfolioSummary, list[tuple[str, str]]]
Assess = Callable[..., Told]
#: Not in a process of its own.
HERE: Opener = lambda source, limits, *_: open_book(source, limits)  # noqa: E731


@pytest.fixture
def assess(tmp_path: Path, engine: Engine) -> Assess:
    """The summary, and the issues as (code, cell)."""

    def run(rows: list[list[object]], header: str = "Amount (CNY)") -> Told:
        source = write_book(tmp_path / "book.xlsx", [["id", "name", "activity", header], *rows])
        options = PortfolioOptions(as_of=date(2026, 11, 22), formats=("xlsx",))
        summary = assess_portfolio(source, engine, options, tmp_path, lambda _: None, opener=HERE)
        page = openpyxl.load_workbook(tmp_path / "results.xlsx")["Issues"]
        lines = page.iter_rows(min_row=2, values_only=True)
        return summary, [(str(line[1]), str(line[3] or "")) for line in lines]

    return run


TOTALS = [
    "合计 Total", "合计/Total", "总计 Grand Total", "合计（Total）", "Total 合計", "Total / 合计",
    "Total（合计）", "合计Total", "合计\nTotal", "合计：Total：", "小计 Subtotal", "小計 Sub-total",
    "合 计 Total", "合计 3 笔 Total", "合计（万元）Total (RMB 10k)", "本页合计 Page total",
    "电力行业小计 Power sector subtotal", "合計 Gesamt", "合计数", "合计：300万元", "小计：2 笔",
    "合计（大写）：人民币叁佰万元整", "TTL", "Total: HKD 300m",
    "【合计】", "（合计）", "** Total **", "共计",
    "累计", "汇总", "总和", "総計", "Total | Summe", "Portfolio total", "Total 3 loans",
    "Total green loan portfolio", "Total loans and advances", "Total outstanding balance",
    "Total for Energy", "Total - Energy", "Subtotal – Energy", "Subtotal for Energy",
]  # fmt: skip
PROJECTS = [
    "道达尔 Total", "共和风电 Total Wind", "总计划 Master plan", "合计能源公司 Heji Energy",
    "汇总站改造", "会计系统", "Total Solar", "Total gas", "Total Energies SE", "Wind farm total",
    "大同 Datong Total Wind", "Sum Yuen / 三元",
]  # fmt: skip


@pytest.mark.parametrize("place", [0, 1])
def test_totals_in_one_language_or_two_are_not_counted(place: int, assess: Assess) -> None:
    rows: list[list[object]] = [["1", "a", HK, 100], ["2", "b", HK, 200]]
    for name in TOTALS:
        rows.append([name, None, None, 300] if place == 0 else [None, name, None, 300])
    summary, issues = assess(rows)
    told = {cell for code, cell in issues if code == "total_row"}
    assert told == {f"{'AB'[place]}{row}" for row in range(4, 4 + len(TOTALS))}
    assert dict(summary.total.amounts) == {"CNY": Decimal(300)}
    assert "total_differs" not in dict(issues)


def test_a_subtotal_under_the_merged_cell_of_its_activity_is_one(tmp_path: Path, engine: Engine) -> None:
    rows: list[list[object]] = [
        ["1", "a", HK, 100],
        ["2", "b", None, 200],
        [None, "小计 Subtotal", None, 300],
    ]
    book = openpyxl.load_workbook(
        write_book(tmp_path / "book.xlsx", [["id", "name", "activity", "Amount (CNY)"], *rows])
    )
    book.worksheets[0].merge_cells("C2:C4")
    book.save(tmp_path / "book.xlsx")
    options = PortfolioOptions(as_of=date(2026, 11, 22), formats=("csv",))
    summary = assess_portfolio(tmp_path / "book.xlsx", engine, options, tmp_path, lambda _: None, opener=HERE)
    assert (summary.rows_of_totals, dict(summary.rows_by_state)["error"]) == (1, 0)
    assert dict(summary.total.amounts) == {"CNY": Decimal(300)}


def test_projects_that_are_called_so_are_counted(assess: Assess) -> None:
    summary, issues = assess(
        [["1", "a", HK, 100], *([f"P{n}", name, None, 1] for n, name in enumerate(PROJECTS))]
    )
    assert "total_row" not in dict(issues)
    assert dict(summary.total.amounts) == {"CNY": Decimal(100 + len(PROJECTS))}


@pytest.mark.parametrize(
    ("total", "differs"), [(300_000, False), (300_001, True), ("300,000", False), ("299,999", True)]
)
def test_whole_numbers_are_compared_exactly(total: object, differs: bool, assess: Assess) -> None:
    _, issues = assess([["1", "a", HK, 100_000], ["2", "b", HK, 200_000], ["合计 Total", None, None, total]])
    assert (("total_differs", "D4") in issues) is differs


@pytest.mark.parametrize(("total", "differs"), [(3.6914, False), (3.69, True), (4, True)])
def test_totals_of_numbers_with_decimals_may_be_rounded(total: float, differs: bool, assess: Assess) -> None:
    """To a ten-thousandth: 1.23456 and 2.45679 are 3.69135."""
    rows: list[list[object]] = [
        ["1", "a", HK, 1.23456],
        ["2", "b", HK, 2.45679],
        ["Total", None, None, total],
    ]
    _, issues = assess(rows, "贷款余额（亿元）")
    assert (("total_differs", "D4") in issues) is differs
