"""The tags of a piece of worksheet XML, found and checked with array operations."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from taxonomy_api.portfolio.arrow_buffers import as_arrow, as_numpy, buffer_of, text_array
from taxonomy_api.portfolio.xml_text import plain_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LONGEST_TAIL = 32


class UnknownShape(Exception):
    """The sheet is not written as expected; it may be sound all the same."""


class Tags:
    """The tags of a block of whole rows: where each begins and ends, and what it is."""

    #: How deep each element stands.
    _LEVELS = MappingProxyType({b"row": 0, b"c": 1, b"v": 2, b"f": 2, b"is": 2, b"t": 3})

    def __init__(self, block: bytes) -> None:
        bytes_ = np.frombuffer(block + b" " * 64, dtype=np.uint8)
        self._bytes = bytes_
        self._words: NDArray[np.uint64] = np.ndarray(
            (len(bytes_) - 8,), dtype="<u8", buffer=bytes_, strides=(1,)
        )
        self.starts = np.flatnonzero(bytes_ == ord("<"))
        self.ends = np.flatnonzero(bytes_ == ord(">"))
        if len(self.starts) != len(self.ends) or not (self.starts < self.ends).all():
            raise UnknownShape("a bracket in a text")
        if not (self.ends[:-1] < self.starts[1:]).all():
            raise UnknownShape("a bracket in a tag")
        if ((bytes_ < 32) & (bytes_ != 10) & (bytes_ != 9)).any():
            raise UnknownShape("a control character")
        self._first = bytes_[self.starts + 1]
        self._second = bytes_[self.starts + 2]
        self._check_names()

    def _check_names(self) -> None:
        """Every tag must be one that is understood, closed, and at its level."""
        words = self._words[self.starts + 1]
        self._empty = self._bytes[self.ends - 1] == ord("/")
        level = np.full(len(self.starts), -1, dtype=np.int64)
        closes = self._first == ord("/")
        for name, its_level in self._LEVELS.items():
            opened = np.zeros(len(words), dtype=bool)
            for after in (b" ", b">", b"/", b"\n", b"\t"):
                opened |= _begins(words, name + after)
            closed = _begins(words, b"/" + name + b">")
            level[opened | closed] = its_level
            if (opened & ~self._empty).sum() != closed.sum():
                raise UnknownShape("a tag that is not closed")
        depth = np.cumsum(np.where(closes, -1, np.where(self._empty, 0, 1)))
        stands = depth - (~closes & ~self._empty)
        if (level < 0).any() or (level != stands).any():
            raise UnknownShape("a tag")

    def where(self, letter: bytes) -> NDArray[np.int64]:
        """Which tags open the element that begins with this letter (`v` and `t`: a value)."""
        if letter == b"v":
            return np.flatnonzero((self._first == ord("v")) | (self._first == ord("t")))
        return np.flatnonzero(self._first == letter[0])

    def columns(
        self, cells: NDArray[np.int64], row_numbers: NDArray[np.int64]
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The column of each cell from its address, and where the rest of its tag begins."""
        at = self.starts[cells]
        if not (_begins(self._words[at + 1], b'c r="')).all():
            raise UnknownShape("a cell without an address")
        column = np.zeros(len(at), dtype=np.int32)
        letters = np.zeros(len(at), dtype=np.int64)
        going = np.ones(len(at), dtype=bool)
        for place in range(3):
            sign = self._bytes[at + 6 + place]
            going &= (sign >= ord("A")) & (sign <= ord("Z"))
            column[going] = column[going] * 26 + (sign[going] - 64)
            letters += going
        digits = np.ones(len(at), dtype=np.int64)
        for power in range(1, 8):
            digits += row_numbers >= 10**power
        close = at + 6 + letters + digits
        if not (letters.all() and (self._bytes[close] == ord('"')).all() and (column <= 16_384).all()):
            raise UnknownShape("an address")
        return column - 1, close + 1

    def distinct(
        self, starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> tuple[list[bytes], NDArray[np.int64]]:
        """The distinct short pieces of the block, and which of them each is."""
        lengths = ends - starts
        if len(lengths) and (lengths.min() < 0 or lengths.max() > _LONGEST_TAIL):
            raise UnknownShape("a long tag")
        words = []
        mixed = lengths.astype(np.uint64)
        for offset in range(0, int(lengths.max(initial=0)), 8):
            left = np.clip(lengths - offset, 0, 8)
            word = self._words[starts + offset] & _MASKS[left]
            words.append(word)
            mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + word
        encoded = as_arrow(mixed, pa.uint64()).dictionary_encode()
        which = as_numpy(encoded.indices, np.int32).astype(np.int64)
        first = np.zeros(len(encoded.dictionary), dtype=np.int64)
        first[which[::-1]] = np.arange(len(which))[::-1]
        if any((word != word[first][which]).any() for word in words):
            raise UnknownShape("two tags that look alike")
        pieces = [self._bytes[starts[one] : ends[one]].tobytes() for one in first.tolist()]
        return pieces, which

    def values(self, cells: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the value of each cell begins and ends; equal where it has none."""
        starts = np.zeros(len(cells), dtype=np.int64)
        ends = np.zeros(len(cells), dtype=np.int64)
        values = self.where(b"v")
        values = values[~self._empty[values]]
        if len(values) and (
            values[-1] + 1 >= len(self.starts) or (self._second[values + 1] != self._first[values]).any()
        ):
            raise UnknownShape("an element in a value")
        owner = self._owner(cells, values)
        if len(owner) > 1 and (np.diff(owner) <= 0).any():
            raise UnknownShape("two values in a cell")
        starts[owner] = self.ends[values] + 1
        ends[owner] = self.starts[values + 1] if len(values) else 0
        return starts, ends

    def owners(self, cells: NDArray[np.int64], tags: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which cells hold one of these tags."""
        holds = np.zeros(len(cells), dtype=bool)
        holds[self._owner(cells, tags)] = True
        return holds

    def _owner(self, cells: NDArray[np.int64], tags: NDArray[np.int64]) -> NDArray[np.int64]:
        owner = np.searchsorted(cells, tags) - 1
        if len(owner) and (owner[0] < 0 or self._empty[cells[owner]].any()):
            raise UnknownShape("a value outside a cell")
        return owner

    def floats(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
        """The pieces as numbers."""
        if not len(starts):
            return np.zeros(0)
        try:
            values = as_numpy(self._gathered(starts, ends).cast(pa.float64()), np.float64)
        except pa.ArrowInvalid as error:
            raise UnknownShape("a number") from error
        if not np.isfinite(values).all():
            raise UnknownShape("no finite number")
        return values

    def texts(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> pa.Array[Any]:
        """The pieces as texts, escapes resolved."""
        texts = self._gathered(starts, ends)
        try:
            texts.validate(full=True)
        except pa.ArrowInvalid as error:
            raise UnknownShape("no UTF-8") from error
        content = texts.buffers()[2]
        joined = b"" if content is None else content.to_pybytes()
        if b"&" in joined or b"_x" in joined:
            return text_array([plain_text(str(text)) for text in texts.to_pylist()])
        return texts

    def _gathered(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> pa.Array[Any]:
        lengths = ends - starts
        offsets = np.zeros(len(starts) + 1, dtype=np.int64)
        np.cumsum(lengths, out=offsets[1:])
        index = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)
        buffers: list[Any] = [None, buffer_of(offsets), buffer_of(self._bytes[index])]
        return pa.Array.from_buffers(pa.large_string(), len(starts), buffers)


_MASKS = np.array([(1 << (8 * length)) - 1 for length in range(9)], dtype=np.uint64)


def _begins(words: NDArray[np.uint64], text: bytes) -> NDArray[np.bool_]:
    matches: NDArray[np.bool_] = (words & _MASKS[len(text)]) == np.uint64(int.from_bytes(text, "little"))
    return matches
