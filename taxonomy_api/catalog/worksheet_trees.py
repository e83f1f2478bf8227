"""The sector files of a taxonomy as plain trees that are being changed, and where each record stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from taxonomy_api.catalog.read_tests import OPERATORS
from taxonomy_api.catalog.worksheet_model import SheetRow
from taxonomy_api.catalog.worksheet_place import Placing, Slot
from taxonomy_api.catalog.worksheet_rows import SectorFile
from taxonomy_api.catalog.yaml_patch import Plain, plain


@dataclass(slots=True)
class Trees:
    """The trees by file. `slots` are the places of the criteria by the key of their row, `placings` the
    activities by code.

    `numbers` are the rows of the workbook by what they state: the identity of a record, and what of it
    (`row` of an item, a day, nothing).
    """

    by_file: dict[str, dict[str, Plain]] = field(default_factory=dict)
    placings: dict[str, Placing] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    numbers: dict[tuple[int, str], int] = field(default_factory=dict)
    _kept: list[Plain] = field(default_factory=list)

    @classmethod
    def of(
        cls, files: Sequence[SectorFile], rows: Sequence[SheetRow], numbers: Mapping[tuple[str, str], int]
    ) -> Trees:
        """The trees of the files, whose rows are `rows`; `numbers` are those of the workbook by sheet and
        key."""
        trees = cls()
        for file in files:
            tree = plain(file.tree)
            assert isinstance(tree, dict)
            trees.by_file[file.file] = tree
        for row in rows:
            record = trees._place(row)
            number = numbers.get((row.sheet, row.key))
            if number is not None and row.text("kind") == "step":
                trees.name(trees.leaf(row)[0], row.text("from"), number)
            elif number is not None and record is not None:
                trees.name(record, "row" if row.text("kind") == "row" else "", number)
        return trees

    def _place(self, row: SheetRow) -> Plain | None:
        """Notes where the row's record stands, and gives it."""
        if row.sheet == "Activities":
            activity = self._at(row.file, row.where)
            assert isinstance(activity, dict)
            self.placings[row.key] = Placing(activity)
            return activity
        holder = self._at(row.file, row.where[:-1])
        assert not isinstance(holder, str)
        slot = Slot(holder, row.where[-1])
        self.slots[row.key] = slot
        if row.text("kind") != "step":
            self.placings[row.text("activity")].slots[row.text("path")] = slot
        return slot.held

    def name(self, record: Plain, what: str, number: int) -> None:
        """From now on the row `number` of the workbook states this of the record."""
        self._kept.append(record)  # so that its identity stays its own
        self.numbers[id(record), what] = number

    def number_of(self, row: SheetRow) -> int | None:
        """The row of the workbook that states a row of the changed files."""
        record = self._at(row.file, row.where[:-2] if row.text("kind") == "step" else row.where)
        what = {"step": row.text("from"), "row": "row"}.get(row.text("kind"), "")
        return self.numbers.get((id(record), what))

    def leaf(self, step: SheetRow) -> tuple[dict[str, Plain], str]:
        """The test that a step belongs to, and its operator, as they are now."""
        leaf = self._at(step.file, step.where[:-2])
        assert isinstance(leaf, dict)
        return leaf, operator_of(leaf)

    def _at(self, file: str, where: Sequence[str | int]) -> Plain:
        tree: Plain = self.by_file[file]
        for step in where:
            tree = tree[step]  # type: ignore[index]
        return tree


def operator_of(leaf: Plain | None) -> str:
    """The operator of a fact's test; empty where it has none."""
    return next((key for key in leaf if key in OPERATORS), "") if isinstance(leaf, dict) else ""
