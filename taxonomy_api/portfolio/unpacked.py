"""Reads packed sheets back, trusting none of what they say about themselves.

The columns stay as they were packed; their cells become Python values where they are asked for.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.packed import (
    BOOL,
    BUFFERS,
    DAY,
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
)
from taxonomy_api.portfolio.table import HIDDEN_NAMED, Broken, Cell, MergedRange, Percent, SheetData

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Columns with up to so many distinct cells keep them as Python values once they were asked for.
_KEPT = 2**14
_CHECKED_AT_ONCE = 2**20


def read_packed(source: Any) -> PackedSheet:
    """What `write_packed` wrote (any buffer; it is not copied). Raises ValueError where it is not sound."""
    content = np.frombuffer(source, dtype=np.uint8)
    if len(content) < 8:
        raise ValueError("it is cut off")
    length = int.from_bytes(content[-8:].tobytes(), "little")
    if length > len(content) - 8:
        raise ValueError("it is cut off")
    about: Mapping[str, Any] = json.loads(content[len(content) - 8 - length : -8].tobytes())
    place = 0

    def take(size: int, kind: str) -> NDArray[Any] | None:
        nonlocal place
        if size == -1:
            return None
        if not 0 <= size <= len(content) - 8 - length - place or size % np.dtype(kind).itemsize:
            raise ValueError("a buffer has another size than is said")
        taken = content[place : place + size].view(kind)
        place += size + -size % 8
        return taken

    rows = take(about["rows"], "<i8")
    if rows is None:
        raise ValueError("it has no rows")
    columns = {}
    for position, *sizes in about["columns"]:
        found = PackedColumn(*(take(size, kind) for size, kind in zip(sizes, BUFFERS.values(), strict=True)))
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
    if rows and not 0 <= codes.min() <= codes.max() <= len(kinds):
        raise ValueError("a cell is none of the distinct ones")
    if len(kinds) and not TEXT <= kinds.min() <= kinds.max() <= FORMULA:
        raise ValueError("a cell of no kind")
    numeric = (kinds == NUMBER) | (kinds == BOOL)
    if numeric.any() and (column.numbers is None or len(column.numbers) != len(kinds)):
        raise ValueError("a number is missing")
    if numeric.any() and np.isnan(column.numbers[numeric]).any():
        raise ValueError("a number that is none")
    if numeric.all():
        return
    if column.ends is None or column.texts is None or len(column.ends) != len(kinds):
        raise ValueError("a text is missing")
    ends, texts = column.ends, column.texts
    if ends[0] < 0 or (np.diff(ends) < 0).any() or ends[-1] != len(texts):
        raise ValueError("a text stands outside the texts")
    starts = ends[ends < len(texts)]
    if (texts[starts] & 0xC0 == 0x80).any():
        raise ValueError("a text begins within a character")
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(texts), _CHECKED_AT_ONCE):
        decoder.decode(memoryview(texts[start : start + _CHECKED_AT_ONCE]))
    decoder.decode(b"", final=True)


def unpack(sheet: PackedSheet) -> SheetData:
    """The cells as columns of Python values; whole numbers come back as int. Raises ValueError."""
    columns = {
        position: Column(PackedValues(column), np.asarray(column.codes, dtype=np.int32))
        for position, column in sheet.columns.items()
    }
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

    __slots__ = ("_kinds", "_listed", "_numbers", "_special", "_starts", "_texts")

    def __init__(self, column: PackedColumn) -> None:
        """`column` may hold any buffers. Raises ValueError where a date or the like is none."""
        kinds = np.asarray(column.kinds, dtype=np.uint8)
        # Number 0 is the empty cell.
        self._kinds = np.concatenate([np.zeros(1, dtype=np.uint8), kinds])
        self._numbers = np.zeros(0)
        if column.numbers is not None:
            self._numbers = np.concatenate([[np.nan], np.asarray(column.numbers, dtype=np.float64)])
        self._starts = np.zeros(0, dtype=np.int64)
        self._texts: Any = b""
        if column.ends is not None:
            self._starts = np.concatenate([[0, 0], np.asarray(column.ends, dtype=np.int64)])
            self._texts = memoryview(column.texts)
        self._listed: list[Cell] | None = None
        self._special: dict[int, Cell] = {}
        for code in np.flatnonzero((self._kinds > TEXT) & (self._kinds != NUMBER)).tolist():
            self._special[code] = self._restored(int(self._kinds[code]), code)

    def __len__(self) -> int:
        return len(self._kinds)

    def take(self, codes: NDArray[np.int32]) -> list[Cell]:
        if len(self._kinds) > _KEPT:
            return self._decoded(codes)
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
        starts, ends = self._starts[codes].tolist(), self._starts[codes + 1].tolist()
        return [str(texts[start:end], "utf-8") for start, end in zip(starts, ends, strict=True)]

    def _restored(self, kind: int, code: int) -> Cell:
        if kind == BOOL:
            return bool(self._numbers[code] == 1)
        text = str(self._texts[self._starts[code] : self._starts[code + 1]], "utf-8")
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
