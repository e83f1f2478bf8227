"""Amounts and shares of proceeds of a table's rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from taxonomy_api.assessment.money import parse_amount, parse_share
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.portfolio.headers import ColumnPlan
from taxonomy_api.portfolio.report import Reporter
from taxonomy_api.portfolio.summary import Money
from taxonomy_api.portfolio.table import Cell, Table, shown

#: 亿元 beside a column of currencies says the order of magnitude only: 元 is a unit of any of them.
_BARE_YUAN = re.compile(r"[\s百千十万亿萬億]*[元圆圓]")


def read_money(
    reporter: Reporter, plan: ColumnPlan, usable: Sequence[Sequence[Cell]], amount_unit: str | None
) -> list[Money | None]:
    """Each row's amount; None where none is stated or readable (the latter is an issue)."""
    amount, currency = plan.column("amount"), plan.column("currency")
    rows = len(reporter.table.rows)
    if amount is None:
        return [None] * rows
    match = plan.matches[amount]
    unit = (match.unit if match is not None else None) or amount_unit
    currencies = _Currencies()
    money: list[Money | None] = []
    for row, cell in enumerate(usable[amount]):
        try:
            stated = currencies.read(usable[currency][row]) if currency is not None else None
            found = parse_amount(cell, unit)
            if found is None:
                money.append(None)
                continue
            own = found.currency
            bare = unit is not None and _BARE_YUAN.fullmatch(unit.strip()) and not _names_currency(cell)
            if stated is not None and (own is None or own == stated or bare):
                own = stated
            elif stated is not None:
                raise _Conflict(f"{own} / {stated}")
        except ValueProblem as problem:
            reporter.cell(
                "warning", "amount_unreadable", row, amount, cell, message=problem.message(reporter.language)
            )
            money.append(None)
            continue
        except _Conflict as conflict:
            reporter.cell("warning", "amount_conflict", row, amount, cell, message=str(conflict))
            money.append(None)
            continue
        if own is None:
            reporter.cell("warning", "currency_missing", row, amount, cell)
        money.append(Money(found.value, own or ""))
    return money


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
        try:
            share = parse_share(cell, unit)
        except ValueProblem as problem:
            message = problem.message(reporter.language)
            reporter.cell("warning", "share_unreadable", row, column, cell, message=message)
            share = None
        shares.append(None if share is None else Decimal(share.numerator) / Decimal(share.denominator))
    return shares


def column_sum(table: Table, plan: ColumnPlan) -> tuple[str, Decimal] | None:
    """Header of the amount column and the sum of its plain numbers, for comparison with the sheet's own."""
    column = plan.column("amount")
    if column is None:
        return None
    numbers = (cell for cell in table.columns[column] if type(cell) is int or type(cell) is float)
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


def _names_currency(cell: Cell) -> bool:
    return isinstance(cell, str) and parse_amount_currency(cell) is not None


def parse_amount_currency(text: str) -> str | None:
    """The currency that a cell itself names."""
    found = parse_amount(text)
    return None if found is None else found.currency
