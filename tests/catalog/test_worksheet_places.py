"""Where new rows go: each path makes exactly the change of the tree that it stands for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from taxonomy_api.catalog.worksheet_compare import compare
from taxonomy_api.catalog.worksheet_edit import TaxonomyEdit
from taxonomy_api.catalog.worksheet_findings import CellReport
from taxonomy_api.catalog.worksheet_model import Exported, Filled, FilledRow
from taxonomy_api.catalog.worksheet_rows import sector_files, taxonomy_rows

LEAF = {"kind": "fact", "subject": "pue", "operator": "at_most", "value": "1.3"}
MADE = {"fact": "pue", "at_most": "1.3"}


def edited(
    folder: Path, *added: dict[str, str], without: tuple[str, ...] = (), **changed: dict[str, str]
) -> tuple[dict[str, Any], CellReport]:
    """The activities of demo-a by code, after rows were added, and others removed or changed by their key."""
    files = sector_files(folder, "demo-a")
    now = taxonomy_rows(files, "en")
    rows = [
        FilledRow(row.sheet, number, row.key, {**row.cells, **changed.get(row.key, {})})
        for number, row in enumerate(now, start=2)
        if row.key not in without
    ]
    rows += [
        FilledRow("Criteria", 1000 + number, cells.pop("key", ""), cells)
        for number, cells in enumerate(added)
    ]
    exported = tuple(Exported(row.sheet, row.key, row.hash, row.text("path")) for row in now)
    report = CellReport(Filled("demo-a", "", tuple(rows), exported, {}))
    trees = TaxonomyEdit(files, now, compare(report.filled, now, report), report).run()
    activities: Any = next(iter(trees.values()))["activities"]
    return {activity["code"]: activity for activity in activities}, report


def at(activity: Any, path: str) -> Any:
    for step in path.split("/"):
        activity = activity[int(step) if step.isdigit() else step]
    return activity


@pytest.mark.parametrize(
    ("code", "path", "id", "place"),
    [
        ("1.10", "green", "green.1", "green/all/4"),  # green is all: a further condition
        ("1.10", "green.all", "green.1", "green/all/4"),
        ("1.10", "green.all.x", "green.x", "green/all/4"),
        ("1.10", "green.all.1.any", "green.1", "green/all/0/any/2"),
        ("1.10", "green.all.1.any.y", "green.y", "green/all/0/any/2"),
        ("1.10", "green.all.1.any.2.all", "green.1", "green/all/0/any/1/all/2"),
        ("1.10", "green.all.1.any.1", "green.1", "green/all/0/any/2"),  # beside the one that stands there
        ("1.10", "green.all.2.if", "green.1", "green/all/1/applies_if"),
        ("1.10", "transition.any", "transition.1", "transition/any/1"),
        ("1.10", "excluded.all", "excluded.1", "excluded/all/1"),
        ("1.10", "dnsh_circular_economy", "dnsh_circular_economy.1", "dnsh/circular_economy"),
        ("1.10", "dnsh_biodiversity.any.a", "dnsh_biodiversity.a", "dnsh/biodiversity/any/0"),
        ("1.2", "green.cases.floor", "green.floor", "green/cases/floor"),
        ("1.2", "green.cases.wall.at_least_of.1", "green.1", "green/cases/wall/at_least_of/of/2"),
        ("1.2", "transition", "transition.1", "transition"),
        ("1.2", "excluded.any.a.all", "excluded.1", "excluded/any/0/all/0"),
        ("1.3", "green.rows.r3.demands", "r3.1", "green/rows/r3/all/2"),
        ("1.3", "green.rows.r3.demands.all", "r3.1", "green/rows/r3/all/2"),
        ("1.4", "green", "green.1", "green"),  # in place of the listing
    ],
)
def test_a_new_criterion_goes_where_its_path_leads(
    minimal_data: Path, code: str, path: str, id: str, place: str
) -> None:
    before, _ = edited(minimal_data)
    after, report = edited(minimal_data, {"activity": code, "path": path, **LEAF})
    assert report.findings == []
    assert at(after[code], place) == {"id": id, **MADE}
    others = [other for other in before if other != code]
    assert [after[other] for other in others] == [before[other] for other in others]


def test_a_row_without_demands_gets_one(minimal_data: Path) -> None:
    after, report = edited(minimal_data, {"activity": "1.3", "path": "green.rows.r2.demands", **LEAF})
    row = at(after["1.3"], "green/rows/r2")
    assert report.findings == [] and row == {
        "name": {"en": "Works", "zh-Hans": "工程", "zh-Hant": "工程"},
        "id": "r2.1",
        **MADE,
    }


def test_a_new_row_of_an_item(minimal_data: Path) -> None:
    row = {
        "activity": "1.3",
        "path": "green.rows.r4",
        "kind": "row",
        "statement en": "Fans",
        "document": "doc-a",
    }
    after, report = edited(minimal_data, {**row, "locator": "p. 2", "status": "single-source"})
    assert report.findings == []
    assert at(after["1.3"], "green/rows/r4") == {
        "name": {"en": "Fans"},
        "source": ["doc-a", "p. 2"],
        "status": "single-source",
    }


def test_rows_with_one_new_path_belong_together(minimal_data: Path) -> None:
    rows = [
        {"activity": "1.2", "path": path, **LEAF, "id": id}
        for path, id in (
            ("transition.any.a.all", "u"),
            ("transition.any.a.all", "v"),
            ("transition.any.b", "w"),
        )
    ]
    after, report = edited(minimal_data, *rows)
    u, v, w = ({"id": id, **MADE} for id in "uvw")
    assert report.findings == []
    assert after["1.2"]["transition"] == {"any": [{"all": [u, v]}, w]}


def test_joining_keeps_the_last_day_with_the_class(minimal_data: Path) -> None:
    after, _ = edited(minimal_data, {"activity": "1.10", "path": "transition.any", **LEAF})
    hole = {"not_on_file": {"document": "doc-b", "clause": "Annex C"}}
    assert after["1.10"]["transition"] == {
        "until": "2035-12-31",
        "any": [hole, {"id": "transition.1", **MADE}],
    }


def test_a_copied_row_is_a_further_criterion(minimal_data: Path) -> None:
    """A person copies a row, hidden key and all, and changes some of its cells."""
    rows = taxonomy_rows(sector_files(minimal_data, "demo-a"), "en")
    copied = dict(next(row for row in rows if row.key == "1.10#c").cells)
    after, report = edited(minimal_data, {**copied, "key": "1.10#c", "id": "c2", "value": "60 | 70"})
    assert report.findings == []
    alternatives = at(after["1.10"], "green/all/0/any/1/all")
    assert [part["id"] for part in alternatives] == ["b", "c", "c2"]
    assert alternatives[2]["between"] == ["60 MW", "70 MW"]


def test_a_listing_stays_the_last_of_what_is_tried(minimal_data: Path) -> None:
    files = sector_files(minimal_data, "demo-b")
    rows = taxonomy_rows(files, "en")
    group = next(row for row in rows if row.text("kind") == "first_that_applies")
    path = f"{group.text('path')}.first_that_applies"
    row = FilledRow("Criteria", 99, "", {"activity": group.text("activity"), "path": path, **LEAF})
    kept = tuple(FilledRow(r.sheet, n, r.key, r.cells) for n, r in enumerate(rows, start=2))
    exported = tuple(Exported(r.sheet, r.key, r.hash, r.text("path")) for r in rows)
    report = CellReport(Filled("demo-b", "", (*kept, row), exported, {}))
    trees = TaxonomyEdit(files, rows, compare(report.filled, rows, report), report).run()
    parts: Any = trees[group.file]
    for step in (*group.where, "first_that_applies"):
        parts = parts[step]
    assert parts[-1] == "listing" and parts[-2]["fact"] == "pue"


def test_what_a_row_demands_goes_and_the_row_stays(minimal_data: Path) -> None:
    after, report = edited(minimal_data, without=("1.3#r1/r1.1",))
    row = at(after["1.3"], "green/rows/r1")
    assert report.findings == []
    assert set(row) == {"name", "gbt4754", "marks", "codes_are_examples", "source", "status", "note"}


def test_first_value_and_later_step_change_together(minimal_data: Path) -> None:
    changes = {"1.10#a": {"value": "0.09"}, "1.10#a@2036-01-01": {"value": "40", "from": "2034-01-01"}}
    after, report = edited(minimal_data, without=("1.10#a@2050-01-01",), **changes)
    assert report.findings == []
    limits = at(after["1.10"], "green/all/0/any/0")["at_most"]
    assert limits == {"2025-01-01": "0.09 kgCO2e/kWh", "2034-01-01": "40 gCO2e/kWh"}


def test_another_operator_keeps_the_steps(minimal_data: Path) -> None:
    after, _ = edited(minimal_data, **{"1.10#a": {"operator": "below"}})
    leaf = at(after["1.10"], "green/all/0/any/0")
    assert list(leaf) == ["id", "fact", "below"] and len(leaf["below"]) == 3
