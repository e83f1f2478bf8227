"""Columns in packed form, put together from the blocks in which a sheet is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from taxonomy_api.portfolio.arrow_buffers import as_arrow, as_numpy, text_buffers
from taxonomy_api.portfolio.packed import BOOL, NUMBER, TEXT, PackedColumn

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Codes from here on are those of cells that are neither texts nor numbers; below zero, those of numbers.
_ODD = 2**30
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


@dataclass(slots=True)
class ColumnBuilder:
    """One column; its parts are added from the top down."""

    _chunks: list[tuple[int, NDArray[np.int32]]] = field(default_factory=list)
    _texts: list[pa.Array[Any]] = field(default_factory=list)
    _text_count: int = 0
    _numbers: list[NDArray[np.float64]] = field(default_factory=list)
    _number_count: int = 0
    _odd: dict[tuple[int, str | float], int] = field(default_factory=dict)

    def add(self, part: Part, first: int, size: int) -> None:
        """The rows from `first` on, `size` of them, hold these cells and no others."""
        codes = np.zeros(size, dtype=np.int32)
        for texts in part.texts:
            codes[texts.rows] = texts.codes + np.int32(1 + self._text_count)
            self._texts.append(texts.distinct)
            self._text_count += len(texts.distinct)
        rows, numbers = part.numbers
        codes[rows] = -1 - self._number_count - np.arange(len(rows), dtype=np.int32)
        self._numbers.append(numbers)
        self._number_count += len(numbers)
        rows, cells, which = part.odd
        if len(rows):
            known = [self._odd.setdefault(cell, len(self._odd)) for cell in cells]
            codes[rows] = _ODD + np.array(known, dtype=np.int32)[which]
        self._chunks.append((first, codes))

    def finish(self, size: int) -> PackedColumn:
        """The column of `size` rows."""
        codes = np.zeros(size, dtype=np.int32)
        for first, chunk in self._chunks:
            codes[first : first + len(chunk)] = chunk
        of_text, of_number, odd = (codes > 0) & (codes < _ODD), codes < 0, codes >= _ODD
        texts, place = self._distinct_texts()
        if place is not None:
            codes[of_text] = place[codes[of_text] - 1] + np.int32(1)
        numbers, place = _distinct_numbers(self._numbers)
        found = -1 - codes[of_number]
        codes[of_number] = (found if place is None else place[found]) + np.int32(1 + len(texts))
        codes[odd] += np.int32(1 + len(texts) + len(numbers) - _ODD)
        return self._packed(codes, texts, numbers)

    def _distinct_texts(self) -> tuple[pa.Array[Any], NDArray[np.int32] | None]:
        """The texts of all blocks, and the place of each among them where those of blocks were merged."""
        texts = pa.concat_arrays([text_array_of_none(), *self._texts])
        self._texts.clear()
        # Where nearly all differ, looking for those that do not costs more than it saves.
        if len(texts) > _SAMPLE:
            found = len(distinct_texts(texts.slice(0, _SAMPLE)).dictionary)
            if found > _SAMPLE / 2:
                return texts, None
        encoded = distinct_texts(texts)
        return encoded.dictionary, as_numpy(encoded.indices, np.int32)

    def _packed(
        self, codes: NDArray[np.int32], texts: pa.Array[Any], numbers: NDArray[np.float64]
    ) -> PackedColumn:
        kinds = [np.full(len(texts), TEXT, np.uint8), np.full(len(numbers), NUMBER, np.uint8)]
        kinds.append(np.array([kind for kind, _ in self._odd], dtype=np.uint8))
        odd_texts = ["" if isinstance(held, float) else held for _, held in self._odd]
        odd_numbers = [held if isinstance(held, float) else 0.0 for _, held in self._odd]
        ends, content = text_buffers(texts)
        encoded = [text.encode() for text in odd_texts]
        odd_ends = np.cumsum([len(one) for one in encoded], dtype=np.int64)
        all_ends = [ends, np.full(len(numbers), len(content), np.int64), odd_ends + len(content)]
        has_numbers = len(numbers) or any(kind == BOOL for kind, _ in self._odd)
        return PackedColumn(
            codes,
            np.concatenate(kinds),
            np.concatenate([np.zeros(len(texts)), numbers, odd_numbers]) if has_numbers else None,
            np.concatenate(all_ends) if len(texts) or self._odd else None,
            np.concatenate([content, np.frombuffer(b"".join(encoded), np.uint8)]) if encoded else content,
        )


def distinct_texts(texts: pa.Array[Any]) -> Any:
    """A dictionary array of the texts."""
    return texts.dictionary_encode()


def text_array_of_none() -> pa.Array[Any]:
    buffers = [None, pa.py_buffer(bytes(8)), pa.py_buffer(b"")]
    return pa.Array.from_buffers(pa.large_string(), 0, buffers)


def _distinct_numbers(
    parts: list[NDArray[np.float64]],
) -> tuple[NDArray[np.float64], NDArray[np.int32] | None]:
    """The numbers, and the place of each among them where equal ones were merged."""
    numbers = np.concatenate(parts) if parts else np.zeros(0)
    parts.clear()
    sample = numbers[:_SAMPLE]
    if not len(numbers) or (len(np.unique(sample)) > len(sample) / 2 and len(numbers) > _SAMPLE):
        return numbers, None
    encoded: Any = as_arrow(numbers, pa.float64()).dictionary_encode()
    return as_numpy(encoded.dictionary, np.float64), as_numpy(encoded.indices, np.int32)
