"""Rows of a workbook say all that they show of the files, and edits of them are edits of the files."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy_api.catalog.fmt_yaml import format_yaml
from taxonomy_api.catalog.load import default_data_folder
from taxonomy_api.catalog.read_tests import LIMIT_OPERATORS, OPERATORS
from taxonomy_api.catalog.worksheet_cells import (
    SPEAKING,
    dated,
    read_activity,
    steps_of,
    value_cells,
    value_of,
    write_activity,
    write_cells,
)
from taxonomy_api.catalog.worksheet_compare import compare
from taxonomy_api.catalog.worksheet_edit import TaxonomyEdit
from taxonomy_api.catalog.worksheet_findings import CellReport
from taxonomy_api.catalog.worksheet_model import COLUMNS, Exported, Filled, FilledRow, SheetRow
from taxonomy_api.catalog.worksheet_rows import SectorFile, reread, sector_files, taxonomy_rows
from taxonomy_api.catalog.yaml_patch import Plain, patch, plain

RECORD = default_data_folder()
TAXONOMIES = sorted(path.parent.name for path in RECORD.glob("taxonomies/*/taxonomy.yaml"))


@cache
def files_of(taxonomy: str) -> tuple[SectorFile, ...]:
    return tuple(sector_files(RECORD, taxonomy))


def at(tree: Any, where: tuple[str | int, ...]) -> Any:
    for step in where:
        tree = tree[step]
    return tree


@pytest.mark.parametrize("taxonomy", TAXONOMIES)
def test_writing_every_cell_of_every_row_back_changes_nothing(taxonomy: str) -> None:
    """Though nothing would be written: no row loses or turns anything that it shows."""
    files = files_of(taxonomy)
    trees: dict[str, Plain] = {file.file: plain(file.tree) for file in files}
    before = copy.deepcopy(trees)
    for row in taxonomy_rows(files, "en"):
        kind = row.text("kind")
        if kind == "step":
            continue
        record = at(trees[row.file], row.where)
        if row.sheet == "Activities":
            write_activity(record, read_activity(record), set(COLUMNS["Activities"]))
            continue
        if not isinstance(record, dict):
            continue
        write_cells(record, kind, row.cells, set(SPEAKING[kind]) - row.idle)
        if kind == "fact":
            operator = next(key for key in record if key in OPERATORS)
            steps = [(day, value_cells(value, operator)) for day, value in steps_of(record)]
            record[operator] = dated([(d, value_of(operator, c["value"], c["unit"])) for d, c in steps])
    assert trees == before
    for file in files:
        assert patch(file.text, trees[file.file], file.file) == file.text


# --- Random edits --------------------------------------------------------------------------------


class Edits:
    """The same edits on the rows of a workbook and, by plain means, on the trees of the files."""

    def __init__(self, taxonomy: str, chance: random.Random) -> None:
        self.files, self.chance = files_of(taxonomy), chance
        self.now = taxonomy_rows(self.files, "en")
        self.cells = {(row.sheet, row.key): dict(row.cells) for row in self.now}
        self.trees: dict[str, Any] = {file.file: plain(file.tree) for file in self.files}
        self.gone: list[tuple[Any, int]] = []
        self.added: list[dict[str, str]] = []
        self.touched: set[tuple[str | int, ...]] = set()

    def pick(self, fits: Callable[[SheetRow], bool]) -> SheetRow | None:
        rows = [row for row in self.now if fits(row) and not self._near(row)]
        row = self.chance.choice(rows) if rows else None
        if row is not None:
            self.touched.add((row.file, *row.where))
        return row

    def _near(self, row: SheetRow) -> bool:
        place = (row.file, *row.where)
        return any(place[: len(other)] == other or other[: len(place)] == place for other in self.touched)

    def limit(self) -> None:
        def fits(row: SheetRow) -> bool:
            return (
                row.text("operator") in LIMIT_OPERATORS
                and "|" not in row.text("value")
                and not row.text("from")
            )

        row = self.pick(fits)
        if row is not None:
            amount = str(self.chance.randint(1, 999))
            self.cells[row.sheet, row.key]["value"] = amount
            unit = row.text("unit")
            at(self.trees[row.file], row.where)[row.text("operator")] = f"{amount} {unit}" if unit else amount

    def step(self) -> None:
        row = self.pick(lambda row: row.text("operator") in LIMIT_OPERATORS and bool(row.text("from")))
        if row is not None:
            cells = {"activity": row.text("activity"), "path": row.text("path"), "kind": "step"}
            self.added.append({**cells, "from": "2099-01-01", "value": "7", "unit": row.text("unit")})
            limits = at(self.trees[row.file], row.where)[row.text("operator")]
            limits["2099-01-01"] = f"7 {row.text('unit')}" if row.text("unit") else "7"

    def status(self) -> None:
        row = self.pick(lambda row: bool(row.text("status")))
        if row is not None:
            self.cells[row.sheet, row.key]["status"] = "recalled"
            at(self.trees[row.file], row.where)["status"] = "recalled"

    def source(self) -> None:
        row = self.pick(lambda row: bool(row.text("locator")) and row.text("kind") != "not_on_file")
        if row is not None:
            self.cells[row.sheet, row.key]["locator"] = "p. 4.10, note: [a]"
            at(self.trees[row.file], row.where)["source"][1] = "p. 4.10, note: [a]"

    def name(self) -> None:
        row = self.pick(lambda row: row.sheet == "Activities" and bool(row.text("name zh-Hans")))
        if row is not None:
            self.cells[row.sheet, row.key]["name zh-Hans"] = "“新”名称: 一"
            at(self.trees[row.file], row.where)["name"]["zh-Hans"] = "“新”名称: 一"

    def note(self) -> None:
        row = self.pick(lambda row: row.text("kind") in ("fact", "standard", "attest", "row"))
        if row is not None and "note en" not in row.idle:
            self.cells[row.sheet, row.key] |= {
                "note en": "Read: as 'it' stands",
                "note zh-Hans": "按原文: 理解",
            }
            said = {"en": "Read: as 'it' stands", "zh-Hans": "按原文: 理解"}
            if row.text("note zh-Hant"):
                said["zh-Hant"] = row.text("note zh-Hant")
            at(self.trees[row.file], row.where)["note"] = said

    def notes(self) -> None:
        row = self.pick(lambda row: row.sheet == "Activities" and not row.text("notes en"))
        if row is not None:
            self.cells[row.sheet, row.key] |= {"notes en": "One | Two", "notes zh-Hans": "| 二"}
            said: Plain = [{"en": "One"}, {"en": "Two", "zh-Hans": "二"}]
            at(self.trees[row.file], row.where)["notes"] = said

    def covering(self) -> None:
        row = self.pick(lambda row: row.text("kind") == "standard")
        if row is not None:
            turned = "" if row.text("where covered") else "yes"
            self.cells[row.sheet, row.key]["where covered"] = turned
            record = at(self.trees[row.file], row.where)
            record.pop("where_covered", None)
            if turned:
                record["where_covered"] = turned

    def removal(self) -> None:
        row = self.pick(lambda row: isinstance(row.where[-1], int) and row.sheet == "Criteria")
        if row is not None:
            for other in self.now:
                if other.file == row.file and other.where[: len(row.where)] == row.where:
                    self.cells.pop((other.sheet, other.key))
            self.gone.append((at(self.trees[row.file], row.where[:-1]), int(row.where[-1])))

    def alternative(self) -> None:
        row = self.pick(lambda row: row.text("kind") in ("any", "all"))
        if row is not None:
            kind = row.text("kind")
            cells = {"activity": row.text("activity"), "path": f"{row.text('path')}.{kind}", "kind": "fact"}
            self.added.append(
                {**cells, "id": "fresh", "subject": "technology", "operator": "is", "value": "wind"}
            )
            fresh = {"id": "fresh", "fact": "technology", "is": "wind"}
            at(self.trees[row.file], row.where)[kind].append(fresh)

    def applied(self) -> tuple[Filled, dict[str, Any]]:
        for items, place in sorted(self.gone, key=lambda one: -one[1]):
            del items[place]
        rows = [
            FilledRow(row.sheet, number, row.key, self.cells[row.sheet, row.key])
            for number, row in enumerate(self.now, start=2)
            if (row.sheet, row.key) in self.cells
        ]
        rows += [FilledRow("Criteria", 10_000 + number, "", cells) for number, cells in enumerate(self.added)]
        self.chance.shuffle(rows)  # a person may have sorted the sheet
        exported = tuple(Exported(row.sheet, row.key, row.hash, row.text("path")) for row in self.now)
        return Filled("t", "r", tuple(rows), exported, {}), self.trees


KINDS = (
    *("limit", "step", "status", "source", "name", "note", "notes", "covering"),
    *("removal", "alternative"),
)


@given(seed=st.integers(0, 10**9), kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_edits_of_rows_are_edits_of_files(seed: int, kinds: list[str]) -> None:
    chance = random.Random(seed)
    edits = Edits(
        chance.choice(["hk-phase-2a", "sg-asia-2023", "eu-climate-mitigation-2021", "cn-green-finance-2025"]),
        chance,
    )
    for kind in kinds:
        getattr(edits, kind)()
    filled, expected = edits.applied()
    report = CellReport(filled)
    made = TaxonomyEdit(edits.files, edits.now, compare(filled, edits.now, report), report).run()
    assert report.findings == []
    assert made == expected
    for file in edits.files:
        text = patch(file.text, made[file.file], file.file)
        assert plain(reread(file, text).tree) == expected[file.file]
        assert format_yaml(text, file.file) == text
        assert set(untouched(file, expected[file.file])) <= set(text.split("\n"))


def untouched(file: SectorFile, new: Any) -> Iterator[str]:
    """The lines of activities that stay as they are."""
    lines = file.text.split("\n")
    old = plain(file.tree)
    starts = [activity.line - 1 for activity in file.activities] + [len(lines)]
    assert isinstance(old, dict)
    for place, (start, end) in enumerate(pairwise(starts)):
        if old["activities"][place] == new["activities"][place]:  # type: ignore[index, call-overload]
            yield from lines[start:end]


def test_the_record_has_sector_files() -> None:
    assert sum(len(files_of(taxonomy)) for taxonomy in TAXONOMIES) > 40
    assert Path(files_of("hk-phase-2a")[0].file).name == "climate-change-adaptation.yaml"
