"""A taxonomy as a table: .csv and .xlsx hold the same text, and every line is on file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import Text
from taxonomy_api.portfolio.taxonomy_table import FIRST, LAST, table_file

RECORD = default_data_folder()
EDITIONS = sorted(path.parent.name for path in RECORD.glob("taxonomies/*/taxonomy.yaml"))
Table = list[dict[str, str]]


@pytest.fixture(scope="module")
def record() -> Release:
    release = load_release(RECORD).release
    assert release is not None
    return release


@pytest.fixture(scope="module")
def small(minimal_data: Path) -> Release:
    release = load_release(minimal_data).release
    assert release is not None
    return release


def from_csv(release: Release, id: str) -> Table:
    content = table_file("csv", release, release.taxonomies[id]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def from_xlsx(release: Release, id: str) -> Table:
    book = openpyxl.load_workbook(io.BytesIO(table_file("xlsx", release, release.taxonomies[id])))
    assert book.sheetnames == ["Taxonomy", "About"]
    cells = [[cell.value for cell in line] for line in book["Taxonomy"].iter_rows()]
    assert all(cell is None or isinstance(cell, str) for line in cells for cell in line)
    head = [str(name) for name in cells[0]]
    return [dict(zip(head, (str(cell or "") for cell in line), strict=True)) for line in cells[1:]]


@pytest.mark.parametrize("id", EDITIONS)
def test_both_files_hold_every_entry_under_the_one_above_it(record: Release, id: str) -> None:
    taxonomy, lines = record.taxonomies[id], from_csv(record, id)
    assert lines == from_xlsx(record, id)
    parents = {entry.code: entry.parent or "" for entry in taxonomy.entries}
    for activity in taxonomy.activities.values():
        parents[activity.code] = activity.parent or activity.sector
        parents |= {f"{activity.code}#{row.id}": activity.code for row in activity.rows}
    assert {line["code"]: line["parent"] for line in lines} == parents and len(lines) == len(parents)
    seen = {""}
    for line in lines:
        assert line["parent"] in seen, "a heading stands before what it heads"
        seen.add(line["code"])
        assert line["status"] and line["source"] and line["level"]


def test_what_a_line_says(small: Release) -> None:
    lines = {line["code"]: line for line in from_csv(small, "demo-a")}
    assert set(next(iter(lines.values()))) == {*FIRST, "green", "transition", "excluded", *LAST}
    hydro = lines["1.10"]
    assert (hydro["name_en"], hydro["name_zh-Hans"], hydro["name_zh-Hant"]) == (
        "Hydropower",
        "水力发电",
        "水力發電",
    )
    assert (hydro["parent"], hydro["level"]) == ("1.1.0", "activity")
    assert hydro["industry"] == "nace2:D35.11, nace2:F42.22" and hydro["industry_derived"] == "isic4:D3510"
    assert (hydro["status"], hydro["source"]) == ("verified", "doc-a; Annex, 1.10")
    assert hydro["on_file"] == "green: criteria; transition: not on file; excluded: criteria"
    assert hydro["green"] == (
        "all of (any of (ghg_intensity at most 0.1 kgCO2e/kWh from 2025-01-01, at most 50 gCO2e/kWh from "
        "2036-01-01, closed from 2050-01-01; all of (third_party_verified is yes; capacity between 1 MW and "
        "50 MW) (open from 2024-01-01 until 2029-12-31)); built_on on or after 2020-01-01 (applies until "
        "2030-12-31); any of (where capacity at most 10 MW: Fish can pass.; where capacity above 10 MW: "
        "motor_class reaches IE3); not (product is wall))"
    )
    assert hydro["transition"] == "not on file (doc-b, Annex C); until 2035-12-31"
    assert lines["1.2"]["green"] == (
        "by product (window or door: ghg_intensity below 100 gCO2e/kWh; wall: at least 1 of (pue at most "
        "1.3; conforms to GB 1 at 2 or better); else: not met)"
    )
    assert lines["1.2"]["transition"] == "no such class"
    assert lines["1.3#r1"]["parent"] == "1.3" and lines["1.3#r1"]["level"] == "row"


def test_no_cell_is_a_formula(small: Release) -> None:
    taxonomy = small.taxonomies["demo-a"]
    hydro = replace(taxonomy.activities["1.10"], name=Text("=HYPERLINK(1)", "@名", "+1+1"))
    hostile = replace(taxonomy, activities={**taxonomy.activities, "1.10": hydro})
    release = replace(small, taxonomies={**small.taxonomies, "demo-a": hostile})
    line = next(line for line in from_csv(release, "demo-a") if line["code"] == "1.10")
    assert [line[f"name_{tag}"] for tag in ("en", "zh-Hans", "zh-Hant")] == [
        "'=HYPERLINK(1)",
        "'@名",
        "'+1+1",
    ]
    line = next(line for line in from_xlsx(release, "demo-a") if line["code"] == "1.10")
    assert line["name_en"] == "=HYPERLINK(1)"
    book = openpyxl.load_workbook(io.BytesIO(table_file("xlsx", release, hostile)))
    assert {cell.data_type for line in book["Taxonomy"].iter_rows() for cell in line} <= {
        "s",
        "n",
        "inlineStr",
    }
