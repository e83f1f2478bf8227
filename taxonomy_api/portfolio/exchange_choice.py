"""Which rates a portfolio is added up with, and what there is to tell about them."""

from __future__ import annotations

from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.exchange import Rate, RateTable, plain_number
from taxonomy_api.portfolio.exchange_sheet import RateFault, RateSheet, find_rate_sheet, read_rate_sheet
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.report import Reporter
from taxonomy_api.portfolio.table import Book
from taxonomy_api.portfolio.texts import label


def rates_beside(book: Book, portfolio: str, release: Release, options: PortfolioOptions) -> RateSheet | None:
    """The sheet of rates beside that of the portfolio; not read where the options hold rates."""
    sheet = find_rate_sheet(book.sheets, portfolio)
    if sheet is None:
        return None
    if options.fx is None:
        return read_rate_sheet(book, sheet, release, options.language)
    words = {"origin": origin_of(options.fx, options.language)}
    return RateSheet(sheet, None, (RateFault("info", "fx_outranked", words=words),))


def choose_rates(reporter: Reporter, beside: RateSheet | None, options: PortfolioOptions) -> RateTable | None:
    """The rates of the options, else those of the sheet; what is doubtful about either goes to `reporter`."""
    sheet = "" if beside is None else beside.name
    for fault in beside.faults if beside is not None else ():
        reporter.place(
            fault.severity, fault.code, sheet, fault.cell, fault.row, fault.header, fault.read, **fault.words
        )
    table = options.fx or (beside.table if beside is not None else None)
    if table is None:
        return None
    if table.origin == "sheet":
        read = ", ".join(table.rates)
        reporter.place("info", "fx_read", sheet, "", None, "", read, currency=table.currency)
    for rate in table.rates.values():
        _check_day(reporter, table, rate, options)
    return table


def origin_of(table: RateTable, language: Language) -> str:
    """Where the rates come from, in words."""
    return label(f"fx_from_{table.origin}", language).format(name=table.name)


def rate_text(rate: Rate, table: RateTable, language: Language) -> str:
    """1 CNY = 1.09 HKD (2026-06-30)"""
    if rate.currency == table.currency:
        note = label("fx_base", language)
    else:
        note = rate.day.isoformat() if rate.day is not None else label("fx_no_day", language)
    return f"1 {rate.currency} = {plain_number(rate.rate)} {table.currency} ({note})"


def _check_day(reporter: Reporter, table: RateTable, rate: Rate, options: PortfolioOptions) -> None:
    read = rate_text(rate, table, options.language)
    name = table.name if table.origin == "sheet" else ""
    row = int(rate.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) if rate.cell else None
    if rate.day is None:
        if rate.currency != table.currency:
            reporter.place("info", "fx_date_missing", name, rate.cell, row, rate.currency, read)
    elif rate.day > options.as_of:
        as_of = options.as_of.isoformat()
        reporter.place("warning", "fx_date_later", name, rate.cell, row, rate.currency, read, as_of=as_of)
