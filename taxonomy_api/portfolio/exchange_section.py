"""The part of the Summary sheet that shows rates and totals in one currency."""

from __future__ import annotations

from typing import Any

from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.exchange import decimals_of
from taxonomy_api.portfolio.exchange_choice import origin_of
from taxonomy_api.portfolio.exchange_summary import (
    Converted,
    CurrencyLine,
    ExchangeSummary,
    coverage_text,
    currency_name,
)
from taxonomy_api.portfolio.safe_text import write_text
from taxonomy_api.portfolio.summary import LINES, PARTS
from taxonomy_api.portfolio.texts import label


def write_exchange(
    workbook: Any, sheet: Any, styles: Any, summary: ExchangeSummary, language: Language, row: int
) -> int:
    """Write the section from `row` on, with the formats `bold` and `header` of `styles`; the row after it."""
    section = _Section(workbook, sheet, styles, summary, language)
    return section.write(row)


class _Section:
    def __init__(
        self, workbook: Any, sheet: Any, styles: Any, summary: ExchangeSummary, language: Language
    ) -> None:
        self._workbook, self._sheet, self._styles = workbook, sheet, styles
        self._summary, self._language = summary, language
        self._currency = summary.table.currency
        self._formats: dict[int, Any] = {}

    def write(self, row: int) -> int:
        sheet, summary = self._sheet, self._summary
        write_text(sheet, row, 0, self._word("fx_totals"), self._styles.bold)
        write_text(sheet, row + 1, 0, coverage_text(summary, self._language))
        row = self._heads(row + 2, ("fx_currency", "fx_day", "fx_rate", "rows", "fx_amount", "fx_converted"))
        for line in summary.lines:
            self._currency_line(row, line)
            row += 1
        origin = origin_of(summary.table, self._language)
        write_text(sheet, row, 0, f"{self._word('fx_rates')}: {origin}")
        row = self._heads(row + 2, ("taxonomy", "line", "fx_converted", "fx_left_out"))
        for taxonomy, verdicts in summary.verdicts.items():
            for key in LINES:
                # Verdicts are called as in the table of the currencies above.
                name = key if self._language == "en" else f"{self._word(key)} ({key})"
                self._total(row, taxonomy, name, verdicts[key])
                row += 1
            self._total(row, taxonomy, self._word("total"), summary.total)
            row += 1
            for key in PARTS:
                part = summary.aligned_parts[taxonomy][key]
                if part.amount or part.left_out:
                    self._total(row, taxonomy, self._word(key), part)
                    row += 1
        return row + 1

    def _word(self, key: str) -> str:
        return label(key, self._language).format(currency=self._currency)

    def _heads(self, row: int, keys: tuple[str, ...]) -> int:
        for column, key in enumerate(keys):
            write_text(self._sheet, row, column, self._word(key), self._styles.header)
        return row + 1

    def _currency_line(self, row: int, line: CurrencyLine) -> None:
        sheet, rate = self._sheet, line.rate
        write_text(sheet, row, 0, currency_name(line.currency, self._language))
        if rate is None:
            write_text(sheet, row, 1, self._word("fx_no_rate"))
        else:
            is_base = line.currency == self._currency
            day = rate.day.isoformat() if rate.day else self._word("fx_base" if is_base else "fx_no_day")
            write_text(sheet, row, 1, day)
            sheet.write_number(row, 2, float(rate.rate))
        sheet.write_number(row, 3, line.rows)
        sheet.write_number(row, 4, float(line.amount), self._money(line.currency))
        if line.converted is not None:
            sheet.write_number(row, 5, float(line.converted), self._money(self._currency))

    def _total(self, row: int, taxonomy: str, name: str, one: Converted) -> None:
        write_text(self._sheet, row, 0, taxonomy)
        write_text(self._sheet, row, 1, name)
        self._sheet.write_number(row, 2, float(one.amount), self._money(self._currency))
        left_out = ", ".join(currency_name(currency, self._language) for currency in one.left_out)
        if left_out:
            write_text(self._sheet, row, 3, left_out)

    def _money(self, currency: str) -> Any:
        """The format with as many decimals as the currency has; the values keep all of theirs."""
        decimals = decimals_of(currency)
        if decimals not in self._formats:
            pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
            self._formats[decimals] = self._workbook.add_format({"num_format": pattern})
        return self._formats[decimals]
