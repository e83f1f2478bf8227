"""The bulk reader gives the cells that the parser gives, or leaves the sheet to it; openpyxl agrees."""

# ruff: noqa: E501 - cells are compared more easily, each on one line

from __future__ import annotations

import random
import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from books import MAIN, PACKAGE, RELATIONS, text_cell, write_raw_book
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from taxonomy_api.portfolio.packed import pack, write_packed
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.read_xlsx import XlsxBook
from taxonomy_api.portfolio.table import Broken, Cell, Percent, SheetData
from taxonomy_api.portfolio.unpacked import InBuffer, read_packed, unpack

STYLES = (
    f'<styleSheet xmlns="{MAIN}"><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/>'
    '<xf numFmtId="22"/></cellXfs></styleSheet>'
)
STRINGS = f'<sst xmlns="{MAIN}"><si><t>绿色 &amp; green</t></si><si><t/></si><si><t xml:space="preserve"> x </t></si></sst>'
PARTS = {
    "xl/styles.xml": STYLES,
    "xl/sharedStrings.xml": STRINGS,
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{RELATIONS}/styles" Target="styles.xml"/>'
        f'<Relationship Id="r3" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    ),
}


def both(path: Path, *, scanned: bool = True) -> SheetData:
    """What the parser reads; the bulk reader must read the same, or nothing where `scanned` is false."""
    slow, fast = XlsxBook(path, Limits(), bulk_from=2**60), XlsxBook(path, Limits(), bulk_from=0)
    try:
        name = slow.sheets[0].name
        parsed, packed = slow.read(name, 10_000), fast.packed(name, 10_000)
        assert (packed is not None) == scanned
        if packed is not None:
            same(unpack(packed), parsed)
        return parsed
    finally:
        slow.close()
        fast.close()


def same(found: SheetData, wanted: SheetData) -> None:
    assert found.rows == wanted.rows
    assert list(found.numbers) == list(wanted.numbers)
    assert (found.hidden_rows, found.first_hidden) == (wanted.hidden_rows, wanted.first_hidden)
    assert found.hidden_columns == wanted.hidden_columns
    assert found.merged == wanted.merged
    for mine, theirs in zip(found.rows, wanted.rows, strict=True):
        for column, cell in mine.items():
            assert _kind(cell) == _kind(theirs[column])


def _kind(cell: Cell) -> type:
    # 5.0 and 5 are one number.
    return float if type(cell) is int else type(cell)


CELLS = (
    "<c r='{}'/>", "<c r='{}' s='1'/>", "<c r='{}'><v>42</v></c>", "<c r='{}'><v>-0.5</v></c>",
    "<c r='{}' t='n'><v>1E-9</v></c>", "<c r='{}'><v>12345678901234567</v></c>", "<c r='{}'><v>5.0</v></c>",
    "<c r='{}'><v>-12345678901234567890</v></c>", "<c r='{}'><v>0.1000000000000000055</v></c>",
    "<c r='{}' t='b'><v>1</v></c>", "<c r='{}' t='b'><v>0</v></c>", "<c r='{}' t='e'><v>#N/A</v></c>",
    "<c r='{}' s='1'><v>45658</v></c>", "<c r='{}' s='3'><v>45658.5</v></c>", "<c r='{}' s='1'><v>0.75</v></c>",
    "<c r='{}' s='2'><v>0.125</v></c>", "<c r='{}' t='d'><v>2025-01-31</v></c>", "<c r='{}' t='s'><v>0</v></c>",
    "<c r='{}' s='1' t='s'><v>1</v></c>", "<c r='{}' t='s'><v>2</v></c>", "<c r='{}'><f>B1*2</f></c>",
    "<c r='{}'><f>B1*2</f><v></v></c>", "<c r='{}'><f>B1&lt;2</f><v/></c>", "<c r='{}' t='str'><f>T(B1)</f><v></v></c>",
    "<c r='{}' t='str'><f>T(B1)</f><v>words</v></c>", "<c r='{}'><f t='shared' si='0'/><v>7</v></c>",
    "<c r='{}' t='inlineStr'><is><t>12.5</t></is></c>", "<c r='{}' t='inlineStr'><is><t>a &amp; b &#33;</t></is></c>",
    "<c r='{}' t='inlineStr'><is><t xml:space='preserve'>  </t></is></c>", "<c r='{}' t='e'><f>1/0</f><v>#DIV/0!</v></c>",
    "<c r='{}' t='inlineStr'><is><t>a_x000D_b _xD800_</t></is></c>", "<c r='{}' s='1'><v>99999999999</v></c>",
    "<c r='{}' t='inlineStr'><is><t/></is></c>",
)  # fmt: skip


def _sheet(rows: list[tuple[int, list[tuple[str, str]]]], before: str = "", behind: str = "") -> str:
    inside = "".join(
        f'<row r="{number}">' + "".join(xml.format(f"{column}{number}") for column, xml in cells) + "</row>"
        for number, cells in rows
    )
    return f"{before}<sheetData>{inside}</sheetData>{behind}".replace("'", '"')


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_sheet_of_known_shape(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    columns = ["A", "B", "Z", "AA", "XFD"]
    numbers = sorted(data.draw(st.sets(st.integers(1, 1_048_576), max_size=8)))
    rows = [
        (
            number,
            [(column, data.draw(st.sampled_from(CELLS))) for column in columns if data.draw(st.booleans())],
        )
        for number in numbers
    ]
    path = tmp_path_factory.mktemp("books") / "book.xlsx"
    both(write_raw_book(path, _sheet(rows), extra=PARTS))


def test_every_kind_of_cell_alone(tmp_path: Path) -> None:
    for xml in CELLS:
        both(write_raw_book(tmp_path / "book.xlsx", _sheet([(7, [("C", xml)])]), extra=PARTS))


@pytest.mark.parametrize(
    "sheet",
    [
        "<sheetData><row><c><v>1</v></c></row></sheetData>",
        '<sheetData><row r="1"><c><v>1</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1"><v>1</v></c><!-- <c r="B1"><v>2</v></c> --></row></sheetData>',
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t><![CDATA[x]]></t></is></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><r><t>two </t></r><r><t>runs</t></r></is></c></row></sheetData>',
        '<sheetData><row r="1"><c t="n" r="A1"><v>1</v></c></row></sheetData>',
        "<sheetData><row r='1'><c r='A1'><v>1</v></c></row></sheetData>",
        '<sheetData><row r="1"><c r="A1"><v>1</v><extLst/></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1" t="b"><v>true</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a > b</t></is></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a\r\nb</t></is></c></row></sheetData>',
        "<sheetData/>",
    ],
)
def test_other_shapes_are_left_to_the_parser(sheet: str, tmp_path: Path) -> None:
    both(write_raw_book(tmp_path / "book.xlsx", sheet), scanned=False)


@pytest.mark.parametrize(
    "sheet",
    [
        '<sheetData><row r="1"><c r="A1" t="s"><v>3</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1"><v>1</c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row>',
        '<sheetData><row r="1"><c r="A1"><v>one</v></c></row></sheetData>',
    ],
)
def test_damage_is_told_by_the_parser(sheet: str, tmp_path: Path) -> None:
    path = write_raw_book(tmp_path / "book.xlsx", sheet, extra=PARTS)
    for bulk_from in (0, 2**60):
        with pytest.raises(PortfolioProblem) as caught:
            XlsxBook(path, Limits(), bulk_from=bulk_from).read("Projects", 10)
        assert caught.value.code == "damaged_workbook"


def _values(seed: int) -> list[list[object]]:
    chance = random.Random(seed)
    kinds: list[object] = [
        "text", "绿色 & <green>", " outer ", "12.5", "4.10", "=text", 42, -7, 0.1, 4.1, 12345678901234, True, False,
        date(2025, 7, 1), datetime(2025, 7, 1, 13, 30), None, None, "x\ny",
    ]  # fmt: skip
    return [[chance.choice(kinds) for _ in range(30)] for _ in range(300)]


def _by_openpyxl(path: Path) -> Path:
    book = Workbook()
    page = book.active
    assert page is not None
    for number, row in enumerate(_values(1), start=4):
        for column, value in enumerate(row, start=1):
            if value == "=text":
                page.cell(number, column).value = "=1+1"
            elif value is not None:
                page.cell(number, column, value)  # type: ignore[arg-type]
    page.merge_cells("A5:A9")
    page.row_dimensions[6].hidden = True
    page.column_dimensions["C"].hidden = True
    book.save(path)
    return path


def _by_xlsxwriter(path: Path, *, inline: bool) -> Path:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": inline})
    page = book.add_worksheet()
    day, percent = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "0.0%"})
    for number, row in enumerate(_values(2), start=3):
        for column, value in enumerate(row):
            if isinstance(value, date):
                page.write_datetime(number, column, value, day)  # type: ignore[arg-type]
            elif isinstance(value, str):
                page.write_string(number, column, value)
            elif isinstance(value, float):
                page.write_number(number, column, value, percent)
            elif value is not None:
                page.write(number, column, value)
    page.set_row(7, None, None, {"hidden": True})
    page.set_column(2, 3, 10, None, {"hidden": True})
    book.close()
    return path


def test_books_of_other_programs(tmp_path: Path) -> None:
    paths = [
        _by_openpyxl(tmp_path / "a.xlsx"),
        _by_xlsxwriter(tmp_path / "b.xlsx", inline=False),
        _by_xlsxwriter(tmp_path / "c.xlsx", inline=True),
    ]
    for path in paths:
        # Line breaks in cells that are written as such are left to the parser.
        with zipfile.ZipFile(path) as archive:
            assert b"sheetData" in archive.read("xl/worksheets/sheet1.xml")
        data = both(path)
        assert data.numbers[0] == 4 and data.hidden_columns
        page = openpyxl.load_workbook(path, data_only=True).worksheets[0]
        for number, row in zip(data.numbers, data.rows, strict=True):
            for column in range(30):
                mine, theirs = row.get(column), page.cell(number, column + 1).value
                if isinstance(mine, Broken):
                    assert theirs is None
                elif isinstance(mine, Percent):
                    assert float(mine.rstrip("%")) / 100 == pytest.approx(theirs)
                elif isinstance(theirs, datetime) and theirs.time() == datetime.min.time():
                    assert mine == theirs.date()
                else:
                    assert mine == theirs


def test_small_blocks_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taxonomy_api.portfolio.scan_sheet.BLOCK", 700)
    both(_by_xlsxwriter(tmp_path / "b.xlsx", inline=True))


def test_too_many_rows(tmp_path: Path) -> None:
    rows = [(number, [("A", "<c r='{}'><v>1</v></c>")]) for number in range(1, 12)]
    book = XlsxBook(write_raw_book(tmp_path / "book.xlsx", _sheet(rows)), Limits(), bulk_from=0)
    with pytest.raises(PortfolioProblem) as caught:
        book.packed("Projects", 10)
    assert caught.value.code == "too_many_rows"
    assert book.packed("Projects", 11) is not None


def test_frames_of_the_sheet(tmp_path: Path) -> None:
    before = '<dimension ref="A1"/><cols><col min="2" max="3" hidden="1"/></cols>'
    rows = (
        '<row hidden="1" r="2"><c r="A2"><v>1</v></c></row><row r="3" hidden="true"/><row r="5" spans="1:2">'
        + text_cell("B5", "x").replace("'", '"')
        + '</row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    )
    behind = '<mergeCells count="1"><mergeCell ref="A2:A5"/></mergeCells>'
    data = both(write_raw_book(tmp_path / "book.xlsx", f"{before}<sheetData>{rows}</sheetData>{behind}"))
    assert data.numbers == [2, 5] and (data.hidden_rows, data.first_hidden) == (1, [2])
    assert data.hidden_columns == {1, 2} and len(data.merged) == 1


cells = st.one_of(
    st.none(), st.text(min_size=1).filter(str.strip), st.floats(allow_nan=False, allow_infinity=False), st.booleans(),
    st.integers(-(10**30), 10**30), st.dates(), st.datetimes(timezones=st.none()).filter(lambda one: one.time().hour),
    st.integers(0, 100).map(lambda one: Percent(f"{one}%")), st.just(Broken("error_cell", "#N/A")),
    st.just(Broken("formula_without_value", "=A1")),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(table=st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8))
def test_packing_changes_no_cell(table: list[list[Cell]]) -> None:
    data = SheetData(
        list(range(1, len(table) + 1)), {p: [row[p] for row in table] for p in range(3)}, 2, [1, 2], {1}
    )
    sink = BytesIO()
    write_packed(pack(data), sink)
    back = unpack(read_packed(InBuffer(sink.getvalue())))
    same(back, data)
    for position, column in back.columns.items():
        assert [_kind(cell) for cell in column] == [_kind(cell) for cell in data.columns[position]]


def test_equal_cells_of_different_blocks_are_one_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [[f"id {n}", f"activity {n % 70}", n % 70 / 8, f"date {n % 2}"] for n in range(40_000)]
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"), {"constant_memory": True})
    sheet = book.add_worksheet("Projects")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    monkeypatch.setattr("taxonomy_api.portfolio.scan_sheet.BLOCK", 20_000)
    opened = XlsxBook(tmp_path / "a.xlsx", Limits(), bulk_from=0)
    packed = opened.packed("Projects", 40_000)
    opened.close()
    assert packed is not None
    assert [len(packed.columns[position].kinds) for position in range(4)] == [40_001, 71, 71, 3]
    for position, column in unpack(packed).columns.items():
        assert list(column) == [row[position] for row in rows]
