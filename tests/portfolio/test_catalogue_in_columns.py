"""Names of catalogue items in one to three columns, as loan systems keep them: levels side by side."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from books import write_book
from openpyxl import Workbook

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.activities import ActivityReader
from taxonomy_api.portfolio.headings import Headings
from taxonomy_api.portfolio.open_book import open_book
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.run import Opener, assess_portfolio

#: Not in a process of its own.
HERE: Opener = lambda source, limits, *_: open_book(source, limits)  # noqa: E731
SECTOR, GROUP, ITEM = "能源绿色低碳转型", "清洁能源设施建设和运营", "风力发电设施建设和运营"
TAXONOMY = "cn-green-finance-2025"
WIND = f"{TAXONOMY}:4.2.1"


def told(source: Path, engine: Engine, target: Path) -> tuple[list[tuple[str, str]], list[tuple[Any, Any]]]:
    """The activity and state of each row, and cell and cure of each error."""
    options = PortfolioOptions((TAXONOMY,), date(2026, 11, 22), formats=("xlsx",))
    assess_portfolio(source, engine, options, target, lambda _: None, opener=HERE)
    book = openpyxl.load_workbook(target / "results.xlsx")
    head, *body = book["Results"].iter_rows(values_only=True)
    places = head.index(f"{TAXONOMY} activity"), head.index("row state")
    rows = [(str(row[places[0]]), str(row[places[1]])) for row in body]
    lines = [row for row in book["Issues"].iter_rows(values_only=True) if row[0] == "error"]
    return rows, [(line[1], line[3]) for line in lines]


def test_the_names_of_this_page_are_those_on_file(engine: Engine) -> None:
    entries = {one.code: one.name.zh_hans for one in engine.release.taxonomies[TAXONOMY].entries}
    assert (entries["4"], entries["4.2"]) == (SECTOR, GROUP)
    assert engine.activities[WIND].name.zh_hans == ITEM


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        (["目录条目"], [ITEM]),
        (["二级目录", "三级目录"], [GROUP, ITEM]),
        (["一级目录", "二级目录", "三级目录"], [SECTOR, GROUP, ITEM]),
        (["三级目录", "四级目录"], [GROUP, ITEM]),
        (
            ["一級目錄", "二級目錄", "三級目錄"],
            ["能源綠色低碳轉型", "清潔能源設施建設和營運", "風力發電設施建設和運營"],
        ),
    ],
)
def test_one_to_three_columns(header: list[str], cells: list[str], tmp_path: Path, engine: Engine) -> None:
    source = write_book(tmp_path / "book.xlsx", [["项目编号", *header], ["A", *cells]])
    assert told(source, engine, tmp_path) == ([(WIND, "ok")], [])


def test_one_header_merged_over_three_columns(tmp_path: Path, engine: Engine) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in (
        ["项目编号", "目录条目", None, None, "备注"],
        ["A", SECTOR, GROUP, ITEM, "x"],
        ["B", ITEM, None, None, "x"],
        ["C", SECTOR, GROUP, None, "x"],
        ["D", "节能降碳产业", None, ITEM, "x"],
        ["E", SECTOR, "no such group", ITEM, "x"],
    ):
        page.append(row)
    page.merge_cells("B1:D1")
    book.save(tmp_path / "book.xlsx")
    rows, errors = told(tmp_path / "book.xlsx", engine, tmp_path)
    assert rows == [(WIND, "ok"), (WIND, "ok"), ("None", "error"), ("None", "error"), ("None", "error")]
    # A heading without an item, one of another place in the catalogue, and a text that is nothing at all.
    assert sorted(errors, key=lambda one: (one[0], one[1][1:], one[1])) == [
        ("catalogue_heading", "B4"),
        ("catalogue_heading", "C4"),
        ("catalogue_heading", "B5"),
        ("unknown_activity", "C6"),
    ]


def test_a_heading_is_told_with_the_items_below_it(engine: Engine) -> None:
    reader = ActivityReader(engine.release, ())
    for text in (GROUP, f"4.2 {GROUP}", f"{TAXONOMY}:4.2"):
        reading = reader.read(text)
        assert reading.names == () and f"{TAXONOMY}:4.2" in reading.headings
        (finding,) = reading.findings
        assert finding.code == "catalogue_heading" and WIND in finding.nearest
        assert all(engine.activities[one].parent == "4.2" for one in finding.nearest if TAXONOMY in one)


def test_every_heading_above_an_item_is_one_that_its_catalogue_has(engine: Engine) -> None:
    headings = Headings(engine.release)
    for activity in engine.release.activities():
        known = {one.code: one for one in engine.release.taxonomies[activity.taxonomy].entries}
        above = {one.partition(":")[2] for one in headings.above(activity)}
        assert above <= known.keys() and activity.sector in above
        # Level by level up to the top.
        assert {known[code].parent for code in above} - {None} <= above
