"""Amounts kept in a few bytes each are what a list of them would be, and are read by column as one by one."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from taxonomy_api.portfolio.amounts import Amounts, Money, as_decimals, exact_sum
from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.money import _MoneyReader
from taxonomy_api.portfolio.table import Cell

CURRENCIES = st.sampled_from(["", "CNY", "HKD"])
DECIMALS = st.one_of(
    st.decimals(-(10**15), 10**15, places=2),
    st.decimals(0, 10**15, places=8),
    st.integers(-(10**6), 10**30).map(Decimal),
    st.sampled_from([Decimal("1E+3"), Decimal("5E-9"), Decimal("-0.10"), Decimal("1E-2000")]),
)
MONEY = st.lists(st.none() | st.builds(Money, DECIMALS, CURRENCIES, st.booleans()), max_size=30)
NUMBERS = st.one_of(
    st.floats(0, 1e16),
    st.integers(0, 10**12).map(lambda digits: digits / 100),
    st.integers(0, 2**53).map(float),
    st.sampled_from([0.1 + 0.2, 1e-5, 1e-7, 0.5, 999_999_999_999.995, 1e22, 5e-324, -1.5]),
)
CELLS = st.one_of(
    st.none(),
    NUMBERS.map(lambda number: int(number) if number.is_integer() else number),
    st.sampled_from(["2 万元", "HKD 3 million", "about 7", "?", True, 10**15, 10**18, -3]),
)


@given(MONEY)
def test_they_are_the_sequence_of_their_rows(money: list[Money | None]) -> None:
    amounts = Amounts.of(money)
    assert list(amounts) == money == [amounts[row] for row in range(len(money))]
    assert [str(one.amount) for one in amounts if one] == [str(one.amount) for one in money if one]
    assert amounts[1:-1] == money[1:-1]
    assert amounts.missing.tolist() == [one is None for one in money]


@given(MONEY)
def test_rows_are_told_apart_by_currency(money: list[Money | None]) -> None:
    expected: dict[str, list[int]] = {}
    for row, one in enumerate(money):
        if one is not None and row % 3:
            expected.setdefault(one.currency, []).append(row)
    amounts = Amounts.of(money)
    chosen = np.array([row for row in range(len(money)) if row % 3], dtype=np.intp)
    found = amounts.by_currency(chosen)
    assert [(currency, rows.tolist()) for currency, rows in found.items()] == [*expected.items()]


def test_long_amounts_count_beside_others() -> None:
    long = Decimal("12345678901234567890.5")
    amounts = Amounts.of([Money(Decimal("0.25"), "CNY"), None, Money(long, "CNY"), Money(long, "HKD")])
    assert amounts.total(np.array([0, 1, 2])) == long + Decimal("0.25")
    assert amounts.rows_by_currency() == {"CNY": 2, "HKD": 1}


@given(st.lists(st.tuples(st.integers(-(10**18), 10**18), st.integers(-6, 3)), max_size=40))
def test_a_sum_passes_the_largest_number_of_the_machine(parts: list[tuple[int, int]]) -> None:
    digits = np.array([one for one, _ in parts], dtype=np.int64)
    places = np.array([place for _, place in parts], dtype=np.int16)
    expected = sum((Decimal(one).scaleb(place) for one, place in parts), Decimal(0))
    assert exact_sum(digits, places) == expected


@given(st.lists(NUMBERS, max_size=20))
def test_a_number_is_the_decimal_that_it_is_written_as(numbers: list[float]) -> None:
    digits, places, found = as_decimals(np.array(numbers, dtype=np.float64))
    for number, whole, place, is_found in zip(numbers, digits.tolist(), places.tolist(), found, strict=True):
        if is_found:
            written = Decimal(repr(int(number) if number.is_integer() else number))
            assert str(Decimal(whole).scaleb(place)) == str(written)


def test_plain_amounts_are_found_by_arithmetic() -> None:
    _, _, found = as_decimals(np.array([0, 5, 12.5, 0.07, 45_678.91, 123_456_789_012.34, np.nan, -1]))
    assert found.tolist() == [True] * 6 + [False] * 2


@given(
    st.sampled_from([None, "CNY 10,000", "亿元", "$", "HKD", "no unit at all"]),
    st.lists(st.tuples(CELLS, st.sampled_from([None, "CNY", "RMB", "HKD", "nothing known"])), max_size=12),
    st.booleans(),
)
def test_a_column_is_read_as_its_cells(
    unit: str | None, rows: list[tuple[Cell, str | None]], with_currencies: bool
) -> None:
    reader = _MoneyReader(unit, "en")
    found = Amounts(len(rows) + 2)
    cells, stated = Column.of([cell for cell, _ in rows]), Column.of([told for _, told in rows])
    issues = list(reader.read_rows(found, 2, cells, stated if with_currencies else None))
    alone = [_MoneyReader(unit, "en").read(cell, told if with_currencies else None) for cell, told in rows]
    assert list(found) == [None, None, *(one.money for one in alone)]
    assert [str(one.amount) for one in found if one] == [str(one.money.amount) for one in alone if one.money]
    assert issues == [(row, *issue) for row, one in enumerate(alone, start=2) for issue in one.issues]
