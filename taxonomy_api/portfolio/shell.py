"""The workbook around the results: styles, Summary with charts, Issues and Method, made by XlsxWriter.

The Results sheet gets only one sample cell per style here; its rows are streamed in later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter

from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.issues import IssueLog
from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.safe_text import clean
from taxonomy_api.portfolio.cell_xml import CellStyles
from taxonomy_api.portfolio.summary import LINES, PARTS, PortfolioSummary, Tally
from taxonomy_api.portfolio.table import shown
from taxonomy_api.portfolio.texts import VERDICTS, label

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
_SAMPLE_STYLE = re.compile(rb'<c r="([A-Z]+)2" s="(\d+)"')
_CURRENCY = re.compile(r"[A-Z]{3}")
_CHARTED_TAXONOMIES = 8


@dataclass(frozen=True, slots=True)
class Report:
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
    workbook = xlsxwriter.Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    formats = _Formats(workbook)
    for number, size in enumerate(rows):
        results = workbook.add_worksheet("Results" if not number else f"Results {number + 1}")
        _results_frame(results, formats, columns, size)
    _summary_sheet(workbook, formats, report)
    _issues_sheet(workbook, formats, report)
    _method_sheet(workbook, formats, report)
    workbook.close()
    content = stream.getvalue()
    return content, _style_numbers(content)


class _Formats:
    """The formats of the workbook. `samples` are those that results rows use, in a fixed order."""

    def __init__(self, workbook: Any) -> None:
        self.header = workbook.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "top",
                "bg_color": "#1F4E78",
                "font_color": "#FFFFFF",
                "border": 1,
            }
        )
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
        self.amount = workbook.add_format({"num_format": "#,##0.00"})
        self.samples = [self.header, self.date, self.datetime, self.percent, *self.coloured.values()]


def _style_numbers(content: bytes) -> CellStyles:
    """Read back which number XlsxWriter gave to each sample style."""
    import zipfile

    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    numbers = [int(number) for _, number in _SAMPLE_STYLE.findall(sheet)]
    header, day, moment, percent, *coloured = numbers
    return CellStyles(header, day, moment, percent, dict(zip(COLOURS, coloured, strict=True)))


def _results_frame(sheet: Any, formats: _Formats, columns: Sequence[ResultColumn], rows: int) -> None:
    for index, sample in enumerate(formats.samples):
        sheet.write_blank(1, index, None, sample)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, _width(column))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, rows, len(columns) - 1)


def _width(column: ResultColumn) -> float:
    """Wide enough for the first cells; Chinese signs count double."""
    texts = [column.header[:24], *(shown(cell)[:60] for cell in column.cells[:50])]
    longest = max(len(text) + sum(sign > "\u2e7f" for sign in text) for text in texts)
    return float(min(max(longest + 3, 9), 60))


def _summary_sheet(workbook: Any, formats: _Formats, report: Report) -> None:
    summary, language = report.summary, report.language
    sheet = workbook.add_worksheet("Summary")
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 40)
    sheet.set_column(2, 30, 22)
    sheet.write_string(0, 0, label("summary_of", language), formats.title)
    for row, key in enumerate(("currency_note", "overlap_note", "edition_note"), start=1):
        sheet.write_string(row, 0, label(key, language))
    currencies = summary.currencies
    heads = [label("taxonomy", language), label("line", language), label("rows", language)]
    heads += [f"{label('amount', language)} {_money_name(currency, language)}" for currency in currencies]
    top = 5
    for column, head in enumerate(heads):
        sheet.write_string(top, column, clean(head), formats.header)
    sheet.freeze_panes(top + 1, 2)
    row = top + 1
    firsts: dict[str, int] = {}
    for taxonomy, tallies in summary.verdicts.items():
        firsts[taxonomy] = row
        for key in LINES:
            line = key if language == "en" else f"{label(key, language)} ({key})"
            style = formats.coloured.get(key)
            _tally_line(sheet, formats, row, taxonomy, line, tallies[key], currencies, style)
            row += 1
        _tally_line(
            sheet, formats, row, taxonomy, label("total", language), _sum(tallies), currencies, formats.bold
        )
        row += 1
        for part in PARTS:
            tally = summary.aligned_parts[taxonomy][part]
            if part == "by_share" and not tally.rows:
                continue
            _tally_line(sheet, formats, row, taxonomy, label(part, language), tally, currencies, None)
            row += 1
    sheet.autofilter(top, 0, row - 1, len(heads) - 1)
    row = _controls(sheet, formats, report, row + 1)
    row = _causes(sheet, formats, report, row + 1)
    _charts(workbook, sheet, report, firsts, len(heads), row)


def _tally_line(
    sheet: Any,
    formats: _Formats,
    row: int,
    taxonomy: str,
    line: str,
    tally: Tally,
    currencies: Sequence[str],
    style: Any,
) -> None:
    sheet.write_string(row, 0, taxonomy)
    sheet.write_string(row, 1, line, style)
    sheet.write_number(row, 2, tally.rows)
    for column, currency in enumerate(currencies, start=3):
        sheet.write_number(row, column, float(tally.amounts.get(currency, 0)), formats.amount)


def _sum(tallies: Mapping[str, Tally]) -> Tally:
    total = Tally(0, {})
    for tally in tallies.values():
        total.rows += tally.rows
        for currency, amount in tally.amounts.items():
            total.amounts[currency] = total.amounts.get(currency, amount * 0) + amount
    return total


def _controls(sheet: Any, formats: _Formats, report: Report, row: int) -> int:
    """The totals that must agree with the input, with their differences."""
    summary, language = report.summary, report.language
    sheet.write_string(row, 0, label("controls", language), formats.bold)
    counted = next((_sum(tallies) for tallies in summary.verdicts.values()), None)
    projects = summary.total.rows if counted is None else counted.rows
    numbers = [
        ("rows_in_input", summary.rows),
        ("rows_in_results", projects + summary.rows_of_totals),
        ("rows_of_totals", summary.rows_of_totals),
        ("rows_with_amount", projects - summary.rows_without_amount),
        ("rows_without_amount", summary.rows_without_amount),
        ("rows_in_error", summary.rows_by_state["error"]),
    ]
    for key, number in numbers:
        row += 1
        sheet.write_string(row, 1, label(key, language))
        sheet.write_number(row, 2, number)
    if summary.amount_column is not None:
        header, value = summary.amount_column
        row += 1
        sheet.write_string(row, 1, clean(label("column_sum", language).format(header=header)))
        sheet.write_number(row, 3, float(value), formats.amount)
    for key in ("amount_in_input", "amount_in_verdicts", "difference"):
        row += 1
        sheet.write_string(row, 1, label(key, language))
        for column, currency in enumerate(summary.currencies, start=3):
            given = summary.total.amounts[currency]
            found = given if counted is None else counted.amounts.get(currency, given * 0)
            value = {"amount_in_input": given, "amount_in_verdicts": found}.get(key, given - found)
            sheet.write_number(row, column, float(value), formats.amount)
    return row + 1


def _causes(sheet: Any, formats: _Formats, report: Report, row: int) -> int:
    sheet.write_string(row, 0, label("issues_by_cause", report.language), formats.bold)
    causes = list(report.issues.causes())
    for cause in causes[:40]:
        row += 1
        sheet.write_string(row, 0, cause.severity)
        sheet.write_string(row, 1, clean(f"{cause.code}: {cause.column}" if cause.column else cause.code))
        sheet.write_number(row, 2, cause.count)
    if not causes:
        row += 1
        sheet.write_string(row, 1, label("no_issues", report.language))
    return row + 1


def _charts(
    workbook: Any, sheet: Any, report: Report, firsts: Mapping[str, int], right: int, below: int
) -> None:
    """Per taxonomy one chart of rows, and one of amounts in the first currency that has a code."""
    language = report.language
    named = [
        (column, currency)
        for column, currency in enumerate(report.summary.currencies, start=3)
        if _CURRENCY.fullmatch(currency)
    ]
    drawn = [(2, label("rows", language))]
    drawn += [(column, f"{label('amount', language)} {currency}") for column, currency in named[:1]]
    for place, (taxonomy, first) in enumerate(list(firsts.items())[:_CHARTED_TAXONOMIES]):
        for side, (column, title) in enumerate(drawn):
            chart = workbook.add_chart({"type": "bar"})
            last = first + len(VERDICTS) - 1
            chart.add_series(
                {
                    "name": title,
                    "categories": ["Summary", first, 1, last, 1],
                    "values": ["Summary", first, column, last, column],
                    "points": [{"fill": {"color": COLOURS[verdict][0]}} for verdict in VERDICTS],
                    "gap": 40,
                }
            )
            chart.set_title({"name": f"{taxonomy}: {title}", "name_font": {"size": 11}})
            chart.set_legend({"none": True})
            chart.set_y_axis({"reverse": True})
            chart.set_size({"width": 520, "height": 280})
            sheet.insert_chart(4 + place * 15, right + 1 + side * 4, chart)


def _issues_sheet(workbook: Any, formats: _Formats, report: Report) -> None:
    language = report.language
    sheet = workbook.add_worksheet("Issues")
    keys = ("severity", "code", "sheet", "cell", "row", "column", "read", "done", "cure")
    for column, (key, width) in enumerate(zip(keys, (10, 24, 16, 10, 9, 24, 36, 60, 60), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, label(key, language), formats.header)
    sheet.freeze_panes(1, 0)
    row = 1
    for cause in report.issues.causes():
        for issue in cause.listed:
            texts = (
                issue.severity,
                issue.code,
                issue.sheet,
                issue.cell,
                None,
                issue.column,
                issue.read,
                issue.done,
                issue.cure,
            )
            for column, text in enumerate(texts):
                if text:
                    sheet.write_string(row, column, clean(text))
            if issue.row is not None:
                sheet.write_number(row, 4, issue.row)
            row += 1
        more = cause.count - len(cause.listed)
        if more:
            sheet.write_string(row, 0, cause.severity)
            sheet.write_string(row, 1, cause.code)
            sheet.write_string(row, 5, clean(cause.column))
            sheet.write_string(
                row, 7, label("capped", language).format(more=more, cap=report.issues.cap), formats.bold
            )
            row += 1
    if row == 1:
        sheet.write_string(1, 7, label("no_issues", language))
        row = 2
    sheet.autofilter(0, 0, row - 1, len(keys) - 1)


def _method_sheet(workbook: Any, formats: _Formats, report: Report) -> None:
    sheet = workbook.add_worksheet("Method")
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 120)
    sheet.write_string(0, 0, label("method", report.language), formats.title)
    previous = ""
    for row, (key, text) in enumerate(report.method, start=2):
        if key != previous:
            sheet.write_string(row, 0, key, formats.bold)
        previous = key
        sheet.write_string(row, 1, clean(text), formats.wrap)


def _money_name(currency: str, language: Language) -> str:
    return currency or f"({label('no_currency', language)})"
