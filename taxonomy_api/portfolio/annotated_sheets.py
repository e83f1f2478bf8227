"""The sheets Issues and Method of an annotated copy, and the one way in which text is written into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.issues import Issue
from taxonomy_api.portfolio.safe_text import write_text
from taxonomy_api.portfolio.texts import label

_COLUMNS = ("severity", "code", "sheet", "cell", "row", "column", "read", "done", "cure")
_WIDTHS = (10, 24, 16, 10, 9, 24, 36, 60, 60)


def write_issues(
    workbook: Any,
    name: str,
    first: Sequence[Issue],
    issues: Sequence[tuple[Issue, int]],
    language: Language,
) -> None:
    """A line per issue, those of `first` on top; with an issue goes the number of further ones like it."""
    sheet = workbook.add_worksheet(name)
    bold = workbook.add_format({"bold": True, "bg_color": "#1F4E78", "font_color": "#FFFFFF"})
    for column, (key, width) in enumerate(zip(_COLUMNS, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        write_text(sheet, 0, column, label(key, language), bold)
    sheet.freeze_panes(1, 0)
    row = 1
    for issue, more in (*((one, 0) for one in first), *issues):
        texts = (issue.severity, issue.code, issue.sheet, issue.cell, None)
        for column, text in enumerate((*texts, issue.column, issue.read, issue.done, issue.cure)):
            if text:
                write_text(sheet, row, column, text)
        if issue.row is not None:
            sheet.write_number(row, _COLUMNS.index("row"), issue.row)
        row += 1
        if more:
            write_text(sheet, row, 0, issue.severity)
            write_text(sheet, row, 1, issue.code)
            write_text(sheet, row, _COLUMNS.index("column"), issue.column)
            told = label("not_listed", language).format(more=f"{more:,}")
            write_text(sheet, row, _COLUMNS.index("done"), told)
            row += 1
    sheet.autofilter(0, 0, row - 1, len(_COLUMNS) - 1)


def write_lines(workbook: Any, name: str, title: str, lines: Sequence[tuple[str, str]]) -> None:
    """Pairs of heading and text; a heading is written once for the lines below it."""
    sheet = workbook.add_worksheet(name)
    bold, wrap = (
        workbook.add_format({"bold": True}),
        workbook.add_format({"text_wrap": True, "valign": "top"}),
    )
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 120)
    write_text(sheet, 0, 0, title, bold)
    previous = ""
    for row, (key, text) in enumerate(lines, start=2):
        if key != previous:
            write_text(sheet, row, 0, key, bold)
        previous = key
        write_text(sheet, row, 1, text, wrap)
