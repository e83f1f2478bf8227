"""The workbook that a maintainer fills in: rows of the data files, holes highlighted, drop-down lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter

from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import Language
from taxonomy_api.catalog.worksheet_lists import lists, values_of
from taxonomy_api.catalog.worksheet_model import COLUMNS, FIXED, TOLD, Sheet, SheetRow
from taxonomy_api.portfolio.book_formats import HEAD
from taxonomy_api.portfolio.safe_text import TEXT_ONLY, write_text
from taxonomy_api.portfolio.table import letters
from taxonomy_api.portfolio.worksheet_texts import HOLES, HOW, HOW_MAPPING, SHEET_NAME, WORDS, header, meaning

#: The sheet that keeps what each row was when the workbook was made.
EXPORT, LISTS, FACTS = "Export", "Lists", "Facts"
FORMAT = "worksheet 1"
#: Rows below the last one that are ready for new entries.
PREPARED = 500
#: The longest drop-down list that a validation holds itself.
_INLINE = 255
_WIDTHS = {
    **dict.fromkeys(("kind", "operator", "status", "value", "unit", "predicate_id"), 16),
    **dict.fromkeys(("document", "ext_source", "more", "locator", "ext_locator", "path"), 26),
    **dict.fromkeys(("subject", "activity name", "subject name", "object name", "missing"), 32),
    **dict.fromkeys(("subject_id", "object_id", "mapping_justification"), 28),
    "comment": 50,
}
_LONG = ("name ", "scope ", "statement ", "evidence ", "note ", "notes ")
#: Lists that a cell may depart from: they are long, or hold what is usual only.
_OPEN = ("activity", "subject", "unit", "object_id")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a workbook is made of: the taxonomy or mapping `subject` and its rows."""

    subject: str
    release: Release
    rows: Sequence[SheetRow]
    language: Language

    def of(self, sheet: Sheet) -> list[SheetRow]:
        return [row for row in self.rows if row.sheet == sheet]


def write_worksheet(path: Path, contents: Contents) -> None:
    """Write the workbook to `path`; raises OSError."""
    with xlsxwriter.Workbook(str(path), {"in_memory": True, **TEXT_ONLY}) as book:
        _Writer(book, contents).write()


def sheets_of(subject: str) -> tuple[Sheet, ...]:
    return ("Mapping",) if "--" in subject else ("Activities", "Criteria")


@dataclass(slots=True)
class _Writer:
    book: Any
    contents: Contents
    _formats: dict[str, Any] = field(init=False)
    _lists: Any = field(init=False)
    _lists_used: int = 0

    def __post_init__(self) -> None:
        base = {"num_format": "@", "valign": "top"}
        looks: Mapping[str, Mapping[str, Any]] = {
            "open": {},
            "hole": {"bg_color": "#FFE699"},
            "grey": {"bg_color": "#E7E6E6", "font_color": "#595959"},
            "head": {**HEAD, "text_wrap": True},
            "bold": {"bold": True},
            "wrap": {"text_wrap": True},
        }
        self._formats = {name: self.book.add_format({**base, **look}) for name, look in looks.items()}

    def write(self) -> None:
        said = self.contents
        self._instructions(self.book.add_worksheet(SHEET_NAME.in_language(said.language)))
        pages = {sheet: self.book.add_worksheet(sheet) for sheet in sheets_of(said.subject)}
        if "Criteria" in pages:
            self._facts(self.book.add_worksheet(FACTS))
        self._lists = self.book.add_worksheet(LISTS)
        self._lists.hide()
        choices = lists(said.release, said.subject)
        for sheet, page in pages.items():
            self._sheet(page, sheet, said.of(sheet), choices)
        self._export(self.book.add_worksheet(EXPORT))
        pages[sheets_of(said.subject)[-1]].activate()

    # Sheets of rows

    def _sheet(
        self, page: Any, sheet: Sheet, rows: Sequence[SheetRow], choices: Mapping[str, Sequence[str]]
    ) -> None:
        columns = COLUMNS[sheet]
        for place, column in enumerate(columns):
            write_text(page, 0, place, header(column, self.contents.language), self._formats["head"])
            width = 36 if column.startswith(_LONG) else _WIDTHS.get(column, 13)
            page.set_column(place, place, width, self._formats["grey" if column in TOLD else "open"])
        write_text(page, 0, len(columns), "key", self._formats["grey"])
        page.set_column(len(columns), len(columns), 10, self._formats["grey"], {"hidden": True})
        for number, row in enumerate(rows, start=1):
            self._row(page, number, row)
        last = len(rows) + PREPARED
        for place, column in enumerate(columns):
            if choices.get(column):
                self._choose(page, place, last, choices[column], column)
        page.freeze_panes(1, 4 if sheet == "Criteria" else 1)
        page.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)

    def _row(self, page: Any, number: int, row: SheetRow) -> None:
        holes = {column for column, _ in row.holes}
        texts = {**row.cells, "missing": self._missing(row)}
        for place, column in enumerate(COLUMNS[row.sheet]):
            fixed = column in FIXED[row.sheet] or column in TOLD or column in row.idle
            look = "hole" if column in holes else "grey" if fixed else "open"
            text = texts.get(column, "")
            if text:
                write_text(page, number, place, text, self._formats[look])
            elif look != "open":
                page.write_blank(number, place, None, self._formats[look])
        write_text(page, number, len(COLUMNS[row.sheet]), row.key, self._formats["grey"])

    def _missing(self, row: SheetRow) -> str:
        language = self.contents.language
        return "; ".join(dict.fromkeys(HOLES[hole].in_language(language) for _, hole in row.holes))

    def _choose(self, page: Any, place: int, last: int, values: Sequence[str], column: str) -> None:
        source: list[str] | str = list(values)
        if len(",".join(values)) > _INLINE or any("," in value for value in values):
            at = self._lists_used
            self._lists_used += 1
            for row, value in enumerate((column, *values)):
                write_text(self._lists, row, at, value, self._formats["open"])
            letter = letters(at)
            source = f"={LISTS}!${letter}$2:${letter}${len(values) + 1}"
        page.data_validation(
            1,
            place,
            last,
            place,
            {
                "validate": "list",
                "source": source,
                "show_error": column not in _OPEN,
                "error_title": column[:32],
                "error_message": WORDS["choose"].in_language(self.contents.language),
            },
        )

    # Sheets to read

    def _instructions(self, page: Any) -> None:
        said, language = self.contents, self.contents.language
        formats, row = self._formats, 0
        page.set_column(0, 0, 30)
        page.set_column(1, 1, 110)
        title = f"{WORDS['title'].in_language(language)} {said.subject}"
        write_text(page, row, 0, title, formats["bold"])
        how = HOW_MAPPING if "--" in said.subject else HOW
        for line in how.in_language(language).split("\n"):
            row += 1
            page.merge_range(row, 0, row, 1, "", formats["wrap"])
            write_text(page, row, 0, line, formats["wrap"])
            page.set_row(row, 34)
        told = (("command", "taxonomy-api intake import FILE.xlsx"), ("release", said.release.id))
        for key, text in told:
            row += 1
            write_text(page, row, 0, WORDS[key].in_language(language), formats["bold"])
            write_text(page, row, 1, text, formats["wrap"])
        row += 2
        for place, key in enumerate(("column", "meaning")):
            write_text(page, row, place, WORDS[key].in_language(language), formats["head"])
        named = dict.fromkeys(column for sheet in sheets_of(said.subject) for column in COLUMNS[sheet])
        for column in named:
            if meaning(column, language):
                row += 1
                write_text(page, row, 0, header(column, language), formats["wrap"])
                write_text(page, row, 1, meaning(column, language), formats["wrap"])

    def _facts(self, page: Any) -> None:
        """What can be tested, with the choices or unit of each."""
        language = self.contents.language
        titles = ("id", "name", "kind", "values", "meaning")
        for place, title in enumerate(titles):
            text = _title(title, language)
            write_text(page, 0, place, text, self._formats["head"])
            page.set_column(place, place, (34, 40, 10, 50, 90)[place], self._formats["open"])
        for row, texts in enumerate(_facts(self.contents.release, language), start=1):
            for place, text in enumerate(texts):
                write_text(page, row, place, text, self._formats["open"])
        page.freeze_panes(1, 1)

    def _export(self, page: Any) -> None:
        said = self.contents
        page.very_hidden()
        about = (FORMAT, said.subject, said.release.id, said.language)
        for place, text in enumerate(about):
            write_text(page, 0, place, text)
        for number, row in enumerate(said.rows, start=1):
            for place, text in enumerate((row.sheet, row.key, row.hash, row.text("path"))):
                write_text(page, number, place, text)


def _title(column: str, language: Language) -> str:
    return WORDS[column].in_language(language) if column in WORDS else header(column, language)


def _facts(release: Release, language: Language) -> Iterator[tuple[str, ...]]:
    for fact in release.facts.values():
        name, definition = fact.name.in_language(language), fact.definition.in_language(language)
        yield fact.id, name, fact.kind, values_of(fact), definition
