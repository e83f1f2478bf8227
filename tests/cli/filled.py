"""Workbooks of `intake export`, edited as a person would and read back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from click.testing import Result
from openpyxl.worksheet.worksheet import Worksheet

from taxonomy_api.catalog.load import default_data_folder
from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.worksheet_texts import header

Run = Callable[..., Result]

RECORD = default_data_folder()
_OF_HONG_KONG = (
    *("taxonomies/facts.yaml", "taxonomies/standards.yaml", "taxonomies/sources.yaml"),
    *("taxonomies/hk-phase-1", "taxonomies/hk-phase-2a", "mappings/hk-phase-2a--hk-phase-1.sssom.tsv"),
)


def hong_kong(folder: Path) -> Path:
    """The two editions of Hong Kong and the mapping between them in a data folder of their own."""
    for name in _OF_HONG_KONG:
        source, target = RECORD / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    return folder


@dataclass
class Book:
    """A workbook on disk and the data folder that it is of."""

    run: Run
    data: Path
    path: Path
    language: Language = "en"

    def __post_init__(self) -> None:
        self.book = openpyxl.load_workbook(self.path)

    def page(self, sheet: str) -> Worksheet:
        page = self.book[sheet]
        assert isinstance(page, Worksheet)
        return page

    def column(self, sheet: str, name: str) -> int:
        title = header(name, self.language)
        return next(cell.column for cell in self.page(sheet)[1] if cell.value == title)

    def row(self, sheet: str, key: str) -> int:
        return next(cells[0].row for cells in self.page(sheet).iter_rows() if cells[-1].value == key)

    def address(self, sheet: str, key: str, column: str) -> str:
        page = self.page(sheet)
        return f"{sheet}!{page.cell(self.row(sheet, key), self.column(sheet, column)).coordinate}"

    def put(self, sheet: str, key: str, **cells: object) -> None:
        """Sets cells of the row `key`; `name_en` is the column `name en`."""
        for name, value in cells.items():
            self.page(sheet).cell(self.row(sheet, key), self.column(sheet, _named(name)), value)

    def add(self, sheet: str, behind: str | None = None, **cells: object) -> int:
        """A new row at the end, or behind the row `behind`; its number."""
        page = self.page(sheet)
        number = page.max_row + 1
        if behind is not None:
            number = self.row(sheet, behind) + 1
            page.insert_rows(number)
        for name, value in cells.items():
            page.cell(number, self.column(sheet, _named(name)), value)
        return number

    def remove(self, sheet: str, key: str) -> None:
        self.page(sheet).delete_rows(self.row(sheet, key))

    def read_back(self, *options: str) -> Result:
        self.book.save(self.path)
        return self.run("intake", "import", self.path, *options, TAXONOMY_API_DATA=str(self.data))


def _named(name: str) -> str:
    for language in ("en", "zh_Hans", "zh_Hant"):
        if name.endswith(f"_{language}"):
            return f"{name.removesuffix(f'_{language}')} {language.replace('_', '-')}"
    told = {"class_until", "window_from", "window_until", "where_covered"}
    return name.replace("_", " ") if name in told else name


def export(run: Run, data: Path, subject: str, path: Path, *options: str) -> Book:
    result = run("intake", "export", subject, "-o", path, *options, TAXONOMY_API_DATA=str(data))
    assert result.exit_code == 0, result.output
    return Book(run, data, path)


def texts(folder: Path) -> dict[str, str]:
    """Every file of a data folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}
