"""What is written opens in LibreOffice with the same values, and prints with whole charts.

Skipped where LibreOffice is not installed, except in continuous integration (CI=true), which must have it:
`scripts/install-libreoffice`.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from books import write_book

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.issues import IssueLog
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.run import assess_portfolio
from taxonomy_api.portfolio.shell import Report
from taxonomy_api.portfolio.summary import Identity, summarise
from taxonomy_api.portfolio.template import write_template
from taxonomy_api.portfolio.write_xlsx import write_xlsx

ODD = [
    "=1+1", "+1", "-1+1", "@SUM(A1)", "'=1", " outer ", "<&>\"'", "two\nlines", "_x0041_", "30%", "1E5",
    "TRUE", "2026-01-01", "工程 繁體", "😀", "#REF!", "x" * 32_767,
]  # fmt: skip
TAXONOMIES = ("hk-phase-2a", "eu-climate-mitigation", "cn-green-finance-2025")


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        missing = f"{name} is not installed: scripts/install-libreoffice"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Path:
    """A folder with one workbook of each kind."""
    folder = tmp_path_factory.mktemp("written")
    header = ["id", "activity", "Amount (CNY million)", "lifecycle_ghg_intensity", "maturity", "notes"]
    rows: list[list[object]] = [
        [text[:20], "hk-phase-2a:ENE-01", 10 + place / 3, 84, date(2035, 1, 1 + place), text]
        for place, text in enumerate(ODD)
    ]
    rows += [["n", "nothing", -5, 400, datetime(2026, 1, 1, 13, 30), None], ["u", "hk-phase-2a:ENE-01", -5]]
    escaped = [
        [cell.replace("_x", "_x005F_x") if isinstance(cell, str) else cell for cell in row] for row in rows
    ]
    source = write_book(folder / "source.xlsx", [header, *escaped])
    options = PortfolioOptions(
        taxonomies=TAXONOMIES, as_of=date(2026, 11, 22), language="zh-Hant", formats=("xlsx", "csv")
    )
    assess_portfolio(source, engine, options, folder, lambda _: None)
    write_template(engine.release, folder / "template.xlsx", "zh-Hans", ["hk-phase-2a:ENE-01"])
    several = [ResultColumn("n", list(range(10))), ResultColumn("text", ["same", "other"] * 5)]
    empty = summarise(Identity("r", "e", "2026-11-22", "S", 1), [], ["ok"], [None], [None], {})
    report = Report(empty, IssueLog(1), [("a", "b")], "en")
    write_xlsx(folder / "several.xlsx", several, report, lambda _: None, sheet_rows=5)
    return folder


@pytest.fixture(scope="module")
def opened(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same workbooks after LibreOffice opened and saved them, and as PDF."""
    soffice = program("soffice")
    folder = tmp_path_factory.mktemp("opened")
    table = folder / "table.csv"
    shutil.copy(written / "results.csv", table)
    books = [written / name for name in ("results.xlsx", "several.xlsx", "template.xlsx")]
    convert(soffice, "xlsx", [*books, table], folder)
    convert(soffice, "pdf", books[:1], folder)
    return folder


def convert(soffice: str, kind: str, files: list[Path], folder: Path) -> None:
    """With a profile of its own, so that an open LibreOffice is not asked."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [
        soffice,
        profile,
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        str(folder),
        *map(str, files),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    missing = [file.stem for file in files if not (folder / f"{file.stem}.{kind}").is_file()]
    assert not missing, done.stdout + done.stderr


def values(path: Path) -> dict[str, dict[str, object]]:
    """Per sheet the cells that hold something, by address."""
    book = openpyxl.load_workbook(path)
    return {
        page.title: {
            cell.coordinate: _plain(cell.value)
            for row in page.iter_rows()
            for cell in row
            if cell.value not in (None, "")
        }
        for page in book.worksheets
    }


def _plain(value: Any) -> object:
    if isinstance(value, str):
        # openpyxl undoes this escape in shared texts and leaves it in others.
        return value.replace("_x005F_", "_")
    return pytest.approx(value) if isinstance(value, float) else value


@pytest.mark.parametrize("name", ["results.xlsx", "several.xlsx", "template.xlsx"])
def test_a_workbook_opens_with_the_same_values(name: str, written: Path, opened: Path) -> None:
    ours, theirs = values(written / name), values(opened / name)
    assert list(theirs) == list(ours)
    for sheet, cells in ours.items():
        assert theirs[sheet] == cells, sheet
        assert len(cells) > 1 or sheet in ("Results 3", "Issues")


def test_the_callers_texts_stay_texts(written: Path, opened: Path) -> None:
    page = openpyxl.load_workbook(opened / "results.xlsx")["Results"]
    place = [cell.value for cell in page[1]].index("notes") + 1
    found = [page.cell(row, place) for row in range(2, len(ODD) + 2)]
    assert [_plain(cell.value) for cell in found] == ODD
    assert {cell.data_type for cell in found} <= {"s", "inlineStr"}
    with zipfile.ZipFile(opened / "results.xlsx") as archive:
        for part in archive.namelist():
            if part.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in archive.read(part) and b"<f " not in archive.read(part)


def test_charts_filters_and_colours_are_there(opened: Path) -> None:
    book = openpyxl.load_workbook(opened / "results.xlsx")
    assert len(book["Summary"]._charts) == 2 * len(TAXONOMIES)
    assert book["Results"].auto_filter.ref is not None
    assert book["Results"].print_title_rows == "$1:$1"
    fill = {cell.value: cell.fill.fgColor.rgb for row in book["Results"].iter_rows() for cell in row}
    assert fill["aligned"] == "FFC6EFCE"


def test_a_csv_opens_without_a_formula(written: Path, opened: Path) -> None:
    with zipfile.ZipFile(opened / "table.xlsx") as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml").partition(b"<sheetData>")[2]
    page = openpyxl.load_workbook(opened / "table.xlsx").active
    assert page is not None and page["C19"].value == page["C20"].value == -5
    with (written / "results.csv").open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.reader(stream))
    place = lines[0].index("notes")
    assert [line[place] for line in lines[1:5]] == ["'=1+1", "+1", "'-1+1", "'@SUM(A1)"]


def test_the_summary_prints_whole(opened: Path) -> None:
    """Three taxonomies with their charts on the first page, what follows below; nothing beside."""
    text = subprocess.run(
        [program("pdftotext"), "-layout", str(opened / "results.pdf"), "-"],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    pages = [
        page for page in text.split("\f") if re.search(r"^\s*Summary\s+\d+ ?/ ?\d+\s*$", page, re.MULTILINE)
    ]
    assert len(pages) == 2
    for taxonomy in TAXONOMIES:
        # The titles of both charts.
        assert len(re.findall(rf"{taxonomy}: ", pages[0])) == 2
    assert "核對合計" in pages[1] and "問題分類" in pages[1]
