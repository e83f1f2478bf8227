"""The reader's values and addresses, against openpyxl and against hand-made sheets."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from books import text_cell, write_book, write_raw_book
from openpyxl import Workbook

from taxonomy_api.portfolio.problem import Limits
from taxonomy_api.portfolio.read_xlsx import XlsxBook
from taxonomy_api.portfolio.table import Broken, Cell, MergedRange, Percent, SheetData


def read(path: Path, sheet: str = "Projects", rows: int = 1000) -> SheetData:
    book = XlsxBook(path, Limits())
    try:
        return book.read(sheet, rows)
    finally:
        book.close()


def only_cell(path: Path, cell_xml: str, **more: str) -> Cell:
    sheet = f"<sheetData><row r='1'>{cell_xml}</row></sheetData>"
    return read(write_raw_book(path, sheet, **more)).rows[0].get(0)


def test_agrees_with_openpyxl_cell_by_cell(tmp_path: Path) -> None:
    values: list[list[object]] = [
        ["text", 42, 4.1, True, date(2025, 7, 1), datetime(2025, 7, 1, 13, 30), None, "绿色 & <green>"],
        [" outer ", -7, 1e-9, False, date(1999, 12, 31), 12345678901234, "x\ny", "=text"],
    ]
    path = write_book(tmp_path / "book.xlsx", values)
    page = openpyxl.load_workbook(path)["Projects"]
    data = read(path)
    for number, row in zip(data.numbers, data.rows, strict=True):
        for column in range(8):
            theirs = page.cell(number, column + 1).value
            if theirs == "=text":
                assert row[column] == Broken("formula_without_value", "=text")
            elif isinstance(theirs, datetime) and theirs.time() == datetime.min.time():
                assert row[column] == theirs.date()
            else:
                assert row.get(column) == theirs


def test_rows_keep_their_numbers_below_empty_rows(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx", [["a"], [None], ["b"]], top=3)
    assert read(path).numbers == [4, 6]


def test_a_wrong_dimension_hides_nothing(tmp_path: Path) -> None:
    rows = "".join(f"<row r='{n}'>{text_cell(f'C{n}', str(n))}</row>" for n in (1, 2, 3))
    path = write_raw_book(tmp_path / "book.xlsx", f"<dimension ref='A1'/><sheetData>{rows}</sheetData>")
    assert [row[2] for row in read(path).rows] == ["1", "2", "3"]


def test_a_styled_empty_cell_in_the_last_row_is_no_row(tmp_path: Path) -> None:
    last = "<row r='1048576'><c r='XFD1048576' s='1'/></row>"
    sheet = f"<sheetData><row r='1'>{text_cell('A1', 'x')}</row>{last}</sheetData>"
    assert read(write_raw_book(tmp_path / "book.xlsx", sheet), rows=1).numbers == [1]


def test_cells_and_rows_without_addresses_are_counted(tmp_path: Path) -> None:
    sheet = "<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row></sheetData>"
    data = read(write_raw_book(tmp_path / "book.xlsx", sheet))
    assert data.numbers == [1, 2]
    assert data.rows == [{0: 1, 1: 2}, {0: 3}]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<c r='A1'><f>B1*2</f></c>", Broken("formula_without_value", "=B1*2")),
        ("<c r='A1'><f>B1*2</f><v></v></c>", Broken("formula_without_value", "=B1*2")),
        ("<c r='A1'><f>B1*2</f><v>6</v></c>", 6),
        ("<c r='A1' t='str'><f>T(B1)</f><v></v></c>", None),
        ("<c r='A1' t='str'><f>T(B1)</f><v>words</v></c>", "words"),
        ("<c r='A1' t='e'><v>#REF!</v></c>", Broken("error_cell", "#REF!")),
        ("<c r='A1' t='e'><f>1/0</f><v>#DIV/0!</v></c>", Broken("error_cell", "#DIV/0!")),
        ("<c r='A1' t='b'><v>1</v></c>", True),
        ("<c r='A1' t='d'><v>2025-01-31</v></c>", date(2025, 1, 31)),
        ("<c r='A1' t='n'><v>NaN</v></c>", Broken("error_cell", "NaN")),
        ("<c r='A1'><v>0.1</v></c>", 0.1),
        ("<c r='A1'><v>12345678901234567</v></c>", 12345678901234567),
        ("<c r='A1' t='inlineStr'><is><r><t>two </t></r><r><t>runs</t></r></is></c>", "two runs"),
        ("<c r='A1' t='inlineStr'><is><t>字</t><rPh sb='0' eb='1'><t>zi</t></rPh></is></c>", "字"),
        ("<c r='A1' t='inlineStr'><is><t>a_x000D_b</t></is></c>", "a\rb"),
        ("<c r='A1' s='7'/>", None),
    ],
)
def test_odd_cells(tmp_path: Path, xml: str, expected: object) -> None:
    sheet = f"<sheetData><row r='1'>{xml}{text_cell('B1', 'x')}</row></sheetData>"
    data = read(write_raw_book(tmp_path / "book.xlsx", sheet))
    assert data.rows[0].get(0) == expected
    assert type(data.rows[0].get(0)) is type(expected)


def test_number_formats_decide_between_number_date_and_percentage(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Projects"
    formats = ["0%", "0.00%", "yyyy-mm-dd", '"day" 0.0" d"', "General", "yyyy年m月d日", "[h]:mm", "0.0"]
    for column, number_format in enumerate(formats, start=1):
        page.cell(1, column, 0.125 if "%" in number_format else 45658).number_format = number_format
    book.save(tmp_path / "book.xlsx")
    row = read(tmp_path / "book.xlsx").rows[0]
    assert [row[0], row[1]] == ["12.5%", "12.5%"]
    assert isinstance(row[0], Percent) and row[0].fraction == 0.125
    assert row[2] == row[5] == date(2025, 1, 1)
    assert row[3] == row[4] == row[7] == 45658


def test_dates_of_a_1904_workbook(tmp_path: Path) -> None:
    book = Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904  # type: ignore[attr-defined]
    page = book.active
    assert page is not None
    page.title = "Projects"
    page["A1"] = date(2025, 1, 1)
    book.save(tmp_path / "book.xlsx")
    assert read(tmp_path / "book.xlsx").rows[0][0] == date(2025, 1, 1)


def test_merged_ranges_and_hidden_rows_are_told(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Projects"
    for row in range(1, 5):
        page.append([f"a{row}", row])
    page.merge_cells("A2:A3")
    page.row_dimensions[4].hidden = True
    page.column_dimensions["B"].hidden = True
    book.save(tmp_path / "book.xlsx")
    data = read(tmp_path / "book.xlsx")
    assert data.merged == [MergedRange(2, 0, 3, 0)]
    assert (data.hidden_rows, data.first_hidden) == (1, [4])
    assert data.hidden_columns == {1}


def test_prefixed_element_names_are_read(tmp_path: Path) -> None:
    path = write_raw_book(tmp_path / "book.xlsx", "")
    import zipfile

    from books import MAIN

    parts = {}
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = (
        f"<x:worksheet xmlns:x='{MAIN}'><x:sheetData><x:row r='1'><x:c r='A1'><x:v>5</x:v></x:c></x:row>"
        "</x:sheetData></x:worksheet>"
    ).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert read(path).rows == [{0: 5}]


def test_the_head_stops_early(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx", [[n] for n in range(1, 101)])
    book = XlsxBook(path, Limits())
    assert book.head("Projects", 20).numbers == list(range(1, 21))
    book.close()
