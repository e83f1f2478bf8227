"""New rows of a workbook: criteria built of their cells and put where their paths lead, and activities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.read_tests import OPERATORS
from taxonomy_api.catalog.worksheet_cells import (
    GROUPS,
    LEAVES,
    SPEAKING,
    WORDS,
    put_entry,
    write_activity,
    write_cells,
)
from taxonomy_api.catalog.worksheet_findings import CellReport
from taxonomy_api.catalog.worksheet_limits import LimitEdit
from taxonomy_api.catalog.worksheet_model import COLUMNS, TOLD, FilledRow
from taxonomy_api.catalog.worksheet_place import JOINING, NoPlace, Placing, kind_in
from taxonomy_api.catalog.worksheet_rows import DEMANDS, SectorFile
from taxonomy_api.catalog.worksheet_trees import Trees, operator_of
from taxonomy_api.catalog.yaml_patch import Plain

#: The columns of a criterion that say something of it.
STATED = (
    "kind",
    *(column for column in COLUMNS["Criteria"] if column not in (*TOLD, "activity", "path", "kind")),
)
#: How a cell is mended that is not edited here.
IN_THE_FILE = "restore it, and edit the file"


@dataclass(frozen=True, slots=True)
class Additions:
    """Puts new rows into the trees of a taxonomy's files; what cannot be done is reported by its cell."""

    files: Sequence[SectorFile]
    trees: Trees
    limits: LimitEdit
    report: CellReport

    def add(self, filled: FilledRow) -> None:
        if filled.sheet == "Activities":
            self._add_activity(filled)
            return
        code, path = filled.text("activity"), filled.text("path")
        placing = self.trees.placings.get(code)
        if placing is None:
            cure = did_you_mean(code, self.trees.placings) or "add it to the sheet Activities"
            message = f"{code or 'nothing'} is no activity of this workbook"
            self.report.add(filled.sheet, filled.number, "activity", "worksheet-place", message, cure)
            return
        kind = filled.text("kind") or _inferred(filled)
        if kind == "step":
            self._add_step(filled, placing)
        elif kind not in SPEAKING or kind in ("rows", "not"):
            message = f"{kind or 'nothing'} is no kind of row that can be added"
            cure = did_you_mean(kind, SPEAKING) or "choose one from the list"
            self.report.add(filled.sheet, filled.number, "kind", "bad-word", message, cure)
        elif suits(self.report, filled, kind, frozenset(STATED) - {"kind"}):
            try:
                made = placing.place(path, self.built(filled, kind, path))
            except NoPlace as problem:
                message = str(problem)
                self.report.add(filled.sheet, filled.number, "path", "worksheet-place", message, problem.cure)
                return
            self.trees.name(made, "row" if kind == "row" else "", filled.number)

    def _add_step(self, filled: FilledRow, placing: Placing) -> None:
        path = filled.text("path")
        slot = placing.slots.get(path)
        leaf = slot.held if slot is not None and not placing.is_gone(slot) else None
        if not isinstance(leaf, dict) or not kind_in(leaf, ("fact",)) or not operator_of(leaf):
            message = f"no limit stands at {path or 'an empty path'} that could have a further step"
            cure = "write the path of the limit"
            self.report.add(filled.sheet, filled.number, "path", "worksheet-place", message, cure)
        elif suits(self.report, filled, "step", frozenset(STATED) - {"kind", "id"}):
            self.limits.add_step(leaf, filled)

    def _add_activity(self, filled: FilledRow) -> None:
        code, name = filled.text("code"), filled.text("file")
        file = next((file for file in self.files if file.file.rpartition("/")[2] == name), None)
        if code in self.trees.placings or not code:
            message = f"{code} stands in another row" if code else "the activity has no code"
            self.report.add(
                filled.sheet, filled.number, "code", "duplicate-code", message, "write its own code"
            )
            return
        if file is None:
            known = [file.file.rpartition("/")[2] for file in self.files]
            cure = did_you_mean(name, known) or f"write one of {', '.join(known)}"
            message = f"{name or 'nothing'} is no file of {self.report.filled.subject}"
            self.report.add(filled.sheet, filled.number, "file", "worksheet-place", message, cure)
            return
        if filled.text("more"):
            message = f"{self.report.filled.title(filled.sheet, 'more')} is not edited here"
            self.report.add(filled.sheet, filled.number, "more", "worksheet-locked", message, IN_THE_FILE)
        activity: dict[str, Plain] = {"code": code}
        stated = {column for column in COLUMNS["Activities"] if filled.text(column)}
        write_activity(activity, cells_of(filled), stated | {"status"})
        activities = self.trees.by_file[file.file].setdefault("activities", [])
        assert isinstance(activities, list)
        activities.append(activity)
        self.trees.placings[code] = Placing(activity)
        self.trees.name(activity, "", filled.number)

    def built(self, filled: FilledRow, kind: str, path: str, kept: dict[str, Plain] | None = None) -> Plain:
        """A criterion of a kind from the cells of its row."""
        if kind == "shared":
            return filled.text("subject")
        if kind in ("none", "listing") or (kind == "not_on_file" and not filled.text("document")):
            return kind
        record: dict[str, Plain] = dict(kept or {})
        if kind in JOINING:
            record[kind] = []
        elif kind in ("cases", "at_least_of"):
            record[kind] = {"by": "", "else": ""} if kind == "cases" else {"count": "", "of": []}
        elif kind in LEAVES and kind != "not_on_file" and not filled.text("id") and "id" not in record:
            put_entry(record, "id", self._id(filled, path))
        write_cells(
            record, kind, cells_of(filled), {c for c in SPEAKING[kind] if c != "id" or filled.text(c)}
        )
        if kind == "fact":
            self.limits.put_test(record, "", filled, [])
        return record

    def _id(self, filled: FilledRow, path: str) -> str:
        """An id that is free in the activity: of the path's last letter, else the next number."""
        taken = set(_ids(self.trees.placings[filled.text("activity")].activity))
        parts = path.split(".")
        base = parts[parts.index("rows") + 1] if "rows" in parts[:-1] else parts[0]
        last = parts[-1]
        named = len(parts) > 2 and not last.isdigit() and last not in (*GROUPS, "if", DEMANDS[1:])
        wanted = f"{base}.{last}" if named else f"{base}.1"
        number = 1
        while wanted in taken or f"{base}/{wanted}" in taken:
            number += 1
            wanted = f"{base}.{last}.{number}" if named else f"{base}.{number}"
        return wanted


def suits(report: CellReport, filled: FilledRow, kind: str, columns: frozenset[str]) -> bool:
    """Whether the columns mean something in a row of this kind, and its operator is one."""
    speaking = {*SPEAKING.get(kind, ()), "kind", "activity", "path"}
    idle = [column for column in STATED if column in columns - speaking and filled.text(column)]
    for column in idle:
        message = f"{report.filled.title(filled.sheet, column)} means nothing in a row of kind {kind}"
        cure = "change the Kind to what is tested, or leave it empty" if kind in WORDS else "leave it empty"
        report.add(filled.sheet, filled.number, column, "worksheet-locked", message, cure)
    operator = filled.text("operator") if kind == "fact" and "operator" in columns else ""
    if operator and operator not in OPERATORS:
        cure = did_you_mean(operator, OPERATORS) or f"known: {', '.join(sorted(OPERATORS))}"
        message = f"{operator} is no operator"
        report.add(filled.sheet, filled.number, "operator", "unknown-key", message, cure)
        return False
    return not idle


def cells_of(filled: FilledRow) -> dict[str, str]:
    return {column: filled.text(column) for column in filled.cells}


def _ids(value: Plain) -> Iterator[str]:
    if isinstance(value, dict):
        id = value.get("id")
        if isinstance(id, str):
            yield id
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _ids(part)


def _inferred(filled: FilledRow) -> str:
    """The kind of a row that leaves it out, as far as its cells say."""
    if filled.text("subject"):
        return "fact" if filled.text("operator") not in ("", "reaches") else ""
    if filled.text("statement en"):
        return "attest"
    return "step" if filled.text("from") and filled.text("value") else ""
