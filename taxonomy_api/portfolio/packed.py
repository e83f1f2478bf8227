"""A sheet as typed columns: how the bulk reader collects it, and how it leaves the reading process.

Each column holds the number of every row's cell among its distinct cells (0: empty), and of those the
kind in one byte and the number or the text. In a file the columns are buffers one after the other, with
what they are at the end as JSON, so nothing that is read back is code.

The process that opens an upload imports no array library for a small sheet; `unpacked` reads this back.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any

from taxonomy_api.portfolio.table import Cell, MergedRange, Percent, SheetData

EMPTY, TEXT, NUMBER, INTEGER, BOOL, DAY, MOMENT, PERCENT, ERROR, FORMULA = range(10)
#: Whole numbers below are exact as float64.
EXACT = 2**53
#: The buffers of a column in the order in which they are written, as arrays of these types.
BUFFERS: Mapping[str, str] = {"codes": "<i4", "kinds": "u1", "numbers": "<f8", "ends": "<i8", "texts": "u1"}


@dataclass(frozen=True, slots=True)
class PackedColumn:
    """`codes` per row; the rest per distinct cell, of which the first has the code 1.

    `numbers` counts where the kind is NUMBER or BOOL. Elsewhere the text counts: `ends` says behind which
    byte of `texts` (UTF-8) each ends, those of numbers being empty.
    """

    codes: Any
    kinds: Any
    numbers: Any = None
    ends: Any = None
    texts: Any = None


@dataclass(slots=True)
class PackedSheet:
    """As `SheetData`; `rows` are the numbers of the rows that hold anything (int64)."""

    rows: Any
    columns: dict[int, PackedColumn]
    hidden_rows: int = 0
    first_hidden: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[MergedRange] = field(default_factory=list)


def pack(data: SheetData) -> PackedSheet:
    """The sheet in packed form; `unpacked.unpack` gives the same cells again."""
    columns = {position: pack_column(cells) for position, cells in data.columns.items()}
    rows = array("q", data.numbers)
    hidden = data.hidden_rows, data.first_hidden, data.hidden_columns
    return PackedSheet(rows, columns, *hidden, data.merged)


def pack_column(cells: Sequence[Cell]) -> PackedColumn:
    known: dict[tuple[type, Cell], int] = {(type(None), None): 0}
    codes = array("i", [known.setdefault((type(cell), cell), len(known)) for cell in cells])
    del known[type(None), None]
    kinds, numbers, ends, texts = bytearray(), array("d"), array("q"), bytearray()
    for _, cell in known:
        kind, held = as_packed(cell)
        kinds.append(kind)
        if isinstance(held, str):
            texts += held.encode()
        numbers.append(0.0 if isinstance(held, str) else held)
        ends.append(len(texts))
    return PackedColumn(codes, kinds, numbers, ends, texts)


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


def write_packed(sheet: PackedSheet, sink: IO[bytes]) -> None:
    """Write the sheet: buffers that each begin at a multiple of eight bytes, JSON that says which is which,
    and the length of the JSON in eight bytes."""
    written = 0

    def add(buffer: Any) -> int:
        """Writes a buffer; its length in bytes, -1 where there is none."""
        nonlocal written
        if buffer is None:
            return -1
        content = memoryview(buffer).cast("B") if len(memoryview(buffer)) else memoryview(b"")
        sink.write(content)
        sink.write(bytes(-len(content) % 8))
        written += len(content) + -len(content) % 8
        return len(content)

    rows = add(sheet.rows)
    columns = [
        [position, *(add(getattr(column, name)) for name in BUFFERS)]
        for position, column in sorted(sheet.columns.items())
    ]
    about = {
        "rows": rows,
        "columns": columns,
        "hidden_rows": sheet.hidden_rows,
        "first_hidden": sheet.first_hidden,
        "hidden_columns": sorted(sheet.hidden_columns),
        "merged": [[one.first_row, one.first_column, one.last_row, one.last_column] for one in sheet.merged],
    }
    described = json.dumps(about).encode()
    sink.write(described)
    sink.write(len(described).to_bytes(8, "little"))
