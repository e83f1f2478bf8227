"""Reads a large worksheet in a few passes over its bytes, some ten thousand cells at a time.

It knows exactly the shape in which spreadsheet programs write cells, and checks that every tag it
meets is of that shape; anything else raises `UnknownShape`, and the sheet is read by the parser of
`read_xlsx` instead. Both give the same cells. (A calamine-based reader is as fast, but turns the text
12.5 into a number and TRUE into 1.0, rounds 17 digits, and drops percent formats, blanks and formulas
without a value, none of which its list of misfits names.)
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from taxonomy_api.portfolio.arrow_buffers import as_arrow, as_numpy, text_array, text_buffers
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
from taxonomy_api.portfolio.packed_columns import ColumnBuilder, Part, Spill, Texts, distinct_texts
from taxonomy_api.portfolio.table import HIDDEN_NAMED, Broken, Cell, MergedRange, column_number
from taxonomy_api.portfolio.xml_tags import Tags, UnknownShape
from taxonomy_api.portfolio.xml_text import plain_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Bytes of XML that are read at once: what is made of them fits the processor's caches (measured).
BLOCK = 2**21
_LONGEST_HEAD, _LONGEST_ROW, _LONGEST_TAIL = 2**20, 2**25, 2**24
#: Blocks are read side by side: most of the time goes into array operations, which let other threads run.
_THREADS = min(2, os.cpu_count() or 1)
#: How the value of a cell is to be understood before its style is: the rest are packed kinds.
_SHARED, _STYLED, _ISO, _FORMULA_TEXT = 32, 33, 34, 35
_TYPES = {
    "s": _SHARED, "str": _FORMULA_TEXT, "inlineStr": TEXT, "b": BOOL, "e": ERROR, "d": _ISO, "n": NUMBER,
}  # fmt: skip
_ATTRIBUTE = re.compile(rb'\s([a-z]+)="([^"<>&]*)"')
_HIDDEN_ROW = re.compile(rb'\shidden="(?:1|true)"')
_HIDDEN_COLUMN = re.compile(r"<col\s([^>]*)>")
_MERGED = re.compile(r'<mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_FORMULA = re.compile(rb"<f(?:\s[^>]*)?>([^<]*)")


@dataclass(slots=True)
class _Block:
    """What a block of whole rows holds: first and last of its row numbers, the filled ones and those of them
    that are hidden, and their cells."""

    first: int
    last: int
    rows: NDArray[np.int64]
    hidden: NDArray[np.int64]
    parts: list[tuple[int, Part]]


@dataclass(slots=True)
class Scan:
    """One pass over a worksheet part.

    `strings`: the shared strings; `styled` reads a number in a style that shows a date or percentage,
    and `special` holds those styles; `odd` reads an ISO date. `check_rows` is told how many filled rows
    there are, and may raise. `spill` takes pieces of long buffers; without it they stay in memory.
    """

    strings: pa.Array[Any]
    special: frozenset[str]
    styled: Callable[[str, float], Cell]
    odd: Callable[[str], Cell]
    check_rows: Callable[[int], None]
    spill: Spill | None = None
    _tails: dict[bytes, tuple[int, str]] = field(default_factory=dict)
    _blank: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self._blank = np.flatnonzero(np.diff(text_buffers(self.strings)[0], prepend=0) == 0)

    def read(self, stream: IO[bytes]) -> PackedSheet:
        """The sheet; raises UnknownShape."""
        head, rest = _head(stream)
        end = _End()
        numbers: list[NDArray[np.int64]] = []
        builders: dict[int, ColumnBuilder] = {}
        filled = hidden = last = 0
        first_hidden: list[int] = []
        for block in _side_by_side(self._block, _blocks(stream, rest, end)):
            if block.first <= last:
                raise UnknownShape("rows out of order")
            last, hidden = block.last, hidden + len(block.hidden)
            first_hidden += block.hidden[: HIDDEN_NAMED - len(first_hidden)].tolist()
            for position, part in block.parts:
                if position not in builders:
                    builders[position] = ColumnBuilder(self.spill)
                builders[position].add(part, filled, len(block.rows))
            filled += len(block.rows)
            self.check_rows(filled)
            numbers.append(block.rows)
        columns: dict[int, PackedColumn] = {}
        for position in sorted(builders):
            columns[position] = builders.pop(position).finish(filled)
        rows = np.concatenate(numbers) if numbers else np.zeros(0, dtype=np.int64)
        sheet = PackedSheet(rows, columns, hidden, first_hidden)
        _read_frame(sheet, head, end.tail)
        return sheet

    def _block(self, block: bytes) -> _Block | None:
        """The filled rows of a block of whole rows; None where it has no rows at all."""
        tags = Tags(block)
        numbers = tags.row_numbers()
        if not len(numbers):
            return None
        if (np.diff(numbers) <= 0).any():
            raise UnknownShape("rows out of order")
        columns, tail_starts = tags.columns(numbers)
        cells = _Cells(block, tags, *self._decode_tails(tags, tail_starts))
        self._settle(cells)
        keep = np.flatnonzero(cells.kinds != EMPTY)
        filled = np.zeros(len(numbers), dtype=bool)
        filled[tags.row_of[keep]] = True
        places = np.cumsum(filled) - 1
        # Sorted by column; of small numbers the sort is a matter of counting.
        order = keep[np.argsort(columns[keep].astype(np.uint16), kind="stable")]
        cuts = np.flatnonzero(np.diff(columns[order])) + 1
        parts = []
        for some in np.split(order, cuts) if len(order) else []:
            rows = places[tags.row_of[some]]
            if (np.diff(rows) <= 0).any():
                raise UnknownShape("two cells with one address")
            parts.append((int(columns[some[0]]), self._part(cells, some, rows)))
        rows = numbers[filled]
        return _Block(int(numbers[0]), int(numbers[-1]), rows, rows[_hidden(block, tags, filled)], parts)

    def _decode_tails(
        self, tags: Tags, tail_starts: NDArray[np.int64]
    ) -> tuple[NDArray[np.uint8], list[tuple[str, NDArray[np.int64]]]]:
        """The kind of each cell, from what follows its address in the tag, and those of special styles."""
        distinct, which = tags.distinct(tail_starts, tags.ends[tags.cells])
        read = [self._tail(one) for one in distinct]
        kinds = np.array([kind for kind, _ in read], dtype=np.uint8)
        styled = [
            (style, np.flatnonzero(which == number))
            for number, (kind, style) in enumerate(read)
            if kind == _STYLED
        ]
        return kinds[which], styled

    def _tail(self, tail: bytes) -> tuple[int, str]:
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
        if kind == NUMBER and style in self.special:
            kind = _STYLED
        self._tails[tail] = kind, style
        return kind, style

    def _settle(self, cells: _Cells) -> None:
        """Numbers, and cells that are neither numbers nor texts; kinds that were open are settled."""
        kinds = cells.kinds
        for cell in np.flatnonzero((kinds == NUMBER) & (cells.lengths > 15)).tolist():
            raw = cells.raw(cell)
            if raw.lstrip("-").isdigit() and abs(int(raw)) >= EXACT:
                kinds[cell] = INTEGER
                cells.set_odd(cell, [(INTEGER, raw)])
        numeric = np.flatnonzero(np.isin(kinds, (NUMBER, _STYLED, BOOL, _SHARED)))
        cells.numbers[numeric] = _floats(cells.taken(numeric))
        shared = np.flatnonzero(kinds == _SHARED)
        places = cells.numbers[shared]
        if len(places) and not 0 <= places.min() <= places.max() < len(self.strings):
            raise UnknownShape("a shared string that is not there")
        if len(self._blank):
            kinds[shared[np.isin(places, self._blank)]] = EMPTY
        truths = np.flatnonzero(kinds == BOOL)
        if not np.isin(cells.numbers[truths], (0, 1)).all():
            raise UnknownShape("a truth value")
        cells.set_odd(truths, [(BOOL, 0.0), (BOOL, 1.0)], cells.numbers[truths].astype(np.int32))
        for cell in np.flatnonzero((kinds == ERROR) | (kinds == _ISO)).tolist():
            raw = plain_text(cells.raw(cell))
            read = Broken("error_cell", raw) if kinds[cell] == ERROR else self.odd(raw)
            cells.set_odd(cell, [as_packed(read)])
        for style, some in cells.styled:
            some = some[kinds[some] == _STYLED]
            distinct, which = np.unique(cells.numbers[some], return_inverse=True)
            cells.set_odd(some, [as_packed(self.styled(style, float(one))) for one in distinct], which)

    def _part(self, cells: _Cells, some: NDArray[np.int64], rows: NDArray[np.int64]) -> Part:
        """The cells `some`, all of one column, which stand in these rows."""
        kinds = cells.kinds[some]
        texts = []
        direct, shared = np.flatnonzero(kinds == TEXT), np.flatnonzero(kinds == _SHARED)
        if len(direct):
            encoded = distinct_texts(cells.taken(some[direct]))
            codes = as_numpy(encoded.indices, np.int32)
            texts.append(Texts(rows[direct], codes, _unescaped(encoded.dictionary)))
        if len(shared):
            places, which = np.unique(cells.numbers[some[shared]].astype(np.int64), return_inverse=True)
            held = self.strings.take(as_arrow(places, pa.int64()))
            texts.append(Texts(rows[shared], which.astype(np.int32), held))
        plain = np.flatnonzero(kinds == NUMBER)
        odd = np.flatnonzero((kinds != TEXT) & (kinds != _SHARED) & (kinds != NUMBER))
        distinct, which = np.unique(cells.odd_codes[some[odd]], return_inverse=True)
        held_odd = [cells.odd_cells[code] for code in distinct.tolist()]
        return Part(
            texts, (rows[plain], cells.numbers[some[plain]]), (rows[odd], held_odd, which.astype(np.int32))
        )


class _Cells:
    """The cells of a block, whose kinds and numbers are settled step by step. What is neither number nor
    text stands in packed form in `odd_cells`, by `odd_codes`."""

    def __init__(
        self,
        block: bytes,
        tags: Tags,
        kinds: NDArray[np.uint8],
        styled: list[tuple[str, NDArray[np.int64]]],
    ) -> None:
        self._block = block
        self.styled = styled
        holders, self._starts, self._ends = tags.values()
        self._pieces = tags.pieces(self._starts, self._ends)
        #: For each cell its value among those of the block, -1 where it has none.
        self._value = np.full(len(kinds), -1, dtype=np.int64)
        self._value[holders] = np.arange(len(holders))
        self.lengths = np.zeros(len(kinds), dtype=np.int64)
        self.lengths[holders] = self._ends - self._starts
        formulas = tags.formulas()
        uncalculated = formulas[
            (self.lengths[formulas] == 0) & ~np.isin(kinds[formulas], (_SHARED, _FORMULA_TEXT))
        ]
        self.kinds = np.where(self.lengths > 0, kinds, np.uint8(EMPTY))
        self.kinds[self.kinds == _FORMULA_TEXT] = TEXT
        self.kinds[uncalculated] = FORMULA
        self.numbers = np.zeros(len(kinds), dtype=np.float64)
        self.odd_codes = np.zeros(len(kinds), dtype=np.int32)
        self.odd_cells: list[tuple[int, str | float]] = []
        for cell in uncalculated.tolist():
            text = _formula_text(block, int(tags.starts[tags.cells[cell]]))
            self.set_odd(cell, [(FORMULA, text)])

    def set_odd(
        self, some: Any, cells: Sequence[tuple[int, str | float]], which: NDArray[Any] | int = 0
    ) -> None:
        """The cells `some` are those of `cells` that `which` names."""
        self.odd_codes[some] = len(self.odd_cells) + which
        self.odd_cells += cells

    def raw(self, cell: int) -> str:
        value = self._value[cell]
        return self._block[self._starts[value] : self._ends[value]].decode()

    def taken(self, some: NDArray[np.int64]) -> pa.Array[Any]:
        """The values of these cells as they are written."""
        return self._pieces.take(as_arrow(2 * self._value[some] + 1, pa.int64()))


def _floats(pieces: pa.Array[Any]) -> NDArray[np.float64]:
    try:
        values = as_numpy(pieces.cast(pa.float64()), np.float64)
    except pa.ArrowInvalid as error:
        raise UnknownShape("a number") from error
    if not np.isfinite(values).all():
        raise UnknownShape("no finite number")
    return values


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


@dataclass(slots=True)
class _End:
    """What stands behind the rows of a sheet, once they are read."""

    tail: bytes = b""


def _blocks(stream: IO[bytes], rest: bytes, end: _End) -> Iterator[bytes]:
    """Blocks of whole rows."""
    while True:
        read = stream.read(BLOCK)
        rest += read
        cut = rest.rfind(b"</row>") + 6
        if cut == 5:
            cut = 0
        # Behind the last row that holds cells: what is before it need not be searched.
        close = rest.find(b"</sheetData>", cut)
        if close >= 0:
            end.tail = rest[close:]
            while more := stream.read(BLOCK):
                end.tail += more
                if len(end.tail) > _LONGEST_TAIL:
                    raise UnknownShape("a long end")
            yield rest[:close]
            return
        if not read:
            raise UnknownShape("no end")
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > _LONGEST_ROW:
            raise UnknownShape("a long row")


def _side_by_side(function: Callable[[bytes], _Block | None], blocks: Iterator[bytes]) -> Iterator[_Block]:
    """What the function makes of each block, in their order."""
    with ThreadPoolExecutor(_THREADS) as pool:
        waiting: deque[Future[_Block | None]] = deque()
        for block in blocks:
            waiting.append(pool.submit(function, block))
            if len(waiting) > _THREADS and (done := waiting.popleft().result()) is not None:
                yield done
        while waiting:
            if (done := waiting.popleft().result()) is not None:
                yield done


def _hidden(block: bytes, tags: Tags, filled: NDArray[np.bool_]) -> list[int]:
    """The places of the hidden rows among the filled ones."""
    starts, ends = tags.starts[tags.rows[filled]].tolist(), tags.ends[tags.rows[filled]].tolist()
    return [
        place
        for place, (start, end) in enumerate(zip(starts, ends, strict=True))
        if b"hidden" in block[start:end] and _HIDDEN_ROW.search(block, start, end) is not None
    ]


def _unescaped(texts: pa.Array[Any]) -> pa.Array[Any]:
    """Texts as they stand in XML, escapes resolved."""
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid as error:
        raise UnknownShape("no UTF-8") from error
    content = text_buffers(texts)[1].tobytes()
    if b"&" in content or b"_x" in content:
        return text_array(plain_text(str(text)) for text in texts.to_pylist())
    return texts


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
