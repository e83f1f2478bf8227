"""Results as .parquet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from taxonomy_api.portfolio.repeated_cells import RepeatedCells, kinds_of, mostly_distinct
from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.safe_text import clean
from taxonomy_api.portfolio.table import Cell, shown

ROWS_PER_GROUP = 2**16

#: The values of a column from one row to another.
Values = Callable[[int, int], "pa.Array[Any]"]


def write_parquet(path: Path, columns: Sequence[ResultColumn], progress: Callable[[int], None]) -> None:
    """A column of numbers or of dates is typed, any other is text; a row group at a time is in memory."""
    rows = len(columns[0].cells)
    typed = [_values_of(column.cells) for column in columns]
    names = [clean(column.header) for column in columns]
    schema = pa.schema([(name, kind) for name, (kind, _) in zip(names, typed, strict=True)])
    # Columns of text come with a dictionary, but are text to whoever reads the file.
    with pq.ParquetWriter(path, schema, compression="zstd", store_schema=False) as writer:
        for start in range(0, max(rows, 1), ROWS_PER_GROUP):
            stop = min(start + ROWS_PER_GROUP, rows)
            arrays = [values(start, stop) for _, values in typed]
            writer.write_table(pa.Table.from_arrays(arrays, names=names))
            progress(stop)


def _values_of(cells: Sequence[Cell]) -> tuple[pa.DataType, Values]:
    kinds = kinds_of(cells)
    if kinds == {int} and all(abs(cell) < 2**63 for cell in cells if isinstance(cell, int)):
        return pa.int64(), lambda start, stop: pa.array(cells[start:stop], pa.int64())
    if kinds and kinds <= {int, float}:
        return pa.float64(), lambda start, stop: pa.array(_floats(cells[start:stop]), pa.float64())
    if kinds == {date}:
        return pa.date32(), lambda start, stop: pa.array(cells[start:stop], pa.date32())
    if kinds == {bool}:
        return pa.bool_(), lambda start, stop: pa.array(cells[start:stop], pa.bool_())
    if mostly_distinct(cells):
        return pa.string(), lambda start, stop: pa.array(list(map(_text, cells[start:stop])), pa.string())
    return pa.dictionary(pa.int32(), pa.string()), _repeated_texts(cells)


def _floats(cells: Sequence[Cell]) -> list[float | None]:
    return [None if cell is None else float(cast(float, cell)) for cell in cells]


def _repeated_texts(cells: Sequence[Cell]) -> Values:
    texts: list[str] = []

    def number(cell: Cell) -> int | None:
        """Where the text of a cell stands among `texts`."""
        if cell is None:
            return None
        texts.append(cast(str, _text(cell)))
        return len(texts) - 1

    repeated = RepeatedCells(cells, number)

    def values(start: int, stop: int) -> pa.Array[Any]:
        numbers = pa.array(repeated.made(start, stop), pa.int32())
        return pa.DictionaryArray.from_arrays(numbers, pa.array(texts, pa.string()))

    return values


def _text(cell: Cell) -> str | None:
    return None if cell is None else clean(shown(cell))
