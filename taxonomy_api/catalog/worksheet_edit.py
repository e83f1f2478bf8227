"""Changed rows of a workbook back into the sector files of a taxonomy.

The rows change plain copies of the files' trees; `catalog.yaml_patch` then finds the fewest edits of text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.read_tests import OPERATORS
from taxonomy_api.catalog.worksheet_cells import (
    GROUPS,
    LEAVES,
    ROW_KEYS,
    SPEAKING,
    WORDS,
    dated,
    put_entry,
    steps_of,
    value_of,
    write_activity,
    write_cells,
)
from taxonomy_api.catalog.worksheet_compare import Changes
from taxonomy_api.catalog.worksheet_findings import CellReport
from taxonomy_api.catalog.worksheet_model import COLUMNS, FIXED, TOLD, FilledRow, SheetRow
from taxonomy_api.catalog.worksheet_place import JOINING, NoPlace, Placing, Slot, kind_in
from taxonomy_api.catalog.worksheet_removal import check_removals, place_of
from taxonomy_api.catalog.worksheet_rows import DEMANDS, SectorFile
from taxonomy_api.catalog.yaml_patch import Plain, plain

_TEST = frozenset(("operator", "value", "unit", "from"))
#: What any criterion keeps when its kind changes.
_KEPT = ("until", "id", "applies_if", "open", "applies", "contribution", "source", "status", "note")
_STATED = (
    "kind",
    *(column for column in COLUMNS["Criteria"] if column not in (*TOLD, "activity", "path", "kind")),
)


@dataclass(slots=True)
class TaxonomyEdit:
    """The trees of the files being changed. `numbers` are the rows of the workbook by what they state: the
    identity of a record, and what of it (`row` of an item, a day, nothing).
    """

    files: Sequence[SectorFile]
    now: Sequence[SheetRow]
    changes: Changes
    report: CellReport
    trees: dict[str, dict[str, Plain]] = field(default_factory=dict)
    numbers: dict[tuple[int, str], int] = field(default_factory=dict)
    _placings: dict[str, Placing] = field(default_factory=dict)
    _slots: dict[str, Slot] = field(default_factory=dict)
    _kept: list[Plain] = field(default_factory=list)

    def run(self) -> dict[str, dict[str, Plain]]:
        """The trees by file, changed; what cannot be done is reported by its cell."""
        for file in self.files:
            tree = plain(file.tree)
            assert isinstance(tree, dict)
            self.trees[file.file] = tree
        self._index()
        for filled, row, columns in self.changes.changed:
            self._change(filled, row, columns)
        self._remove()
        for filled in self.changes.added:
            self._add(filled)
        for placing in self._placings.values():
            placing.sweep()
        return self.trees

    def number_of(self, row: SheetRow) -> int | None:
        """The row of the workbook that states a row of the changed files."""
        record = _at(self.trees[row.file], row.where[:-2] if row.text("kind") == "step" else row.where)
        what = {"step": row.text("from"), "row": "row"}.get(row.text("kind"), "")
        return self.numbers.get((id(record), what))

    # Where everything is

    def _index(self) -> None:
        for row in self.now:
            if row.sheet == "Activities":
                activity = _at(self.trees[row.file], row.where)
                assert isinstance(activity, dict)
                self._placings[row.key] = Placing(activity)
                self._note(row, activity)
                continue
            holder = _at(self.trees[row.file], row.where[:-1])
            assert not isinstance(holder, str)
            slot = Slot(holder, row.where[-1])
            self._slots[row.key] = slot
            if row.text("kind") != "step":
                self._placings[row.text("activity")].slots[row.text("path")] = slot
            self._note(row, slot.held)

    def _note(self, row: SheetRow, record: Plain | None) -> None:
        number = self.changes.numbers.get((row.sheet, row.key))
        if number is None:
            return
        if row.text("kind") == "step":
            leaf = _at(self.trees[row.file], row.where[:-2])
            self._name(leaf, row.text("from"), number)
        elif record is not None:
            self._name(record, "row" if row.text("kind") == "row" else "", number)

    def _name(self, record: Plain, what: str, number: int) -> None:
        self._kept.append(record)  # so that its identity stays its own
        self.numbers[id(record), what] = number

    # Changed rows

    def _change(self, filled: FilledRow, row: SheetRow, columns: frozenset[str]) -> None:
        fixed = [column for column in COLUMNS[row.sheet] if column in columns & (FIXED[row.sheet] | row.idle)]
        for column in fixed:
            was = row.text(column) or "nothing"
            message = f"{column} is not edited here; it was {was}"
            self.report.add(row.sheet, filled.number, column, "worksheet-locked", message, _FILE)
        if fixed:
            return
        if row.sheet == "Activities":
            write_activity(self._placings[row.key].activity, _cells(filled), set(columns))
            return
        kind, slot = filled.text("kind"), self._slots[row.key]
        if row.text("kind") == "step":
            self._change_step(filled, row)
        elif kind != row.text("kind"):
            self._change_kind(filled, row, slot)
        elif self._suits(filled, kind, columns):
            record = slot.held
            if kind == "not_on_file" and not isinstance(record, dict):
                record = {}
                self._placings[row.text("activity")].renew(slot, record)
            if isinstance(record, dict):
                self._write(record, filled, kind, columns)
            elif kind == "shared":
                slot.put(filled.text("subject"))

    def _write(self, record: dict[str, Plain], filled: FilledRow, kind: str, columns: frozenset[str]) -> None:
        write_cells(record, kind, _cells(filled), set(columns))
        self._name(record, "row" if kind == "row" else "", filled.number)
        if kind == "fact" and columns & _TEST:
            old = next((key for key in record if key in OPERATORS), "")
            later = steps_of(record)[1:]
            self._put_test(record, old, filled, later)

    def _put_test(
        self, record: dict[str, Plain], old: str, filled: FilledRow, later: list[tuple[str, Plain]]
    ) -> None:
        operator = filled.text("operator")
        first = (filled.text("from"), value_of(operator, filled.text("value"), filled.text("unit")))
        if not self._day_is_free(filled, later):
            return
        if old and old != operator:
            entries = [(operator if key == old else key, entry) for key, entry in record.items()]
            record.clear()
            record.update(entries)
        if operator:
            put_entry(record, operator, dated([first, *later]))
        else:
            record.pop(old, None)

    def _leaf(self, step: SheetRow) -> tuple[dict[str, Plain], str]:
        """The test that a step belongs to, and its operator, as they are now."""
        leaf = _at(self.trees[step.file], step.where[:-2])
        assert isinstance(leaf, dict)
        return leaf, next((key for key in leaf if key in OPERATORS), "")

    def _change_step(self, filled: FilledRow, row: SheetRow) -> None:
        leaf, operator = self._leaf(row)
        steps = [step for step in steps_of(leaf) if step[0] != row.text("from")]
        day = filled.text("from")
        if filled.text("kind") != "step" or not self._day_is_free(filled, steps):
            return
        made = value_of(operator, filled.text("value"), filled.text("unit"))
        leaf[operator] = dated([*steps, (day, made)])
        self._name(leaf, day, filled.number)

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

    def _change_kind(self, filled: FilledRow, row: SheetRow, slot: Slot) -> None:
        """A leaf or a word becomes another; a group never does, since rows stand below it."""
        kind, old = filled.text("kind"), row.text("kind")
        open_kinds = (*LEAVES, *WORDS)
        if old not in open_kinds or kind not in (*open_kinds, *JOINING):
            message = f"{old} cannot become {kind or 'nothing'} here"
            self.report.add(filled.sheet, filled.number, "kind", "worksheet-locked", message, _FILE)
            return
        held = slot.held
        kept: dict[str, Plain] = {}
        if isinstance(held, dict):
            kept = {key: entry for key, entry in held.items() if key in _KEPT or key in ROW_KEYS}
        further = [key for key in kept if key not in ("id", "source", "status")]
        if kind in WORDS and further and kind != "not_on_file":
            message = f"{kind} has no place for {', '.join(further)}"
            self.report.add(filled.sheet, filled.number, "kind", "worksheet-locked", message, _FILE)
            return
        stated = frozenset(column for column in _STATED if filled.text(column)) - {"kind", "more"}
        if not self._suits(filled, kind, stated - {"id"} if kind in WORDS else stated):
            return
        made = self._built(filled, kind, row.text("path"), kept)
        placing = self._placings[row.text("activity")]
        if isinstance(made, dict) and isinstance(held, dict):
            held.clear()
            held.update(made)
            placing.renew(slot, held)
            self._name(held, "", filled.number)
        else:
            placing.renew(slot, made)
            self._name(made, "", filled.number)

    def _suits(self, filled: FilledRow, kind: str, columns: frozenset[str]) -> bool:
        """Whether the columns mean something in a row of this kind."""
        speaking = {*SPEAKING.get(kind, ()), "kind", "activity", "path"}
        idle = [column for column in _STATED if column in columns - speaking and filled.text(column)]
        for column in idle:
            message = f"{column} means nothing in a row of kind {kind}"
            self.report.add(
                filled.sheet, filled.number, column, "worksheet-locked", message, "leave it empty"
            )
        return not idle

    # New criteria

    def _built(self, filled: FilledRow, kind: str, path: str, kept: dict[str, Plain] | None = None) -> Plain:
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
        write_cells(record, kind, _cells(filled), {c for c in SPEAKING[kind] if c != "id" or filled.text(c)})
        if kind == "fact":
            self._put_test(record, "", filled, [])
        return record

    def _id(self, filled: FilledRow, path: str) -> str:
        """An id that is free in the activity: of the path's last letter, else the next number."""
        taken = set(_ids(self._placings[filled.text("activity")].activity))
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

    def _add(self, filled: FilledRow) -> None:
        if filled.sheet == "Activities":
            self._add_activity(filled)
            return
        code, path = filled.text("activity"), filled.text("path")
        placing = self._placings.get(code)
        if placing is None:
            cure = did_you_mean(code, self._placings) or "add it to the sheet Activities"
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
        elif self._suits(filled, kind, frozenset(_STATED) - {"kind"}):
            try:
                made = placing.place(path, self._built(filled, kind, path))
            except NoPlace as problem:
                message = str(problem)
                self.report.add(filled.sheet, filled.number, "path", "worksheet-place", message, problem.cure)
                return
            self._name(made, "row" if kind == "row" else "", filled.number)

    def _add_step(self, filled: FilledRow, placing: Placing) -> None:
        path, day = filled.text("path"), filled.text("from")
        slot = placing.slots.get(path)
        leaf = slot.held if slot is not None and not placing.is_gone(slot) else None
        operator = next((key for key in leaf if key in OPERATORS), "") if isinstance(leaf, dict) else ""
        if not isinstance(leaf, dict) or not kind_in(leaf, ("fact",)) or not operator:
            message = f"no limit stands at {path or 'an empty path'} that could have a further step"
            cure = "write the path of the limit"
            self.report.add(filled.sheet, filled.number, "path", "worksheet-place", message, cure)
            return
        steps = steps_of(leaf)
        if not self._day_is_free(filled, steps):
            return
        if self._suits(filled, "step", frozenset(_STATED) - {"kind", "id"}):
            made = value_of(operator, filled.text("value"), filled.text("unit"))
            leaf[operator] = dated([*steps, (day, made)])
            self._name(leaf, day, filled.number)

    def _add_activity(self, filled: FilledRow) -> None:
        code, name = filled.text("code"), filled.text("file")
        file = next((file for file in self.files if file.file.rpartition("/")[2] == name), None)
        if code in self._placings or not code:
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
            message = "more is not edited here"
            self.report.add(filled.sheet, filled.number, "more", "worksheet-locked", message, _FILE)
        activity: dict[str, Plain] = {"code": code}
        stated = {column for column in COLUMNS["Activities"] if filled.text(column)}
        write_activity(activity, _cells(filled), stated | {"status"})
        activities = self.trees[file.file].setdefault("activities", [])
        assert isinstance(activities, list)
        activities.append(activity)
        self._placings[code] = Placing(activity)
        self._name(activity, "", filled.number)

    # Removed rows

    def _remove(self) -> None:
        check_removals(self.now, self.changes, self.report)
        removed = {place_of(row) for row in self.changes.removed}
        for row in self.changes.removed:
            if row.sheet == "Activities":
                continue
            slot = self._slots[row.key]
            if row.text("path").endswith(DEMANDS) and isinstance(slot.held, dict):
                if (row.file, *row.where, "row") not in removed:
                    for key in [key for key in slot.held if key not in ROW_KEYS]:
                        del slot.held[key]
            elif row.text("kind") == "step":
                leaf, operator = self._leaf(row)
                steps = leaf.get(operator)
                if isinstance(steps, dict):
                    steps.pop(row.text("from"), None)
            else:
                self._placings[row.text("activity")].remove(slot)


_FILE = "restore it, and edit the file"
_FIRST_DAY = "write the first day of each value as YYYY-MM-DD"


def _cells(filled: FilledRow) -> dict[str, str]:
    return {column: filled.text(column) for column in filled.cells}


def _at(tree: Plain, where: Sequence[str | int]) -> Plain:
    for step in where:
        tree = tree[step]  # type: ignore[index]
    return tree


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
