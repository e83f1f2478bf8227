"""A table with a page about it as a workbook: text is text, whatever it looks like."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.safe_text import write_text
from taxonomy_api.portfolio.table import Cell, shown

_WIDEST = 60
_TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_plain_xlsx(
    path: Path, sheet: str, columns: Sequence[ResultColumn], about: Sequence[tuple[str, str]]
) -> None:
    """Write the columns to `sheet` and the pairs of `about` to a second one."""
    with xlsxwriter.Workbook(str(path), {"in_memory": True, **_TEXT_ONLY}) as book:
        head = book.add_format({"bold": True, "bg_color": "#1F4E78", "font_color": "#FFFFFF"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page = book.add_worksheet(sheet)
        for place, column in enumerate(columns):
            write_text(page, 0, place, column.header, head)
            for row, cell in enumerate(column.cells, start=1):
                _write(page, row, place, cell, day)
            page.set_column(place, place, _width(column))
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, len(columns[0].cells), len(columns) - 1)
        notes, wrap = book.add_worksheet("About"), book.add_format({"text_wrap": True, "valign": "top"})
        notes.set_column(0, 0, 28)
        notes.set_column(1, 1, 110)
        for row, (name, text) in enumerate(about):
            write_text(notes, row, 0, name, wrap)
            write_text(notes, row, 1, text, wrap)


def _write(page: Any, row: int, place: int, cell: Cell, day: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, date):
        page.write_datetime(row, place, cell, day)
    elif type(cell) in (int, float):
        page.write_number(row, place, cell)
    else:
        write_text(page, row, place, shown(cell))


def _width(column: ResultColumn) -> int:
    texts = (column.header, *(shown(cell) for cell in column.cells))
    return min(_WIDEST, max(map(len, texts)) + 2)
