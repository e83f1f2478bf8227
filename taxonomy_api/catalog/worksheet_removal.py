"""Which rows of a workbook may go, and which others must go or come with them."""

from __future__ import annotations

from collections.abc import Sequence

from taxonomy_api.catalog.worksheet_compare import Changes
from taxonomy_api.catalog.worksheet_findings import CellReport
from taxonomy_api.catalog.worksheet_model import SheetRow
from taxonomy_api.catalog.worksheet_rows import CLASSES, DEMANDS, DNSH

#: Classes that every activity states.
_STATED = CLASSES[:2]
_Place = tuple[str | int, ...]


def place_of(row: SheetRow) -> _Place:
    """Where the row stands in the files; a row of an item is told from what it demands."""
    return row.file, *row.where, "row" if row.text("kind") == "row" else ""


def check_removals(now: Sequence[SheetRow], changes: Changes, report: CellReport) -> None:
    removed = {place_of(row) for row in changes.removed}
    _check_orphans(now, removed, changes, report)
    for row in changes.removed:
        if row.sheet == "Activities":
            message = f"the activity {row.key} is gone from the sheet"
            cure = "restore its row; an activity is removed in the file"
            report.add("Activities", 1, "code", "worksheet-locked", message, cure)
        elif _leaves_a_gap(row, removed, changes):
            message = f"{row.text('activity')} has no test at {row.text('path')} any more"
            cure = "keep its row, and write none, listing or not_on_file under Kind if that is so"
            report.add("Criteria", 1, "path", "class-missing", message, cure)


def _check_orphans(
    now: Sequence[SheetRow], removed: set[_Place], changes: Changes, report: CellReport
) -> None:
    """A row cannot stay where what it belongs to goes."""
    for row in now:
        number = changes.numbers.get((row.sheet, row.key))
        if number is None or row.sheet == "Activities":
            continue
        above = {
            (row.file, *row.where[:end], what) for end in range(3, len(row.where)) for what in ("row", "")
        }
        if row.text("path").endswith(DEMANDS):
            above.add((row.file, *row.where, "row"))
        if above & removed:
            message = "the row that it belongs to is gone"
            report.add("Criteria", number, "path", "worksheet-place", message, "remove or restore both")


def _leaves_a_gap(row: SheetRow, removed: set[_Place], changes: Changes) -> bool:
    """Whether a class that must be stated, or the part of a `not`, goes without another in its place."""
    path = row.text("path")
    if path.endswith(".not"):
        if (row.file, *row.where[:-1], "") in removed:
            return False
    elif path not in _STATED and not (path.startswith(DNSH) and "." not in path):
        return False
    return not any(
        filled.text("activity") == row.text("activity") and f"{filled.text('path')}.".startswith(f"{path}.")
        for filled in changes.added
    )
