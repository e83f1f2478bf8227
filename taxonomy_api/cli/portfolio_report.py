"""What a portfolio came to, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from taxonomy_api.cli.labels import Labels
from taxonomy_api.cli.layout import pad, width


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
        listed = part["aligned_parts"]["by_listing"]["rows"]
        if listed:
            yield f"    {label('by_listing')}: {listed:,}"
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


def _amount(currency: str, text: str, label: Labels) -> str:
    return f"{currency or label('no_currency')} {Decimal(text):,f}"
