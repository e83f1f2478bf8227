"""A workbook that nobody changed changes nothing, of every taxonomy and mapping on file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.load_result import LoadResult
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import LANGUAGES, Language
from taxonomy_api.catalog.worksheet_curators import Curator
from taxonomy_api.catalog.worksheet_import import read_back
from taxonomy_api.catalog.worksheet_mapping import mapping_rows
from taxonomy_api.catalog.worksheet_model import SheetRow, row_hash
from taxonomy_api.catalog.worksheet_rows import sector_files, taxonomy_rows
from taxonomy_api.portfolio.read_worksheet import read_worksheet
from taxonomy_api.portfolio.write_worksheet import Contents, write_worksheet

RECORD = default_data_folder()
TAXONOMIES = sorted(path.parent.name for path in RECORD.glob("taxonomies/*/taxonomy.yaml"))
MAPPINGS = sorted(path.name.removesuffix(".sssom.tsv") for path in RECORD.glob("mappings/*--*.sssom.tsv"))


@pytest.fixture(scope="module")
def release() -> Release:
    found = load_release(RECORD).release
    assert found is not None
    return found


def rows_of(subject: str, release: Release, language: Language) -> list[SheetRow]:
    if "--" not in subject:
        return taxonomy_rows(sector_files(RECORD, subject), language)
    file = f"mappings/{subject}.sssom.tsv"
    return mapping_rows((RECORD / file).read_text(encoding="utf-8"), file, release, language)


@pytest.mark.parametrize("saved_anew", [False, True])
@pytest.mark.parametrize("subject", [*TAXONOMIES, *MAPPINGS])
def test_it_changes_nothing(subject: str, saved_anew: bool, release: Release, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    language = LANGUAGES[len(subject) % 3]
    rows = rows_of(subject, release, language)
    write_worksheet(path, Contents(subject, release, rows, language))
    if saved_anew:
        openpyxl.load_workbook(path).save(path)
    filled, report = read_worksheet(path)
    assert report.findings == []
    rows.sort(key=lambda row: row.sheet)  # as the sheets stand
    assert [(row.sheet, row.key) for row in filled.rows] == [(row.sheet, row.key) for row in rows]
    # Each row says what it said, cell for cell: what was to be shown has come through.
    assert [row_hash(row.sheet, row.cells) for row in filled.rows] == [row.hash for row in rows]
    outcome = read_back(RECORD, LoadResult(release, ()), filled, report, Curator(None, date(2026, 12, 1)))
    assert outcome.findings == () and outcome.texts == {}
