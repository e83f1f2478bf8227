"""Reads a maintainer's filled workbook: text as text, nothing calculated, whatever cannot be read for certain
reported by its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from taxonomy_api.catalog.worksheet_findings import CellReport
from taxonomy_api.catalog.worksheet_model import (
    CODES,
    COLUMNS,
    DAYS,
    TOLD,
    Exported,
    Filled,
    FilledRow,
    Sheet,
    tidy,
)
from taxonomy_api.portfolio.archive import open_archive
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.table import letters
from taxonomy_api.portfolio.worksheet_texts import columns_by_header
from taxonomy_api.portfolio.write_worksheet import EXPORT, FORMAT, sheets_of

KEY = "key"
#: Rows read of one sheet at most.
MOST_ROWS = 50_000
#: A workbook of the whole record is a hundredth of this.
_LIMITS = Limits(uncompressed_size=2**28)
_RETYPE = "format the cell as text and type the value again"


def read_worksheet(path: Path) -> tuple[Filled, CellReport]:
    """The rows of a filled workbook, and what is wrong with its cells.

    Raises PortfolioProblem for a file that is no workbook of `intake export`.
    """
    open_archive(path, _LIMITS).close()
    try:
        tables = _tables(path)
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, ParseError) as error:
        raise PortfolioProblem(
            "damaged_workbook", f"{path.name} is no workbook that can be read.", "Export the workbook again."
        ) from error
    about = [_texts(row) for row in tables.get(EXPORT, ())]
    if not about or len(about[0]) < 3 or about[0][0] != FORMAT:
        raise PortfolioProblem(
            "not_a_workbook",
            f"{path.name} was not made by intake export; the hidden sheet {EXPORT} is missing.",
            "Export the workbook again, and copy the rows into it.",
        )
    subject, release = about[0][1], about[0][2]
    exported = tuple(
        Exported(cast(Sheet, row[0]), row[1], row[2], row[3] if len(row) > 3 else "")
        for row in about[1:]
        if len(row) > 2 and row[0] in COLUMNS
    )
    pages = {sheet: tables.get(sheet) for sheet in sheets_of(subject)}
    titles = {sheet: _titles(page, sheet) for sheet, page in pages.items() if page is not None}
    columns_of = {
        sheet: {column: letters(place) for column, place in columns.items()}
        for sheet, columns in titles.items()
    }
    above = {
        sheet: {column: tidy(str(page[0][titles[sheet][column]].value)) for column in titles[sheet]}
        for sheet, page in pages.items()
        if page
    }
    report = CellReport(Filled(subject, release, (), exported, columns_of, above))
    rows: list[FilledRow] = []
    for sheet, page in pages.items():
        lacking = [column for column in (*COLUMNS[sheet], KEY) if column not in titles.get(sheet, {})]
        needed = [column for column in lacking if column not in TOLD]
        if page is None or needed:
            what = "the sheet is" if page is None else f"{', '.join(needed)}:"
            report.add(sheet, 1, "", "worksheet-columns", f"{what} missing", "export again")
        else:
            rows += _rows(page, sheet, titles[sheet], report)
    filled = Filled(subject, release, tuple(rows), exported, columns_of, above)
    report.filled = filled
    return filled, report


#: The rows of a sheet from its first, each with its cells from the first column.
_Page = Sequence[Sequence[Any]]


def _tables(path: Path) -> dict[str, _Page]:
    """The sheets that are read back; those that are only looked at cost as much and are passed over."""
    book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
    try:
        found: dict[str, _Page] = {}
        for name, most in (*dict.fromkeys(COLUMNS, MOST_ROWS).items(), (EXPORT, None)):
            page = book[name] if name in book.sheetnames else None
            if isinstance(page, ReadOnlyWorksheet):
                page.reset_dimensions()  # what a program says of the size may be wrong
                found[name] = list(page.iter_rows(max_row=most))
        return found
    finally:
        book.close()


def _texts(cells: Sequence[Any]) -> list[str]:
    return [str(cell.value) for cell in cells if cell.value is not None]


def _titles(page: _Page, sheet: Sheet) -> Mapping[str, int]:
    """Where each column stands, from 0, by the titles of the first row in whichever language."""
    known = columns_by_header(sheet)
    found: dict[str, int] = {}
    for place, cell in enumerate(page[0] if page else ()):
        title = tidy(str(cell.value or ""))
        if title == KEY or title in known:
            found.setdefault(known.get(title, KEY), place)
    return found


def _rows(page: _Page, sheet: Sheet, places: Mapping[str, int], report: CellReport) -> Iterator[FilledRow]:
    for number, cells in enumerate(page[1:], start=2):
        texts: dict[str, str] = {}
        for column, place in places.items():
            if column in TOLD or place >= len(cells):
                continue
            cell = cells[place]
            if cell.value is None:
                continue
            text, problem = _text(cell, column)
            if problem:
                report.add(sheet, number, column, "worksheet-cell", problem, _RETYPE)
            if text:
                texts[column] = text
        key = texts.pop(KEY, "")
        if texts:
            yield FilledRow(sheet, number, key, texts)


def _text(cell: Any, column: str) -> tuple[str, str]:
    """The text of a cell, and what makes it doubtful."""
    value = cell.value
    if isinstance(value, str) and cell.data_type not in ("f", "e"):
        return tidy(value), ""
    if cell.data_type == "f":
        return "?", "a formula stands here, which is never calculated"
    if cell.data_type == "e":
        return "?", f"the spreadsheet program shows the error {value}"
    if isinstance(value, bool):
        return ("yes" if value else "no"), "" if column in (
            "value",
            "where covered",
        ) else f"the truth value {value}"
    if isinstance(value, datetime | date):
        return _day(value, column)
    if isinstance(value, int | float | Decimal):
        return _number(value, column, str(cell.number_format))
    return "?", f"what stands here ({type(value).__name__}) is not text"


def _day(value: date, column: str) -> tuple[str, str]:
    if column not in (*DAYS, "value"):
        return value.isoformat(), f"the spreadsheet program made a date of it: {value.isoformat()[:10]}"
    if isinstance(value, datetime):
        if value.time() != time():
            return value.isoformat(), "a time of day stands beside the date"
        value = value.date()
    return value.isoformat(), ""


def _number(value: int | float | Decimal, column: str, form: str) -> tuple[str, str]:
    text = f"{value:f}" if isinstance(value, Decimal) else format(Decimal(repr(value)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if column in ("value", "ext_scenario"):
        return text, f"{text} is shown as a percentage" if "%" in form else ""
    if column in CODES:
        return text, f"a spreadsheet program made the number {text} of it; 4.10 would have become 4.1"
    return text, f"the number {text} stands where text belongs"
