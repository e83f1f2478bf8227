"""Columns in packed form, put together from the blocks in which a sheet is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from taxonomy_api.portfolio.arrow_buffers import as_arrow, as_numpy, text_buffers
from taxonomy_api.portfolio.packed import BOOL, EMPTY, NUMBER, TEXT, PackedColumn, Piece, code_type

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Codes from here on are those of cells that are neither texts nor numbers; below zero, those of numbers.
_ODD, _NARROW_ODD = 2**30, 2**14
#: Bytes that are written away at once.
_PIECE = 2**20
#: So many of the texts or numbers of all blocks tell whether equal ones are looked for.
_SAMPLE = 2**15


@dataclass(frozen=True, slots=True)
class Texts:
    """`codes` say which of `distinct` stands in each of the `rows`."""

    rows: NDArray[np.int64]
    codes: NDArray[np.int32]
    distinct: pa.Array[Any]


@dataclass(frozen=True, slots=True)
class Part:
    """The cells of one column in one block, by their row in it: texts, numbers, and others in packed form."""

    texts: Sequence[Texts]
    numbers: tuple[NDArray[np.int64], NDArray[np.float64]]
    odd: tuple[NDArray[np.int64], Sequence[tuple[int, str | float]], NDArray[np.int32]]


#: Writes a piece of a buffer away; where it is written.
Spill = Callable[[Any], Piece]


class _Buffer:
    """A buffer that grows; with `spill` it is written away in large pieces, so that little of it is held."""

    def __init__(self, kind: Any, spill: Spill | None) -> None:
        self._kind = kind
        self._spill = spill
        self._held: list[NDArray[Any]] = []
        self._bytes = 0
        self._pieces: list[Piece] = []

    def add(self, values: NDArray[Any]) -> None:
        self._held.append(values)
        self._bytes += values.nbytes
        if self._spill is not None and self._bytes > _PIECE:
            self._pieces.append(self._write(self._spill))

    def finish(self, before: NDArray[Any], behind: NDArray[Any]) -> Any:
        """The buffer with what stands before and behind what was added."""
        if not self._pieces or self._spill is None:
            return np.concatenate([before, *self._held, behind], dtype=self._kind)
        self._held.append(behind)
        last = self._write(self._spill)
        self._held.append(before)
        return [self._write(self._spill), *self._pieces, last]

    def _write(self, spill: Spill) -> Piece:
        content = np.concatenate(self._held, dtype=self._kind)
        self._held.clear()
        self._bytes = 0
        return spill(content)


class _TextList:
    """The texts of a column as the blocks bring them."""

    def __init__(self, spill: Spill | None) -> None:
        self.count = 0
        self._held: list[pa.Array[Any]] = []
        self._differ = False
        self._ends = _Buffer(np.int64, spill)
        self._content = _Buffer(np.uint8, spill)
        self._size = 0

    def add(self, texts: pa.Array[Any]) -> None:
        before, self.count = self.count, self.count + len(texts)
        self._held.append(texts)
        if before <= _SAMPLE < self.count:
            sample = pa.concat_arrays(self._held).slice(0, _SAMPLE)
            # Where nearly all differ, looking for those that do not costs more than it saves.
            self._differ = len(distinct_texts(sample).dictionary) > _SAMPLE / 2
        if self._differ:
            self._settle(self._held)

    def distinct(self) -> NDArray[np.int32] | None:
        """The place of each text where equal ones were merged; then `count` is the number of those."""
        place = None
        if not self._differ:
            encoded = distinct_texts(pa.concat_arrays([text_array_of_none(), *self._held]))
            place, self.count = as_numpy(encoded.indices, np.int32), len(encoded.dictionary)
            self._settle([encoded.dictionary])
        return place

    def finish(self, numbers: int, others: Sequence[str]) -> tuple[Any, Any]:
        """Where each distinct cell ends and the bytes of all: the texts, so many numbers, and `others`."""
        encoded = [text.encode() for text in others]
        ends = np.cumsum([len(one) for one in encoded], dtype=np.int64)
        behind = np.concatenate([np.zeros(numbers, np.int64), ends]) + self._size
        none = np.zeros(0, np.uint8)
        return (
            self._ends.finish(np.zeros(1, np.int64), behind),
            self._content.finish(none, np.frombuffer(b"".join(encoded), np.uint8)),
        )

    def _settle(self, held: list[pa.Array[Any]]) -> None:
        """These texts are what they will be."""
        for texts in held:
            ends, content = text_buffers(texts)
            self._ends.add(ends + self._size)
            self._content.add(content)
            self._size += len(content)
        self._held.clear()


class _NumberList:
    """The numbers of a column as the blocks bring them."""

    def __init__(self, spill: Spill | None) -> None:
        self.count = 0
        self._held: list[NDArray[np.float64]] = []
        self._differ = False
        self._buffer = _Buffer(np.float64, spill)

    def add(self, numbers: NDArray[np.float64]) -> NDArray[np.integer]:
        """The place of each number among those added here, counted from `count` before."""
        places: NDArray[np.integer] = np.arange(len(numbers))
        if self.count > _SAMPLE and not self._differ:
            numbers, places = _encoded(numbers)
        before, self.count = self.count, self.count + len(numbers)
        self._held.append(numbers)
        if before <= _SAMPLE < self.count:
            sample = np.concatenate(self._held)[:_SAMPLE]
            self._differ = len(np.unique(sample)) > _SAMPLE / 2
        if self._differ:
            self._settle(self._held)
        return places

    def distinct(self) -> NDArray[np.int32] | None:
        """The place of each number where equal ones were merged; then `count` is the number of those."""
        if self._differ or not self.count:
            return None
        numbers, places = _encoded(np.concatenate(self._held))
        self.count = len(numbers)
        self._settle([numbers])
        return places

    def finish(self, texts: int, others: Sequence[float]) -> Any:
        """The numbers of the distinct cells: so many texts, the numbers, and `others`."""
        before = np.zeros(1 + texts)
        before[0] = np.nan
        return self._buffer.finish(before, np.array(others, dtype=np.float64))

    def _settle(self, held: list[NDArray[np.float64]]) -> None:
        for numbers in held:
            self._buffer.add(numbers)
        self._held.clear()


@dataclass(frozen=True, slots=True)
class _Chunk:
    """The codes of the rows of a block: those of texts and numbers count from `texts` and `numbers` on, those
    of others begin at `odd`."""

    first: int
    codes: NDArray[Any]
    texts: int
    numbers: int
    odd: int


class ColumnBuilder:
    """One column; its parts are added from the top down. `spill` takes what would be long."""

    def __init__(self, spill: Spill | None = None) -> None:
        self._chunks: list[_Chunk] = []
        self._texts = _TextList(spill)
        self._numbers = _NumberList(spill)
        self._odd: dict[tuple[int, str | float], int] = {}

    def add(self, part: Part, first: int, size: int) -> None:
        """The rows from `first` on, `size` of them, hold these cells and no others."""
        odd_rows, cells, which = part.odd
        known = [self._odd.setdefault(cell, len(self._odd)) for cell in cells]
        # Of the rows of a block few numbers are needed; there are as many blocks as memory is to be saved.
        is_narrow = max(size, len(self._odd)) < _NARROW_ODD
        odd = _NARROW_ODD if is_narrow else _ODD
        codes: NDArray[Any] = np.zeros(size, dtype=np.int16 if is_narrow else np.int32)
        self._chunks.append(_Chunk(first, codes, self._texts.count, self._numbers.count, odd))
        before = 0
        for texts in part.texts:
            codes[texts.rows] = texts.codes + (1 + before)
            before += len(texts.distinct)
            self._texts.add(texts.distinct)
        rows, numbers = part.numbers
        codes[rows] = -1 - self._numbers.add(numbers)
        if len(odd_rows):
            codes[odd_rows] = odd + np.array(known)[which]

    def finish(self, size: int) -> PackedColumn:
        """The column of `size` rows."""
        codes = np.zeros(size, dtype=np.int32)
        text_places, number_places = self._texts.distinct(), self._numbers.distinct()
        texts, numbers = self._texts.count, self._numbers.count
        for chunk in self._chunks:
            here = chunk.codes.astype(np.int32)
            of_text, of_number = (here > 0) & (here < chunk.odd), here < 0
            of_others = here >= chunk.odd
            found = here[of_text] + np.int32(chunk.texts - 1)
            here[of_text] = (found if text_places is None else text_places[found]) + np.int32(1)
            found = np.int32(chunk.numbers - 1) - here[of_number]
            here[of_number] = (found if number_places is None else number_places[found]) + np.int32(1 + texts)
            here[of_others] += np.int32(1 + texts + numbers - chunk.odd)
            codes[chunk.first : chunk.first + len(here)] = here
        self._chunks.clear()
        odd_texts = ["" if isinstance(held, float) else held for _, held in self._odd]
        odd_numbers = [held if isinstance(held, float) else 0.0 for _, held in self._odd]
        kinds = np.array([kind for kind, _ in self._odd], dtype=np.uint8)
        counts = (1, texts, numbers)
        kinds = np.concatenate([np.repeat(np.array([EMPTY, TEXT, NUMBER], np.uint8), counts), kinds])
        ends, content = self._texts.finish(numbers, odd_texts) if texts or self._odd else (None, None)
        has_numbers = numbers or any(kind == BOOL for kind, _ in self._odd)
        return PackedColumn(
            codes.astype(code_type(len(kinds))),
            kinds,
            self._numbers.finish(texts, odd_numbers) if has_numbers else None,
            ends,
            content,
        )


def _encoded(numbers: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """The distinct numbers in order of appearance, and the place of each among them."""
    encoded: Any = as_arrow(numbers, pa.float64()).dictionary_encode()
    return as_numpy(encoded.dictionary, np.float64), as_numpy(encoded.indices, np.int32)


def distinct_texts(texts: pa.Array[Any]) -> Any:
    """A dictionary array of the texts."""
    return texts.dictionary_encode()


def text_array_of_none() -> pa.Array[Any]:
    buffers = [None, pa.py_buffer(bytes(8)), pa.py_buffer(b"")]
    return pa.Array.from_buffers(pa.large_string(), 0, buffers)
