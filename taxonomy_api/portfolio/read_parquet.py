"""Reads .parquet files of flat columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from taxonomy_api.portfolio.problem import Limits, PortfolioProblem, too_many_columns
from taxonomy_api.portfolio.table import Cell, Note, SheetData, SheetName

_CURE = "Write it anew with flat columns of text, numbers, dates and truth values, in groups of 100,000 rows."


class ParquetBook:
    """An opened Parquet file: one sheet, whose first row holds the names of the columns."""

    notes: Sequence[Note] = ()

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self.sheets: Sequence[SheetName] = [SheetName(path.stem, of_file=True)]
        try:
            self._file = pq.ParquetFile(path)
            self._check(limits)
        except (pa.ArrowException, OSError) as error:
            raise self._damaged() from error

    def _check(self, limits: Limits) -> None:
        about = self._file.metadata
        if about.num_columns > limits.columns:
            raise too_many_columns(self._path.name, about.num_columns, limits)
        for column in range(about.num_columns):
            described = about.schema.column(column)
            if described.max_repetition_level or described.max_definition_level > 1:
                raise self._unsupported(f"the nested column {described.path[:80]!r}")
        for one in self._file.schema_arrow:
            if not _is_flat(one.type) or b"ARROW:extension:name" in (one.metadata or {}):
                raise self._unsupported(f"the column {one.name[:80]!r} of type {str(one.type)[:80]}")
        if about.num_rows > limits.rows:
            raise PortfolioProblem(
                "too_many_rows",
                f"{self._path.name} holds {about.num_rows:,} rows; at most {limits.rows:,} are read.",
                "Split the portfolio into several files.",
            )
        groups = [about.row_group(number) for number in range(min(about.num_row_groups, limits.entries + 1))]
        size = sum(group.total_byte_size for group in groups)
        if len(groups) > limits.entries or size > limits.uncompressed_size:
            raise PortfolioProblem(
                "workbook_too_large",
                f"{self._path.name} unpacks to {size:,} bytes in {about.num_row_groups:,} row groups; "
                f"at most {limits.uncompressed_size:,} bytes in {limits.entries:,} groups are read.",
                "Split the portfolio into several files.",
            )

    def head(self, sheet: str, rows: int) -> SheetData:
        batches = self._file.iter_batches(batch_size=max(1, rows - 1))
        return self._sheet(next(batches, None))

    def read(self, sheet: str, rows: int) -> SheetData:
        try:
            return self._sheet(self._file.read())
        except (pa.ArrowException, OSError) as error:
            raise self._damaged() from error

    def close(self) -> None:
        self._file.close()

    def _sheet(self, table: Any) -> SheetData:
        names = self._file.schema_arrow.names
        data = SheetData(list(range(1, 2 + (table.num_rows if table is not None else 0))))
        for position, name in enumerate(names):
            cells = [] if table is None else [_cell(value) for value in table.column(position).to_pylist()]
            data.columns[position] = [name, *cells]
        return data

    def _unsupported(self, what: str) -> PortfolioProblem:
        return PortfolioProblem("unsupported_format", f"{self._path.name} holds {what}.", _CURE)

    def _damaged(self) -> PortfolioProblem:
        return PortfolioProblem(
            "damaged_workbook", f"{self._path.name} is no sound Parquet file.", "Write and upload it again."
        )


def _is_flat(kind: pa.DataType) -> bool:
    types = pa.types
    return (
        any(
            test(kind)
            for test in (
                types.is_string, types.is_large_string, types.is_boolean, types.is_integer, types.is_floating,
                types.is_decimal, types.is_date, types.is_timestamp, types.is_null,
            )
        )
        or (types.is_dictionary(kind) and _is_flat(kind.value_type))
    )  # fmt: skip


def _cell(value: Any) -> Cell:
    if value is None or value == "" or value != value:
        return None
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        plain = value.replace(tzinfo=None, microsecond=0)
        return plain if plain.time() != datetime.min.time() else plain.date()
    return value  # type: ignore[no-any-return]
