"""NumPy arrays as Arrow arrays and back, by their buffers.

Arrow's own conversions do the same, but import pandas wherever it is installed, which takes longer than
reading a small workbook.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)


def buffer_of(values: Any) -> pa.Buffer:
    """The bytes of an array; nothing is copied where it is contiguous."""
    return pa.py_buffer(np.ascontiguousarray(values).data)


def as_arrow(values: NDArray[Any], kind: pa.DataType) -> pa.Array[Any]:
    """The array as an Arrow array of the type that has the same bytes; nothing is copied."""
    buffers = [None, buffer_of(values)]
    return pa.Array.from_buffers(kind, len(values), buffers)


def as_numpy(values: pa.Array[Any], kind: type[Number]) -> NDArray[Number]:
    """An Arrow array of numbers without nulls; nothing is copied."""
    if not len(values):
        return np.zeros(0, dtype=kind)
    content: Any = values.buffers()[1]
    assert values.null_count == 0
    held: NDArray[Number] = np.frombuffer(content, dtype=kind)
    return held[values.offset : values.offset + len(values)]


def text_array(texts: Iterable[str]) -> pa.Array[Any]:
    """The texts as an Arrow array. Raises UnicodeEncodeError for half of a surrogate pair."""
    return joined_texts([texts])


def joined_texts(blocks: Iterable[Iterable[str]]) -> pa.Array[Any]:
    """The texts of all blocks as one Arrow array; one block at a time is held as texts."""
    content = bytearray()
    ends = [np.zeros(1, dtype=np.int64)]
    for texts in blocks:
        encoded = [text.encode() for text in texts]
        ends.append(len(content) + np.cumsum([len(one) for one in encoded], dtype=np.int64))
        content += b"".join(encoded)
    places = np.concatenate(ends)
    buffers = [None, buffer_of(places), pa.py_buffer(content)]
    return pa.Array.from_buffers(pa.large_string(), len(places) - 1, buffers)


def text_buffers(texts: pa.Array[Any]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Behind which byte each of the texts (large_string) ends, and the bytes of all."""
    if not len(texts):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint8)
    offsets: Any = texts.buffers()[1]
    content: Any = texts.buffers()[2]
    places = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    if content is None or not content.size:
        return places[1:] - places[0], np.zeros(0, dtype=np.uint8)
    held = np.frombuffer(content, dtype=np.uint8)
    return places[1:] - places[0], held[places[0] : places[-1]]
