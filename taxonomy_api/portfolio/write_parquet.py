"""Results as .parquet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.safe_text import clean
from taxonomy_api.portfolio.table import Cell, shown


def write_parquet(path: Path, columns: Sequence[ResultColumn]) -> None:
    """One row group per block; a column of numbers or of dates is typed, any other is text."""
    arrays = [_array(column.cells) for column in columns]
    table = pa.Table.from_arrays(arrays, names=[clean(column.header) for column in columns])
    pq.write_table(table, path, compression="zstd")


def _array(cells: Sequence[Cell]) -> pa.Array[Any]:
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {int} and all(abs(cell) < 2**63 for cell in cells if isinstance(cell, int)):
        return pa.array(cells, pa.int64())
    if kinds and kinds <= {int, float}:
        return pa.array(
            [float(cell) if isinstance(cell, int | float) else None for cell in cells], pa.float64()
        )
    if kinds == {date}:
        return pa.array(cells, pa.date32())
    if kinds == {bool}:
        return pa.array(cells, pa.bool_())
    return pa.array([None if cell is None else clean(shown(cell)) for cell in cells], pa.string())
