"""Results as .csv, in UTF-8 with byte order mark."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from taxonomy_api.portfolio.repeated_cells import RepeatedCells, mostly_distinct
from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.safe_text import csv_text
from taxonomy_api.portfolio.table import Cell, shown

BLOCK = 2_048
_QUOTED = re.compile('[",\r\n]')
#: Texts of only these signs, the first of which begins no formula, are written as they are.
_PLAIN = re.compile(r"\w[\w .:;/()#%+*=-]{0,200}")


def write_csv(path: Path, columns: Sequence[ResultColumn], progress: Callable[[int], None]) -> None:
    """One line per input row; text that a spreadsheet program would calculate gets an apostrophe."""
    rows = len(columns[0].cells)
    fields = [_fields_of(column.cells) for column in columns]
    with path.open("wb") as stream:
        header = b",".join(_field(column.header) for column in columns)
        stream.write("\ufeff".encode() + header + b"\r\n")
        for start in range(0, rows, BLOCK):
            stop = min(start + BLOCK, rows)
            lines = zip(*(made(start, stop) for made in fields), strict=True)
            stream.write(b"".join([b",".join(line) + b"\r\n" for line in lines]))
            progress(stop)


def _fields_of(cells: Sequence[Cell]) -> Callable[[int, int], list[bytes]]:
    """The fields of a column from one row to another."""
    if mostly_distinct(cells):
        return lambda start, stop: _distinct(cells[start:stop])
    return RepeatedCells(cells, _field).made


def _distinct(cells: Sequence[Cell]) -> list[bytes]:
    if set(map(type, cells)) == {str}:
        texts = cast("Sequence[str]", cells)
        if all(map(_PLAIN.fullmatch, texts)):
            return list(map(str.encode, texts))
    return list(map(_field, cells))


def _field(cell: Cell) -> bytes:
    if cell is None:
        return b""
    if type(cell) in {int, float}:
        return repr(cell).encode()
    text = csv_text(shown(cell))
    if _QUOTED.search(text):
        text = '"' + text.replace('"', '""') + '"'
    return text.encode()
