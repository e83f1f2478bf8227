"""As exported, as filled, as it stands now: what is an edit, what a conflict, and what is left alone."""

from __future__ import annotations

import pytest

from taxonomy_api.catalog.worksheet_compare import Changes, compare
from taxonomy_api.catalog.worksheet_findings import CellReport
from taxonomy_api.catalog.worksheet_model import Exported, Filled, FilledRow, SheetRow

#: One row: its text as exported, as filled (None: the row is gone) and in the files now (None: gone).
OLD, MINE, THEIRS = "80", "70", "60"
STATES = {
    "nothing changed": (OLD, OLD, "nothing"),
    "changed here": (MINE, OLD, "changed"),
    "changed in the files": (OLD, THEIRS, "nothing"),
    "changed alike": (MINE, MINE, "nothing"),
    "changed differently": (MINE, THEIRS, "conflict"),
    "gone here": (None, OLD, "removed"),
    "gone in the files": (OLD, None, "nothing"),
    "gone here, changed in the files": (None, THEIRS, "conflict"),
    "changed here, gone in the files": (MINE, None, "conflict"),
    "gone on both sides": (None, None, "nothing"),
}


def row(value: str) -> SheetRow:
    return SheetRow("Criteria", "A#a", {"activity": "A", "path": "green", "value": value}, "file.yaml")


def compared(filled: str | None, now: str | None) -> tuple[Changes, CellReport]:
    rows = () if filled is None else (FilledRow("Criteria", 2, "A#a", row(filled).cells),)
    exported = (Exported("Criteria", "A#a", row(OLD).hash, "green"),)
    columns = {"activity": "A", "value": "H"}
    report = CellReport(Filled("t", "r", rows, exported, {"Criteria": columns}))
    return compare(report.filled, [] if now is None else [row(now)], report), report


@pytest.mark.parametrize("name", STATES)
def test_three_states_of_a_row(name: str) -> None:
    filled, now, outcome = STATES[name]
    changes, report = compared(filled, now)
    found = {finding.rule for finding in report.findings}
    assert found == ({"worksheet-conflict"} if outcome == "conflict" else set())
    assert bool(changes.changed) == (outcome == "changed")
    assert bool(changes.removed) == (outcome == "removed")
    assert changes.added == []


def test_a_conflict_shows_both_values_at_the_cell() -> None:
    _, report = compared(MINE, THEIRS)
    (finding,) = report.findings
    assert str(finding).startswith("Criteria!H2: worksheet-conflict: here 70, in the files 60;")


def test_blanks_and_line_breaks_are_no_change() -> None:
    changes, report = compared(f"  {OLD}\n", OLD)
    assert not changes.any and report.findings == []
