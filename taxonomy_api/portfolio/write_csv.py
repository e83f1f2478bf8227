"""Results as .csv, in UTF-8 with byte order mark."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.safe_text import csv_text
from taxonomy_api.portfolio.table import Cell, shown

BLOCK = 5_000


def write_csv(path: Path, columns: Sequence[ResultColumn], progress: Callable[[int], None]) -> None:
    """One line per input row; text that a spreadsheet program would calculate gets an apostrophe."""
    rows = len(columns[0].cells)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([csv_text(column.header) for column in columns])
        for start in range(0, rows, BLOCK):
            stop = min(start + BLOCK, rows)
            block = [[_field(cell) for cell in column.cells[start:stop]] for column in columns]
            writer.writerows(zip(*block, strict=True))
            progress(stop)


def _field(cell: Cell) -> object:
    if cell is None or type(cell) in {int, float}:
        return cell
    return csv_text(shown(cell))
