"""Limits of a workbook: the value of a test, and the later steps of a dated one, put into the trees."""

from __future__ import annotations

from dataclasses import dataclass

from taxonomy_api.catalog.worksheet_cells import dated, put_entry, steps_of, value_of
from taxonomy_api.catalog.worksheet_findings import CellReport
from taxonomy_api.catalog.worksheet_model import FilledRow, SheetRow
from taxonomy_api.catalog.worksheet_trees import Trees, operator_of
from taxonomy_api.catalog.yaml_patch import Plain

_FIRST_DAY = "write the first day of each value as YYYY-MM-DD"


@dataclass(frozen=True, slots=True)
class LimitEdit:
    """Puts limits into the trees of a taxonomy's files; what cannot be done is reported by its cell."""

    trees: Trees
    report: CellReport

    def put_test(
        self, record: dict[str, Plain], old: str, filled: FilledRow, later: list[tuple[str, Plain]]
    ) -> None:
        """Operator and first value from the row's cells; `old` was the operator, `later` steps stay."""
        operator = filled.text("operator")
        if not self._day_is_free(filled, later):
            return
        if old and old != operator:
            entries = [(operator if key == old else key, entry) for key, entry in record.items()]
            record.clear()
            record.update(entries)
        if operator:
            put_entry(record, operator, dated([(filled.text("from"), _value(filled, operator)), *later]))
        else:
            record.pop(old, None)

    def change_step(self, filled: FilledRow, row: SheetRow) -> None:
        leaf, operator = self.trees.leaf(row)
        steps = [step for step in steps_of(leaf) if step[0] != row.text("from")]
        if filled.text("kind") == "step":
            self._put_step(leaf, operator, filled, steps)

    def add_step(self, leaf: dict[str, Plain], filled: FilledRow) -> None:
        self._put_step(leaf, operator_of(leaf), filled, steps_of(leaf))

    def remove_step(self, row: SheetRow) -> None:
        leaf, operator = self.trees.leaf(row)
        steps = leaf.get(operator)
        if isinstance(steps, dict):
            steps.pop(row.text("from"), None)

    def _put_step(
        self, leaf: dict[str, Plain], operator: str, filled: FilledRow, others: list[tuple[str, Plain]]
    ) -> None:
        if self._day_is_free(filled, others):
            day = filled.text("from")
            leaf[operator] = dated([*others, (day, _value(filled, operator))])
            self.trees.name(leaf, day, filled.number)

    def _day_is_free(self, filled: FilledRow, others: list[tuple[str, Plain]]) -> bool:
        """Whether the row states a day, and no other step of its limit has it."""
        day = filled.text("from")
        if others and (not day or not others[0][0]):
            message = "a dated limit needs a day for each of its values, the first one too"
            self.report.add(filled.sheet, filled.number, "from", "bad-date", message, _FIRST_DAY)
        elif day in dict(others):
            message = f"the limit has a value from {day} already"
            self.report.add(filled.sheet, filled.number, "from", "duplicate-id", message, "change that row")
        else:
            return True
        return False


def _value(filled: FilledRow, operator: str) -> Plain:
    return value_of(operator, filled.text("value"), filled.text("unit"))
