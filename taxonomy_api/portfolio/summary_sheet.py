"""The Summary sheet: rows and amounts by taxonomy and verdict, control totals, causes, charts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.book_formats import (
    PAGE_HEIGHT,
    PAGE_WIDTH,
    ROW_HEIGHT,
    Formats,
    pixels,
    set_height,
    set_page,
)
from taxonomy_api.portfolio.exchange_section import write_exchange
from taxonomy_api.portfolio.issues import Cause, IssueLog
from taxonomy_api.portfolio.safe_text import clean, write_text
from taxonomy_api.portfolio.summary import LINES, PARTS, PortfolioSummary, Tally
from taxonomy_api.portfolio.summary_charts import CHART_COLUMN_WIDTH, CHART_COLUMNS, add_chart
from taxonomy_api.portfolio.texts import label

#: The row of the table's header, counted from 0.
TOP = 5
_WIDTHS = (28, 42, 10)
_AMOUNT_WIDTH = 21
_MOST_CAUSES = 40
#: So many cells are named beside a cause; all of them stand on the sheet Issues.
_FIRST_CELLS = 3
_CURRENCY = re.compile(r"[A-Z]{3}")


def write_summary(
    workbook: Any, formats: Formats, summary: PortfolioSummary, issues: IssueLog, language: Language
) -> None:
    """Write the sheet; every taxonomy has its charts beside its lines, and no page cuts through them."""
    sheet = workbook.add_worksheet("Summary")
    set_page(sheet)
    write_text(sheet, 0, 0, label("summary_of", language), formats.title)
    exchange = summary.exchange
    note = "currency_note" if exchange is None else "currency_note_fx"
    one = "" if exchange is None else exchange.table.currency
    for row, key in enumerate((note, "overlap_note", "edition_note"), start=1):
        write_text(sheet, row, 0, label(key, language).format(currency=one))
    currencies = summary.currencies
    heads = [label("taxonomy", language), label("line", language), label("rows", language)]
    heads += [f"{label('amount', language)} {_money_name(currency, language)}" for currency in currencies]
    for column, head in enumerate(heads):
        write_text(sheet, TOP, column, head, formats.header)
    sheet.freeze_panes(TOP + 1, 2)
    sheet.repeat_rows(TOP)
    row = TOP + 1
    blocks = [0]
    for taxonomy in summary.verdicts:
        if row > TOP + 1:
            blocks.append(row)
        _charts(workbook, sheet, summary, taxonomy, row, len(heads) + 1, language)
        row = _taxonomy(sheet, formats, summary, taxonomy, row, language)
    sheet.autofilter(TOP, 0, max(row - 1, TOP), len(heads) - 1)
    blocks.append(row + 1)
    row = _controls(sheet, formats, summary, row + 1, language)
    blocks.append(row + 1)
    row = _causes(sheet, formats, issues, row + 1, language)
    if exchange is not None:
        blocks.append(row + 1)
        row = write_exchange(workbook, sheet, formats, exchange, language, row + 1)
    _set_columns_and_pages(sheet, len(currencies), len(_charted(summary)), [*blocks, row])


def _taxonomy(
    sheet: Any, formats: Formats, summary: PortfolioSummary, taxonomy: str, row: int, language: Language
) -> int:
    """The lines of one taxonomy; returns the row below them."""
    tallies = summary.verdicts[taxonomy]
    lines: list[tuple[str, Tally, Any]] = []
    for key in LINES:
        name = key if language == "en" else f"{label(key, language)} ({key})"
        lines.append((name, tallies[key], formats.coloured.get(key)))
    lines.append((label("total", language), total_of(tallies), formats.bold))
    for part in PARTS:
        tally = summary.aligned_parts[taxonomy][part]
        if part != "by_share" or tally.rows:
            lines.append((label(part, language), tally, None))
    for line, (name, tally, style) in enumerate(lines, start=row):
        write_text(sheet, line, 0, taxonomy)
        write_text(sheet, line, 1, name, style)
        sheet.write_number(line, 2, tally.rows, formats.count)
        for column, currency in enumerate(summary.currencies, start=3):
            sheet.write_number(line, column, float(tally.amounts.get(currency, 0)), formats.amount)
    return row + len(lines)


def total_of(tallies: Mapping[str, Tally]) -> Tally:
    """All lines of a taxonomy together."""
    total = Tally(0, {})
    for tally in tallies.values():
        total.rows += tally.rows
        for currency, amount in tally.amounts.items():
            total.amounts[currency] = total.amounts.get(currency, amount * 0) + amount
    return total


def _controls(sheet: Any, formats: Formats, summary: PortfolioSummary, row: int, language: Language) -> int:
    """The totals that must agree with the input, with their differences."""
    write_text(sheet, row, 0, label("controls", language), formats.bold)
    counted = next((total_of(tallies) for tallies in summary.verdicts.values()), None)
    projects = summary.total.rows if counted is None else counted.rows
    numbers = [
        ("rows_in_input", summary.rows),
        ("rows_in_results", projects + summary.rows_of_totals + summary.rows_of_notes),
        ("rows_of_totals", summary.rows_of_totals),
        ("rows_of_notes", summary.rows_of_notes),
        ("rows_with_amount", projects - summary.rows_without_amount),
        ("rows_without_amount", summary.rows_without_amount),
        ("rows_in_error", summary.rows_by_state["error"]),
    ]
    for key, number in numbers:
        row += 1
        write_text(sheet, row, 1, label(key, language))
        sheet.write_number(row, 2, number, formats.count)
    if summary.amount_column is not None:
        header, value = summary.amount_column
        row += 1
        text = clean(label("column_sum", language).format(header=header))
        _wrapped(sheet, row, text, formats.wrap)
        sheet.write_number(row, 3, float(value), formats.amount)
    for key in ("amount_in_input", "amount_in_verdicts", "difference"):
        row += 1
        write_text(sheet, row, 1, label(key, language))
        for column, currency in enumerate(summary.currencies, start=3):
            given = summary.total.amounts[currency]
            found = given if counted is None else counted.amounts.get(currency, given * 0)
            value = {"amount_in_input": given, "amount_in_verdicts": found}.get(key, given - found)
            sheet.write_number(row, column, float(value), formats.amount)
    return row + 1


def _causes(sheet: Any, formats: Formats, issues: IssueLog, row: int, language: Language) -> int:
    """The first causes of issues with their counts and first cells, and how many more there are."""
    write_text(sheet, row, 0, label("issues_by_cause", language), formats.bold)
    causes = list(issues.causes())
    for cause in causes[:_MOST_CAUSES]:
        row += 1
        write_text(sheet, row, 0, cause.severity, formats.top)
        name = f"{cause.code}: {cause.column}" if cause.column else cause.code
        _wrapped(sheet, row, clean(name + _first_cells(cause)), formats.wrap)
        sheet.write_number(row, 2, cause.count, formats.count_top)
    more = causes[_MOST_CAUSES:]
    if more:
        row += 1
        text = label("more_causes", language).format(more=len(more), shown=_MOST_CAUSES)
        _wrapped(sheet, row, text, formats.wrap_bold)
        sheet.write_number(row, 2, sum(cause.count for cause in more), formats.count_top)
    if not causes:
        row += 1
        write_text(sheet, row, 1, label("no_issues", language))
    return row + 1


def _first_cells(cause: Cause) -> str:
    cells = [issue.cell for issue in cause.listed[:_FIRST_CELLS] if issue.cell]
    return f" ({', '.join(cells)}{', …' if cause.count > len(cells) else ''})" if cells else ""


def _wrapped(sheet: Any, row: int, text: str, style: Any) -> None:
    write_text(sheet, row, 1, text, style)
    set_height(sheet, row, [(text, _WIDTHS[1])])


def _charted(summary: PortfolioSummary) -> list[tuple[int, str]]:
    """The columns that are drawn, with their currencies: the rows, and the first currency with a code."""
    named = [
        (column, currency)
        for column, currency in enumerate(summary.currencies, start=3)
        if _CURRENCY.fullmatch(currency)
    ]
    return [(2, ""), *named[:1]]


def _charts(
    workbook: Any,
    sheet: Any,
    summary: PortfolioSummary,
    taxonomy: str,
    row: int,
    right: int,
    language: Language,
) -> None:
    for side, (column, currency) in enumerate(_charted(summary)):
        name = f"{label('amount', language)} {currency}" if currency else label("rows", language)
        place = (row, right + side * CHART_COLUMNS)
        add_chart(workbook, sheet, place, f"{taxonomy}: {name}", name, column)


def _set_columns_and_pages(sheet: Any, currencies: int, charts: int, blocks: Sequence[int]) -> None:
    """Columns, and a scale at which all of them fit on a page; `blocks` are the rows at which pages may
    begin, the row below the last line at their end.

    The scale is a number, as Excel keeps to page breaks only then.
    """
    widths = [*_WIDTHS, *[_AMOUNT_WIDTH] * currencies, 2, *[CHART_COLUMN_WIDTH] * (CHART_COLUMNS * charts)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    scale = max(10, min(100, 95 * PAGE_WIDTH // sum(map(pixels, widths))))
    sheet.set_print_scale(scale)
    rows = 100 * PAGE_HEIGHT // (scale * ROW_HEIGHT) - 2
    breaks: list[int] = []
    begin = 0
    for block, following in pairwise(blocks):
        if following - begin > rows and block > begin:
            breaks.append(block)
            begin = block
    sheet.set_h_pagebreaks(breaks)


def _money_name(currency: str, language: Language) -> str:
    return currency or f"({label('no_currency', language)})"
