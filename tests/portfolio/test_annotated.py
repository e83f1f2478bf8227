"""Annotated copies: the sheet as it looked, verdicts and notes beside it, nothing that acts."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import fastexcel
import openpyxl
import pytest
import xlsxwriter
from books import MAIN, RELATIONS, text_cell, write_book, write_raw_book
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Color, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.terms import LANGUAGES, Language
from taxonomy_api.portfolio.options import read_options
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.run import assess_portfolio
from taxonomy_api.portfolio.sheet_copy import CellLook, CopiedRow, SheetCopy

HEADER = ["id", "activity", "technology", "lifecycle_ghg_intensity", "amount", "currency", "granted"]
#: Green at most 100 g; an activity that is not on file; a value in a wrong unit.
ROWS: list[list[Any]] = [
    ["A", "hk-phase-2a:ENE-01", "bioenergy", 84, 0.1 + 0.2, "CNY", date(2026, 1, 2)],
    ["B", "hk-phase-2a:ENE-99", "bioenergy", 84, 1000.25, "HKD", None],
    ["C", "hk-phase-2a:ENE-01", "bioenergy", "84 MW", 0.3, "USD", datetime(2026, 1, 2, 15, 30)],
]


def run(path: Path, engine: Engine, limits: Limits | None = None, **options: Any) -> Path:
    target = path.parent / "out"
    target.mkdir(exist_ok=True)
    raw = {"as_of": "2026-11-22", "taxonomies": ["hk-phase-2a"], "annotated": True, **options}
    chosen = read_options(engine.release, raw)
    assess_portfolio(path, engine, chosen, target, lambda _: None, limits=limits)
    return target / "annotated.xlsx"


def page_of(path: Path, sheet: str = "Loans") -> Worksheet:
    page = openpyxl.load_workbook(path)[sheet]
    assert isinstance(page, Worksheet)
    return page


def by_openpyxl(path: Path) -> Path:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Loans"
    page.append(["Green loans of the bank"])
    page.append(HEADER)
    for row in ROWS:
        page.append(row)
    page.merge_cells("A1:F1")
    page.merge_cells("F3:F4")
    title = page["A1"]
    title.font = Font(name="Arial", size=16, bold=True, italic=True, underline="single", color="FF112233")
    title.fill = PatternFill("solid", fgColor="FFAABBCC")
    title.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for cell in page[2]:
        cell.border = Border(
            left=Side("thin", color="FFFF0000"), bottom=Side("double", color="FF00FF00"), top=Side("dashed")
        )
        cell.fill = PatternFill("darkGrid", fgColor="FF010203", bgColor="FF040506")
        cell.alignment = Alignment(text_rotation=45, indent=2, horizontal="left")
    page["E3"].number_format = '#,##0.00 "元"'
    page["E4"].number_format = "0.00%"
    page["G5"].number_format = "yyyy/mm/dd hh:mm"
    page["C7"].fill = PatternFill("solid", fgColor="FF0A0B0C")
    page["A9"] = "Source: loan system"
    page.column_dimensions["B"].width = 33
    page.column_dimensions["C"].width = 14
    page.column_dimensions["D"].hidden = True
    page.row_dimensions[1].height = 42
    page.row_dimensions[4].hidden = True
    page.freeze_panes = "B3"
    book.save(path)
    return path


def by_xlsxwriter(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path), {"date_1904": True})
    page = book.add_worksheet("Loans")
    page.set_column(1, 1, 33)
    page.set_column(2, 2, 14, book.add_format({"italic": True}))
    bold = book.add_format({"bold": True, "font_name": "Arial", "font_size": 16, "font_color": "#112233"})
    page.merge_range(0, 0, 0, 5, "Green loans of the bank", bold)
    head = book.add_format(
        {
            "border": 5,
            "border_color": "#00FF00",
            "bg_color": "#AABBCC",
            "text_wrap": True,
            "valign": "vcenter",
        }
    )
    page.write_row(1, 0, HEADER, head)
    day = book.add_format({"num_format": "d mmm yyyy", "align": "right"})
    money = book.add_format({"num_format": 4, "top": 1})
    for number, row in enumerate(ROWS, start=2):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                page.write_datetime(number, column, cell, day)
            elif isinstance(cell, float):
                page.write_number(number, column, cell, money)
            elif cell is not None:
                page.write(number, column, cell)
    page.write_boolean(7, 0, True)
    page.set_row(0, 42)
    page.freeze_panes(2, 1)
    book.close()
    return path


def raw_rows(cells: str = "", more: int = 0) -> str:
    """Header and one loan in A and B, `cells` behind it, and as many loans below."""
    head = text_cell("A1", "id") + text_cell("B1", "activity")
    loans = [
        text_cell(f"A{row}", "A") + text_cell(f"B{row}", "hk-phase-2a:ENE-01") for row in range(2, more + 3)
    ]
    loans[0] += cells
    return f'<row r="1">{head}</row>' + "".join(f'<row r="{n}">{one}</row>' for n, one in enumerate(loans, 2))


def look(cell: Any) -> dict[str, Any]:
    """What a person sees of a cell's style; colours as RRGGBB, None where none is stated."""

    def colour(one: Any) -> str | None:
        return one.rgb[-6:] if one is not None and one.type == "rgb" else None

    font, fill, border, place = cell.font, cell.fill, cell.border, cell.alignment
    return {
        "font": (font.name, font.sz, font.b, font.i, font.u, font.strike, colour(font.color)),
        "fill": (fill.fill_type, colour(fill.fgColor) if fill.fill_type else None),
        "back": colour(fill.bgColor) if fill.fill_type not in (None, "solid") else None,
        "border": {
            side: (one.style, colour(one.color))
            for side in ("left", "right", "top", "bottom")
            if (one := getattr(border, side)) is not None and one.style
        },
        "place": (place.horizontal, place.vertical, bool(place.wrap_text), place.textRotation, place.indent),
        "format": cell.number_format,
    }


@pytest.mark.parametrize("make", [by_openpyxl, by_xlsxwriter])
def test_values_looks_widths_and_merged_cells_are_kept(
    tmp_path: Path, engine: Engine, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path / "loans.xlsx")
    copy = run(path, engine)
    before, after = page_of(path), page_of(copy)
    for row in before.iter_rows(max_col=len(HEADER)):
        for cell in row:
            other = after[cell.coordinate]
            assert other.value == cell.value, cell.coordinate
            assert other.data_type == cell.data_type, cell.coordinate
            if cell.has_style:
                assert look(other) == look(cell), cell.coordinate
    assert {str(one) for one in after.merged_cells.ranges} == {str(one) for one in before.merged_cells.ranges}
    for letter, dimension in before.column_dimensions.items():
        # As exact as programs draw: to half a pixel of seven in a character.
        assert abs(after.column_dimensions[letter].width - dimension.width) <= 1 / 14, letter
        assert after.column_dimensions[letter].hidden == dimension.hidden
    assert after.row_dimensions[1].height == pytest.approx(42)
    assert after.row_dimensions[4].hidden == before.row_dimensions[4].hidden
    assert after.freeze_panes == before.freeze_panes


@pytest.mark.parametrize("make", [by_openpyxl, by_xlsxwriter])
def test_another_reader_sees_the_same_values(
    tmp_path: Path, engine: Engine, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path / "loans.xlsx")
    copy = run(path, engine)

    def cells(book: Path) -> list[list[str]]:
        frame = fastexcel.read_excel(book).load_sheet(
            "Loans", header_row=None, dtypes="string", use_columns=list(range(len(HEADER)))
        )
        return [column.to_pylist() for column in frame.to_arrow().columns]

    assert cells(copy) == cells(path)


def test_theme_and_indexed_colours_are_kept_as_colours(tmp_path: Path, engine: Engine) -> None:
    path = by_openpyxl(tmp_path / "loans.xlsx")
    book = openpyxl.load_workbook(path)
    page = book["Loans"]
    page["A3"].fill = PatternFill("solid", fgColor=Color(theme=4))
    page["B3"].fill = PatternFill("solid", fgColor=Color(theme=0, tint=-0.5))
    page["C3"].font = Font(color=Color(indexed=10))
    page["D3"].fill = PatternFill("solid", fgColor=Color(theme=1, tint=0.5))
    book.save(path)
    after = page_of(run(path, engine))
    # The library's theme is that of Office 2007: accent 1 is 4F81BD, its background white, its text black.
    assert after["A3"].fill.fgColor.rgb == "FF4F81BD"
    assert after["B3"].fill.fgColor.rgb == "FF808080"
    assert after["C3"].font.color.rgb == "FFFF0000"
    assert after["D3"].fill.fgColor.rgb == "FF808080"


def test_numbers_keep_all_their_digits(tmp_path: Path, engine: Engine) -> None:
    numbers = ("0.30000000000000004", "1e+22", "-5", "123456789012345678")
    cells = "".join(
        f'<c r="{letter}2"><v>{number}</v></c>' for letter, number in zip("CDEF", numbers, strict=True)
    )
    path = write_raw_book(tmp_path / "loans.xlsx", f"<sheetData>{raw_rows(cells)}</sheetData>")
    with zipfile.ZipFile(run(path, engine)) as archive:
        content = archive.read("xl/worksheets/sheet1.xml").decode()
    written = [re.search(f'<c r="{letter}2"[^>]*><v>([^<]*)</v>', content) for letter in "CDEF"]
    assert [float(found[1]) for found in written if found] == [float(number) for number in numbers]
    assert written[0] is not None and written[0][1] == numbers[0]


def test_verdicts_stand_beside_the_rows_in_their_colours(tmp_path: Path, engine: Engine) -> None:
    page = page_of(run(by_openpyxl(tmp_path / "loans.xlsx"), engine))
    heads = {cell.value: cell.column for cell in page[2]}
    verdict, state = heads["hk-phase-2a verdict"], heads["row state"]
    # Right of the last value; the look of the empty cell C7 stays.
    assert verdict == len(HEADER) + 1
    assert page["C7"].fill.fgColor.rgb == "FF0A0B0C"
    assert [page.cell(row, verdict).value for row in (3, 4, 5)] == ["aligned", "undetermined", "undetermined"]
    assert [page.cell(row, state).value for row in (3, 4, 5)] == ["ok", "error", "warning"]
    assert page.cell(3, verdict).fill.fgColor.rgb == "FFC6EFCE"
    assert page.cell(3, heads["hk-phase-2a reason"]).value
    assert page.cell(3, heads["hk-phase-2a valid until"]).value == datetime(2035, 12, 31)
    assert "source row" not in heads


def test_cells_that_caused_issues_have_a_note_with_the_reason(tmp_path: Path, engine: Engine) -> None:
    page = page_of(run(by_openpyxl(tmp_path / "loans.xlsx"), engine))
    notes = {cell.coordinate: cell.comment.text for row in page.iter_rows() for cell in row if cell.comment}
    # A hidden column, one that is not known, no activity on file, a share where an amount is wanted, a unit
    # of another thing, a merged currency, and a remark below the table.
    assert set(notes) == {"D2", "G2", "B4", "E4", "D5", "F3", "A9"}
    assert "is no activity on file" in notes["B4"] and "hk-phase-2a:ENE-01" in notes["B4"]
    assert "84 MW" in notes["D5"]
    assert "merged cell" in notes["F3"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_left_behind_is_told_first(tmp_path: Path, engine: Engine, language: Language) -> None:
    path = run(by_openpyxl(tmp_path / "loans.xlsx"), engine, language=language)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Loans", "Issues", "Method"]
    _, first, *others = book["Issues"].iter_rows(values_only=True)
    assert first[1] == "left_behind"
    words = {"en": "document properties: 2", "zh-Hans": "文档属性：2", "zh-Hant": "文檔屬性：2"}
    assert first[6] == words[language]
    assert "unknown_activity" in {row[1] for row in others}
    assert "left_behind" not in {row[1] for row in others}
    assert any("sha256:" in str(row[1]) for row in book["Method"].iter_rows(values_only=True))


# Nothing that acts

SECRET = b"XQZSECRET"


def hostile(path: Path) -> Path:
    """A sheet of loans in a workbook full of what must stay behind, each marked with one word."""
    plain = path.with_name("plain.xlsx")
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Loans"
    page.append([*HEADER[:5], "remark"])
    page.append(["A", "hk-phase-2a:ENE-01", "bioenergy", 84, 100, "sound"])
    page.append(
        ['=HYPERLINK("http://XQZSECRET.example/","x")', "hk-phase-2a:ENE-01", None, 84, "=XQZSECRET+1"]
    )
    page["F3"] = "=cmd|'/c calc XQZSECRET'!A0"
    page["F2"].hyperlink = "http://XQZSECRET.example/"
    page["F2"].comment = Comment("XQZSECRET", "XQZSECRET")
    hidden = book.create_sheet("XQZSECRET list")
    hidden.sheet_state = "hidden"
    hidden.append(HEADER)
    hidden.append(["XQZSECRET", "hk-phase-2a:ENE-01"])
    very = book.create_sheet("XQZSECRET more")
    very.sheet_state = "veryHidden"
    book.properties.creator = book.properties.title = "XQZSECRET"
    book.defined_names["XQZSECRET"] = openpyxl.workbook.defined_name.DefinedName(
        "XQZSECRET", attr_text="Loans!$A$1"
    )
    book.save(plain)
    extra = {
        "xl/vbaProject.bin": "XQZSECRET",
        "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN}">XQZSECRET</externalLink>',
        "xl/embeddings/oleObject1.bin": "XQZSECRET",
        "xl/activeX/activeX1.xml": "<ax>XQZSECRET</ax>",
        "xl/connections.xml": f'<connections xmlns="{MAIN}">XQZSECRET</connections>',
        "customXml/item1.xml": "<x>XQZSECRET</x>",
        "docProps/custom.xml": "<x>XQZSECRET</x>",
        "xl/media/image1.png": "XQZSECRET",
    }
    sheet = (
        '<conditionalFormatting sqref="A2"><cfRule type="expression" priority="1">'
        "<formula>XQZSECRET</formula></cfRule></conditionalFormatting>"
        '<dataValidations count="1"><dataValidation type="list" sqref="B2"><formula1>XQZSECRET</formula1>'
        "</dataValidation></dataValidations>"
    )
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", b"</sheetData>" + sheet.encode(), 1)
            target.writestr(name, content)
        for name, text in extra.items():
            target.writestr(name, text)
    plain.unlink()
    return path


def parts(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


def test_nothing_of_a_hostile_workbook_comes_along(tmp_path: Path, engine: Engine) -> None:
    source = hostile(tmp_path / "loans.xlsm")
    assert sum(SECRET in content for _, content in parts(source)) >= 12
    copy = run(source, engine)
    for name, content in parts(copy):
        assert SECRET not in content and SECRET.decode() not in name, name
        assert b"<f>" not in content and b"<f " not in content, name
        assert b"TargetMode" not in content, name
        assert not name.lower().endswith((".bin", ".png")), name
    names = {name for name, _ in parts(copy)}
    assert not [
        name for name in names if any(part in name.lower() for part in ("external", "embed", "custom"))
    ]
    told = [row[6] for row in page_of(copy, "Issues").iter_rows(values_only=True) if row[1] == "left_behind"]
    assert {str(line).split(":")[0].split(";")[0] for line in told} == {
        *("formulas", "macros", "links to other files, DDE among them", "embedded objects and controls"),
        *("queries, data connections and pivot data", "custom XML", "defined names", "hidden sheets"),
        *("document properties", "links in cells", "conditional formats", "input rules and choice lists"),
        "comments",
    }
    assert "hidden sheets: 2" in told


def test_stored_values_stand_for_formulas(tmp_path: Path, engine: Engine) -> None:
    cells = (
        '<c r="C2"><f>1+1</f><v>2</v></c><c r="D2" t="str"><f>A2&amp;"x"</f><v>Ax</v></c>'
        '<c r="E2"><f>never()</f></c><c r="F2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="G2" t="b"><f>TRUE()</f><v>1</v></c><c r="H2" t="d"><v>2026-01-02</v></c>'
    )
    path = write_raw_book(tmp_path / "loans.xlsx", f"<sheetData>{raw_rows(cells)}</sheetData>")
    page = page_of(run(path, engine), "Projects")
    assert [page.cell(2, column).value for column in range(3, 9)] == [2, "Ax", None, "#DIV/0!", True, 46024]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "@SUM(A1)",
        "+1",
        "-1",
        "http://example.org",
        "<r><t>x</t></r>",
        "<r></si><evil/></r>",
    ],
)
def test_text_stays_text(tmp_path: Path, engine: Engine, text: str) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in [["id", "activity", "technology"], ["A", "hk-phase-2a:ENE-01", None]]:
        page.append(row)
    for column in (3, 4):
        # In a column that is read, so that the text comes up in notes and issues too.
        page.cell(2, column, text).data_type = "s"
    page.cell(1, 4, text).data_type = "s"
    book.save(tmp_path / "loans.xlsx")
    copied = openpyxl.load_workbook(run(tmp_path / "loans.xlsx", engine))
    source = openpyxl.load_workbook(tmp_path / "loans.xlsx")["Sheet"]
    for place in ("C2", "D2", "D1"):
        cell = copied["Sheet"][place]
        assert (cell.value, cell.data_type, cell.hyperlink) == (source[place].value, "s", None)
    assert not [cell for row in copied["Issues"].iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize(
    "blocks",
    [
        ["A1:XFD1048576"],
        ["A2:A3", "A3:A4"],
        ["C1:C1"],
        ["C5:A1"],
        ["A500000:B600000"],
        [f"A{row}:B{row}" for row in range(2, 40_000)],
    ],
)
def test_merged_blocks_that_no_program_writes_are_left_and_told(
    tmp_path: Path, engine: Engine, blocks: list[str]
) -> None:
    merged = "".join(f'<mergeCell ref="{block}"/>' for block in blocks)
    path = write_raw_book(
        tmp_path / "loans.xlsx",
        f"<sheetData>{raw_rows(more=2)}</sheetData><mergeCells>{merged}</mergeCells>",
    )
    copy = run(path, engine)
    told = [str(row[6]) for row in page_of(copy, "Issues").iter_rows(values_only=True)]
    assert [line for line in told if line.startswith("merged blocks beyond")]
    for block in page_of(copy, "Projects").merged_cells.ranges:
        assert block.max_row <= 4


def test_columns_described_many_times_cost_nothing(tmp_path: Path, engine: Engine) -> None:
    again = '<col min="1" max="16384" width="20"/>' * 20_000
    path = write_raw_book(
        tmp_path / "loans.xlsx",
        f'<cols><col min="1" max="2" width="30"/>{again}</cols><sheetData>{raw_rows()}</sheetData>',
    )
    # Each of them done as described would take longer than a test may.
    copy = run(path, engine)
    assert page_of(copy, "Projects").column_dimensions["A"].width == pytest.approx(30, abs=1 / 14)


def test_looks_of_rows_far_below_cost_nothing(tmp_path: Path, engine: Engine) -> None:
    path = by_openpyxl(tmp_path / "loans.xlsx")
    book = openpyxl.load_workbook(path)
    book["Loans"]["A1048576"].fill = PatternFill("solid", fgColor="FF0A0B0C")
    book.save(path)
    assert page_of(run(path, engine)).max_row < 1000


# Refusals


def test_more_rows_than_the_limit_are_refused(tmp_path: Path, engine: Engine) -> None:
    assert Limits().annotated_rows == 20_000
    path = by_openpyxl(tmp_path / "loans.xlsx")
    # Three loans and a remark below them.
    assert run(path, engine, Limits(annotated_rows=4)).is_file()
    with pytest.raises(PortfolioProblem) as caught:
        run(path, engine, Limits(annotated_rows=3))
    assert caught.value.code == "annotated_too_large"


def test_other_formats_are_refused(tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "loans.csv"
    path.write_text("id,activity\nA,hk-phase-2a:ENE-01\n", "utf-8")
    with pytest.raises(PortfolioProblem) as caught:
        run(path, engine)
    assert caught.value.code == "annotated_unsupported"
    assert ".xlsx" in caught.value.detail


def test_no_copy_is_made_unasked(tmp_path: Path, engine: Engine) -> None:
    assert not run(by_openpyxl(tmp_path / "loans.xlsx"), engine, annotated=False).exists()


def test_styles_that_cannot_be_read_cost_the_looks_only(tmp_path: Path, engine: Engine) -> None:
    path = write_raw_book(
        tmp_path / "loans.xlsx",
        f'<sheetData><row r="1">{text_cell("A1", "id")}{text_cell("B1", "activity")}</row>'
        f'<row r="2"><c r="A2" s="1"><v>7</v></c>{text_cell("B2", "hk-phase-2a:ENE-01")}</row></sheetData>',
        extra={
            "xl/_rels/workbook.xml.rels": (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
                f'<Relationship Id="r2" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>'
            ),
            "xl/styles.xml": (
                f'<styleSheet xmlns="{MAIN}"><fonts><font><sz val="many"/></font></fonts></styleSheet>'
            ),
        },
    )
    copy = run(path, engine)
    assert page_of(copy, "Projects")["A2"].value == 7
    told = [str(row[6]) for row in page_of(copy, "Issues").iter_rows(values_only=True)]
    assert "styles that could not be read: 1" in told


def test_a_sheet_named_issues_keeps_its_name(tmp_path: Path, engine: Engine) -> None:
    rows = [["id", "activity"], ["A", "hk-phase-2a:ENE-01"]]
    copy = run(write_book(tmp_path / "loans.xlsx", rows, sheet="issues"), engine)
    assert openpyxl.load_workbook(copy).sheetnames == ["issues", "Issues_", "Method"]


# What the reading process hands over


def sheet(**changes: Any) -> SheetCopy:
    given: dict[str, Any] = {
        "looks": [CellLook(bold=True)],
        "rows": [CopiedRow(1, None, False, [(0, 0, "a"), (1, 0, 1.5), (2, 0, None), (3, 0, True)])],
        "columns": [],
        "merged": [],
        "frozen": (0, 0),
        "date_1904": False,
        "row_height": None,
        "left_behind": {"macros": 1},
    }
    return SheetCopy(**given | changes)


def test_a_copy_is_read_back_as_it_was() -> None:
    assert SheetCopy.unpack(sheet().pack()) == sheet()


@pytest.mark.parametrize(
    "changes",
    [
        {"looks": [CellLook(font_color="red")]},
        {"looks": [CellLook(num_format=999)]},
        {"looks": [CellLook(num_format="0" * 300)]},
        {"looks": [CellLook(pattern=19)]},
        {"rows": [CopiedRow(0, None, False, [])]},
        {"rows": [CopiedRow(1, None, False, [(16_384, 0, "a")])]},
        {"rows": [CopiedRow(1, -1.0, False, [])]},
        {"left_behind": {"surprises": 1}},
        {"frozen": (0, 99_999)},
    ],
)
def test_what_is_out_of_bounds_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of the library, any of its kinds
        SheetCopy.unpack(sheet(**changes).pack())
