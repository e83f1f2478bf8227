"""Changed rows of a workbook back into the text of a mapping file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from taxonomy_api.catalog.worksheet_compare import Changes
from taxonomy_api.catalog.worksheet_findings import CellReport
from taxonomy_api.catalog.worksheet_mapping import read_table, write_table
from taxonomy_api.catalog.worksheet_model import COLUMNS, TOLD, FilledRow, SheetRow


def edit_mapping(
    text: str, now: Sequence[SheetRow], changes: Changes, report: CellReport
) -> tuple[str, dict[int, int]]:
    """The text with the changes made, and the number in the workbook of each of its rows, by their place.

    `now` are the rows of the text, in its order. A new row stands behind the one that it stands behind in
    the workbook.
    """
    table = read_table(text)
    rows: list[tuple[Mapping[str, str], int | None]] = [
        (table.cells(place), changes.numbers.get((row.sheet, row.key))) for place, row in enumerate(now)
    ]
    for filled, row, columns in changes.changed:
        _check_columns(filled, sorted(columns), table.columns, report)
        place = int(row.where[0])
        rows[place] = {**rows[place][0], **{column: filled.text(column) for column in columns}}, filled.number
    gone = {int(row.where[0]) for row in changes.removed}
    rows = [row for place, row in enumerate(rows) if place not in gone]
    for filled in changes.added:
        stated = [column for column in COLUMNS["Mapping"] if column not in TOLD and filled.text(column)]
        _check_columns(filled, stated, table.columns, report)
        rows.insert(_place(filled, rows), ({column: filled.text(column) for column in stated}, filled.number))
    numbers = {place: number for place, (_, number) in enumerate(rows) if number is not None}
    return write_table(table, [cells for cells, _ in rows]), numbers


def _place(filled: FilledRow, rows: Sequence[tuple[Mapping[str, str], int | None]]) -> int:
    """Behind the last row that stands above it in the workbook."""
    above = [
        (number, place)
        for place, (_, number) in enumerate(rows)
        if number is not None and number < filled.number
    ]
    return max(above)[1] + 1 if above else 0


def _check_columns(
    filled: FilledRow, stated: Sequence[str], columns: Sequence[str], report: CellReport
) -> None:
    for column in stated:
        if column not in columns:
            message = f"the file has no column {column}"
            cure = "add the column to the file first, and declare it in the header"
            report.add("Mapping", filled.number, column, "worksheet-locked", message, cure)
