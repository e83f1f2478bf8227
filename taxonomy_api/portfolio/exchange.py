"""Rates with which amounts in several currencies are added up in one.

Amounts per currency are never touched by them. All arithmetic is decimal and exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Context, Decimal
from typing import Literal

from msgspec import Struct

from taxonomy_api.assessment.money import parse_amount
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.portfolio.problem import PortfolioProblem

Origin = Literal["option", "sheet", "file"]
#: What a rate may be; beyond it stands a slip of the pen or a rate upside down.
LOWEST, HIGHEST, MOST_DIGITS = Decimal("1e-9"), Decimal("1e9"), 20
MOST_RATES = 1_000
#: A sum has at most 28 digits and a rate 20, so that nothing is rounded.
_EXACT = Context(prec=100)
#: A binary number holds so many decimal digits as they were written.
_DIGITS_OF_FLOAT = 15
_PLAIN_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,20})?")
_CODE = re.compile(r"[A-Z]{3}")
_SHAPE = '{"HKD": {"rate": 1}, "CNY": {"rate": "1.09", "date": "2026-06-30"}}'
#: Currencies whose amounts are not written with two decimals (ISO 4217).
_NO_DECIMALS = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV")
_DECIMALS = {
    **dict.fromkeys((*_NO_DECIMALS, "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


class Rate(Struct, frozen=True):
    """What one unit of `currency` is worth in the currency of the totals, on that day if one is stated.

    `cell` is the address in the sheet that it was read from.
    """

    currency: str
    rate: Decimal
    day: date | None = None
    cell: str = ""


class RateTable(Struct, frozen=True):
    """Rates into `currency`, which is among them at 1. `name` is that of the sheet or file they stood in."""

    currency: str
    rates: Mapping[str, Rate]
    origin: Origin = "option"
    name: str = ""

    def as_json(self) -> dict[str, dict[str, str]]:
        """In the shape of the option `fx`."""
        return {
            one.currency: {"rate": plain_number(one.rate)}
            | ({} if one.day is None else {"date": one.day.isoformat()})
            for one in self.rates.values()
        }

    def total(self, amounts: Mapping[str, Decimal]) -> tuple[Decimal, tuple[str, ...]]:
        """The sum of amounts by currency in the one currency, and the currencies left out for lack of a
        rate."""
        sum_ = Decimal(0)
        for currency, amount in amounts.items():
            if currency in self.rates:
                sum_ = _EXACT.add(sum_, _EXACT.multiply(amount, self.rates[currency].rate))
        return sum_, tuple(currency for currency in amounts if currency not in self.rates)


def rates_of(value: object) -> RateTable:
    """The rates of the option `fx`. Raises `PortfolioProblem` (`fx_invalid`, `fx_no_base`)."""
    if not isinstance(value, Mapping) or not value or len(value) > MOST_RATES:
        raise _invalid(f"it must be an object with 1 to {MOST_RATES:,} currencies")
    return make_table([_entry(name, entry) for name, entry in value.items()])


def make_table(rates: Iterable[Rate], origin: Origin = "option", name: str = "") -> RateTable:
    """Raises `PortfolioProblem` (`fx_invalid`, `fx_no_base`)."""
    table: dict[str, Rate] = {}
    for one in rates:
        if one.currency in table:
            raise _invalid(f"{one.currency} is named twice")
        table[one.currency] = one
    bases = bases_of(table.values())
    if len(bases) != 1:
        found = f"{len(bases)} have ({', '.join(bases[:5])})" if bases else "none has"
        raise PortfolioProblem(
            "fx_no_base",
            f"The currency of the totals in fx is the one with rate 1 and no date; {found}.",
            f"Give rate 1 without a date to that currency only, as in {_SHAPE}; "
            "a rate of 1 of another currency has its date.",
        )
    return RateTable(bases[0], table, origin, name)


def bases_of(rates: Iterable[Rate]) -> list[str]:
    """The currencies that say of themselves that they are that of the totals."""
    return [one.currency for one in rates if one.rate == 1 and one.day is None]


def currency_code(text: str) -> str | None:
    """CNY for RMB, 人民币 or CNY; a code of three capitals that is not known stands for itself."""
    try:
        named = parse_amount(f"1 {text}") if text and not text[0].isdigit() else None
    except ValueProblem:
        named = None
    if named is not None and named.value == 1 and named.currency is not None:
        return named.currency
    return text if _CODE.fullmatch(text) else None


def is_sane(rate: Decimal) -> bool:
    return (
        rate.is_finite()
        and LOWEST <= rate <= HIGHEST
        and len(rate.normalize().as_tuple().digits) <= MOST_DIGITS
    )


def decimals_of(currency: str) -> int:
    """How many decimals amounts in this currency are shown with."""
    return _DECIMALS.get(currency, 2)


def money_text(amount: Decimal, currency: str) -> str:
    """An amount as it is shown, with as many decimals as its currency has; whole ones without."""
    decimals = 0 if amount == amount.to_integral_value() else decimals_of(currency)
    return f"{amount:,.{decimals}f}"


def plain_number(number: Decimal) -> str:
    """All digits, without an exponent or trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _entry(name: object, entry: object) -> Rate:
    currency = currency_code(name) if isinstance(name, str) else None
    if currency is None:
        raise _invalid(f"{str(name)[:40]!r} is no currency")
    if not isinstance(entry, Mapping) or not {"rate"} <= entry.keys() <= {"rate", "date"}:
        raise _invalid(f"{currency} must be an object with rate and, if there is one, date")
    return Rate(currency, _rate(currency, entry["rate"]), _day(currency, entry.get("date")))


def _rate(currency: str, value: object) -> Decimal:
    rate = None
    if isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value):
        rate = Decimal(value)
    elif isinstance(value, Decimal):
        rate = value
    elif isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e12:
        rate = Decimal(repr(value))
        if len(rate.as_tuple().digits) > _DIGITS_OF_FLOAT:
            raise _invalid(f"the rate of {currency} has more digits than a number holds; write it in quotes")
    if rate is None or not is_sane(rate):
        raise _invalid(
            f"the rate of {currency} must be a number from {plain_number(LOWEST)} to {plain_number(HIGHEST)} "
            f'with at most {MOST_DIGITS} digits, such as "1.09"'
        )
    return rate


def _day(currency: str, value: object) -> date | None:
    if value is None:
        return None
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _invalid(f"the date of {currency} must be one that exists, as YYYY-MM-DD")


def _invalid(what: str) -> PortfolioProblem:
    return PortfolioProblem("fx_invalid", f"The option fx cannot be used: {what}.", f"Write it as {_SHAPE}.")
