"""A column of values that repeat: the distinct values, and the place of each row's among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")


class Coded(Sequence[T]):
    """As a sequence it is what a list of the rows' values would be.

    `values`: what occurs, now and then twice; `codes`: per row the place of its value among them. Whoever
    treats each value once reads these two.
    """

    __slots__ = ("codes", "values")

    def __init__(self, values: Sequence[T] = (), codes: NDArray[Any] | None = None) -> None:
        """Without `codes` every row has a value of its own."""
        self.values: list[T] = list(values)
        self.codes = np.arange(len(self.values), dtype=np.int32) if codes is None else codes

    @classmethod
    def same(cls, value: T, size: int) -> Coded[T]:
        """The same value in every row."""
        return cls([value], np.zeros(size, dtype=np.int32))

    def distinct(self) -> tuple[list[T], NDArray[Any]]:
        return self.values, self.codes

    def occurring(self) -> list[T]:
        """The values that some row has."""
        return [self.values[code] for code in np.flatnonzero(np.bincount(self.codes)).tolist()]

    def put(self, rows: Any, value: T) -> None:
        """Set the value of these rows (an index of an array)."""
        self._put(rows, 0, [value])

    def put_each(self, rows: Sequence[int], values: Sequence[T]) -> None:
        """Set the value of each of these rows; in one step, as every step copies the column."""
        known: dict[T, int] = {}
        places = [known.setdefault(value, len(known)) for value in values]
        if places:
            self._put(rows, np.array(places), [*known])

    def _put(self, rows: Any, places: Any, values: Sequence[T]) -> None:
        kind = np.promote_types(self.codes.dtype, narrowest(len(self.values) + len(values)))
        self.codes = self.codes.astype(kind)
        self.codes[rows] = len(self.values) + places
        self.values = [*self.values, *values]

    def extend(self, part: Sequence[T]) -> None:
        """Add the values of the rows that follow; a value that is there already is not held again."""
        other = part if isinstance(part, Coded) else Coded(part)
        if not len(other.codes):
            return
        # Where nearly all differ, looking for those that do not costs more than it saves.
        alike = 2 * len(other.values) <= len(other.codes)
        known = {value: place for place, value in enumerate(self.values)} if alike else {}
        self.values = [*self.values]
        places = []
        for value in other.values:
            place = known.setdefault(value, len(self.values)) if alike else len(self.values)
            if place == len(self.values):
                self.values.append(value)
            places.append(place)
        codes = np.array(places, dtype=narrowest(len(self.values)))[other.codes]
        self.codes = np.concatenate([self.codes, codes]) if len(self.codes) else codes

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, row: int) -> T: ...
    @overload
    def __getitem__(self, row: slice) -> Coded[T]: ...
    def __getitem__(self, row: int | slice) -> T | Coded[T]:
        if isinstance(row, slice):
            part: Coded[T] = Coded((), self.codes[row])
            part.values = self.values
            return part
        return self.values[int(self.codes[row])]

    def __iter__(self) -> Iterator[T]:
        return map(self.values.__getitem__, self.codes.tolist())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(mine == one for mine, one in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Coded({list(self[:5])!r}{', …' if len(self) > 5 else ''})"


def narrowest(size: int) -> np.dtype[Any]:
    """The smallest type of whole numbers that tells so many values apart."""
    return np.dtype(np.int8 if size <= 2**7 else np.int16 if size <= 2**15 else np.int32)


def combinations(keys: Sequence[NDArray[Any]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first row of each distinct combination of keys, and per row the number of its combination.

    Keys are whole numbers from 0; there is at least one column of them.
    """
    whole = np.asarray(keys[0], dtype=np.int64)
    for key in keys[1:]:
        span = int(key.max(initial=0)) + 1
        if span * (int(whole.max(initial=0)) + 1) > np.iinfo(np.int64).max:
            whole = np.unique(whole, return_inverse=True)[1]
        whole = whole * span + key
    _, first, numbers = np.unique(whole, return_index=True, return_inverse=True)
    return first, numbers
