"""Changed rows of a workbook back into the sector files of a taxonomy.

The rows change plain copies of the files' trees; `catalog.yaml_patch` then finds the fewest edits of text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.worksheet_additions import IN_THE_FILE, STATED, Additions, cells_of, suits
from taxonomy_api.catalog.worksheet_cells import (
    LEAVES,
    ROW_KEYS,
    SPEAKING,
    WORDS,
    steps_of,
    write_activity,
    write_cells,
)
from taxonomy_api.catalog.worksheet_compare import Changes
from taxonomy_api.catalog.worksheet_findings import CellReport
from taxonomy_api.catalog.worksheet_limits import LimitEdit
from taxonomy_api.catalog.worksheet_model import COLUMNS, FIXED, FilledRow, SheetRow
from taxonomy_api.catalog.worksheet_place import JOINING, Slot
from taxonomy_api.catalog.worksheet_removal import check_removals, place_of
from taxonomy_api.catalog.worksheet_rows import DEMANDS, SectorFile
from taxonomy_api.catalog.worksheet_trees import Trees, operator_of
from taxonomy_api.catalog.yaml_patch import Plain

_TEST = frozenset(("operator", "value", "unit", "from"))
#: What any criterion keeps when its kind changes.
_KEPT = ("until", "id", "applies_if", "open", "applies", "contribution", "source", "status", "note")


@dataclass(slots=True)
class TaxonomyEdit:
    """The changes of a workbook made in the trees of a taxonomy's files, of which `now` are the rows."""

    files: Sequence[SectorFile]
    now: Sequence[SheetRow]
    changes: Changes
    report: CellReport
    trees: Trees = field(init=False)
    limits: LimitEdit = field(init=False)
    additions: Additions = field(init=False)

    def __post_init__(self) -> None:
        self.trees = Trees.of(self.files, self.now, self.changes.numbers)
        self.limits = LimitEdit(self.trees, self.report)
        self.additions = Additions(self.files, self.trees, self.limits, self.report)

    def run(self) -> dict[str, dict[str, Plain]]:
        """The trees by file, changed; what cannot be done is reported by its cell."""
        for filled, row, columns in self.changes.changed:
            self._change(filled, row, columns)
        self._remove()
        for filled in self.changes.added:
            self.additions.add(filled)
        for placing in self.trees.placings.values():
            placing.sweep()
        return self.trees.by_file

    def _change(self, filled: FilledRow, row: SheetRow, columns: frozenset[str]) -> None:
        fixed = [column for column in COLUMNS[row.sheet] if column in columns & (FIXED[row.sheet] | row.idle)]
        for column in fixed:
            was = row.text(column) or "nothing"
            title = self.report.filled.title(row.sheet, column)
            message = f"{title} is not edited here; it was {was}"
            self.report.add(row.sheet, filled.number, column, "worksheet-locked", message, IN_THE_FILE)
        if fixed:
            return
        if row.sheet == "Activities":
            write_activity(self.trees.placings[row.key].activity, cells_of(filled), set(columns))
            return
        kind, slot = filled.text("kind"), self.trees.slots[row.key]
        if row.text("kind") == "step":
            self.limits.change_step(filled, row)
        elif kind != row.text("kind"):
            self._change_kind(filled, row, slot)
        elif suits(self.report, filled, kind, columns):
            record = slot.held
            if kind == "not_on_file" and not isinstance(record, dict):
                record = {}
                self.trees.placings[row.text("activity")].renew(slot, record)
            if isinstance(record, dict):
                self._write(record, filled, kind, columns)
            elif kind == "shared":
                slot.put(filled.text("subject"))

    def _write(self, record: dict[str, Plain], filled: FilledRow, kind: str, columns: frozenset[str]) -> None:
        write_cells(record, kind, cells_of(filled), set(columns))
        self.trees.name(record, "row" if kind == "row" else "", filled.number)
        if kind == "fact" and columns & _TEST:
            self.limits.put_test(record, operator_of(record), filled, steps_of(record)[1:])

    def _change_kind(self, filled: FilledRow, row: SheetRow, slot: Slot) -> None:
        """A leaf or a word becomes another; a group never does, since rows stand below it."""
        kind, old = filled.text("kind"), row.text("kind")
        open_kinds = (*LEAVES, *WORDS)
        if kind not in SPEAKING:
            message, cure = f"{kind or 'nothing'} is no kind", did_you_mean(kind, SPEAKING)
            cure = cure or "choose one from the list"
            self.report.add(filled.sheet, filled.number, "kind", "bad-word", message, cure)
            return
        if old not in open_kinds or kind not in (*open_kinds, *JOINING):
            message = f"{old} cannot become {kind or 'nothing'} here"
            self.report.add(filled.sheet, filled.number, "kind", "worksheet-locked", message, IN_THE_FILE)
            return
        held = slot.held
        kept: dict[str, Plain] = {}
        if isinstance(held, dict):
            kept = {key: entry for key, entry in held.items() if key in _KEPT or key in ROW_KEYS}
        further = [key for key in kept if key not in ("id", "source", "status")]
        if kind in WORDS and further and kind != "not_on_file":
            message = f"{kind} has no place for {', '.join(further)}"
            self.report.add(filled.sheet, filled.number, "kind", "worksheet-locked", message, IN_THE_FILE)
            return
        stated = frozenset(column for column in STATED if filled.text(column)) - {"kind", "more"}
        if not suits(self.report, filled, kind, stated - {"id"} if kind in WORDS else stated):
            return
        made = self.additions.built(filled, kind, row.text("path"), kept)
        placing = self.trees.placings[row.text("activity")]
        if isinstance(made, dict) and isinstance(held, dict):
            held.clear()
            held.update(made)
            placing.renew(slot, held)
            self.trees.name(held, "", filled.number)
        else:
            placing.renew(slot, made)
            self.trees.name(made, "", filled.number)

    def _remove(self) -> None:
        check_removals(self.now, self.changes, self.report)
        removed = {place_of(row) for row in self.changes.removed}
        for row in self.changes.removed:
            if row.sheet == "Activities":
                continue
            slot = self.trees.slots[row.key]
            if row.text("path").endswith(DEMANDS) and isinstance(slot.held, dict):
                if (row.file, *row.where, "row") not in removed:
                    for key in [key for key in slot.held if key not in ROW_KEYS]:
                        del slot.held[key]
            elif row.text("kind") == "step":
                self.limits.remove_step(row)
            else:
                self.trees.placings[row.text("activity")].remove(slot)
