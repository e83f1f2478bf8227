"""Uploads that are no portfolio: each refused with its own code, its place and a cure."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from books import text_cell, write_book, write_raw_book
from msgspec.structs import replace
from openpyxl import Workbook

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.archive import OLE_MAGIC
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.run import assess_portfolio

HEADER = ["Project id", "Activity"]
GOOD = [HEADER, ["A", "hk-phase-2a:ENE-01"]]


def refusal(
    path: Path, engine: Engine, options: PortfolioOptions, limits: Limits | None = None
) -> PortfolioProblem:
    target = path.parent / "out"
    target.mkdir()
    with pytest.raises(PortfolioProblem) as caught:
        assess_portfolio(path, engine, options, target, lambda _: None, limits=limits)
    assert list(target.iterdir()) == []
    assert caught.value.detail and caught.value.cure
    return caught.value


def text(path: Path) -> None:
    path.write_text("hello, this is no workbook", encoding="utf-8")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def old_xls(path: Path) -> None:
    path.write_bytes(OLE_MAGIC + b"\0" * 600 + "Workbook".encode("utf-16-le") + b"\0" * 600)


def encrypted(path: Path) -> None:
    path.write_bytes(OLE_MAGIC + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600)


def cut_off(path: Path) -> None:
    write_book(path, GOOD)
    path.write_bytes(path.read_bytes()[:-400])


def other_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")


def open_document(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")


def broken_xml(path: Path) -> None:
    write_raw_book(path, "<sheetData><row r='1'><c></sheetData>")


def bad_shared_string(path: Path) -> None:
    write_raw_book(path, "<sheetData><row r='1'><c r='A1' t='s'><v>99</v></c></row></sheetData>")


def doctype(path: Path) -> None:
    write_raw_book(
        path,
        f"<sheetData><row r='1'>{text_cell('A1', '&a;')}</row></sheetData>",
        prolog='<!DOCTYPE worksheet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
    )


def random_bytes(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 20)


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("book.xlsx", text, "not_a_workbook"),
        ("book.xlsx", empty, "empty_file"),
        ("book.csv", empty, "empty_file"),
        ("book.xls", old_xls, "damaged_workbook"),
        ("book.xlsx", old_xls, "not_what_its_name_says"),
        ("book.xlsx", encrypted, "password_protected"),
        ("book.xlsx", cut_off, "damaged_workbook"),
        ("book.xlsx", other_zip, "not_a_workbook"),
        ("book.ods", open_document, "not_a_workbook"),
        ("book.xlsx", broken_xml, "damaged_workbook"),
        ("book.xlsx", bad_shared_string, "damaged_workbook"),
        ("book.xlsx", doctype, "unsafe_workbook"),
        ("book.xlsx", random_bytes, "not_a_workbook"),
        ("book.csv", random_bytes, "not_a_workbook"),
        ("book.csv", encrypted, "password_protected"),
    ],
)
def test_refused_with_its_own_code(
    name: str,
    make: Callable[[Path], None],
    code: str,
    tmp_path: Path,
    engine: Engine,
    options: PortfolioOptions,
) -> None:
    path = tmp_path / name
    make(path)
    problem = refusal(path, engine, options)
    assert problem.code == code
    assert str(tmp_path) not in str(problem)


def test_a_workbook_named_csv(tmp_path: Path, engine: Engine, options: PortfolioOptions) -> None:
    path = write_book(tmp_path / "book.csv", GOOD)
    assert refusal(path, engine, options).code == "not_what_its_name_says"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(file_size=100), "file_too_large"),
        (Limits(uncompressed_size=1000), "workbook_too_large"),
        (Limits(entries=3), "workbook_too_large"),
        (Limits(rows=2), "too_many_rows"),
        (Limits(columns=1), "too_many_columns"),
    ],
)
def test_limits(limits: Limits, code: str, tmp_path: Path, engine: Engine, options: PortfolioOptions) -> None:
    path = write_book(tmp_path / "book.xlsx", [HEADER, *(["A", "hk-phase-2a:ENE-01"] for _ in range(5))])
    assert refusal(path, engine, options, limits).code == code


@pytest.mark.parametrize("header", [["id", "activity"], ["a", "b"]])
def test_too_many_columns_of_text_are_named_whatever_they_are_called(
    header: list[str], tmp_path: Path, engine: Engine, options: PortfolioOptions
) -> None:
    path = tmp_path / "book.csv"
    line = ",".join([*header, *["c"] * 30_000])
    path.write_text(f"{line}\n{line}\n", encoding="utf-8")
    problem = refusal(path, engine, options)
    assert problem.code == "too_many_columns" and "30,002" in problem.detail


def test_a_wide_sheet_beside_the_portfolio_is_no_reason_to_refuse(
    tmp_path: Path, engine: Engine, options: PortfolioOptions
) -> None:
    book = Workbook()
    wide = book.active
    assert wide is not None
    wide.append(["id", "activity", *range(1_000)])
    loans = book.create_sheet("Loans")
    for row in GOOD:
        loans.append(row)
    book.save(tmp_path / "book.xlsx")
    summary = assess_portfolio(tmp_path / "book.xlsx", engine, options, tmp_path, lambda _: None)
    assert summary.sheet == "Loans"


def test_too_many_rows_of_text(tmp_path: Path, engine: Engine, options: PortfolioOptions) -> None:
    path = tmp_path / "book.csv"
    path.write_text("id,activity\n" + "a,b\n" * 10, encoding="utf-8")
    assert refusal(path, engine, options, Limits(rows=9)).code == "too_many_rows"


def test_no_header_names_what_was_seen_and_the_nearest_names(
    tmp_path: Path, engine: Engine, options: PortfolioOptions
) -> None:
    path = write_book(tmp_path / "book.xlsx", [["Projct nmae", "Actvity"], ["A", "B"]])
    problem = refusal(path, engine, options)
    assert problem.code == "header_not_found"
    assert "'Projct nmae'" in problem.detail and "'Projects'" in problem.detail
    assert "Project name" in problem.nearest and "Activity" in problem.nearest


def test_a_header_below_the_twentieth_row_is_not_found(
    tmp_path: Path, engine: Engine, options: PortfolioOptions
) -> None:
    path = write_book(tmp_path / "book.xlsx", GOOD, top=20)
    assert refusal(path, engine, options).code == "header_not_found"


def test_a_header_alone(tmp_path: Path, engine: Engine, options: PortfolioOptions) -> None:
    assert refusal(write_book(tmp_path / "book.xlsx", [HEADER]), engine, options).code == "no_rows"


def test_a_named_header_right_above_another_heads_no_project(
    tmp_path: Path, engine: Engine, options: PortfolioOptions
) -> None:
    row = ["P1", "hk-phase-2a:ENE-01"]
    book = write_book(tmp_path / "book.xlsx", [HEADER, HEADER, row])
    named = refusal(book, engine, replace(options, header_row=1))
    assert (named.code, "in row 2" in str(named)) == ("no_rows", True)


def test_an_unknown_sheet_lists_the_sheets(tmp_path: Path, engine: Engine) -> None:
    path = write_book(tmp_path / "book.xlsx", GOOD, sheet="2024")
    problem = refusal(path, engine, PortfolioOptions(sheet="2025"))
    assert problem.code == "sheet_unknown"
    assert problem.nearest == ("2024",)
