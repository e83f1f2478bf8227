"""The workbook around the results: styles, Summary with charts, Issues and Method, made by XlsxWriter.

A sheet of results gets only one sample cell per style here; its rows are streamed in later.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from msgspec import Struct

from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.book_formats import COLOURS, PAGE_WIDTH, Formats, column_width, pixels, set_page
from taxonomy_api.portfolio.cell_xml import CellStyles
from taxonomy_api.portfolio.issues import IssueLog
from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.safe_text import TEXT_ONLY
from taxonomy_api.portfolio.summary import PortfolioSummary
from taxonomy_api.portfolio.summary_sheet import write_summary
from taxonomy_api.portfolio.text_sheets import write_issues, write_method

_SAMPLE_STYLE = re.compile(r'<c r="[A-Z]+2" s="(\d+)"')


class Report(Struct, frozen=True):
    """Everything the sheets beside Results tell."""

    summary: PortfolioSummary
    issues: IssueLog
    method: Sequence[tuple[str, str]]
    language: Language


def results_part(number: int) -> str:
    """The part of the workbook that holds a sheet of results, counted from 0."""
    return f"xl/worksheets/sheet{number + 1}.xml"


def make_shell(
    columns: Sequence[ResultColumn], rows: Sequence[int], report: Report
) -> tuple[bytes, CellStyles]:
    """The workbook without its results rows, and the numbers of the styles those rows use.

    `rows`: how many rows of results each sheet of them gets.
    """
    stream = BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True, **TEXT_ONLY})
    formats = Formats(workbook)
    for number, size in enumerate(rows):
        sheet = workbook.add_worksheet("Results" if not number else f"Results {number + 1}")
        _results_frame(sheet, formats, columns, size)
    write_summary(workbook, formats, report.summary, report.issues, report.language)
    write_issues(workbook, formats, report.issues, report.language)
    write_method(workbook, formats, report.method, report.language)
    workbook.close()
    content = stream.getvalue()
    return content, _style_numbers(content)


def _style_numbers(content: bytes) -> CellStyles:
    """Read back which number XlsxWriter gave to each sample style."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheet = archive.read(results_part(0)).decode()
    header, day, moment, percent, *coloured = map(int, _SAMPLE_STYLE.findall(sheet))
    return CellStyles(header, day, moment, percent, dict(zip(COLOURS, coloured, strict=True)))


def _results_frame(sheet: Any, formats: Formats, columns: Sequence[ResultColumn], rows: int) -> None:
    for index, sample in enumerate(formats.samples):
        sheet.write_blank(1, index, None, sample)
    widths = [column_width(column) for column in columns]
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, rows, len(columns) - 1)
    set_page(sheet)
    # As many pages side by side as keep the print at half its size or above.
    across = -(-sum(map(pixels, widths)) // (2 * PAGE_WIDTH))
    sheet.fit_to_pages(across, 0)
    sheet.repeat_rows(0)
    if across > 1:
        sheet.repeat_columns(0)
        sheet.print_across()
