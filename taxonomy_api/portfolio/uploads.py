"""A portfolio as columns that are taken row by row: an upload, or results stored as Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from taxonomy_api.catalog.model import Release
from taxonomy_api.portfolio.locate import locate, read_table
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.reading_process import ReadingProcess
from taxonomy_api.portfolio.result_columns import SUFFIXES
from taxonomy_api.portfolio.table import Cell, Table
from taxonomy_api.portfolio.vocabulary import build_vocabulary

if TYPE_CHECKING:
    import pyarrow as pa


class Rows(Protocol):
    """Rows of projects."""

    @property
    def headers(self) -> Sequence[str]: ...
    @property
    def size(self) -> int: ...
    def cells(self, column: int) -> Sequence[Cell]: ...
    def take(self, rows: Sequence[int]) -> Table: ...


@dataclass(frozen=True, slots=True)
class TableRows:
    table: Table

    @property
    def headers(self) -> Sequence[str]:
        return self.table.headers

    @property
    def size(self) -> int:
        return len(self.table.rows)

    def cells(self, column: int) -> Sequence[Cell]:
        return self.table.columns[column]

    def take(self, rows: Sequence[int]) -> Table:
        table = self.table
        columns = [[cells[row] for row in rows] for cells in table.columns]
        numbers = [table.rows[row] for row in rows]
        return Table(
            table.source, table.sheet, table.header_row, table.positions, table.headers, numbers, columns
        )


class ParquetRows:
    """Results as `write_parquet` makes them: the columns of the input without those of the answers."""

    def __init__(self, source: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            whole = pq.read_table(source)
        except (pa.ArrowInvalid, OSError) as problem:
            raise PortfolioProblem(
                "not_a_workbook", f"{source.name} is no Parquet file.", "Name the results of an assessment."
            ) from problem
        self._source = source
        self._numbers = whole.column("source row") if "source row" in whole.column_names else None
        self._table: pa.Table = whole.drop_columns([name for name in whole.column_names if _answers(name)])
        self.headers: Sequence[str] = list(self._table.column_names)
        self.size: int = self._table.num_rows

    def cells(self, column: int) -> Sequence[Cell]:
        return list(self._table.column(column).to_pylist())

    def take(self, rows: Sequence[int]) -> Table:
        chosen = self._table.take(rows)
        stored = None if self._numbers is None else self._numbers.take(rows).to_pylist()
        numbers = [row + 2 for row in rows] if stored is None else [int(one or 0) for one in stored]
        columns: list[list[Cell]] = [column.to_pylist() for column in chosen.columns]
        positions = list(range(len(self.headers)))
        return Table(self._source, self._source.stem, 1, positions, list(self.headers), numbers, columns)


def _answers(header: str) -> bool:
    if header in ("source row", "row state"):
        return True
    return any(
        header.endswith(f" {suffix}") and header.count(" ") == 1 + suffix.count(" ") for suffix in SUFFIXES
    )


def open_rows(source: Path, release: Release, options: PortfolioOptions, limits: Limits) -> Rows:
    """The rows of a workbook, a text file or stored results. Raises PortfolioProblem."""
    if source.suffix.lower() == ".parquet":
        return ParquetRows(source)
    vocabulary = build_vocabulary(release)
    sheet, header_row = options.sheet, options.header_row
    if options.mapping is not None:
        vocabulary = options.mapping.apply(vocabulary)
        sheet, header_row = sheet or options.mapping.sheet, header_row or options.mapping.header_row
    book = ReadingProcess(source, limits)
    try:
        location = locate(book, vocabulary, limits, sheet, header_row)
        return TableRows(read_table(book, location, source, limits, vocabulary)[0])
    finally:
        book.close()
