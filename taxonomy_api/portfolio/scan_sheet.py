"""Reads a large worksheet in a few passes over its bytes, a hundred thousand cells at a time.

It knows exactly the shape in which spreadsheet programs write cells, and checks that every tag it
meets is of that shape; anything else raises `UnknownShape`, and the sheet is read by the parser of
`read_xlsx` instead. Both give the same cells. (A calamine-based reader is as fast, but turns the text
12.5 into a number and TRUE into 1.0, rounds 17 digits, and drops percent formats, blanks and formulas
without a value, none of which its list of misfits names.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from taxonomy_api.portfolio.arrow_buffers import as_arrow, text_array, text_buffers
from taxonomy_api.portfolio.packed import (
    BOOL,
    EMPTY,
    ERROR,
    EXACT,
    FORMULA,
    INTEGER,
    NUMBER,
    TEXT,
    PackedColumn,
    PackedSheet,
    as_packed,
)
from taxonomy_api.portfolio.table import Broken, Cell, MergedRange, column_number
from taxonomy_api.portfolio.xml_tags import Tags, UnknownShape
from taxonomy_api.portfolio.xml_text import plain_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK = 4 * 2**20
_LONGEST_HEAD = 2**20
#: How the value of a cell is to be understood before its style is: the rest are packed kinds.
_SHARED, _STYLED, _ISO, _FORMULA_TEXT = 32, 33, 34, 35
_TYPES = {
    "s": _SHARED, "str": _FORMULA_TEXT, "inlineStr": TEXT, "b": BOOL, "e": ERROR, "d": _ISO, "n": NUMBER,
}  # fmt: skip
_ATTRIBUTE = re.compile(rb'\s([a-z]+)="([^"<>&]*)"')
_ROW = re.compile(rb'<row(?=[\s>/])(?:[^>]*?\sr="([0-9]{1,7})")?')
_HIDDEN_ROW = re.compile(rb'<row(?=\s)[^>]*?\shidden="(?:1|true)"')
_HIDDEN_COLUMN = re.compile(r"<col\s([^>]*)>")
_MERGED = re.compile(r'<mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_FORMULA = re.compile(rb"<f(?:\s[^>]*)?>([^<]*)")


@dataclass(slots=True)
class _Cells:
    """Cells of one block: filled row, column, kind, and number or place of the text."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    numbers: NDArray[np.float64]
    texts: NDArray[np.int32]


@dataclass(slots=True)
class Scan:
    """One pass over a worksheet part.

    `strings`: the shared strings; `styled` reads a number in a style that shows a date or percentage,
    and `special` holds those styles; `odd` reads an ISO date. `check_rows` is told how many filled rows
    there are, and may raise.
    """

    strings: pa.Array[Any]
    special: frozenset[str]
    styled: Callable[[str, float], Cell]
    odd: Callable[[str], Cell]
    check_rows: Callable[[int], None]
    _pool: list[pa.Array[Any]] = field(default_factory=list)
    _pooled: int = 0
    _added: dict[str, int] = field(default_factory=dict)
    _styles: dict[str, int] = field(default_factory=dict)
    _tails: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    _blank: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def read(self, stream: IO[bytes]) -> PackedSheet:
        """The sheet; raises UnknownShape."""
        self._pool, self._pooled = [self.strings], len(self.strings)
        self._blank = np.flatnonzero(_lengths(self.strings) == 0)
        head, rest = _head(stream)
        numbers: list[NDArray[np.int64]] = []
        blocks: list[_Cells] = []
        filled = hidden = last = 0
        tail = b""
        for block, behind in _blocks(stream, rest):
            tail = behind
            rows, cells, gone = self._block(block, last)
            hidden += gone
            if len(rows):
                cells.rows += filled
                filled += len(rows)
                last = int(rows[-1])
                self.check_rows(filled)
                numbers.append(rows)
                blocks.append(cells)
        columns = self._columns(blocks, filled)
        sheet = PackedSheet(_joined(numbers, np.int64), columns, hidden)
        _read_frame(sheet, head, tail)
        return sheet

    def _block(self, block: bytes, last: int) -> tuple[NDArray[np.int64], _Cells, int]:
        """The filled rows of a block of whole rows, their cells, and how many of the rows are hidden."""
        tags = Tags(block)
        row_numbers = _row_numbers(block, tags, last)
        cells = tags.where(b"c")
        at = np.searchsorted(tags.starts[tags.where(b"r")], tags.starts[cells]) - 1
        if len(cells) and at[0] < 0:
            raise UnknownShape("a cell outside a row")
        columns, tail_starts = tags.columns(cells, row_numbers[at])
        kinds, styles = self._decode_tails(tags, cells, tail_starts)
        starts, ends = tags.values(cells)
        has_formula = tags.owners(cells, tags.where(b"f"))
        has_value = ends > starts
        uncalculated = has_formula & ~has_value & (kinds != _SHARED) & (kinds != _FORMULA_TEXT)
        kinds = np.where(has_value, kinds, EMPTY).astype(np.uint8)
        kinds[uncalculated] = FORMULA
        kinds[kinds == _FORMULA_TEXT] = TEXT
        numbers, texts = self._values(block, tags, kinds, styles, starts, ends)
        for index in np.flatnonzero(kinds == FORMULA).tolist():
            texts[index] = self._add(_formula_text(block, int(tags.starts[cells[index]])))
        keep = np.flatnonzero(kinds != EMPTY)
        kept_rows, places = np.unique(at[keep], return_inverse=True)
        hidden = _hidden_among(block, tags, kept_rows)
        found = _Cells(places.astype(np.int64), columns[keep], kinds[keep], numbers[keep], texts[keep])
        return row_numbers[kept_rows], found, hidden

    def _decode_tails(
        self, tags: Tags, cells: NDArray[np.int64], tail_starts: NDArray[np.int64]
    ) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
        """Kind and special style of each cell, from what follows its address in the tag."""
        distinct, which = tags.distinct(tail_starts, tags.ends[cells])
        read = np.array([self._tail(one) for one in distinct] or np.empty((0, 2)), dtype=np.int32)
        return read[which, 0].astype(np.uint8), read[which, 1]

    def _tail(self, tail: bytes) -> tuple[int, int]:
        known = self._tails.get(tail)
        if known is not None:
            return known
        attributes = dict(_ATTRIBUTE.findall(tail))
        left = _ATTRIBUTE.sub(b"", tail).strip()
        if left not in (b"", b"/") or not attributes.keys() <= {b"s", b"t", b"cm", b"vm", b"ph"}:
            raise UnknownShape("an attribute of a cell")
        kind = _TYPES.get(attributes.get(b"t", b"n").decode(), -1)
        style = attributes.get(b"s", b"0").decode()
        if kind < 0:
            raise UnknownShape("a kind of cell")
        place = -1
        if kind == NUMBER and style in self.special:
            kind = _STYLED
            place = self._styles.setdefault(style, len(self._styles))
        self._tails[tail] = kind, place
        return kind, place

    def _values(
        self,
        block: bytes,
        tags: Tags,
        kinds: NDArray[np.uint8],
        styles: NDArray[np.int32],
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
    ) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Numbers and places of texts; kinds that were open are settled in place."""
        numbers = np.zeros(len(kinds), dtype=np.float64)
        texts = np.full(len(kinds), -1, dtype=np.int32)
        for index in np.flatnonzero((kinds == NUMBER) & (ends - starts > 15)).tolist():
            raw = block[starts[index] : ends[index]].decode()
            if raw.lstrip("-").isdigit() and abs(int(raw)) >= EXACT:
                kinds[index], texts[index] = INTEGER, self._add(raw)
        numeric = np.flatnonzero((kinds == NUMBER) | (kinds == _STYLED) | (kinds == BOOL))
        numbers[numeric] = tags.floats(starts[numeric], ends[numeric])
        if not np.isin(numbers[kinds == BOOL], (0, 1)).all():
            raise UnknownShape("a truth value")
        shared = np.flatnonzero(kinds == _SHARED)
        places = tags.floats(starts[shared], ends[shared])
        if len(places) and not 0 <= places.min() <= places.max() < len(self.strings):
            raise UnknownShape("a shared string that is not there")
        texts[shared], kinds[shared] = places.astype(np.int32), TEXT
        if len(self._blank):
            blank = shared[np.isin(places, self._blank)]
            texts[blank], kinds[blank] = -1, EMPTY
        direct = np.flatnonzero((kinds == TEXT) & (texts < 0))
        if len(direct):
            texts[direct] = self._append(tags.texts(starts[direct], ends[direct]))
        for index in np.flatnonzero((kinds == ERROR) | (kinds == _ISO)).tolist():
            raw = plain_text(block[starts[index] : ends[index]].decode())
            cell = Broken("error_cell", raw) if kinds[index] == ERROR else self.odd(raw)
            kinds[index], held = as_packed(cell)
            texts[index] = self._add(str(held))
        self._settle_styled(kinds, styles, numbers, texts)
        return numbers, texts

    def _settle_styled(
        self,
        kinds: NDArray[np.uint8],
        styles: NDArray[np.int32],
        numbers: NDArray[np.float64],
        texts: NDArray[np.int32],
    ) -> None:
        """Dates and percentages: each distinct number is read once."""
        for style, place in self._styles.items():
            cells = np.flatnonzero((kinds == _STYLED) & (styles == place))
            distinct, which = np.unique(numbers[cells], return_inverse=True)
            read = [as_packed(self.styled(style, float(one))) for one in distinct]
            kinds[cells] = np.array([kind for kind, _ in read], dtype=np.uint8)[which]
            texts[cells] = np.array([self._add(str(held)) for _, held in read], dtype=np.int32)[which]

    def _add(self, text: str) -> int:
        """The place of a text that was made here."""
        place = self._added.get(text)
        if place is None:
            place = self._added[text] = int(self._append(text_array([text]))[0])
        return place

    def _append(self, texts: pa.Array[Any]) -> NDArray[np.int32]:
        first = self._pooled
        self._pool.append(texts)
        self._pooled += len(texts)
        return np.arange(first, self._pooled, dtype=np.int32)

    def _columns(self, blocks: list[_Cells], filled: int) -> dict[int, PackedColumn]:
        """The columns of the whole sheet; the blocks are used up."""
        columns: dict[int, _Rows] = {}
        for cells in blocks:
            order = np.argsort(cells.columns, kind="stable")
            sorted_columns = cells.columns[order]
            cuts = np.flatnonzero(np.diff(sorted_columns)) + 1
            for part in np.split(order, cuts) if len(order) else []:
                position = int(cells.columns[part[0]])
                if position not in columns:
                    columns[position] = _Rows(filled)
                columns[position].place(cells, part)
        blocks.clear()
        pool = pa.concat_arrays(self._pool)
        return {position: column.packed(pool) for position, column in sorted(columns.items())}


class _Rows:
    """A column by its rows: the kind of each cell, and its number or the place of its text."""

    def __init__(self, filled: int) -> None:
        self._kinds = np.zeros(filled, dtype=np.uint8)
        self._numbers = np.zeros(filled)
        self._texts = np.full(filled, -1, dtype=np.int64)

    def place(self, cells: _Cells, part: NDArray[np.int64]) -> None:
        """Put the cells `part` of a block into the column."""
        rows = cells.rows[part]
        if len(rows) > 1 and (np.diff(rows) <= 0).any():
            raise UnknownShape("two cells with one address")
        self._kinds[rows] = cells.kinds[part]
        self._numbers[rows] = cells.numbers[part]
        self._texts[rows] = cells.texts[part]

    def packed(self, pool: pa.Array[Any]) -> PackedColumn:
        kinds, codes = self._kinds, np.zeros(len(self._kinds), dtype=np.int32)
        textual = np.flatnonzero((kinds != EMPTY) & (kinds != NUMBER) & (kinds != BOOL))
        places, which = np.unique(self._texts[textual] * 16 + kinds[textual], return_inverse=True)
        codes[textual] = which + 1
        found = [(places % 16).astype(np.uint8)]
        numbers = [np.zeros(len(places))]
        for kind in (NUMBER, BOOL):
            cells = np.flatnonzero(kinds == kind)
            distinct, which = np.unique(self._numbers[cells], return_inverse=True)
            codes[cells] = which + 1 + sum(map(len, numbers))
            found.append(np.full(len(distinct), kind, dtype=np.uint8))
            numbers.append(distinct)
        taken = pool.take(as_arrow(places // 16, pa.int64()))
        ends, texts = text_buffers(taken)
        known, kept = np.concatenate(found), np.concatenate(numbers)
        ends = np.concatenate([ends, np.full(len(kept) - len(ends), len(texts), dtype=np.int64)])
        return PackedColumn(codes, known, kept, ends, texts)


def _lengths(strings: pa.Array[Any]) -> NDArray[np.int64]:
    return np.diff(text_buffers(strings)[0], prepend=0)


def _head(stream: IO[bytes]) -> tuple[str, bytes]:
    """What stands before the rows, and what was read beyond."""
    read = stream.read(64 * 1024)
    while b"<sheetData>" not in read:
        more = stream.read(64 * 1024)
        if not more or len(read) > _LONGEST_HEAD:
            raise UnknownShape("no rows")
        read += more
    head, _, rest = read.partition(b"<sheetData>")
    start = re.match(rb"\s*(?:<\?xml\s[^>]*\?>)?\s*<worksheet[\s>]", head.removeprefix(b"\xef\xbb\xbf"))
    declared = re.search(rb'<\?xml[^>]*encoding=["\']([^"\']*)', head)
    if start is None or b"<!" in head or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        raise UnknownShape("the beginning")
    try:
        return head.decode(), rest
    except UnicodeDecodeError as error:
        raise UnknownShape("the beginning") from error


def _blocks(stream: IO[bytes], rest: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Blocks of whole rows; the last with what stands behind the rows."""
    while True:
        read = stream.read(BLOCK)
        rest += read
        end = rest.find(b"</sheetData>")
        if end >= 0:
            tail = rest[end:]
            while more := stream.read(BLOCK):
                tail += more
                if len(tail) > BLOCK * 4:
                    raise UnknownShape("a long end")
            yield rest[:end], tail
            return
        if not read:
            raise UnknownShape("no end")
        cut = rest.rfind(b"</row>") + 6
        if cut > 6:
            yield rest[:cut], b""
            rest = rest[cut:]
        elif len(rest) > BLOCK * 8:
            raise UnknownShape("a long row")


def _row_numbers(block: bytes, tags: Tags, last: int) -> NDArray[np.int64]:
    found = _ROW.findall(block)
    if len(found) != len(tags.where(b"r")) or b"" in found:
        raise UnknownShape("a row without a number")
    numbers = np.array(found or [], dtype="S7").astype(np.int64)
    if len(numbers) and (numbers[0] <= last or (np.diff(numbers) <= 0).any()):
        raise UnknownShape("rows out of order")
    return numbers


def _hidden_among(block: bytes, tags: Tags, kept: NDArray[np.int64]) -> int:
    if b"hidden=" not in block:
        return 0
    hidden = [match.start() for match in _HIDDEN_ROW.finditer(block)]
    rows = np.searchsorted(tags.starts[tags.where(b"r")], hidden)
    return int(np.isin(rows, kept).sum())


def _formula_text(block: bytes, at: int) -> str:
    match = _FORMULA.search(block, at)
    return "=" + (plain_text(match[1].decode(errors="replace")) if match else "")


def _read_frame(sheet: PackedSheet, head: str, tail: bytes) -> None:
    """Hidden columns and merged cells, from before and behind the rows."""
    for match in _HIDDEN_COLUMN.finditer(head):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', match[1]))
        if attributes.get("hidden") in {"1", "true"}:
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            sheet.hidden_columns.update(range(first - 1, min(last, first + 16_383)))
    if b"<!" in tail or b"</worksheet>" not in tail:
        raise UnknownShape("the end")
    for left, top, right, bottom in _MERGED.findall(tail.decode(errors="replace")):
        sheet.merged.append(MergedRange(int(top), column_number(left), int(bottom), column_number(right)))


def _joined(parts: list[NDArray[np.int64]], kind: type) -> NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=kind)
