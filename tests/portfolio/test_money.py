"""Amounts read by column are what each cell says by itself."""

from __future__ import annotations

from decimal import Decimal

import pytest

from taxonomy_api.assessment.money import parse_amount
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.portfolio.amounts import Money
from taxonomy_api.portfolio.money import _MoneyReader
from taxonomy_api.portfolio.table import Cell

CELLS: list[Cell] = [
    0,
    1,
    12.5,
    -1,
    0.1,
    1e300,
    10**15,
    True,
    None,
    "2 万元",
    "HKD 3 million",
    "about 7",
    "?",
    5.0,
]


@pytest.mark.parametrize("unit", [None, "CNY 10,000", "亿元", "億元", "$", "HKD", "no unit at all"])
@pytest.mark.parametrize("cell", CELLS)
def test_by_column_as_alone(unit: str | None, cell: Cell) -> None:
    reader = _MoneyReader(unit, "en")
    try:
        alone, message = parse_amount(cell, unit), ""
    except ValueProblem as problem:
        alone, message = None, problem.message("en")
    if message:
        assert list(reader.read(cell, None).issues) == [
            ("warning", "amount_unreadable", {"message": message})
        ]
    found = reader.read(cell, None)
    if alone is not None and alone.value <= 10**15:
        assert found.money == Money(alone.value, alone.currency or "", alone.approximate)
    else:
        assert found.money is None


def test_what_header_and_currency_column_say_together() -> None:
    reader = _MoneyReader("CNY 10,000", "en")
    assert reader.read(12.5, "CNY").money == Money(Decimal(125_000), "CNY")
    assert reader.read(12.5, "RMB").money == Money(Decimal(125_000), "CNY")
    ((_, code, _),) = reader.read(12.5, "HKD").issues
    assert code == "amount_conflict" and reader.read(12.5, "HKD").money is None
    assert _MoneyReader(None, "en").read(3, "EUR").money == Money(Decimal(3), "EUR")
    assert [code for _, code, _ in _MoneyReader(None, "en").read(3, None).issues] == ["currency_missing"]
