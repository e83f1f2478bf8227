"""The rows of the Results sheet as XML, column by column.

Of a column whose values repeat, each distinct value is written once; a row is joined from such pieces.
Neighbouring columns that together say few different things are one column of longer pieces. Columns whose
values hardly repeat are escaped and encoded by the block. No step takes a call per cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Protocol, cast

import numpy as np

from taxonomy_api.portfolio.cell_xml import EXACT_INTEGERS, ROW, CellStyles, CellWriter, SharedTexts
from taxonomy_api.portfolio.repeated_cells import RepeatedCells, kinds_of, mostly_distinct, occurring
from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.safe_text import LONGEST_CELL
from taxonomy_api.portfolio.table import Cell, letters

#: Rows that are joined at a time: few enough for their pieces to stay in the processor's cache.
BLOCK = 512
_ROW = ROW.encode()
#: Columns are joined where each combination of their values stands in so many rows, on average.
_REPEATED = 4
_MOST_COMBINED = 2**22
_NUMERIC = {int, float}
#: Parts the cells of a block; a block that holds it otherwise is written cell by cell.
_BETWEEN = "\x01"
_CONTROLS = bytes({*range(32)} - {*b"\t\n\r\x01"})
#: What may be, or become, something other than itself in a workbook.
_DOUBTFUL = (b"_x", "\ufffe".encode(), "\uffff".encode())


class ColumnXml(Protocol):
    """The cells of one column as XML."""

    def made(self, start: int, stop: int) -> list[bytes]:
        """The cells of these rows, the row's number left open as `ROW`; b"" for an empty one."""


class SheetXml:
    """The rows of a sheet of results."""

    def __init__(self, columns: Sequence[ResultColumn], styles: CellStyles, texts: SharedTexts) -> None:
        self._headers = [column.header for column in columns]
        self._styles = styles
        self._texts = texts
        self._columns: list[ColumnXml] = []
        for place, column in enumerate(columns):
            added = _column_xml(column, letters(place), styles, texts)
            before = self._columns[-1] if self._columns else None
            if isinstance(before, _Pieces) and isinstance(added, _Pieces) and before.takes(added):
                continue
            self._columns.append(added)

    def header(self) -> bytes:
        """The first row."""
        cells = (
            CellWriter(letters(place), self._styles, {header: self._styles.header}, self._texts).xml(header)
            for place, header in enumerate(self._headers)
        )
        return f'<row r="1">{"".join(cells)}</row>'.replace(ROW, "1").encode()

    def rows(self, start: int, stop: int, first: int) -> bytes:
        """The rows `start` to `stop` (indexes into the columns); `first` is the number of the first one."""
        join = b"".join
        written: list[bytes] = []
        for begin in range(start, stop, BLOCK):
            end = min(begin + BLOCK, stop)
            pieces = [column.made(begin, end) for column in self._columns]
            table = zip(repeat(b'<row r="%s">' % _ROW, end - begin), *pieces, repeat(b"</row>"))
            numbers = range(first + begin - start, first + end - start)
            written += [
                join(row).replace(_ROW, b"%d" % number) for number, row in zip(numbers, table, strict=True)
            ]
        return join(written)


def _column_xml(column: ResultColumn, letter: str, styles: CellStyles, texts: SharedTexts) -> ColumnXml:
    if not column.coloured and mostly_distinct(column.cells):
        return _DistinctCells(column.cells, CellWriter(letter, styles, {}, None))
    by_value = styles.by_value if column.coloured else {}
    writer = CellWriter(letter, styles, by_value, texts)
    return _Pieces(column.cells, lambda cell: writer.xml(cell).encode())


class _Pieces(RepeatedCells[bytes]):
    """A column whose values repeat, or several that stand side by side."""

    __slots__ = ()

    def takes(self, other: _Pieces) -> bool:
        """Adds the cells of the next column, where few combinations occur; whether it did."""
        span = len(other.values)
        if len(self.values) * span > _MOST_COMBINED:
            return False
        occurs, codes = occurring(self.codes * np.int32(span) + other.codes, len(self.values) * span)
        combined = np.flatnonzero(occurs)
        if len(combined) * _REPEATED > len(codes):
            return False
        mine, others = self.values, other.values
        self.values = [mine[one // span] + others[one % span] for one in combined.tolist()]
        self.codes = codes
        return True


class _DistinctCells:
    """A column whose values hardly repeat: texts or numbers are written by the block, others one by one."""

    def __init__(self, cells: Sequence[Cell], writer: CellWriter) -> None:
        self._cells = cells
        self._writer = writer
        opening = f'<c r="{writer.column}{ROW}"'
        text = f'{opening} t="inlineStr"><is><t xml:space="preserve">'
        self._text = (text.encode(), b"</t></is></c>")
        self._number = (f"{opening}><v>".encode(), b"</v></c>")

    def made(self, start: int, stop: int) -> list[bytes]:
        cells = list(self._cells[start:stop])
        kinds = kinds_of(cells)
        if kinds == {str}:
            made = _elements(_joined_texts(cast("Sequence[str | None]", cells)), *self._text)
        elif numeric := kinds & _NUMERIC:
            made = _elements(_joined_numbers(_only(numeric, cells)), *self._number)
        else:
            made = None
        if made is None:
            return [self._writer.xml(cell).encode() for cell in cells]
        if kinds != {str} and not kinds <= _NUMERIC:
            for place, cell in enumerate(cells):
                if type(cell) not in _NUMERIC and cell is not None:
                    made[place] = self._writer.xml(cell).encode()
        return made


def _only(kinds: set[type], cells: Sequence[Cell]) -> Sequence[float | None]:
    """The cells with none in the place of those of other kinds."""
    return cast("Sequence[float | None]", [cell if type(cell) in kinds else None for cell in cells])


def _elements(block: bytes | None, opening: bytes, closing: bytes) -> list[bytes] | None:
    """The cells of a block, each put between `opening` and `closing`; b"" where nothing stands between."""
    if block is None:
        return None
    between = _BETWEEN.encode()
    filled = opening + block.replace(between, closing + between + opening) + closing
    return filled.replace(opening + closing, b"").split(between)


def _joined_texts(cells: Sequence[str | None]) -> bytes | None:
    """The texts with their escapes, parted by `_BETWEEN`; None where one of them needs a closer look."""
    texts = [text or "" for text in cells]
    if max(map(len, texts)) > LONGEST_CELL // 2:
        return None
    try:
        block = _BETWEEN.join(texts).encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return None
    parted = block.count(_BETWEEN.encode()) == len(texts) - 1
    if not parted or len(block.translate(None, _CONTROLS)) < len(block):
        return None
    if any(mark in block for mark in _DOUBTFUL):
        return None
    block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return block.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def _joined_numbers(cells: Sequence[float | None]) -> bytes | None:
    """The numbers parted by `_BETWEEN`; None where one is no number or an integer with too many digits."""
    numbers = [number for number in cells if number is not None]
    if not -EXACT_INTEGERS < min(numbers) <= max(numbers) < EXACT_INTEGERS:
        return None
    block = _BETWEEN.join(map(repr, cells)).replace("None", "")
    # What is left of letters is nan or inf, or the e of an exponent.
    return None if "n" in block else block.encode()
