"""Amounts and shares of proceeds of a table's rows."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from decimal import Decimal

import numpy as np

from taxonomy_api.assessment.money import parse_amount, parse_share
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.headers import INDUSTRY_COLUMNS, ColumnPlan
from taxonomy_api.portfolio.report import Reporter
from taxonomy_api.portfolio.summary import Money
from taxonomy_api.portfolio.table import Cell, Table, shown
from taxonomy_api.portfolio.vocabulary import plain

#: 亿元 beside a column of currencies says the order of magnitude only: 元 is a unit of any of them.
_BARE_YUAN = re.compile(r"[\s百千十万亿萬億]*[元圆圓]")


#: No loan comes to more units of any currency.
_MOST = Decimal(10**15)
#: Totals are stated with few digits.
_ROUNDING = Decimal("0.0001")
#: What a row of totals calls itself.
_TOTAL = re.compile(r"(grand |sub-?)?totals?|sum|合\s*[计計]|小\s*[计計]|[总總]\s*[计計]", re.IGNORECASE)


def find_totals(reporter: Reporter, plan: ColumnPlan, usable: Sequence[Column]) -> frozenset[int]:
    """Rows of totals: they call themselves so and name no activity. Each is reported."""
    what = {("standard_column", key) for key in ("activity", *INDUSTRY_COLUMNS)}
    unnamed = np.ones(len(reporter.table.rows), dtype=bool)
    for match, cells in zip(plan.matches, usable, strict=True):
        if match is not None and (match.role.kind, match.role.key) in what:
            unnamed &= cells.codes == 0
    rows = np.flatnonzero(unnamed)
    found: dict[int, int] = {}
    for column, cells in enumerate(usable):
        for place in cells.with_codes(cells.codes[rows]).where(str, holds=_says_total).tolist():
            found.setdefault(int(rows[place]), column)
    for row, column in sorted(found.items()):
        reporter.cell("info", "total_row", row, column, usable[column][row])
    return frozenset(found)


def _says_total(cell: Cell) -> bool:
    return isinstance(cell, str) and _TOTAL.fullmatch(plain(cell).rstrip(":").strip()) is not None


def read_money(
    reporter: Reporter,
    plan: ColumnPlan,
    usable: Sequence[Sequence[Cell]],
    amount_unit: str | None,
    key: str = "amount",
) -> list[Money | None]:
    """Each row's amount in the column `key`; None where none is stated or readable (then it is an issue)."""
    amount, currency = plan.column(key), plan.column("currency")
    if amount is None:
        return [None] * len(reporter.table.rows)
    match = plan.matches[amount]
    unit = (match.unit if match is not None else None) or amount_unit
    currencies = _Currencies()
    money: list[Money | None] = []
    for row, cell in enumerate(usable[amount]):
        one = None
        try:
            stated = currencies.read(usable[currency][row]) if currency is not None else None
            one = _one_amount(cell, unit, stated)
        except ValueProblem as problem:
            message = problem.message(reporter.language)
            reporter.cell("warning", "amount_unreadable", row, amount, cell, message=message)
        except _Conflict as conflict:
            reporter.cell("warning", "amount_conflict", row, amount, cell, message=str(conflict))
        if one is not None and one.amount > _MOST:
            reporter.cell("warning", "amount_implausible", row, amount, cell)
            one = None
        if one is not None and one.approximate:
            reporter.cell("info", "amount_approximate", row, amount, cell)
        if one is not None and not one.currency:
            reporter.cell("warning", "currency_missing", row, amount, cell)
        money.append(one)
    return money


def check_totals(
    reporter: Reporter,
    plan: ColumnPlan,
    totals: Container[int],
    money: Sequence[Money | None],
    amount_unit: str | None,
) -> None:
    """Compare every total with the rows above it: all of them, or those since the total before."""
    amount = plan.column("amount")
    if amount is None or len({one.currency for one in money if one is not None}) > 1:
        return
    match = plan.matches[amount]
    unit = (match.unit if match is not None else None) or amount_unit
    above = since = Decimal(0)
    for row, cell in enumerate(reporter.table.columns[amount]):
        if row not in totals:
            one = money[row]
            above, since = (above + one.amount, since + one.amount) if one is not None else (above, since)
            continue
        try:
            stated = parse_amount(cell, unit)
        except ValueProblem:
            stated = None
        if stated is None:
            continue
        if not any(abs(stated.value - one) <= _ROUNDING * abs(one) for one in (above, since)):
            words = {"since": f"{since:,}", "above": f"{above:,}", "stated": f"{stated.value:,}"}
            reporter.cell("warning", "total_differs", row, amount, cell, **words)
        since = Decimal(0)


def _one_amount(cell: Cell, unit: str | None, stated: str | None) -> Money | None:
    """`stated` is what the currency column says. Raises ValueProblem and _Conflict."""
    found = parse_amount(cell, unit)
    if found is None:
        return None
    if stated is None or found.currency in (None, stated):
        return Money(found.value, stated or found.currency or "", found.approximate)
    within = parse_amount(cell) if isinstance(cell, str) else None
    own = within.currency if within is not None else None
    if own is None and unit is not None and _BARE_YUAN.fullmatch(unit.strip()):
        return Money(found.value, stated, found.approximate)
    raise _Conflict(f"{found.currency} / {stated}")


def read_shares(
    reporter: Reporter, plan: ColumnPlan, usable: Sequence[Sequence[Cell]]
) -> list[Decimal | None]:
    """Each row's share of proceeds as a fraction; None where none is stated or readable."""
    column = plan.column("share_of_proceeds")
    if column is None:
        return [None] * len(reporter.table.rows)
    match = plan.matches[column]
    unit = match.unit if match is not None else None
    shares: list[Decimal | None] = []
    for row, cell in enumerate(usable[column]):
        if unit is None and _is_bare_share(cell):
            reporter.cell("warning", "share_ambiguous", row, column, cell)
            shares.append(None)
            continue
        try:
            share = parse_share(cell, unit)
        except ValueProblem as problem:
            message = problem.message(reporter.language)
            reporter.cell("warning", "share_unreadable", row, column, cell, message=message)
            share = None
        shares.append(None if share is None else Decimal(share.numerator) / Decimal(share.denominator))
    return shares


def _is_bare_share(cell: Cell) -> bool:
    """0.5 without a percent format may be a half or half a percent."""
    return not isinstance(cell, bool) and isinstance(cell, int | float) and 0 < cell <= 1


def column_sum(table: Table, plan: ColumnPlan, totals: Container[int]) -> tuple[str, Decimal] | None:
    """Header of the amount column and the sum of its plain numbers outside rows of totals."""
    column = plan.column("amount")
    if column is None:
        return None
    counted = (cell for row, cell in enumerate(table.columns[column]) if row not in totals)
    numbers = (cell for cell in counted if type(cell) is int or type(cell) is float)
    return table.headers[column], sum((Decimal(repr(number)) for number in numbers), Decimal(0))


class _Conflict(Exception):
    """Cell and currency column name different currencies."""


class _Currencies:
    """Reads the currency column; its few values repeat."""

    def __init__(self) -> None:
        self._known: dict[str, str | None] = {}

    def read(self, cell: Cell) -> str | None:
        """The ISO code, or None where nothing is stated. Raises ValueProblem."""
        text = shown(cell).strip()
        if text not in self._known:
            found = parse_amount(f"1 {text}") if text and not text[0].isdigit() else None
            self._known[text] = None if found is None else found.currency
        return self._known[text]
