"""What somebody would write by hand instead of `assess`: the measure beside which its time is told.

    python -m benchmarks.by_hand PORTFOLIO.xlsx RESULT.xlsx

openpyxl reads, a loop over the rows applies one hard-coded limit, XlsxWriter writes as many columns as the
results have, a summary and a chart. No units, no codes of activities, no reasons beyond one sentence, no
issues: the least that could be called an assessment.
"""

from __future__ import annotations

import sys
from collections import Counter

import openpyxl
import xlsxwriter

LIMIT = 100
#: The results have eight columns for each of three taxonomies, and two for the row.
WIDTH = 8
TAXONOMIES = ("first", "second", "third")
RESULTS = ("verdict", "activity", "basis", "sources", "valid until", "reason", "applies", "applies because")


def main() -> None:
    source, target = sys.argv[1:]
    sheet = openpyxl.load_workbook(source, read_only=True, data_only=True).worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    header = [str(cell) for cell in next(rows)]
    intensity = next(place for place, name in enumerate(header) if "gCO2e/kWh" in name)
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    page, bold = book.add_worksheet("Results"), book.add_format({"bold": True})
    colours = {
        verdict: book.add_format({"bg_color": colour})
        for verdict, colour in (("aligned", "#C6EFCE"), ("not aligned", "#FFC7CE"), ("unknown", "#EEEEEE"))
    }
    names = [f"{taxonomy} {result}" for taxonomy in TAXONOMIES for result in RESULTS]
    page.write_row(0, 0, [*header, *names, "source row", "row state"], bold)
    counts: Counter[tuple[str, str]] = Counter()
    for number, cells in enumerate(rows, start=1):
        page.write_row(number, 0, cells)
        at = len(header)
        for taxonomy in TAXONOMIES:
            verdict, reason = _judge(cells[intensity])
            counts[taxonomy, verdict] += 1
            page.write_string(number, at, verdict, colours[verdict])
            page.write_row(
                number, at + 1, (cells[2], "criteria", "verified", "2035-12-31", reason, "yes", "by date")
            )
            at += WIDTH
        page.write_row(number, at, (number + 1, "ok"))
    _summary(book, counts)
    book.close()


def _judge(cell: object) -> tuple[str, str]:
    try:
        value = float(str(cell))
    except ValueError:
        return "unknown", f"Not given; required at most {LIMIT} gCO2e/kWh."
    if value <= LIMIT:
        return "aligned", f"{value:g} gCO2e/kWh; required at most {LIMIT} gCO2e/kWh: met."
    return "not aligned", f"{value:g} gCO2e/kWh; required at most {LIMIT} gCO2e/kWh: not met."


def _summary(book: xlsxwriter.Workbook, counts: Counter[tuple[str, str]]) -> None:
    page = book.add_worksheet("Summary")
    for row, ((taxonomy, verdict), count) in enumerate(sorted(counts.items())):
        page.write_row(row, 0, (taxonomy, verdict, count))
    chart = book.add_chart({"type": "column"})
    chart.add_series(
        {"categories": ["Summary", 0, 1, len(counts) - 1, 1], "values": ["Summary", 0, 2, len(counts) - 1, 2]}
    )
    page.insert_chart("E2", chart)


if __name__ == "__main__":
    main()
