"""Every kind of workbook that is written keeps the rules of workbooks; the checker sees each one broken."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from books import write_book
from package_rules import broken_rules
from test_results import run

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import LANGUAGES, Language
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.plain_table import write_plain_xlsx
from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.run import assess_portfolio
from taxonomy_api.portfolio.template import write_template

ROWS: list[list[object]] = [
    ["id", "name", "activity", "Amount (CNY million)", "lifecycle_ghg_intensity", "maturity", "notes"],
    ["A", " outer ", "hk-phase-2a:ENE-01", 10, 84, date(2035, 1, 1), "=1+1"],
    ["B", "<&>", "hk-phase-2a:ENE-01", 20, "no idea", date(2035, 1, 2), "_x0041_"],
    ["C", "two\nlines", "nothing", -5, 400, None, "😀" * 10],
    ["D", None, "cn-green-finance-2025:4.2.1", 1.5, 400, None, "工程"],
]


@pytest.fixture
def results(tmp_path: Path, engine: Engine) -> Callable[..., Path]:
    def make(language: Language = "en", rows: list[list[object]] = ROWS) -> Path:
        source = write_book(tmp_path / "book.xlsx", rows)
        options = PortfolioOptions(as_of=date(2026, 11, 22), language=language)
        assess_portfolio(source, engine, options, tmp_path, lambda _: None)
        return tmp_path / "results.xlsx"

    return make


@pytest.mark.parametrize("language", LANGUAGES)
def test_results(language: Language, results: Callable[..., Path]) -> None:
    assert broken_rules(results(language)) == []


def test_results_without_rows(results: Callable[..., Path]) -> None:
    empty = ["A", None, "hk-phase-2a:ENE-01", None, None, None, None]
    assert broken_rules(results(rows=[ROWS[0], empty])) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("activities", [None, ["hk-phase-2a:ENE-01", "cn-green-finance-2025:4.2.1"]])
def test_templates(
    language: Language, activities: list[str] | None, release: Release, tmp_path: Path
) -> None:
    write_template(release, tmp_path / "template.xlsx", language, activities)
    assert broken_rules(tmp_path / "template.xlsx") == []


def test_plain_tables(tmp_path: Path) -> None:
    columns = [
        ResultColumn("=from", ["=1+1", None, "x" * 40_000]),
        ResultColumn("day", [date(2026, 1, 1), None, "\x01"]),
    ]
    write_plain_xlsx(tmp_path / "plain.xlsx", "Crosswalk", columns, [("=a", "+b")])
    assert broken_rules(tmp_path / "plain.xlsx") == []


def _replace(part: str, old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    """Replace the first place of a pattern in a part, which must be there."""

    def change(parts: dict[str, bytes]) -> None:
        text, count = re.subn(old, new, parts[part].decode(), count=1, flags=re.DOTALL)
        assert count == 1, old
        parts[part] = text.encode()

    return change


def _drop(part: str) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.pop(part) and None


RESULTS, BOOK, SHARED = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"
BREAKS: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "order of elements": (
        _replace(RESULTS, r"(<autoFilter[^>]*/>)(<pageMargins[^>]*/>)", r"\2\1"),
        "stand in the order",
    ),
    "style": (_replace(RESULTS, r' s="\d+"', ' s="99"'), "has the style 99"),
    "dimension": (_replace(RESULTS, r'<dimension ref="A1:\w+"', '<dimension ref="A1:B2"'), "dimension is"),
    "order of rows": (_replace(RESULTS, '<row r="3"', '<row r="2"'), "row 2 comes after 2"),
    "order of cells": (_replace(RESULTS, '<c r="B2"', '<c r="A2"'), "A2 stands behind"),
    "address of a cell": (_replace(RESULTS, '<c r="B2"', '<c r="B9"'), "'B9' stands in row 2"),
    "shared text": (_replace(RESULTS, r't="s"><v>\d+<', 't="s"><v>9999<'), "uses the shared text 9999"),
    "number": (_replace(RESULTS, "<v>10</v>", "<v>inf</v>"), "is the number 'inf'"),
    "type of a cell": (_replace(RESULTS, ' t="s"', ' t="text"'), "is of the type 'text'"),
    "long text": (_replace(SHARED, r"<t>", "<t>" + "😀" * 16_384), "more than 32767 characters"),
    "control character": (_replace(SHARED, "<t>", "<t>_x0001_"), "control character"),
    "outer blank": (_replace(SHARED, "<t>", "<t> "), "loses its outer blanks"),
    "number of texts": (_replace(SHARED, r'uniqueCount="\d+"', 'uniqueCount="3"'), "counts 3 texts"),
    "number of uses": (_replace(SHARED, "<sst ", '<sst count="3" '), "counts 3 uses"),
    "names of sheets": (_replace(BOOK, 'name="Issues"', 'name="results"'), "two sheets have one name"),
    "name of a sheet": (_replace(BOOK, 'name="Issues"', 'name="Is:sues"'), "is no name of a sheet"),
    "filter": (_replace(RESULTS, '<autoFilter ref="A1:', '<autoFilter ref="A2:'), "the filter is"),
    "defined name": (_replace(BOOK, r"Results!\$1:\$1", "Nothing!$1:$1"), "leads to the sheet 'Nothing'"),
    "missing part": (_drop("xl/charts/chart1.xml"), "which is not there"),
    "unreached part": (
        _replace("xl/_rels/workbook.xml.rels", r"<Relationship [^>]*sharedStrings[^>]*/>", ""),
        "is reached by no relationship",
    ),
    "content type": (
        _replace("[Content_Types].xml", r'<Override PartName="/xl/worksheets/sheet1.xml"[^>]*/>', ""),
        "is not declared as a worksheet",
    ),
    "relationship": (
        _replace("xl/drawings/drawing1.xml", 'r:id="rId1"', 'r:id="rId99"'),
        "names the relationship rId99",
    ),
    "columns": (_replace(RESULTS, '<col min="2" max="2"', '<col min="1" max="2"'), "1 to 2 come after 1"),
    "formats": (_replace("xl/styles.xml", r'(<cellXfs count=")\d+', r"\g<1>2"), "cellXfs counts 2"),
    "print scale": (_replace("xl/worksheets/sheet2.xml", r'scale="\d+"', 'scale="5"'), "print scale is 5"),
}  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("sound")
    source = write_book(folder / "book.xlsx", ROWS)
    options = PortfolioOptions(taxonomies=("hk-phase-2a",), as_of=date(2026, 11, 22))
    assess_portfolio(source, engine, options, folder, lambda _: None)
    with zipfile.ZipFile(folder / "results.xlsx") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("rule", BREAKS)
def test_a_broken_rule_is_seen(rule: str, sound: dict[str, bytes], tmp_path: Path) -> None:
    change, told = BREAKS[rule]
    parts = dict(sound)
    change(parts)
    with zipfile.ZipFile(tmp_path / "broken.xlsx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert any(told in text for text in broken_rules(tmp_path / "broken.xlsx"))


def test_text_that_looks_like_the_writers_own_markup_stays_text(tmp_path: Path, engine: Engine) -> None:
    """XlsxWriter takes a string from <r> to </r> for finished XML; in Issues it would end their table."""
    markup = "<r></si><evil/></r>"
    rows: list[list[object]] = [
        ["id", "activity", "amount", "currency", markup],
        [markup, markup, markup, "CNY", markup],
    ]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    path = tmp_path / "out" / "results.xlsx"
    assert broken_rules(path) == []
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if b"<evil/>" in archive.read(name)]
    texts = [
        cell for row in openpyxl.load_workbook(path)["Issues"].iter_rows(values_only=True) for cell in row
    ]
    assert texts.count(markup) >= 3
