"""A sheet as typed columns: how the bulk reader collects it, and how it leaves the reading process.

Each column holds the number of every row's cell among its distinct cells (0: empty), and of those the
kind in one byte and the number or the text. In a file the columns are buffers, each in one or more pieces,
with what they are at the end as JSON, so nothing that is read back is code.

The process that opens an upload imports no array library for a small sheet; `unpacked` reads this back.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import nan
from typing import IO, Any

from taxonomy_api.portfolio.table import Cell, MergedRange, Percent, SheetData

EMPTY, TEXT, NUMBER, INTEGER, BOOL, DAY, MOMENT, PERCENT, ERROR, FORMULA = range(10)
#: Whole numbers below are exact as float64.
EXACT = 2**53
#: The buffers of a column but `codes`, as arrays of these types.
BUFFERS: Mapping[str, str] = {"kinds": "u1", "numbers": "<f8", "ends": "<i8", "texts": "u1"}
#: Where a piece of a buffer was written, and its length in bytes.
Piece = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PackedColumn:
    """`codes` per row, of `code_type`; the rest per distinct cell, the first of which is the empty one.

    `numbers` counts where the kind is NUMBER or BOOL, and is NaN for the empty cell. Elsewhere the text
    counts: `ends` says behind which byte of `texts` (UTF-8) each ends, those of numbers being empty.
    A buffer may have been written already; then its pieces stand in its place.
    """

    codes: Any
    kinds: Any
    numbers: Any = None
    ends: Any = None
    texts: Any = None


def code_type(distinct: int) -> str:
    """The type of the numbers of so many cells, the empty one among them."""
    return "u1" if distinct <= 2**8 else "<u2" if distinct <= 2**16 else "<i4"


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
    codes = [known.setdefault((type(cell), cell), len(known)) for cell in cells]
    numbered = array({"u1": "B", "<u2": "H", "<i4": "i"}[code_type(len(known))], codes)
    del known[type(None), None]
    kinds, numbers, ends, texts = bytearray([EMPTY]), array("d", [nan]), array("q", [0]), bytearray()
    for _, cell in known:
        kind, held = as_packed(cell)
        kinds.append(kind)
        if isinstance(held, str):
            texts += held.encode()
        numbers.append(0.0 if isinstance(held, str) else held)
        ends.append(len(texts))
    return PackedColumn(numbered, kinds, numbers, ends, texts)


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


class PackedWriter:
    """Writes a sheet to a file: pieces of buffers that each begin at a multiple of eight bytes, JSON that
    says which is which, and the length of the JSON in eight bytes."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink = sink
        self._written = 0

    def put(self, buffer: Any) -> Piece:
        """Writes a piece of a buffer; it may be named in a `PackedColumn` later."""
        content = memoryview(buffer).cast("B") if len(memoryview(buffer)) else memoryview(b"")
        self._sink.write(content)
        self._sink.write(bytes(-len(content) % 8))
        at = self._written
        self._written += len(content) + -len(content) % 8
        return at, len(content)

    def finish(self, sheet: PackedSheet) -> None:
        """Writes what is left of the sheet, and what it is."""
        rows = self._pieces(sheet.rows)
        columns = [
            [position, *(self._pieces(getattr(column, name)) for name in ("codes", *BUFFERS))]
            for position, column in sorted(sheet.columns.items())
        ]
        merged = [[one.first_row, one.first_column, one.last_row, one.last_column] for one in sheet.merged]
        about = {
            "rows": rows,
            "columns": columns,
            "hidden_rows": sheet.hidden_rows,
            "first_hidden": sheet.first_hidden,
            "hidden_columns": sorted(sheet.hidden_columns),
            "merged": merged,
        }
        described = json.dumps(about).encode()
        self._sink.write(described)
        self._sink.write(len(described).to_bytes(8, "little"))

    def _pieces(self, buffer: Any) -> Sequence[Piece] | None:
        """Where a buffer is written; None where there is none."""
        if buffer is None or isinstance(buffer, list):
            return buffer
        return [self.put(buffer)]


def write_packed(sheet: PackedSheet, sink: IO[bytes]) -> None:
    """Write a sheet none of whose buffers was written yet."""
    PackedWriter(sink).finish(sheet)
