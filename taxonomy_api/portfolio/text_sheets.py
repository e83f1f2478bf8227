"""The sheets Issues and Method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.book_formats import Formats, set_height, set_page
from taxonomy_api.portfolio.issues import Cause, IssueLog
from taxonomy_api.portfolio.safe_text import write_text
from taxonomy_api.portfolio.texts import label

#: The columns of Issues and their widths.
_ISSUE_COLUMNS = {
    "severity": 10,
    "code": 24,
    "sheet": 14,
    "cell": 9,
    "row": 9,
    "column": 24,
    "read": 30,
    "done": 55,
    "cure": 50,
}
_LONG_WIDTHS = tuple(_ISSUE_COLUMNS.values())[-4:]
_METHOD_WIDTHS = (28, 110)


def write_issues(workbook: Any, formats: Formats, log: IssueLog, language: Language) -> None:
    """One line per issue, grouped by cause; what the caps leave out is counted in a line of its own."""
    sheet = workbook.add_worksheet("Issues")
    set_page(sheet)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for place, (key, width) in enumerate(_ISSUE_COLUMNS.items()):
        sheet.set_column(place, place, width)
        write_text(sheet, 0, place, label(key, language), formats.header)
    sheet.freeze_panes(1, 0)
    row = 1
    for cause in log.causes():
        row = _write_cause(sheet, formats, row, cause)
        more = cause.count - len(cause.listed)
        if more:
            key = "capped" if len(cause.listed) == log.cap else "capped_in_all"
            text = label(key, language).format(more=more, cap=log.cap, most=log.most)
            write_text(sheet, row, 0, cause.severity, formats.top)
            write_text(sheet, row, 1, cause.code, formats.top)
            write_text(sheet, row, 5, cause.column, formats.wrap)
            write_text(sheet, row, 7, text, formats.wrap_bold)
            set_height(sheet, row, [(cause.column, _ISSUE_COLUMNS["column"]), (text, _ISSUE_COLUMNS["done"])])
            row += 1
    if row == 1:
        write_text(sheet, 1, 7, label("no_issues", language))
        row = 2
    sheet.autofilter(0, 0, row - 1, len(_ISSUE_COLUMNS) - 1)


def _write_cause(sheet: Any, formats: Formats, row: int, cause: Cause) -> int:
    for line, issue in enumerate(cause.listed, start=row):
        short = (issue.severity, issue.code, issue.sheet, issue.cell)
        long = (issue.column, issue.read, issue.done, issue.cure)
        for place, text in enumerate(short):
            if text:
                write_text(sheet, line, place, text, formats.top)
        if issue.row is not None:
            sheet.write_number(line, len(short), issue.row, formats.top)
        for place, text in enumerate(long, start=len(short) + 1):
            if text:
                write_text(sheet, line, place, text, formats.wrap)
        set_height(sheet, line, zip(long, _LONG_WIDTHS, strict=True))
    return row + len(cause.listed)


def write_method(
    workbook: Any, formats: Formats, lines: Sequence[tuple[str, str]], language: Language
) -> None:
    """Pairs of heading and text; a heading is written once for the lines below it."""
    sheet = workbook.add_worksheet("Method")
    set_page(sheet)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for place, width in enumerate(_METHOD_WIDTHS):
        sheet.set_column(place, place, width)
    write_text(sheet, 0, 0, label("method", language), formats.title)
    previous = ""
    for row, (key, text) in enumerate(lines, start=2):
        if key != previous:
            write_text(sheet, row, 0, key, formats.wrap_bold)
        previous = key
        write_text(sheet, row, 1, text, formats.wrap)
        set_height(sheet, row, [(text, _METHOD_WIDTHS[1])])
