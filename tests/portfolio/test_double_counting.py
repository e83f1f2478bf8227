"""One project under several instruments of a portfolio."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from books import write_book

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.options import read_options
from taxonomy_api.portfolio.run import assess_portfolio

HEADER = ["Project id", "Activity", "ISIN", "Amount (CNY)", "Share of proceeds", "Project cost (CNY)"]
CODES = ("project_funded_twice", "project_amount_exceeded", "shares_above_whole")


def found(
    folder: Path, engine: Engine, rows: list[list[Any]], header: list[str] = HEADER, language: str = "en"
) -> list[tuple[Any, ...]]:
    """Severity, code, cell and what was done, of the issues about double counting."""
    path = write_book(
        folder / "book.xlsx", [header, *([row[0], "hk-phase-2a:ENE-01", *row[1:]] for row in rows)]
    )
    target = folder / "out"
    target.mkdir()
    raw = {"as_of": "2026-11-22", "language": language}
    assess_portfolio(path, engine, read_options(engine.release, raw), target, lambda _: None)
    sheet = openpyxl.load_workbook(target / "results.xlsx")["Issues"]
    issues = [row for row in sheet.iter_rows(values_only=True) if row[1] in CODES]
    return [(row[0], row[1], row[3], row[7]) for row in issues]


def test_a_project_under_two_bonds_is_told_with_the_amounts(tmp_path: Path, engine: Engine) -> None:
    rows = [["w", "A", 30, None, None], ["x", "A", 5, None, None], ["w", "B", 40, "50%", None]]
    ((severity, code, cell, done),) = found(tmp_path, engine, rows)
    assert (severity, code, cell) == ("warning", "project_funded_twice", "A2")
    assert "Rows 2, 4" in done and "(A, B)" in done and "CNY 50 in all" in done and "cannot be told" in done


@pytest.mark.parametrize(
    ("cost", "severity", "code"),
    [(50, "info", "project_funded_twice"), (49.99, "warning", "project_amount_exceeded")],
)
def test_the_amount_of_the_project_decides(
    tmp_path: Path, engine: Engine, cost: float, severity: str, code: str
) -> None:
    rows = [["w", "A", 30, None, cost], ["w", "B", 20, None, None]]
    ((told, kind, _, done),) = found(tmp_path, engine, rows)
    assert (told, kind) == (severity, code)
    assert f"CNY {cost}" in done


def test_one_row_may_be_more_than_its_project(tmp_path: Path, engine: Engine) -> None:
    rows = [["w", "A", 51, None, 50], ["x", "A", 51, "50%", 50], [None, "A", 51, None, 50]]
    assert [one[1:3] for one in found(tmp_path, engine, rows)] == [("project_amount_exceeded", "A2")]


def test_several_rows_of_a_project_under_one_instrument_are_right(tmp_path: Path, engine: Engine) -> None:
    assert (
        found(
            tmp_path, engine, [["w", "A", 30, None, 50], ["w", "A", 20, None, 50], ["w", None, 0, None, 50]]
        )
        == []
    )


def test_amounts_that_differ_or_are_not_known_decide_nothing(tmp_path: Path, engine: Engine) -> None:
    rows = [
        ["w", "A", 30, None, 10],
        ["w", "B", 20, None, 20],
        ["x", "A", "much", None, 1],
        ["x", "B", 2, None, 1],
    ]
    told = found(tmp_path, engine, rows)
    assert [one[:3] for one in told] == [
        ("warning", "project_funded_twice", "A2"),
        ("warning", "project_funded_twice", "A4"),
    ]
    assert all("cannot be told" in one[3] for one in told)


def test_amounts_in_two_currencies_are_not_added(tmp_path: Path, engine: Engine) -> None:
    header = ["id", "activity", "bond code", "amount", "share", "project amount", "currency"]
    rows = [["w", "A", 30, None, None, "CNY"], ["w", "B", 20, None, 10, "HKD"]]
    ((_, code, _, done),) = found(tmp_path, engine, rows, header)
    assert code == "project_funded_twice" and "CNY 30; HKD 20" in done and "cannot be told" in done


def test_shares_of_an_instrument_above_the_whole(tmp_path: Path, engine: Engine) -> None:
    rows = [["u", "A", 1, "60%", None], ["v", "A", 1, "50%", None], ["w", "B", 1, "33.34%", None]]
    rows += [["x", "B", 1, "33.34%", None], ["y", "B", 1, "33.34%", None]]
    ((severity, code, cell, done),) = found(tmp_path, engine, rows)
    assert (severity, code, cell) == ("warning", "shares_above_whole", "C2")
    assert "110 %" in done and "rows 2, 3" in done


def test_without_such_columns_nothing_is_said(tmp_path: Path, engine: Engine) -> None:
    assert found(tmp_path, engine, [["w", 1], ["w", 2]], ["id", "activity", "amount"]) == []


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_it_is_told_in_chinese(tmp_path: Path, engine: Engine, language: str) -> None:
    rows = [["w", "A", 30, "100%", 40], ["w", "B", 20, "80%", None], ["x", "B", 1, "80%", None]]
    told = found(tmp_path, engine, rows, language=language)
    assert [one[1] for one in told] == ["project_amount_exceeded", "shares_above_whole"]
    assert all("第 " in one[3] and "{" not in one[3] for one in told)
