"""What a portfolio came to, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from taxonomy_api.cli.labels import Labels
from taxonomy_api.cli.layout import pad, width
from taxonomy_api.portfolio.exchange import money_text


def report(summary: Mapping[str, Any], language: str) -> Iterator[str]:
    """Lines from the summary's JSON form: rows by state, then rows and amounts by taxonomy and verdict."""
    label = Labels(language)
    states = ", ".join(
        f"{label(f'row_{state}')}: {count:,}" for state, count in summary["rows_by_state"].items() if count
    )
    sheet = f"{summary['sheet']}; " if summary["sheet"] else ""
    yield f"{sheet}{label('rows')}: {summary['rows']:,}" + (f" ({states})" if states else "")
    for taxonomy, part in summary["taxonomies"].items():
        yield ""
        yield taxonomy
        yield from _verdicts(part["verdicts"], label)
        if summary.get("exchange") is not None:
            yield from _in_one_currency(summary["exchange"], taxonomy, label)
        listed = part["aligned_parts"]["by_listing"]["rows"]
        if listed:
            yield f"    {label('by_listing')}: {listed:,}"
    if summary.get("exchange") is not None:
        yield from _rates(summary["exchange"], label)
    if summary["issues"]:
        issues = ", ".join(f"{code} {count:,}" for code, count in summary["issues"].items())
        yield ""
        yield f"{label('issues')}: {issues}"


def _verdicts(tallies: Mapping[str, Any], label: Labels) -> Iterator[str]:
    met = {label(verdict): tally for verdict, tally in tallies.items() if tally["rows"]}
    columns = max((width(word) for word in met), default=0)
    digits = max((len(f"{tally['rows']:,}") for tally in met.values()), default=0)
    for word, tally in met.items():
        amounts = "; ".join(_amount(currency, text, label) for currency, text in tally["amounts"].items())
        yield f"    {pad(word, columns)}  {tally['rows']:>{digits},}  {amounts}".rstrip()


def _in_one_currency(exchange: Mapping[str, Any], taxonomy: str, label: Labels) -> Iterator[str]:
    """The verdicts' totals in the one currency on a line, each with what it leaves out."""
    totals = []
    for verdict, one in exchange["taxonomies"][taxonomy]["verdicts"].items():
        if Decimal(one["amount"]) or one["left_out"]:
            left_out = ", ".join(currency or label("no_currency") for currency in one["left_out"])
            without = f" ({label('fx_without')} {left_out})" if left_out else ""
            amount = money_text(Decimal(one["amount"]), exchange["currency"])
            totals.append(f"{label(verdict)} {amount}{without}")
    if totals:
        yield f"    {label('fx_in')} {exchange['currency']}: {'; '.join(totals)}"


def _rates(exchange: Mapping[str, Any], label: Labels) -> Iterator[str]:
    base = exchange["currency"]
    rates = ", ".join(
        f"{currency} {one['rate']} ({one.get('date') or label('fx_no_day')})"
        for currency, one in exchange["rates"].items()
        if currency != base
    )
    yield ""
    yield f"{label('fx_rates')} → {base}: {rates or label('none')}"
    if exchange["rows_left_out"]:
        counts = f"{exchange['rows_left_out']:,} / {exchange['rows_with_amount']:,}"
        yield f"{label('fx_rows_left_out')}: {counts}"


def _amount(currency: str, text: str, label: Labels) -> str:
    return f"{currency or label('no_currency')} {Decimal(text):,f}"
