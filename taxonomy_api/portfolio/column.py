"""A column of a table: its distinct cells, and which of them each row holds.

Most columns of a portfolio say few different things. What is read from cells is read once per distinct
cell and handed to the rows by number, and a million rows cost four bytes each beside what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, overload

import numpy as np

from taxonomy_api.portfolio.table import Cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Whole numbers below are exact as float64.
EXACT = 2**53
#: Columns of up to so many rows are made Python values as a whole where single cells are asked for.
_SHORT = 2**14
_AT_ONCE = 2**13


class Values(Protocol):
    """Distinct cells by their number; number 0 is the empty cell. Equal cells may have several numbers."""

    def __len__(self) -> int: ...

    def take(self, codes: NDArray[Any]) -> list[Cell]:
        """The cells of these numbers, in their order."""

    def are(self, *types: type) -> NDArray[np.bool_]:
        """Which of the cells are of one of these types; a text is a str, a Percent too."""

    def floats(self) -> NDArray[np.float64] | None:
        """Every cell as a number, NaN where it is empty; None where one is neither."""

    def numbers(self, codes: NDArray[Any]) -> NDArray[np.float64]:
        """The cells of these numbers, NaN where one is no number of which a float64 holds all digits."""


class Column(Sequence[Cell]):
    """The cells of one column, row by row; `codes` are the numbers of their `values`.

    As a sequence it is what a list of its cells would be. Never changed: `with_codes` makes another.
    """

    __slots__ = ("_listed", "codes", "values")

    def __init__(self, values: Values, codes: NDArray[Any]) -> None:
        self.values = values
        self.codes = codes
        self._listed: list[Cell] | None = None

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> Column:
        """The column that holds these cells."""
        known: dict[tuple[type, Cell], int] = {(type(None), None): 0}
        codes = [known.setdefault((type(cell), cell), len(known)) for cell in cells]
        return cls(Listed([cell for _, cell in known]), np.array(codes, dtype=np.int32))

    def with_codes(self, codes: NDArray[Any]) -> Column:
        """A column with the same values in other rows."""
        return Column(self.values, codes)

    def emptied(self, rows: Any) -> Column:
        """The column without the cells of these rows (an index of an array)."""
        codes = self.codes.copy()
        codes[rows] = 0
        return self.with_codes(codes)

    def distinct(self) -> tuple[list[Cell], NDArray[np.int32]]:
        """The empty cell and each cell that occurs, and the place of every row's cell among them.

        A column that is a part of another has few of its values; `values` would give them all.
        """
        if len(self.values) > 8 * len(self.codes):
            some, which = np.unique(np.append(self.codes, np.int32(0)), return_inverse=True)
            return self.values.take(some), np.asarray(which[:-1], dtype=np.int32)
        used = np.zeros(len(self.values), dtype=bool)
        used[self.codes] = True
        used[0] = True
        places = np.cumsum(used, dtype=np.int32) - np.int32(1)
        some = np.flatnonzero(used).astype(np.int32)
        return self.values.take(some), np.asarray(places[self.codes], dtype=np.int32)

    def where(self, *types: type, holds: Callable[[Cell], bool] | None = None) -> NDArray[np.int64]:
        """The rows whose cell is of one of these types and such; asked once per distinct cell."""
        candidates = self.values.are(*types)
        if not candidates.any():
            return np.zeros(0, dtype=np.int64)
        rows = np.flatnonzero(candidates[self.codes])
        if holds is None:
            return rows
        cells, places = self.with_codes(self.codes[rows]).distinct()
        chosen = np.array([cell is not None and holds(cell) for cell in cells])
        found: NDArray[np.int64] = rows[chosen[places]]
        return found

    def floats(self) -> NDArray[np.float64] | None:
        """The column as numbers, NaN where it is empty; None where any of `values` is something else."""
        numbers = self.values.floats()
        return None if numbers is None else numbers[self.codes]

    def numbers(self) -> NDArray[np.float64]:
        """The cells that are plain numbers, NaN in the place of others."""
        return self.values.numbers(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, row: int) -> Cell: ...
    @overload
    def __getitem__(self, row: slice) -> Column: ...
    def __getitem__(self, row: int | slice) -> Cell | Column:
        if isinstance(row, slice):
            return Column(self.values, self.codes[row])
        if self._listed is None:
            if len(self.codes) > _SHORT:
                return self.values.take(self.codes[row : row + 1 or None])[0]
            self._listed = self.values.take(self.codes)
        return self._listed[row]

    def __iter__(self) -> Iterator[Cell]:
        if self._listed is not None:
            yield from self._listed
            return
        for start in range(0, len(self.codes), _AT_ONCE):
            yield from self.values.take(self.codes[start : start + _AT_ONCE])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(mine == one for mine, one in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Column({list(self[:5])!r}{', …' if len(self) > 5 else ''})"


class Listed:
    """Values that are Python values already."""

    __slots__ = ("_cells",)

    def __init__(self, cells: list[Cell]) -> None:
        """`cells` begins with None."""
        self._cells = cells

    def __len__(self) -> int:
        return len(self._cells)

    def take(self, codes: NDArray[Any]) -> list[Cell]:
        return list(map(self._cells.__getitem__, codes.tolist()))

    def are(self, *types: type) -> NDArray[np.bool_]:
        return np.array([isinstance(cell, types) for cell in self._cells])

    def floats(self) -> NDArray[np.float64] | None:
        if not all(_is_number(cell) for cell in self._cells[1:]):
            return None
        return np.array([np.nan, *self._cells[1:]], dtype=np.float64)

    def numbers(self, codes: NDArray[Any]) -> NDArray[np.float64]:
        cells = [cell if _is_number(cell) else np.nan for cell in self._cells]
        numbers: NDArray[np.float64] = np.array(cells, dtype=np.float64)[codes]
        return numbers


def _is_number(cell: Cell) -> bool:
    return type(cell) is float or (type(cell) is int and abs(cell) < EXACT)
