"""`intake export`: what a maintainer gets to fill in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from taxonomy_api.catalog.worksheet_model import COLUMNS, Sheet
from taxonomy_api.portfolio.worksheet_texts import columns_by_header, header

Run = Callable[..., Result]

HOLE, GREY = "FFFFE699", "FFE7E6E6"


def exported(run: Run, path: Path, *arguments: str, data: Path | None = None) -> Workbook:
    more = {} if data is None else {"TAXONOMY_API_DATA": str(data)}
    result = run("intake", "export", *arguments, "-o", path, **more)
    assert result.exit_code == 0, result.output
    return openpyxl.load_workbook(path)


def sheet(book: Workbook, name: str) -> Worksheet:
    page = book[name]
    assert isinstance(page, Worksheet)
    return page


def column(page: Worksheet, name: str, language: str = "en") -> int:
    title = header(name, language)  # type: ignore[arg-type]
    return next(cell.column for cell in page[1] if cell.value == title)


def row(page: Worksheet, key: str) -> int:
    return next(cells[0].row for cells in page.iter_rows() if cells[-1].value == key)


def test_every_statement_has_its_row_and_holes_are_yellow(run: Run, tmp_path: Path) -> None:
    page = sheet(exported(run, tmp_path / "hk.xlsx", "hk-phase-2a", "--lang", "en"), "Criteria")
    limit, step, hole = (
        row(page, key) for key in ("ENE-01#green.a", "ENE-01#green.a@2036-01-01", "ENE-02#green")
    )
    names = ("path", "subject", "operator", "value", "unit", "from")
    texts = [page.cell(limit, column(page, name)).value for name in names]
    assert texts == ["green.any.1", "lifecycle_ghg_intensity", "at_most", "100", "gCO2e/kWh", "2025-01-01"]
    later = [page.cell(step, column(page, name)).value for name in ("kind", "value", "from")]
    assert later == ["step", "50", "2036-01-01"]
    assert page.cell(hole, column(page, "kind")).fill.fgColor.rgb == HOLE
    assert page.cell(hole, column(page, "missing")).value == "the test is not on file"
    assert page.cell(limit, column(page, "kind")).fill.fgColor.rgb not in (HOLE, GREY)
    assert page.cell(limit, column(page, "path")).fill.fgColor.rgb == GREY


def test_all_that_is_filled_in_is_text(run: Run, tmp_path: Path) -> None:
    book = exported(run, tmp_path / "a.xlsx", "sg-asia-2023")
    for page in (sheet(book, name) for name in ("Activities", "Criteria")):
        cells = [cell for cells in page.iter_rows(min_row=2) for cell in cells if cell.value is not None]
        assert cells and {cell.data_type for cell in cells} == {"s"}
        assert {cell.number_format for cell in cells} == {"@"}
    codes = [cell.value for cell in sheet(book, "Activities")["A"][1:]]
    assert "1.1" in codes and "1.10" in codes


def test_lists_are_offered_short_ones_in_place_long_ones_from_a_hidden_sheet(
    run: Run, tmp_path: Path
) -> None:
    book = exported(run, tmp_path / "a.xlsx", "eu-climate-mitigation", "--lang", "en")
    page = sheet(book, "Criteria")
    offered = {
        str(found.sqref).split(":")[0].rstrip("0123456789"): found.formula1
        for found in page.data_validations.dataValidation
    }
    by_name = {
        name: offered.get(page.cell(1, column(page, name)).column_letter)
        for name in ("kind", "subject", "operator", "unit", "document", "status")
    }
    assert by_name["status"] == '"verified,single-source,recalled,own-comparison"'
    for name in ("subject", "unit", "document"):
        place = str(by_name[name])
        assert place.startswith("Lists!$")
        letter = place.split("$")[1]
        assert book["Lists"][f"{letter}1"].value == name
    assert book["Lists"].sheet_state == "hidden" and book["Export"].sheet_state == "veryHidden"
    assert all(by_name.values())


@pytest.mark.parametrize(
    ("language", "title", "said"),
    [("en", "Instructions", "Fill in"), ("zh-Hans", "填写说明", "请填写"), ("zh-Hant", "填寫說明", "請填寫")],
)
def test_the_instructions_speak_the_asked_language(
    run: Run, tmp_path: Path, language: str, title: str, said: str
) -> None:
    book = exported(run, tmp_path / "a.xlsx", "hk-phase-1", "--lang", language)
    assert book.sheetnames[0] == title
    assert str(sheet(book, title)["A2"].value).startswith(said)
    assert column(sheet(book, "Criteria"), "operator", language)


def test_some_activities_only(run: Run, tmp_path: Path) -> None:
    book = exported(run, tmp_path / "a.xlsx", "hk-phase-2a", "--activities", "ENE-02,ENE-03")
    assert [cell.value for cell in sheet(book, "Activities")["A"][1:]] == ["ENE-02", "ENE-03"]


@pytest.mark.parametrize("name", COLUMNS)
def test_a_title_stands_for_one_column_whatever_the_language(name: Sheet) -> None:
    assert set(columns_by_header(name).values()) == set(COLUMNS[name])
    for language in ("en", "zh-Hans", "zh-Hant"):
        titles = [header(each, language) for each in COLUMNS[name]]  # type: ignore[arg-type]
        assert len(set(titles)) == len(titles)
        assert [columns_by_header(name)[title] for title in titles] == list(COLUMNS[name])


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["hk-phase-2"], "did you mean hk-phase-2a"),
        (["hk-phase-2a", "--activities", "ENE-1"], "hk-phase-2a has no activity ENE-1; did you mean ENE-01"),
    ],
)
def test_what_is_not_on_file_is_refused(run: Run, tmp_path: Path, arguments: list[str], why: str) -> None:
    result = run("intake", "export", *arguments, "-o", tmp_path / "a.xlsx")
    assert result.exit_code == 1 and why in result.stderr
    assert not (tmp_path / "a.xlsx").exists()


def test_a_workbook_is_not_overwritten_unasked(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"mine")
    assert "--force" in run("intake", "export", "hk-phase-1", "-o", path).stderr
    assert path.read_bytes() == b"mine"
    assert run("intake", "export", "hk-phase-1", "-o", tmp_path / "a.csv").exit_code == 2
