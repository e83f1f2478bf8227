"""A portfolio's amounts in one currency, by taxonomy and verdict, and what is left out of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.exchange import Rate, RateTable, money_text, plain_number
from taxonomy_api.portfolio.summary import PortfolioSummary, Tally
from taxonomy_api.portfolio.texts import label


class Converted(Struct, frozen=True):
    """A sum in the one currency, and the currencies of amounts that are not in it."""

    amount: Decimal
    left_out: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        return {"amount": plain_number(self.amount), "left_out": list(self.left_out)}


class CurrencyLine(Struct, frozen=True):
    """A currency of the portfolio or of the rates: rows with such an amount, their sum, and that sum in
    the one currency; without a rate both `rate` and `converted` are None."""

    currency: str
    rate: Rate | None
    rows: int
    amount: Decimal
    converted: Decimal | None


class ExchangeSummary(Struct, frozen=True):
    """Totals in one currency. `verdicts` and `aligned_parts` have the keys of the portfolio's summary."""

    table: RateTable
    total: Converted
    lines: tuple[CurrencyLine, ...]
    verdicts: Mapping[str, Mapping[str, Converted]]
    aligned_parts: Mapping[str, Mapping[str, Converted]]

    @property
    def rows(self) -> int:
        """Rows with an amount."""
        return sum(line.rows for line in self.lines)

    @property
    def left_out(self) -> list[CurrencyLine]:
        return [line for line in self.lines if line.rate is None]

    def as_json(self) -> dict[str, object]:
        """Amounts and rates as decimal strings."""
        return {
            "currency": self.table.currency,
            "origin": self.table.origin,
            "name": self.table.name or None,
            "rates": self.table.as_json(),
            **self.total.as_json(),
            "rows_with_amount": self.rows,
            "rows_left_out": sum(line.rows for line in self.left_out),
            "taxonomies": {
                taxonomy: {
                    "verdicts": {key: one.as_json() for key, one in verdicts.items()},
                    "aligned_parts": {
                        key: one.as_json() for key, one in self.aligned_parts[taxonomy].items()
                    },
                }
                for taxonomy, verdicts in self.verdicts.items()
            },
        }


def in_one_currency(table: RateTable, summary: PortfolioSummary, rows: Mapping[str, int]) -> ExchangeSummary:
    """`rows`: how many rows the summary counts with an amount in each currency."""
    amounts = summary.total.amounts
    lines = []
    for currency in dict.fromkeys((*amounts, *table.rates)):
        amount, rate = amounts.get(currency, Decimal(0)), table.rates.get(currency)
        converted = None if rate is None else table.total({currency: amount})[0]
        lines.append(CurrencyLine(currency, rate, rows.get(currency, 0), amount, converted))

    def converted_by_line(
        by_taxonomy: Mapping[str, Mapping[str, Tally]],
    ) -> dict[str, dict[str, Converted]]:
        return {
            taxonomy: {key: Converted(*table.total(tally.amounts)) for key, tally in tallies.items()}
            for taxonomy, tallies in by_taxonomy.items()
        }

    return ExchangeSummary(
        table,
        Converted(*table.total(amounts)),
        tuple(lines),
        converted_by_line(summary.verdicts),
        converted_by_line(summary.aligned_parts),
    )


def coverage_text(summary: ExchangeSummary, language: Language) -> str:
    """How much of the portfolio the totals hold, and what they leave out."""
    left = summary.left_out
    if not left:
        return label("fx_complete", language).format(rows=f"{summary.rows:,}")
    told = "; ".join(
        label("fx_left_rows", language).format(
            amount=f"{currency_name(line.currency, language)} {money_text(line.amount, line.currency)}",
            rows=f"{line.rows:,}",
        )
        for line in left
    )
    covered = summary.rows - sum(line.rows for line in left)
    words = {"covered": f"{covered:,}", "rows": f"{summary.rows:,}", "left_out": told}
    return label("fx_partial", language).format(**words)


def currency_name(currency: str, language: Language) -> str:
    return currency or label("no_currency", language)
