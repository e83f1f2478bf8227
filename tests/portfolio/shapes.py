"""One table, written in the shape of each program that banks save workbooks with.

What differs between them is what readers stumble over: strings that are shared or stand in the cell, the
order of attributes, spans, booleans as formulas, values of formulas that were or were not calculated.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

import openpyxl
import xlsxwriter
from books import CONTENT_TYPES, MAIN, PACKAGE, RELATIONS
from openpyxl.utils import get_column_letter


@dataclass(frozen=True)
class Percent:
    """A number that the sheet shows as a percentage."""

    value: float


@dataclass(frozen=True)
class Formula:
    """A formula; `value` is what was calculated last, None where nothing was."""

    text: str
    value: float | str | None = None


@dataclass(frozen=True)
class Error:
    """An error value such as #REF!."""

    code: str


Cell: TypeAlias = "str | int | float | bool | date | Percent | Formula | Error | None"


@dataclass(frozen=True)
class Sheet:
    """A table with `top` empty rows above it. `merges` and hidden rows and columns are the sheet's own."""

    rows: Sequence[Sequence[Cell]]
    name: str = "Sheet1"
    top: int = 0
    merges: Sequence[str] = ()
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[str] = ()


_GENERAL, _DAY, _PERCENT = 0, 1, 2
_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/>'
    '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="9" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def serial(day: date) -> int:
    return (day - date(1899, 12, 30)).days


def by_openpyxl(path: Path, sheet: Sheet) -> None:
    """Strings shared; openpyxl never stores what a formula came to."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet.name
    for number, row in enumerate(sheet.rows, sheet.top + 1):
        for column, cell in enumerate(row, 1):
            if cell is None:
                continue
            place = page.cell(number, column)
            if isinstance(cell, Percent):
                place.value, place.number_format = cell.value, "0%"
            elif isinstance(cell, Formula):
                place.value = f"={cell.text}"
            elif isinstance(cell, Error):
                place.value, place.data_type = cell.code, "e"
            else:
                place.value = cell  # type: ignore[assignment]
                if isinstance(cell, str):
                    place.data_type = "s"
    for merge in sheet.merges:
        page.merge_cells(merge)
    for hidden in sheet.hidden_rows:
        page.row_dimensions[hidden].hidden = True
    for letter in sheet.hidden_columns:
        page.column_dimensions[letter].hidden = True
    book.save(path)


def by_xlsxwriter(path: Path, sheet: Sheet) -> None:
    _with_xlsxwriter(path, sheet, {})


def by_xlsxwriter_in_rows(path: Path, sheet: Sheet) -> None:
    """Strings stand in their cells."""
    _with_xlsxwriter(path, sheet, {"constant_memory": True})


def _with_xlsxwriter(path: Path, sheet: Sheet, options: Mapping[str, object]) -> None:
    book = xlsxwriter.Workbook(str(path), options)
    day, percent = book.add_format({"num_format": 14}), book.add_format({"num_format": 9})
    page = book.add_worksheet(sheet.name)
    for letter in sheet.hidden_columns:
        page.set_column(f"{letter}:{letter}", None, None, {"hidden": True})
    for number, row in enumerate(sheet.rows, sheet.top):
        if number + 1 in sheet.hidden_rows:
            page.set_row(number, None, None, {"hidden": True})
        for column, cell in enumerate(row):
            _write(page, number, column, cell, day, percent)
    if not options:
        for merge in sheet.merges:
            page.merge_range(merge, "")
            first = merge.partition(":")[0]
            _again(page, first, sheet)
    book.close()


def _write(page: Any, row: int, column: int, cell: Cell, day: object, percent: object) -> None:
    match cell:
        case bool():
            page.write_boolean(row, column, cell)
        case str():
            page.write_string(row, column, cell)
        case int() | float():
            page.write_number(row, column, cell)
        case date():
            page.write_datetime(row, column, cell, day)
        case Percent():
            page.write_number(row, column, cell.value, percent)
        case Formula():
            page.write_formula(row, column, f"={cell.text}", None, "" if cell.value is None else cell.value)
        case Error():
            page.write_formula(row, column, f"={cell.code}", None, cell.code)


def _again(page: Any, first: str, sheet: Sheet) -> None:
    """merge_range() wrote an empty text over the first cell."""
    row, column = xlsxwriter.utility.xl_cell_to_rowcol(first)
    page.write(row, column, sheet.rows[row - sheet.top][column])


def by_excel(path: Path, sheet: Sheet) -> None:
    """Shared strings, spans, style ids; blanks of a row are left out."""
    strings: dict[str, int] = {}

    def cell_xml(place: str, cell: Cell) -> str:
        kind, value, style = _stored(cell, strings)
        formula = f"<f>{escape(cell.text)}</f>" if isinstance(cell, Formula) else ""
        shown = f"<v>{value}</v>" if value is not None else ""
        attributes = f' r="{place}"' + (f' s="{style}"' if style else "") + (f' t="{kind}"' if kind else "")
        return f"<c{attributes}>{formula}{shown}</c>"

    def row_xml(number: int, cells: str, width: int) -> str:
        hidden = ' hidden="1"' if number in sheet.hidden_rows else ""
        return f'<row r="{number}" spans="1:{width}"{hidden} x14ac:dyDescent="0.25">{cells}</row>'

    _package(path, sheet, cell_xml, row_xml, strings, ' xmlns:x14ac="urn:x"')


def by_libreoffice(path: Path, sheet: Sheet) -> None:
    """Every attribute is written, booleans are formulas, shared strings keep their blanks."""
    strings: dict[str, int] = {}

    def cell_xml(place: str, cell: Cell) -> str:
        kind, value, style = _stored(cell, strings)
        formula = f'<f aca="false">{escape(cell.text)}</f>' if isinstance(cell, Formula) else ""
        if isinstance(cell, bool):
            formula = f'<f aca="false">{"TRUE" if cell else "FALSE"}()</f>'
        shown = f"<v>{value}</v>" if value is not None else ""
        return f'<c r="{place}" s="{style}" t="{kind or "n"}">{formula}{shown}</c>'

    def row_xml(number: int, cells: str, width: int) -> str:
        hidden = "true" if number in sheet.hidden_rows else "false"
        return (
            f'<row r="{number}" customFormat="false" ht="12.8" hidden="{hidden}" customHeight="false" '
            f'outlineLevel="0" collapsed="false">{cells}</row>'
        )

    _package(path, sheet, cell_xml, row_xml, strings, "")


def _stored(cell: Cell, strings: dict[str, int]) -> tuple[str, object, int]:
    """Type, value and style of a cell."""
    match cell:
        case bool():
            return "b", int(cell), _GENERAL
        case str():
            return "s", strings.setdefault(cell, len(strings)), _GENERAL
        case Percent():
            return "", cell.value, _PERCENT
        case Error():
            return "e", cell.code, _GENERAL
        case Formula():
            is_text = isinstance(cell.value, str)
            return "str" if is_text else "", escape(cell.value) if is_text else cell.value, _GENERAL  # type: ignore[arg-type]
        case date():
            return "", serial(cell), _DAY
    return "", cell, _GENERAL


def _package(
    path: Path,
    sheet: Sheet,
    cell_xml: Callable[[str, Cell], str],
    row_xml: Callable[[int, str, int], str],
    strings: dict[str, int],
    more: str,
) -> None:
    width = max((len(row) for row in sheet.rows), default=1)
    rows = []
    for number, row in enumerate(sheet.rows, sheet.top + 1):
        cells = "".join(
            cell_xml(f"{get_column_letter(column)}{number}", cell)
            for column, cell in enumerate(row, 1)
            if cell is not None
        )
        rows.append(row_xml(number, cells, width))
    columns = "".join(
        f'<col min="{at}" max="{at}" width="9" hidden="1"/>'
        for at in (ord(letter) - 64 for letter in sheet.hidden_columns)
    )
    merges = "".join(f'<mergeCell ref="{merge}"/>' for merge in sheet.merges)
    last = f"{get_column_letter(width)}{sheet.top + len(sheet.rows)}"
    page = (
        f'<worksheet xmlns="{MAIN}"{more}><dimension ref="A{sheet.top + 1}:{last}"/>'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>{''.join(rows)}</sheetData>"
        f"{f'<mergeCells>{merges}</mergeCells>' if merges else ''}</worksheet>"
    )
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    relations = "".join(
        f'<Relationship Id="r{at}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(
            (
                ("worksheet", "worksheets/sheet1.xml"),
                ("styles", "styles.xml"),
                ("sharedStrings", "strings.xml"),
            ),
            1,
        )
    )
    main = f'<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">{main}</Relationships>',
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
            f'<sheet name="{escape(sheet.name)}" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>',
        "xl/worksheets/sheet1.xml": page,
        "xl/styles.xml": _STYLES,
        "xl/strings.xml": f'<sst xmlns="{MAIN}">{items}</sst>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


#: The programs, each with how it writes.
SHAPES: Mapping[str, Callable[[Path, Sheet], None]] = {
    "Excel": by_excel,
    "LibreOffice": by_libreoffice,
    "openpyxl": by_openpyxl,
    "XlsxWriter": by_xlsxwriter,
    "XlsxWriter in rows": by_xlsxwriter_in_rows,
}
