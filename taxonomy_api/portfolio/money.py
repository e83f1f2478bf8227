"""Amounts and shares of proceeds of a table's rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

import numpy as np
from msgspec import Struct

from taxonomy_api.assessment.money import AMOUNT_EXAMPLE, Amount, parse_amount, parse_share
from taxonomy_api.assessment.plain_values import exact
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.amounts import Amounts, Money, as_decimals, exact_sum
from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.headers import BARE_YUAN, ColumnPlan
from taxonomy_api.portfolio.issues import Severity
from taxonomy_api.portfolio.report import Reporter
from taxonomy_api.portfolio.table import Cell, Table, shown
from taxonomy_api.portfolio.vocabulary import plain

#: A number in a text file; commas stand between groups of three digits.
NUMBER = re.compile(r"-?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)([.][0-9]+)?")
#: No loan comes to more units of any currency.
_MOST = Decimal(10**15)
#: Rows whose amounts are read at once.
_AT_ONCE = 2**16


def read_money(
    reporter: Reporter,
    plan: ColumnPlan,
    usable: Sequence[Column],
    amount_unit: str | None,
    key: str = "amount",
) -> Amounts:
    """Each row's amount in the column `key`; None where none is stated or readable (then it is an issue)."""
    found = Amounts(len(reporter.table.rows))
    amount, currency = plan.column(key), plan.column("currency")
    if amount is None:
        return found
    match = plan.matches[amount]
    reader = _MoneyReader((match.unit if match is not None else None) or amount_unit, reporter.language)
    for start in range(0, len(found), _AT_ONCE):
        cells = usable[amount][start : start + _AT_ONCE]
        stated = None if currency is None else usable[currency][start : start + _AT_ONCE]
        for row, severity, code, words in reader.read_rows(found, start, cells, stated):
            of = amount if currency is None or code != "currency_unreadable" else currency
            reporter.cell(severity, code, row, of, usable[of][row], **words)
    return found


class _ReadMoney(Struct, frozen=True):
    """What an amount comes to, and what is to be said of it: severity, code and words."""

    money: Money | None
    issues: Sequence[tuple[Severity, str, Mapping[str, str]]] = ()


class _MoneyReader:
    """Reads the amounts of one column, whose header (or the options) state a unit."""

    def __init__(self, unit: str | None, language: Language) -> None:
        self._unit = unit
        self._language: Language = language
        self._currencies = _Currencies()
        self._one: Amount | None = None
        with suppress(ValueProblem):
            self._one = parse_amount(1, unit)
        #: What 1 under this header is, as digits and a power of ten; numbers below the last need no test.
        self._times, self._surely_plausible = (1, 0), 0.0
        if self._one is not None:
            _, digits, power = self._one.value.as_tuple()
            assert isinstance(power, int), "an amount is finite"
            self._times = int("".join(map(str, digits))), power
            self._surely_plausible = 0.999 * float(_MOST / self._one.value)

    def _currency_of_numbers(self, stated: Cell) -> str:
        """The currency of plain numbers beside this cell of the currency column; "" where it is not plain."""
        if self._one is None:
            return ""
        try:
            currency = self._currencies.read(stated)
        except ValueProblem:
            return ""
        if currency is not None and self._one.currency not in (None, currency):
            return ""
        return currency or self._one.currency or ""

    def read_rows(
        self, found: Amounts, start: int, cells: Column, stated: Column | None
    ) -> Iterator[tuple[int, Severity, str, Mapping[str, str]]]:
        """Puts the amounts of the rows from `start` on into `found`; what is to be said of them, by row.

        `stated` is the column of currencies.
        """
        nothing: tuple[list[Cell], Any] = [None], np.zeros(len(cells), dtype=np.int32)
        currencies, said = nothing if stated is None else stated.distinct()
        numbers = cells.numbers()
        digits, places, plain_number = as_decimals(numbers)
        times, power = self._times
        plain_number &= (digits < 10**18 // times) & (numbers < self._surely_plausible)
        left = np.ones(len(cells), dtype=np.bool_)
        for number, cell in enumerate(currencies):
            currency = self._currency_of_numbers(cell)
            if currency:
                rows = np.flatnonzero(plain_number & (said == number))
                left[rows] = False
                found.put_numbers(start + rows, digits[rows] * times, places[rows] + power, currency)
        rows = np.flatnonzero(left)
        # Each distinct pair of an amount and what the currency column says is read once.
        amounts, which = cells.with_codes(cells.codes[rows]).distinct()
        pairs, pair_of = np.unique(which.astype(np.int64) * len(currencies) + said[rows], return_inverse=True)
        read = [
            self.read(amounts[one // len(currencies)], currencies[one % len(currencies)])
            for one in pairs.tolist()
        ]
        found.put(start + rows, pair_of, [one.money for one in read])
        told = np.array([bool(one.issues) for one in read], dtype=np.bool_)
        for place in np.flatnonzero(told[pair_of]).tolist() if len(rows) else ():
            for severity, code, words in read[pair_of[place]].issues:
                yield start + int(rows[place]), severity, code, words

    def _amount(self, cell: Cell, stated: str | None) -> Money | None:
        """Raises ValueProblem and _Conflict."""
        one = self._one
        if one is None or not (type(cell) is float or type(cell) is int) or cell < 0:
            return _one_amount(cell, self._unit, stated)
        if stated is not None and one.currency not in (None, stated):
            return _one_amount(cell, self._unit, stated)
        # A plain number is so many times what 1 under this header is.
        return Money(exact(cell, AMOUNT_EXAMPLE) * one.value, stated or one.currency or "")

    def read(self, cell: Cell, stated: Cell) -> _ReadMoney:
        """`stated` is the cell of the currency column."""
        try:
            currency = self._currencies.read(stated)
        except ValueProblem:
            # Without an amount there is nothing that the currency would be of.
            is_needed = cell is not None and cell != ""
            return _ReadMoney(None, [("warning", "currency_unreadable", {})] if is_needed else [])
        try:
            money = self._amount(cell, currency)
        except ValueProblem as problem:
            words = {"message": problem.message(self._language)}
            return _ReadMoney(None, [("warning", "amount_unreadable", words)])
        except _Conflict as conflict:
            return _ReadMoney(None, [("warning", "amount_conflict", {"message": str(conflict)})])
        if money is None:
            return _NOTHING
        if money.amount > _MOST:
            return _ReadMoney(None, [("warning", "amount_implausible", {})])
        if money.currency and not money.approximate:
            return _ReadMoney(money)
        issues: list[tuple[Severity, str, Mapping[str, str]]] = []
        if money.approximate:
            issues.append(("info", "amount_approximate", {}))
        if not money.currency:
            issues.append(("warning", "currency_missing", {}))
        return _ReadMoney(money, issues)


_NOTHING = _ReadMoney(None)


def _one_amount(cell: Cell, unit: str | None, stated: str | None) -> Money | None:
    """`stated` is what the currency column says. Raises ValueProblem and _Conflict."""
    found = parse_amount(cell, unit)
    if found is None:
        return None
    if stated is None or found.currency in (None, stated):
        return Money(found.value, stated or found.currency or "", found.approximate)
    within = parse_amount(cell) if isinstance(cell, str) else None
    own = within.currency if within is not None else None
    if own is None and unit is not None and BARE_YUAN.fullmatch(unit.strip()):
        return Money(found.value, stated, found.approximate)
    raise _Conflict(f"{found.currency} / {stated}")


def read_shares(reporter: Reporter, plan: ColumnPlan, usable: Sequence[Column]) -> list[Decimal | None]:
    """Each row's share of proceeds as a fraction; None where none is stated or readable."""
    column = plan.column("share_of_proceeds")
    if column is None:
        return [None] * len(reporter.table.rows)
    match = plan.matches[column]
    unit = match.unit if match is not None else None
    cells, which = usable[column].distinct()
    shares: list[Decimal | None] = []
    told: dict[int, tuple[str, dict[str, str]]] = {}
    for place, cell in enumerate(cells):
        share = None
        if unit is None and _is_bare_share(cell):
            told[place] = ("share_ambiguous", {})
        else:
            try:
                share = parse_share(cell, unit)
            except ValueProblem as problem:
                told[place] = ("share_unreadable", {"message": problem.message(reporter.language)})
        shares.append(None if share is None else Decimal(share.numerator) / Decimal(share.denominator))
    for row in np.flatnonzero(np.isin(which, list(told))).tolist() if told else ():
        code, words = told[int(which[row])]
        reporter.cell("warning", code, row, column, cells[which[row]], **words)
    return [shares[place] for place in which.tolist()]


def _is_bare_share(cell: Cell) -> bool:
    """0.5 without a percent sign or format may be a half or half a percent."""
    if isinstance(cell, str) and NUMBER.fullmatch(plain(cell)) is not None:
        return 0 < Decimal(plain(cell).replace(",", "")) <= 1
    return not isinstance(cell, bool) and isinstance(cell, int | float) and 0 < cell <= 1


def column_sum(table: Table, plan: ColumnPlan, totals: frozenset[int]) -> tuple[str, Decimal] | None:
    """Header of the amount column and the sum of its plain numbers outside rows of totals.

    In a column without a number cell, as all are in a text file, a text that is a number counts as one.
    """
    column = plan.column("amount")
    if column is None:
        return None
    cells = table.columns[column].emptied(sorted(totals))
    digits, powers, is_number = as_decimals(cells.numbers())
    total = exact_sum(digits[is_number], powers[is_number])
    distinct, places = cells.with_codes(cells.codes[~is_number]).distinct()
    others = list(zip(distinct, np.bincount(places, minlength=len(distinct)).tolist(), strict=True))
    numbers = [(repr(cell), count) for cell, count in others if type(cell) in (int, float)]
    if not numbers and not is_number.any():
        texts = ((plain(cell), count) for cell, count in others if isinstance(cell, str))
        numbers = [(text.replace(",", ""), count) for text, count in texts if NUMBER.fullmatch(text)]
    return table.headers[column], sum((Decimal(number) * count for number, count in numbers), total)


class _Conflict(Exception):
    """Cell and currency column name different currencies."""


class _Currencies:
    """Reads the currency column; its few values repeat."""

    def __init__(self) -> None:
        self._known: dict[str, str | None] = {}

    def read(self, cell: Cell) -> str | None:
        """The ISO code, or None where nothing is stated. Raises ValueProblem."""
        text = cell if isinstance(cell, str) else shown(cell)
        if text not in self._known:
            told = text.strip()
            found = parse_amount(f"1 {told}") if told and not told[0].isdigit() else None
            self._known[text] = None if found is None else found.currency
        return self._known[text]
