"""A sheet as typed columns: how the bulk reader collects it, and how it leaves the reading process.

Each column holds the kind of every cell in one byte, its number where it is one, and the place of its
text in a pool that all columns share. Written as Arrow IPC, so nothing that is read back is code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from taxonomy_api.portfolio.table import Broken, Cell, MergedRange, Percent, SheetData

if TYPE_CHECKING:
    from numpy.typing import NDArray

EMPTY, TEXT, NUMBER, INTEGER, BOOL, DAY, MOMENT, PERCENT, ERROR, FORMULA = range(10)
#: Whole numbers up to here are exact as float64.
EXACT = 2**53


@dataclass(frozen=True, slots=True)
class PackedColumn:
    """`numbers` counts where the kind is NUMBER or BOOL, `texts` (places in the pool) elsewhere."""

    kinds: NDArray[np.uint8]
    numbers: NDArray[np.float64] | None = None
    texts: NDArray[np.int32] | None = None


@dataclass(slots=True)
class PackedSheet:
    """As `SheetData`; `pool` holds the distinct texts."""

    rows: NDArray[np.int64]
    columns: dict[int, PackedColumn]
    pool: pa.Array[Any]
    hidden_rows: int = 0
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[MergedRange] = field(default_factory=list)


def pack(data: SheetData) -> PackedSheet:
    """The sheet in packed form; `unpack` gives the same cells again."""
    pool: dict[str, int] = {}
    columns = {position: _pack_column(cells, pool) for position, cells in data.columns.items()}
    rows = np.array(data.numbers, dtype=np.int64)
    texts = pa.array(list(pool), type=pa.large_string())
    return PackedSheet(rows, columns, texts, data.hidden_rows, data.hidden_columns, data.merged)


def _pack_column(cells: Sequence[Cell], pool: dict[str, int]) -> PackedColumn:
    kinds = np.zeros(len(cells), dtype=np.uint8)
    numbers = np.zeros(len(cells), dtype=np.float64)
    texts = np.full(len(cells), -1, dtype=np.int32)
    for row, cell in enumerate(cells):
        if cell is None:
            continue
        kind, held = as_packed(cell)
        kinds[row] = kind
        if isinstance(held, str):
            texts[row] = pool.setdefault(held, len(pool))
        else:
            numbers[row] = held
    return PackedColumn(
        kinds, numbers if _numeric(kinds).any() else None, texts if (texts >= 0).any() else None
    )


def as_packed(cell: Cell) -> tuple[int, str | float]:
    """Kind and content of a cell that is not empty."""
    if isinstance(cell, Percent):
        return PERCENT, str(cell)
    if isinstance(cell, str):
        return TEXT, cell
    if isinstance(cell, bool):
        return BOOL, float(cell)
    if isinstance(cell, float):
        return NUMBER, cell
    if isinstance(cell, int):
        return (NUMBER, float(cell)) if abs(cell) < EXACT else (INTEGER, str(cell))
    if isinstance(cell, datetime):
        return MOMENT, cell.isoformat()
    if isinstance(cell, date):
        return DAY, cell.isoformat()
    assert cell is not None
    return (ERROR if cell.code == "error_cell" else FORMULA), cell.shown


def unpack(sheet: PackedSheet) -> SheetData:
    """The cells as Python values. Whole numbers come back as int."""
    pool: list[Any] = sheet.pool.to_pylist()
    pool.append(None)  # the place -1
    columns = {position: _unpack_column(column, pool) for position, column in sheet.columns.items()}
    return SheetData(
        sheet.rows.tolist(), columns, sheet.hidden_rows, set(sheet.hidden_columns), list(sheet.merged)
    )


def _unpack_column(column: PackedColumn, pool: list[Any]) -> list[Cell]:
    kinds = column.kinds
    cells: list[Cell]
    cells = [None] * len(kinds) if column.texts is None else [pool[place] for place in column.texts.tolist()]
    if column.numbers is not None:
        numbers = _numbers(column.numbers)
        if column.texts is None and (kinds == NUMBER).all():
            return numbers
        for row in np.flatnonzero(kinds == NUMBER).tolist():
            cells[row] = numbers[row]
        for row in np.flatnonzero(kinds == BOOL).tolist():
            cells[row] = numbers[row] == 1
    if (kinds >= INTEGER).any():
        known: dict[tuple[int, Cell], Cell] = {}
        for row in np.flatnonzero(kinds > BOOL).tolist() + np.flatnonzero(kinds == INTEGER).tolist():
            key = (int(kinds[row]), cells[row])
            if key not in known:
                known[key] = _restored(*key)
            cells[row] = known[key]
    return cells


def _numbers(values: NDArray[np.float64]) -> list[Cell]:
    whole = (np.floor(values) == values) & (np.abs(values) < EXACT)
    if whole.all():
        return values.astype(np.int64).tolist()  # type: ignore[no-any-return]
    numbers: list[Cell] = values.tolist()
    for row in np.flatnonzero(whole).tolist():
        numbers[row] = int(values[row])
    return numbers


def _restored(kind: int, text: Cell) -> Cell:
    assert isinstance(text, str)
    if kind == INTEGER:
        return int(text)
    if kind == DAY:
        return date.fromisoformat(text)
    if kind == MOMENT:
        return datetime.fromisoformat(text)
    if kind == PERCENT:
        return Percent(text)
    return Broken("error_cell" if kind == ERROR else "formula_without_value", text)


def _numeric(kinds: NDArray[np.uint8]) -> NDArray[np.bool_]:
    numeric: NDArray[np.bool_] = (kinds == NUMBER) | (kinds == BOOL)
    return numeric


def write_packed(sheet: PackedSheet, sink: Any) -> None:
    """Write the sheet as two Arrow streams, its pool and its columns; `sink` is a file object."""
    about = {
        "hidden_rows": sheet.hidden_rows,
        "hidden_columns": sorted(sheet.hidden_columns),
        "merged": [[one.first_row, one.first_column, one.last_row, one.last_column] for one in sheet.merged],
    }
    names, arrays = ["row"], [pa.array(sheet.rows)]
    for position, column in sorted(sheet.columns.items()):
        for letter, values in (("k", column.kinds), ("n", column.numbers), ("t", column.texts)):
            if values is not None:
                names.append(f"{letter}{position}")
                arrays.append(pa.array(values))
    table = pa.table(arrays, names=names).replace_schema_metadata({"about": json.dumps(about)})
    for one in (pa.table([sheet.pool], names=["text"]), table):
        with pa.ipc.new_stream(sink, one.schema) as writer:
            writer.write_table(one)


def read_packed(source: pa.Buffer) -> PackedSheet:
    """What `write_packed` wrote, checked. Raises ValueError (or a pyarrow error, which is one)."""
    stream = pa.BufferReader(source)
    held_texts = pa.ipc.open_stream(stream).read_all().column("text")
    pool = pa.concat_arrays([pa.array([], type=pa.large_string()), *held_texts.chunks])
    table = pa.ipc.open_stream(stream).read_all()
    pool.validate(full=True)
    table.validate(full=True)
    held = {name: table.column(name).to_numpy() for name in table.column_names}
    columns = {}
    for position in sorted(int(name[1:]) for name in held if name[0] == "k"):
        texts = held.get(f"t{position}")
        if texts is not None and len(texts) and not -1 <= texts.min() <= texts.max() < len(pool):
            raise ValueError("a text stands outside the pool")
        columns[position] = PackedColumn(held[f"k{position}"], held.get(f"n{position}"), texts)
    about: Mapping[str, Any] = json.loads((table.schema.metadata or {})[b"about"])
    return PackedSheet(
        held["row"],
        columns,
        pool,
        about["hidden_rows"],
        set(about["hidden_columns"]),
        [MergedRange(*one) for one in about["merged"]],
    )
