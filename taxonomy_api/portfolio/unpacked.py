"""Reads packed sheets back, trusting none of what they say about themselves.

The columns stay as they were packed; their cells become Python values where they are asked for.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.packed import (
    BOOL,
    BUFFERS,
    DAY,
    EMPTY,
    ERROR,
    EXACT,
    FORMULA,
    INTEGER,
    MOMENT,
    NUMBER,
    PERCENT,
    TEXT,
    PackedColumn,
    PackedSheet,
    Piece,
    code_type,
)
from taxonomy_api.portfolio.table import HIDDEN_NAMED, Broken, Cell, MergedRange, Percent, SheetData

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Columns with up to so many distinct cells keep them as Python values once they were asked for.
_KEPT = 2**14
_CHECKED_AT_ONCE = 2**20
#: So many cells of a column are looked up before what was needed for them is let go.
_MANY = 2**12


class Source(Protocol):
    """A packed sheet as it was handed over, `size` bytes long."""

    @property
    def size(self) -> int: ...

    def read(self, at: int, size: int) -> Any:
        """These bytes of it."""

    def hold(self, pieces: Sequence[Piece]) -> Any:
        """A buffer of these pieces, one after the other."""


@dataclass(frozen=True, slots=True)
class InBuffer:
    """What `write_packed` wrote, as a buffer."""

    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def read(self, at: int, size: int) -> bytes:
        return self.content[at : at + size]

    def hold(self, pieces: Sequence[Piece]) -> bytes:
        return b"".join(self.read(*piece) for piece in pieces)


def read_packed(source: Source) -> PackedSheet:
    """What a `PackedWriter` wrote. Raises ValueError where it is not sound."""
    if source.size < 8:
        raise ValueError("it is cut off")
    length = int.from_bytes(source.read(source.size - 8, 8), "little")
    left = source.size - 8 - length
    if left < 0:
        raise ValueError("it is cut off")
    about: Mapping[str, Any] = json.loads(bytes(source.read(left, length)))
    end = left

    def take(pieces: Sequence[Piece] | None, kind: str) -> NDArray[Any] | None:
        nonlocal left
        if pieces is None:
            return None
        size = sum(size for _, size in pieces)
        # No byte belongs to two buffers: what is held is at most as long as what was handed over.
        left -= size
        if left < 0 or size % np.dtype(kind).itemsize:
            raise ValueError("a buffer has another size than is said")
        if any(at < 0 or size < 0 or at + size > end for at, size in pieces):
            raise ValueError("a buffer stands outside what was handed over")
        return np.frombuffer(source.hold(pieces), dtype=kind) if size else np.zeros(0, dtype=kind)

    rows = take(about["rows"], "<i8")
    if rows is None:
        raise ValueError("it has no rows")
    columns = {}
    for position, codes, *others in about["columns"]:
        held = [take(pieces, kind) for pieces, kind in zip(others, BUFFERS.values(), strict=True)]
        distinct = len(held[0]) if held[0] is not None else 0
        found = PackedColumn(take(codes, code_type(distinct)), *held)
        _check(found, len(rows))
        columns[int(position)] = found
    return PackedSheet(
        rows,
        columns,
        int(about["hidden_rows"]),
        [int(row) for row in about["first_hidden"][:HIDDEN_NAMED]],
        set(about["hidden_columns"]),
        [MergedRange(*one) for one in about["merged"]],
    )


def _check(column: PackedColumn, rows: int) -> None:
    """Raises ValueError where a column is not in itself as `PackedColumn` says."""
    codes, kinds = column.codes, column.kinds
    if codes is None or kinds is None or len(codes) != rows:
        raise ValueError("a column has another length")
    if not len(kinds) or kinds[0] != EMPTY:
        raise ValueError("the empty cell is missing")
    if rows and not 0 <= codes.min() <= codes.max() < len(kinds):
        raise ValueError("a cell is none of the distinct ones")
    if len(kinds) > 1 and not TEXT <= kinds[1:].min() <= kinds[1:].max() <= FORMULA:
        raise ValueError("a cell of no kind")
    numeric = (kinds == NUMBER) | (kinds == BOOL)
    if numeric.any() and (column.numbers is None or len(column.numbers) != len(kinds)):
        raise ValueError("a number is missing")
    if column.numbers is not None and (
        not np.isnan(column.numbers[:1]).all() or np.isnan(column.numbers[numeric]).any()
    ):
        raise ValueError("a number that is none")
    if numeric[1:].all():
        return
    if column.ends is None or column.texts is None or len(column.ends) != len(kinds):
        raise ValueError("a text is missing")
    ends, texts = column.ends, column.texts
    if ends[0] != 0 or (ends[1:] < ends[:-1]).any() or ends[-1] != len(texts):
        raise ValueError("a text stands outside the texts")
    starts = ends[ends < len(texts)]
    if (texts[starts] & 0xC0 == 0x80).any():
        raise ValueError("a text begins within a character")
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(texts), _CHECKED_AT_ONCE):
        decoder.decode(memoryview(texts[start : start + _CHECKED_AT_ONCE]))
    decoder.decode(b"", final=True)


def unpack(sheet: PackedSheet, release: Callable[[], None] = lambda: None) -> SheetData:
    """The cells as columns of Python values; whole numbers come back as int. Raises ValueError.

    `release` is called whenever many cells were looked up.
    """
    columns = {
        position: Column(
            PackedValues(column, release), np.asarray(column.codes, code_type(len(column.kinds)))
        )
        for position, column in sheet.columns.items()
    }
    release()
    numbers = np.asarray(sheet.rows, dtype=np.int64)
    data = SheetData(_row_numbers(numbers), {}, sheet.hidden_rows, list(sheet.first_hidden))
    data.hidden_columns, data.merged = set(sheet.hidden_columns), list(sheet.merged)
    data.columns.update(columns)
    return data


def _row_numbers(numbers: NDArray[np.int64]) -> range | list[int]:
    """The numbers of rows; nearly always they follow one another."""
    if len(numbers) and (np.diff(numbers) == 1).all():
        return range(int(numbers[0]), int(numbers[-1]) + 1)
    return numbers.tolist()  # type: ignore[no-any-return]


class PackedValues:
    """The distinct cells of a packed column; a `column.Values`."""

    __slots__ = ("_ends", "_kinds", "_listed", "_looked_up", "_numbers", "_release", "_special", "_texts")

    def __init__(self, column: PackedColumn, release: Callable[[], None] = lambda: None) -> None:
        """`column` may hold any buffers. Raises ValueError where a date or the like is none."""
        self._kinds = np.asarray(column.kinds, dtype=np.uint8)
        self._numbers, self._ends = np.zeros(0), np.zeros(0, dtype=np.int64)
        if column.numbers is not None:
            self._numbers = np.asarray(column.numbers, dtype=np.float64)
        self._texts: Any = b""
        if column.ends is not None:
            self._ends = np.asarray(column.ends, dtype=np.int64)
            self._texts = memoryview(column.texts)
        self._release = release
        self._looked_up = 0
        self._listed: list[Cell] | None = None
        self._special: dict[int, Cell] = {}
        for code in np.flatnonzero((self._kinds > TEXT) & (self._kinds != NUMBER)).tolist():
            self._special[code] = self._restored(int(self._kinds[code]), code)

    def __len__(self) -> int:
        return len(self._kinds)

    def take(self, codes: NDArray[np.int32]) -> list[Cell]:
        if len(self._kinds) > _KEPT:
            cells = self._decoded(codes)
            self._looked_up += len(codes)
            if self._looked_up >= _MANY:
                self._looked_up = 0
                self._release()
            return cells
        if self._listed is None:
            self._listed = self._decoded(np.arange(len(self._kinds), dtype=np.int32))
        return list(map(self._listed.__getitem__, codes.tolist()))

    def are(self, *types: type) -> NDArray[np.bool_]:
        kinds = [issubclass(_TYPES[kind], types) for kind in range(len(_TYPES))]
        # A number may come back as int or float: for this both are asked about at once.
        kinds[NUMBER] = int in types or float in types
        chosen: NDArray[np.bool_] = np.array(kinds)[self._kinds]
        return chosen

    def floats(self) -> NDArray[np.float64] | None:
        if (self._kinds[1:] != NUMBER).any():
            return None
        return self._numbers if len(self._numbers) else np.full(1, np.nan)

    def numbers(self, codes: NDArray[Any]) -> NDArray[np.float64]:
        if not len(self._numbers):
            return np.full(len(codes), np.nan)
        return np.where(self._kinds[codes] == NUMBER, self._numbers[codes], np.nan)

    def _decoded(self, codes: NDArray[np.int32]) -> list[Cell]:
        kinds = self._kinds[codes]
        if (kinds == TEXT).all():
            return self._texts_of(codes)
        if (kinds == NUMBER).all():
            return _numbers(self._numbers[codes])
        cells = np.full(len(codes), None, dtype=object)
        for kind, decoded in ((TEXT, self._texts_of), (NUMBER, lambda some: _numbers(self._numbers[some]))):
            chosen = kinds == kind
            cells[chosen] = _as_objects(decoded(codes[chosen]))
        special = (kinds > TEXT) & (kinds != NUMBER)
        cells[special] = _as_objects([self._special[code] for code in codes[special].tolist()])
        return cells.tolist()

    def _texts_of(self, codes: NDArray[np.int32]) -> list[Cell]:
        texts = self._texts
        starts, ends = self._ends[codes - 1].tolist(), self._ends[codes].tolist()
        return [str(texts[start:end], "utf-8") for start, end in zip(starts, ends, strict=True)]

    def _restored(self, kind: int, code: int) -> Cell:
        if kind == BOOL:
            return bool(self._numbers[code] == 1)
        text = str(self._texts[self._ends[code - 1] : self._ends[code]], "utf-8")
        return _RESTORED[kind](text)


def _as_objects(cells: list[Cell]) -> NDArray[np.object_]:
    """An array of the very cells: NumPy must not make numbers or texts of its own of them."""
    objects = np.empty(len(cells), dtype=object)
    objects[:] = cells
    return objects


def _numbers(values: NDArray[np.float64]) -> list[Cell]:
    whole = (np.floor(values) == values) & (np.abs(values) < EXACT)
    if whole.all():
        return values.astype(np.int64).tolist()  # type: ignore[no-any-return]
    numbers: list[Cell] = values.tolist()
    rows = np.flatnonzero(whole)
    for row, number in zip(rows.tolist(), values[rows].astype(np.int64).tolist(), strict=True):
        numbers[row] = number
    return numbers


#: By kind.
_TYPES = (type(None), str, float, int, bool, date, datetime, Percent, Broken, Broken)
_RESTORED: Mapping[int, Callable[[str], Cell]] = {
    INTEGER: int,
    DAY: date.fromisoformat,
    MOMENT: datetime.fromisoformat,
    PERCENT: Percent,
    ERROR: lambda text: Broken("error_cell", text),
    FORMULA: lambda text: Broken("formula_without_value", text),
}
