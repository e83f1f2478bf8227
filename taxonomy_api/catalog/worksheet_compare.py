"""What a person changed in a workbook, told apart from what changed in the files meanwhile.

Three states of each row are compared: as it was exported (of which the workbook keeps a hash), as it is
filled, and as it stands in the files now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from taxonomy_api.catalog.worksheet_findings import CellReport
from taxonomy_api.catalog.worksheet_model import (
    COLUMNS,
    TOLD,
    Exported,
    Filled,
    FilledRow,
    Sheet,
    SheetRow,
    row_hash,
    tidy,
)


@dataclass(slots=True)
class Changes:
    """Rows to change (as filled, as they stand, and the columns that differ), to add and to take out.

    `numbers` are those of all rows that are still in the workbook, by sheet and key.
    """

    changed: list[tuple[FilledRow, SheetRow, frozenset[str]]] = field(default_factory=list)
    added: list[FilledRow] = field(default_factory=list)
    removed: list[SheetRow] = field(default_factory=list)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        return bool(self.changed or self.added or self.removed)


def compare(filled: Filled, now: Sequence[SheetRow], report: CellReport) -> Changes:
    """What is to be done; reports conflicts, which are left out."""
    known = {(row.sheet, row.key): row for row in now}
    exported = {(each.sheet, each.key): each for each in filled.exported}
    changes = Changes()
    for row, was in _with_origin(filled, exported):
        if was is None:
            changes.added.append(row)
            continue
        key = (row.sheet, row.key)
        changes.numbers[key] = row.number
        _compare(row, was, known.get(key), changes, report)
    for key, was in exported.items():
        row_now = known.get(key)
        if key in changes.numbers or row_now is None:
            continue
        if row_now.hash == was.hash:
            changes.removed.append(row_now)
        else:
            message = f"the row {was.key} is gone here, and changed in the files since the export"
            report.add(was.sheet, 1, COLUMNS[was.sheet][0], "worksheet-conflict", message, "export again")
    return changes


def _with_origin(
    filled: Filled, exported: Mapping[tuple[Sheet, str], Exported]
) -> Iterator[tuple[FilledRow, Exported | None]]:
    """Each row with what it was exported as. Of copies of one row only one is the row itself: one that is
    unchanged, else the first."""
    of_key: dict[tuple[str, str], list[FilledRow]] = {}
    for row in filled.rows:
        of_key.setdefault((row.sheet, row.key), []).append(row)
    for row in filled.rows:
        key = (row.sheet, row.key)
        was = exported.get(key)
        if was is not None:
            copies = of_key[key]
            unchanged = (copy for copy in copies if row_hash(copy.sheet, copy.cells) == was.hash)
            was = was if row is next(unchanged, copies[0]) else None
        yield row, was


def _compare(
    row: FilledRow, was: Exported, now: SheetRow | None, changes: Changes, report: CellReport
) -> None:
    if row.sheet == "Criteria" and row.text("path") != was.path:
        message = f"the criterion stood at {was.path}"
        report.add(row.sheet, row.number, "path", "worksheet-locked", message, "move it in the file")
    if row_hash(row.sheet, row.cells) == was.hash:
        return
    if now is None:
        message = f"{was.key} was changed here, and is no longer in the files"
        report.add(
            row.sheet, row.number, COLUMNS[row.sheet][0], "worksheet-conflict", message, "export again"
        )
        return
    columns = differing(row, now)
    if now.hash == was.hash:
        changes.changed.append((row, now, columns))
        return
    for column in COLUMNS[row.sheet]:
        if column in columns:
            here, there = row.text(column) or "nothing", tidy(now.text(column)) or "nothing"
            message = f"here {here}, in the files {there}; the files changed since the export"
            report.add(row.sheet, row.number, column, "worksheet-conflict", message, "export again")


def differing(row: FilledRow, now: SheetRow) -> frozenset[str]:
    """The columns that say something else in the workbook than in the files."""
    columns = (column for column in COLUMNS[row.sheet] if column not in TOLD and column != "path")
    return frozenset(column for column in columns if row.text(column) != tidy(now.text(column)))
