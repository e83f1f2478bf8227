"""What a person at the bank reads in Issues: true, at its place, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
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
Lines = list[dict[str, Any]]
Tell = Callable[[Path], tuple[PortfolioSummary, Lines]]


@pytest.fixture
def tell(tmp_path: Path, engine: Engine) -> Tell:
    """Assesses a file; the summary and the lines of Issues."""

    def run(source: Path) -> tuple[PortfolioSummary, Lines]:
        options = PortfolioOptions(as_of=date(2026, 11, 22), formats=("xlsx",))
        summary = assess_portfolio(source, engine, options, tmp_path, lambda _: None, opener=HERE)
        page = openpyxl.load_workbook(tmp_path / "results.xlsx")["Issues"]
        head, *body = page.iter_rows(values_only=True)
        return summary, [dict(zip(map(str, head), row, strict=True)) for row in body]

    return run


def of(lines: Lines, code: str) -> Lines:
    return [line for line in lines if line["Code"] == code]


@pytest.mark.parametrize("share", ["0.5", "1", "０.５", "1.0"])
def test_a_share_written_as_text_is_as_doubtful_as_a_number(share: str, tmp_path: Path, tell: Tell) -> None:
    path = tmp_path / "loans.csv"
    path.write_text(
        f"id,activity,share of proceeds,amount (CNY)\n1,{HK},{share},100\n2,{HK},50%,100\n", encoding="utf-8"
    )
    _, lines = tell(path)
    (line,) = of(lines, "share_ambiguous")
    assert (line["Cell"], line["What was read"]) == ("C2", share)
    assert not of(lines, "share_unreadable")


def test_a_share_that_cannot_be_is_mended_without_another_doubt(tmp_path: Path, tell: Tell) -> None:
    _, lines = tell(write_book(tmp_path / "book.xlsx", [["id", "activity", "share"], ["1", HK, "half"]]))
    assert of(lines, "share_unreadable")[0]["How to mend it"] == "Write 50%."


def test_a_currency_that_is_none_is_told_at_its_own_cell(tmp_path: Path, tell: Tell) -> None:
    rows = [
        ["id", "activity", "amount", "ccy"],
        ["1", HK, 5, "Taler"],
        ["2", HK, None, "Taler"],
        ["3", HK, 7, "CNY"],
    ]
    summary, lines = tell(write_book(tmp_path / "book.xlsx", rows))
    assert [(line["Cell"], line["What was read"]) for line in of(lines, "currency_unreadable")] == [
        ("D2", "Taler")
    ]
    assert not of(lines, "amount_unreadable")
    assert (summary.total.amounts, summary.rows_without_amount) == ({"CNY": Decimal(7)}, 2)


def test_long_numbers_are_shown_with_their_digits(tmp_path: Path, tell: Tell) -> None:
    rows = [["id", "activity"], [110101199003071234, HK]]
    _, lines = tell(write_book(tmp_path / "book.xlsx", rows))
    (line,) = of(lines, "id_digits")
    assert line["What was read"].isdigit() and len(line["What was read"]) == 18
    assert line["What was read"] in line["What was done"] and "E+" not in line["What was done"].upper()


def test_what_is_never_read_is_no_error(tmp_path: Path, tell: Tell) -> None:
    rows = [["id", "activity", "notes", "evidence"], ["1", HK, "=1+1", "=2+2"]]
    summary, lines = tell(write_book(tmp_path / "book.xlsx", rows))
    assert {line["Severity"] for line in of(lines, "formula_without_value")} == {"info"}
    assert summary.rows_by_state["ok"] == 1


def test_totals_are_told_in_plain_numbers(tmp_path: Path, tell: Tell) -> None:
    rows = [["id", "activity", "amount (CNY million)"], ["1", HK, 10.3], ["Total", None, 10.5]]
    _, lines = tell(write_book(tmp_path / "book.xlsx", rows))
    (line,) = of(lines, "total_differs")
    assert "states 10,500,000;" in line["What was done"] and "up to 10,300,000," in line["What was done"]


def test_every_row_that_was_not_assessed_has_a_cure(tmp_path: Path, tell: Tell, engine: Engine) -> None:
    rows = [
        ["id", "activity"],
        ["1", "HK-2A ENE-01"],
        ["2", "8 metro, 3 wind"],
        ["Energy sector"],
    ]
    _, lines = tell(write_book(tmp_path / "book.xlsx", rows))
    near, unknown, missing = [
        line["How to mend it"] for cell in ("B2", "B3", "B4") for line in lines if line["Cell"] == cell
    ]
    name = engine.release.activity(HK)
    assert name is not None and f"{HK} {name.name.en}" in near
    assert "full name or taxonomy:code" in unknown and "delete the row" in missing
    # What is proposed can be written so.
    again, _ = tell(write_book(tmp_path / "again.xlsx", [["id", "activity"], ["1", f"{HK} {name.name.en}"]]))
    assert again.rows_by_state["error"] == 0


def test_rows_of_blanks_below_the_table_are_no_rows(tmp_path: Path, tell: Tell) -> None:
    rows = [["id", "activity"], ["1", HK], [" ", None], ["\u3000", "\n"], [None], [" "]]
    summary, lines = tell(write_book(tmp_path / "book.xlsx", rows))
    assert (summary.rows, summary.rows_by_state["error"]) == (1, 0)
    assert {line["Code"] for line in lines} == {"sheet_chosen"}


def test_rows_of_blanks_amid_the_projects_are_told_once(tmp_path: Path, tell: Tell) -> None:
    blanks: list[list[object]] = [[" ", None], ["\u3000\u3000", "\n"], ["\u200b", ""], [None]]
    rows = [["id", "activity"], ["1", HK], *blanks, ["2", HK]]
    summary, lines = tell(write_book(tmp_path / "book.xlsx", rows))
    assert (summary.rows, dict(summary.rows_by_state)) == (2, {"ok": 2, "warning": 0, "error": 0})
    assert {line["Code"] for line in lines} == {"sheet_chosen", "blank_rows"}
    (line,) = of(lines, "blank_rows")
    assert (line["Severity"], line["What was done"].split()[0]) == ("info", "4")
    page = openpyxl.load_workbook(tmp_path / "results.xlsx")["Results"]
    head, *body = page.iter_rows(values_only=True)
    assert [row[head.index("source row")] for row in body] == [2, 7]
    text = "".join(",".join(str(cell or "") for cell in row).replace("\n", " ") + "\n" for row in rows)
    (tmp_path / "book.csv").write_text(text, encoding="utf-8")
    summary, lines = tell(tmp_path / "book.csv")
    assert (summary.rows, of(lines, "blank_rows")[0]["What was done"].split()[0]) == (2, "4")


def test_a_row_with_anything_in_it_is_no_blank_row(tmp_path: Path, tell: Tell) -> None:
    rows = [["id", "activity", "note"], ["1", HK, None], [" ", None, 0], ["2", HK, None], ["x", " ", None]]
    summary, lines = tell(write_book(tmp_path / "book.xlsx", rows))
    assert (summary.rows, summary.rows_by_state["error"], of(lines, "blank_rows")) == (4, 2, [])


def test_hidden_rows_are_named(tmp_path: Path, tell: Tell) -> None:
    book = openpyxl.load_workbook(
        write_book(tmp_path / "book.xlsx", [["id", "activity"], *([str(row), HK] for row in range(20))])
    )
    for number in (3, 5, *range(7, 19)):
        book.worksheets[0].row_dimensions[number].hidden = True
    book.save(tmp_path / "book.xlsx")
    _, lines = tell(tmp_path / "book.xlsx")
    told = of(lines, "hidden_rows")[0]["What was done"]
    assert told.startswith("14 hidden") and told.endswith(": 3, 5, 7, 8, 9, 10, 11, 12, 13, 14 ….")


def test_blanks_below_a_table_that_was_named_are_no_second_table(tmp_path: Path, engine: Engine) -> None:
    rows = [["id", "activity"], ["1", HK], [" "]]
    options = PortfolioOptions(as_of=date(2026, 11, 22), header_row=1, formats=("csv",))
    source = write_book(tmp_path / "book.xlsx", rows)
    summary = assess_portfolio(source, engine, options, tmp_path, lambda _: None, opener=HERE)
    assert (summary.rows, "second_table_not_read" in summary.issues) == (1, False)


def test_a_column_named_in_a_merged_cell_beside_the_header_keeps_its_name(tmp_path: Path, tell: Tell) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (
        ["Loans", None, None, "as of June"],
        ["序号", "借款信息", None, "客户经理"],
        [None, "项目编号", "目录条目", None],
        [1, "A", HK, "x"],
    ):
        page.append(row)
    for block in ("A2:A3", "B2:C2"):
        page.merge_cells(block)
    book.save(tmp_path / "book.xlsx")
    _, lines = tell(tmp_path / "book.xlsx")
    head = next(openpyxl.load_workbook(tmp_path / "results.xlsx")["Results"].iter_rows(values_only=True))
    # D2 is merged with nothing: what it says may be about another row.
    assert head[:4] == ("序号", "项目编号", "目录条目", "(D)")
    assert [line["Cell"] for line in of(lines, "header_empty")] == ["D3"]
