"""The amounts of a table's rows, in a few bytes each: a million objects would take more than all else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The power of ten of an amount that stands apart.
_LONG = 2**10
#: Numbers with more decimals, and those of more than 15 digits, are not told from others by arithmetic.
_MOST_DECIMALS = 6
_EXACT_DIGITS = 10**15


class Money(Struct, frozen=True):
    """A row's amount in units of its currency; the currency "" is one that nobody stated."""

    amount: Decimal
    currency: str
    approximate: bool = False


class Amounts(Sequence[Money | None]):
    """Each row's amount; None where it has none. As a sequence it is what a list of them would be.

    An amount is so many times a power of ten; the few that are longer than a machine's number stand apart.
    """

    __slots__ = ("_approximate", "_currencies", "_currency", "_digits", "_long", "_places")

    def __init__(self, size: int) -> None:
        """So many rows, none of which has an amount yet."""
        self._digits = np.zeros(size, dtype=np.int64)
        self._places = np.zeros(size, dtype=np.int16)
        #: By number, 0 where there is no amount.
        self._currency = np.zeros(size, dtype=np.int16)
        self._approximate = np.zeros(size, dtype=np.bool_)
        self._currencies: list[str] = [""]
        self._long: dict[int, Decimal] = {}

    @classmethod
    def of(cls, money: Sequence[Money | None]) -> Amounts:
        """The same amounts in this form."""
        if isinstance(money, Amounts):
            return money
        amounts = cls(len(money))
        rows = np.arange(len(money))
        amounts.put(rows, rows, money)
        return amounts

    def put(self, rows: NDArray[Any], which: NDArray[Any], money: Sequence[Money | None]) -> None:
        """Each of these rows has the one of `money` whose place `which` tells."""
        if not len(rows):
            return
        parts = [self._parts(one) for one in money]
        digits, places, currencies = zip(*parts, strict=True)
        self._digits[rows] = np.array(digits, dtype=np.int64)[which]
        self._places[rows] = np.array(places, dtype=np.int16)[which]
        self._currency[rows] = np.array(currencies, dtype=np.int16)[which]
        self._approximate[rows] = np.array([one is not None and one.approximate for one in money])[which]
        long = {place for place, one in enumerate(parts) if one[1] == _LONG}
        for row, place in zip(rows.tolist(), which.tolist(), strict=True) if long else ():
            one = money[place]
            if place in long and one is not None:
                self._long[row] = one.amount

    def _parts(self, money: Money | None) -> tuple[int, int, int]:
        """Digits, power of ten and number of the currency; of a long amount the power is `_LONG`."""
        if money is None:
            return 0, 0, 0
        _, digits, power = money.amount.as_tuple()
        assert isinstance(power, int), "an amount is finite"
        if len(digits) > 18 or not -_LONG < power < _LONG:
            return 0, _LONG, self._number(money.currency)
        return int(money.amount.scaleb(-power)), power, self._number(money.currency)

    def _number(self, currency: str) -> int:
        if currency not in self._currencies[1:]:
            self._currencies.append(currency)
        return self._currencies.index(currency, 1)

    def put_numbers(self, rows: Any, digits: Any, places: Any, currency: str) -> None:
        """These rows have the amounts `digits` times ten to the power of `places`; numbers or arrays."""
        self._digits[rows] = digits
        self._places[rows] = places
        self._currency[rows] = self._number(currency)

    @property
    def missing(self) -> NDArray[np.bool_]:
        """The rows without an amount."""
        missing: NDArray[np.bool_] = self._currency == 0
        return missing

    def rows_by_currency(self) -> dict[str, int]:
        """How many rows have an amount in each currency."""
        counts = np.bincount(self._currency, minlength=len(self._currencies)).tolist()
        return dict(zip(self._currencies[1:], counts[1:], strict=True))

    def by_currency(self, rows: NDArray[np.intp]) -> dict[str, NDArray[np.intp]]:
        """Those of the rows that have an amount, by its currency; currencies in order of appearance."""
        numbers = self._currency[rows]
        found = {number: rows[numbers == number] for number in _distinct(numbers) if number}
        return {
            self._currencies[number]: here
            for number, here in sorted(found.items(), key=lambda one: int(one[1][0]))
        }

    def total(self, rows: NDArray[np.intp]) -> Decimal:
        """The exact sum of the amounts of these rows, whatever their currencies."""
        total = exact_sum(self._digits[rows], self._places[rows])
        if self._long:
            total += sum((self._long[row] for row in rows.tolist() if row in self._long), Decimal(0))
        return total

    def __len__(self) -> int:
        return len(self._digits)

    @overload
    def __getitem__(self, row: int) -> Money | None: ...
    @overload
    def __getitem__(self, row: slice) -> list[Money | None]: ...
    def __getitem__(self, row: int | slice) -> Money | list[Money | None] | None:
        rows = range(len(self))[row]
        return self._at(rows) if isinstance(rows, int) else [self._at(one) for one in rows]

    def __iter__(self) -> Iterator[Money | None]:
        return self.at(range(len(self)))

    def at(self, rows: Iterable[int]) -> Iterator[Money | None]:
        """The amounts of these rows."""
        return map(self._at, rows)

    def _at(self, row: int) -> Money | None:
        number = self._currency.item(row)
        if not number:
            return None
        amount = self._long.get(row)
        if amount is None:
            amount = Decimal(self._digits.item(row)).scaleb(self._places.item(row))
        return Money(amount, self._currencies[number], self._approximate.item(row))


def as_decimals(
    numbers: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int16], NDArray[np.bool_]]:
    """The decimals that numbers are written as: digits, power of ten, and whether that was found.

    Of decimals with up to 15 digits no two have the same float64. So the one that divides to the number is
    the one that it is written as.
    """
    digits = np.zeros(len(numbers), dtype=np.int64)
    places = np.zeros(len(numbers), dtype=np.int16)
    found = np.zeros(len(numbers), dtype=np.bool_)
    left = np.flatnonzero((numbers >= 0) & (numbers < _EXACT_DIGITS))
    for decimals in range(_MOST_DECIMALS + 1):
        some = numbers[left]
        whole = np.rint(some * 10.0**decimals)
        exact = (whole < _EXACT_DIGITS) & (whole / 10.0**decimals == some)
        rows = left[exact]
        digits[rows] = whole[exact]
        places[rows] = -decimals
        found[rows] = True
        left = left[~exact]
        if not len(left):
            break
    return digits, places, found


def exact_sum(digits: NDArray[np.int64], places: NDArray[np.int16]) -> Decimal:
    """The sum of digits times powers of ten."""
    total = Decimal(0)
    for place in _distinct(places):
        some = digits[places == place]
        # Two halves, neither of which can pass the largest number of the machine.
        whole = (int((some >> 32).sum()) << 32) + int((some & 0xFFFFFFFF).sum())
        total += Decimal(whole).scaleb(place)
    return total


def _distinct(numbers: NDArray[np.int16]) -> list[int]:
    """The few numbers that occur."""
    if not len(numbers):
        return []
    least = int(numbers.min())
    return [least + one for one in np.flatnonzero(np.bincount(numbers - least)).tolist()]
