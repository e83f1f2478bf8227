"""Formats, widths and page setup that the workbooks share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.table import shown

#: Fill and font of each verdict and row state.
COLOURS: Mapping[str, tuple[str, str]] = {
    "aligned": ("#C6EFCE", "#006100"),
    "transition": ("#FFEB9C", "#7F6000"),
    "not_aligned": ("#FFC7CE", "#9C0006"),
    "excluded": ("#D9A6A6", "#5B0F0F"),
    "not_covered": ("#E7E6E6", "#404040"),
    "undetermined": ("#DDEBF7", "#1F4E78"),
    "error": ("#FF9999", "#7F0000"),
    "warning": ("#FCE4D6", "#833C0B"),
}
#: The look of headers.
HEAD: Mapping[str, Any] = {"bold": True, "bg_color": "#1F4E78", "font_color": "#FFFFFF"}
#: A4 on its side within the margins, in pixels at 96 to the inch.
PAGE_WIDTH, PAGE_HEIGHT = 1_026, 666
ROW_HEIGHT = 20
_A4 = 9
_SIDE, _TOP = 0.5, 0.66


class Formats:
    """The formats of the workbook. `samples` are those that results rows use, in a fixed order."""

    def __init__(self, workbook: Any) -> None:
        self.header = workbook.add_format({**HEAD, "text_wrap": True, "valign": "top", "border": 1})
        self.date = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.datetime = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.percent = workbook.add_format({"num_format": "0.##%"})
        self.coloured = {
            name: workbook.add_format({"bg_color": fill, "font_color": font})
            for name, (fill, font) in COLOURS.items()
        }
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.bold = workbook.add_format({"bold": True})
        self.wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.wrap_bold = workbook.add_format({"text_wrap": True, "valign": "top", "bold": True})
        self.top = workbook.add_format({"valign": "top", "align": "left"})
        self.count = workbook.add_format({"num_format": "#,##0"})
        self.count_top = workbook.add_format({"num_format": "#,##0", "valign": "top"})
        self.amount = workbook.add_format({"num_format": "#,##0.00"})
        self.samples = [self.header, self.date, self.datetime, self.percent, *self.coloured.values()]


def set_page(sheet: Any) -> None:
    """A4 on its side, with the name of the sheet and the page number below."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=_SIDE, right=_SIDE, top=_TOP, bottom=_TOP)
    sheet.set_footer("&L&A&R&P / &N")


def pixels(width: float) -> int:
    """How wide a column of `width` characters is drawn."""
    return int(width * 7) + 5


def drawn_width(text: str) -> float:
    """How wide a text is drawn, about, in digits: letters are narrower, Chinese signs twice as wide."""
    # A Chinese sign has three bytes, a letter one.
    wide = (len(text.encode(errors="replace")) - len(text)) / 2
    return 0.9 * len(text) + 1.2 * wide


def column_width(column: ResultColumn) -> float:
    """Wide enough for the first cells."""
    texts = [column.header[:24], *(shown(cell)[:60] for cell in column.cells[:50])]
    return float(min(max(max(map(drawn_width, texts)) + 3, 9), 60))


def set_height(sheet: Any, row: int, cells: Iterable[tuple[str, float]]) -> None:
    """Make a row as high as its wrapped `cells` need, texts with the widths of their columns.

    Spreadsheet programs do this themselves, but not all of them when they open a file.
    """
    lines = max(
        sum(max(1, ceil(drawn_width(line) / (width - 3))) for line in text.split("\n"))
        for text, width in cells
    )
    if lines > 1:
        # Beyond 409 points no row goes.
        sheet.set_row(row, min(15 * lines, 409))
