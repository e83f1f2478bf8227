"""The tags of a piece of worksheet XML, found and checked with array operations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from taxonomy_api.portfolio.arrow_buffers import as_arrow, as_numpy, buffer_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LONGEST_TAIL = 32
#: Kinds of tags: an element opened, `_EMPTY` more where it is closed by the same tag, `_CLOSED` more
#: where it is closed by its own.
ROW, CELL, VALUE, FORMULA, INLINE, TEXT = range(1, 7)
_EMPTY, _CLOSED = 8, 16
_NAMES = {b"row": ROW, b"c": CELL, b"v": VALUE, b"f": FORMULA, b"is": INLINE, b"t": TEXT}
_AFTER_NAME = b" >\n\t"
_NUMBER_OF_ROW = re.compile(rb'\sr="')


class UnknownShape(Exception):
    """The sheet is not written as expected; it may be sound all the same."""


class Tags:
    """The tags of a block of whole rows: where each begins and ends, and what it is."""

    def __init__(self, block: bytes) -> None:
        """Raises UnknownShape where a tag is of no kind, or stands where none of its kind may."""
        self.bytes = bytes_ = np.frombuffer(block + b" " * 64, dtype=np.uint8)
        if bytes_.min() < 32 and ((bytes_ < 32) & (bytes_ != 10) & (bytes_ != 9)).any():
            raise UnknownShape("a control character")
        # "<" and ">" differ in one bit, which no other sign shares with them.
        marks = np.flatnonzero((bytes_ | 2) == ord(">"))
        self.starts, self.ends = marks[0::2].copy(), marks[1::2].copy()
        if len(marks) % 2 or (bytes_[self.starts] != ord("<")).any() or (bytes_[self.ends] != ord(">")).any():
            raise UnknownShape("a bracket out of its place")
        self._at: NDArray[np.uint64] = np.ndarray(
            (len(bytes_) - 8,), dtype="<u8", buffer=bytes_, strides=(1,)
        )
        #: The first eight bytes of each tag.
        self._words = self._at[self.starts + 1]
        self.kinds = self._kinds()
        follows = self.kinds[:-1].astype(np.uint16) * 32 + self.kinds[1:]
        ends_well = not len(marks) or (
            self.kinds[0] in (ROW, ROW + _EMPTY) and self.kinds[-1] in (ROW + _EMPTY, ROW + _CLOSED)
        )
        if not ends_well or not _MAY_FOLLOW[follows].all():
            raise UnknownShape("a tag out of its place")
        self.rows = np.flatnonzero((self.kinds == ROW) | (self.kinds == ROW + _EMPTY))
        self.cells = np.flatnonzero((self.kinds == CELL) | (self.kinds == CELL + _EMPTY))
        #: For each cell its row among `rows`.
        per_row = np.diff(np.searchsorted(self.cells, self.rows), append=len(self.cells))
        self.row_of = np.repeat(np.arange(len(self.rows)), per_row)

    def _kinds(self) -> NDArray[np.uint8]:
        """The kind of each tag; its name must be known and end there."""
        words, lengths = self._words, self.ends - self.starts
        kinds = _KINDS[words.astype(np.uint16)]
        expected = _LENGTHS[kinds]
        known = (kinds > 0) & ((expected == 0) | (expected == lengths))
        for name, kind in ((b"row", ROW), (b"is", INLINE)):
            some = words[kinds == kind]
            after = (some >> np.uint64(8 * len(name))).astype(np.uint8)
            if not (_begins(some, name) & _ENDS_NAME[after]).all():
                raise UnknownShape("a tag")
            if not _begins(words[kinds == kind + _CLOSED], b"/" + name).all():
                raise UnknownShape("a tag")
        if not known.all():
            raise UnknownShape("a tag")
        empty = (self.bytes[self.ends - 1] == ord("/")) & (kinds < _EMPTY)
        return np.where(empty, kinds + np.uint8(_EMPTY), kinds)

    def row_numbers(self) -> NDArray[np.int64]:
        """The number of each row; each must state it."""
        at = self.starts[self.rows] + 8
        # Nearly always it comes first.
        for row in np.flatnonzero(~_begins(self._words[self.rows], b'row r="')).tolist():
            start, end = self.starts[self.rows[row]], self.ends[self.rows[row]]
            stated = _NUMBER_OF_ROW.search(self.bytes[start:end].tobytes())
            if stated is None:
                raise UnknownShape("a row without a number")
            at[row] = start + stated.end()
        numbers = np.zeros(len(at), dtype=np.int64)
        digits = np.zeros(len(at), dtype=np.int64)
        going = np.ones(len(at), dtype=bool)
        for place in range(7):
            sign = self.bytes[at + place]
            going &= (sign >= ord("0")) & (sign <= ord("9"))
            numbers[going] = numbers[going] * 10 + (sign[going] - 48)
            digits += going
        if not (digits.all() and (self.bytes[at + digits] == ord('"')).all()):
            raise UnknownShape("the number of a row")
        return numbers

    def columns(self, row_numbers: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The column of each cell from its address, and where the rest of its tag begins."""
        words = self._words[self.cells]
        if not _begins(words, b'c r="').all():
            raise UnknownShape("a cell without an address")
        two = (words >> np.uint64(40)).astype(np.uint16)
        column, letters = _COLUMNS[two], _LETTERS[two]
        third = (words >> np.uint64(56)).astype(np.int64) - 64
        three = (letters == 2) & (third >= 1) & (third <= 26)
        if three.any():
            column = np.where(three, column * 26 + third, column).astype(np.int32)
            letters = letters + three
        digits = np.ones(len(row_numbers), dtype=np.int64)
        for power in range(1, 8):
            digits += row_numbers >= 10**power
        close = self.starts[self.cells] + 6 + letters + digits[self.row_of]
        if not ((letters > 0).all() and (self.bytes[close] == ord('"')).all() and (column <= 16_384).all()):
            raise UnknownShape("an address")
        return column - np.int32(1), close + 1

    def distinct(
        self, starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> tuple[list[bytes], NDArray[np.int32]]:
        """The distinct short pieces of the block, and which of them each is."""
        lengths = ends - starts
        if len(lengths) and (lengths.min() < 0 or lengths.max() > _LONGEST_TAIL):
            raise UnknownShape("a long tag")
        words = []
        mixed = lengths.astype(np.uint64)
        for offset in range(0, int(lengths.max(initial=0)), 8):
            word = self._at[starts + offset] & _MASKS[np.clip(lengths - offset, 0, 8)]
            words.append(word)
            mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + word
        encoded = as_arrow(mixed, pa.uint64()).dictionary_encode()
        which = as_numpy(encoded.indices, np.int32)
        first = np.zeros(len(encoded.dictionary), dtype=np.int64)
        first[which[::-1]] = np.arange(len(which))[::-1]
        if any((word != word[first][which]).any() for word in words):
            raise UnknownShape("two tags that look alike")
        pieces = [self.bytes[starts[one] : ends[one]].tobytes() for one in first.tolist()]
        return pieces, which

    def values(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The cells that hold a value (of `cells`), in order, and where it begins and ends."""
        values = np.flatnonzero((self.kinds == VALUE) | (self.kinds == TEXT))
        starts, ends = self.ends[values] + 1, self.starts[values + 1] if len(values) else values
        return self._owner(values), starts, ends

    def formulas(self) -> NDArray[np.int64]:
        """The cells that hold a formula."""
        return self._owner(np.flatnonzero((self.kinds == FORMULA) | (self.kinds == FORMULA + _EMPTY)))

    def _owner(self, tags: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.searchsorted(self.cells, tags) - 1

    def pieces(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> pa.Array[Any]:
        """Pieces of the block in their order, as texts at the odd places of an array; nothing is copied.

        At the even places stands what is between them.
        """
        offsets = np.zeros(2 * len(starts) + 2, dtype=np.int64)
        offsets[1:-1:2], offsets[2:-1:2], offsets[-1] = starts, ends, len(self.bytes)
        buffers = [None, buffer_of(offsets), buffer_of(self.bytes)]
        return pa.Array.from_buffers(pa.large_string(), len(offsets) - 1, buffers)


def _begins(words: NDArray[np.uint64], text: bytes) -> NDArray[np.bool_]:
    matches: NDArray[np.bool_] = (words & _MASKS[len(text)]) == np.uint64(int.from_bytes(text, "little"))
    return matches


_MASKS = np.array([(1 << (8 * length)) - 1 for length in range(9)], dtype=np.uint64)
_ENDS_NAME = np.isin(np.arange(256), list(_AFTER_NAME))


def _kinds_by_two_bytes() -> NDArray[np.uint8]:
    kinds = np.zeros(2**16, dtype=np.uint8)
    for name, kind in _NAMES.items():
        kinds[int.from_bytes(b"/" + name[:1], "little")] = kind + _CLOSED
        if len(name) > 1:
            kinds[int.from_bytes(name[:2], "little")] = kind
            continue
        kinds[int.from_bytes(name + b"/", "little")] = kind + _EMPTY
        for after in _AFTER_NAME:
            kinds[int.from_bytes(name + bytes([after]), "little")] = kind
    return kinds


def _lengths_by_kind() -> NDArray[np.int64]:
    """How long a tag of a kind is from "<" to ">", where it holds nothing but its name; else 0."""
    lengths = np.zeros(32, dtype=np.int64)
    for name, kind in _NAMES.items():
        lengths[kind + _CLOSED] = len(name) + 2
        # By two bytes only `<v/>` is known as empty: `<v />` is found to be so by its end.
        lengths[kind + _EMPTY] = len(name) + 2
    return lengths


def _following() -> NDArray[np.bool_]:
    """Which kinds may follow which: with elements of fixed depth this is all of their nesting.

    A cell holds at most a formula and, after it, one value: anything else is left to the parser.
    """
    may = np.zeros((32, 32), dtype=bool)

    def opened(*kinds: int) -> list[int]:
        return [kind + more for kind in kinds for more in (0, _EMPTY)]

    def done(kind: int) -> list[int]:
        return [kind + _EMPTY, kind + _CLOSED]

    may[np.ix_(done(ROW), opened(ROW))] = True
    may[np.ix_([ROW, *done(CELL)], [*opened(CELL), ROW + _CLOSED])] = True
    may[np.ix_([CELL], [*opened(FORMULA, VALUE, INLINE), CELL + _CLOSED])] = True
    may[np.ix_(done(FORMULA), [*opened(VALUE), CELL + _CLOSED])] = True
    may[np.ix_([*done(VALUE), *done(INLINE)], [CELL + _CLOSED])] = True
    may[np.ix_([INLINE], [*opened(TEXT), INLINE + _CLOSED])] = True
    may[np.ix_(done(TEXT), [INLINE + _CLOSED])] = True
    for kind in (VALUE, FORMULA, TEXT):
        may[kind, kind + _CLOSED] = True
    return may.ravel()


def _addresses() -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Column (from 1) and count of the letters with which two bytes of an address begin."""
    columns, letters = np.zeros(2**16, dtype=np.int32), np.zeros(2**16, dtype=np.int64)
    for first in range(26):
        for second in range(48, 58):
            columns[65 + first + second * 256], letters[65 + first + second * 256] = first + 1, 1
        for second in range(26):
            place = 65 + first + (65 + second) * 256
            columns[place], letters[place] = (first + 1) * 26 + second + 1, 2
    return columns, letters


_KINDS, _LENGTHS, _MAY_FOLLOW = _kinds_by_two_bytes(), _lengths_by_kind(), _following()
_COLUMNS, _LETTERS = _addresses()
