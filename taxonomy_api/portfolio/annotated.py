"""An annotated copy of the bank's sheet: its cells as they look, the verdicts beside them, notes on the
cells that caused issues.

The copy is a new workbook, made from plain data that the reading process hands over. No part of the upload
is taken over as it is, so that nothing which acts can come along; and what writes it is not what read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import xlsxwriter
from msgspec.structs import replace

from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.book_formats import Formats, column_width
from taxonomy_api.portfolio.issues import Cause, Issue, IssueLog
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.reading_process import ReadingProcess
from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.safe_text import TEXT_ONLY, clean, write_text
from taxonomy_api.portfolio.sheet_copy import CellLook, SheetCopy
from taxonomy_api.portfolio.table import Book, Table, shown, split_address
from taxonomy_api.portfolio.text_sheets import write_issues, write_method
from taxonomy_api.portfolio.texts import label

#: Merged blocks are written cell by cell; sheets of real portfolios stay far below.
_MOST_MERGED_CELLS = 200_000
_MOST_NOTES = 5_000
_LONGEST_NOTE = 2_000
_LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = dict.fromkeys(map(ord, "[]:*?/\\"), "_")
#: What the copy leaves behind is told by itself; the text of a formula stays behind with the formula.
_TOLD_OTHERWISE, _FORMULA = "content_ignored", "formula_without_value"
#: A file's width counts in sevenths of a character, with five for the margins.
_PIXELS, _MARGIN = 7, 5


@dataclass(frozen=True, slots=True)
class Copied:
    """The sheet that is copied, and the names of hidden ones, which do not come along either."""

    sheet: SheetCopy
    hidden: frozenset[str]


@dataclass(frozen=True, slots=True)
class Annotations:
    """What is written beside and over the cells of the copy."""

    table: Table
    columns: Sequence[ResultColumn]
    issues: IssueLog
    method: Sequence[tuple[str, str]]
    language: Language


def read_copy(book: Book, table: Table, limits: Limits) -> Copied:
    """The sheet of the table, for its copy. Raises `PortfolioProblem`."""
    if len(table.rows) > limits.annotated_rows:
        raise PortfolioProblem(
            "annotated_too_large",
            f"The portfolio has {len(table.rows):,} rows; annotated copies are made of up to "
            f"{limits.annotated_rows:,}.",
            "Leave out the option annotated, or split the portfolio.",
        )
    if not isinstance(book, ReadingProcess):
        raise TypeError("annotated copies are made of uploads that a process of their own has opened")
    hidden = frozenset(one.name for one in book.sheets if one.hidden and one.name != table.sheet)
    return Copied(book.copy(table.sheet, limits.annotated_rows + table.header_row), hidden)


def write_annotated(path: Path, copied: Copied, notes: Annotations) -> None:
    """Write the copy, with the sheets Issues (what was left behind first) and Method behind it."""
    copy = copied.sheet
    with xlsxwriter.Workbook(str(path), {**TEXT_ONLY, "date_1904": copy.date_1904}) as workbook:
        formats = Formats(workbook)
        name = _sheet_name(notes.table.sheet)
        writer = _CopyWriter(workbook, workbook.add_worksheet(name), copy)
        writer.write_sheet()
        writer.write_verdicts(notes, formats)
        writer.write_notes(notes)
        taken = {name.casefold()}
        told = (_left_behind(copy, writer.merged_left, notes), *_told(notes.issues, copied.hidden))
        write_issues(workbook, formats, notes.issues, notes.language, told, _free("Issues", taken))
        write_method(workbook, formats, notes.method, notes.language, _free("Method", taken))


class _Exact(float):
    """A number that is written with all its digits; the library writes sixteen."""

    def __format__(self, _: str) -> str:
        return float.__repr__(self).removesuffix(".0")


class _CopyWriter:
    """Writes one sheet; remembers where its cells end."""

    def __init__(self, workbook: Any, sheet: Any, copy: SheetCopy) -> None:
        self._sheet, self._copy = sheet, copy
        self._formats: list[Any] = [workbook.add_format(_properties(look)) for look in copy.looks]
        self._last_row = max((row.number for row in copy.rows), default=1)
        self._last_column = max(
            (column for row in copy.rows for column, _, value in row.cells if value is not None), default=0
        )
        #: Merged blocks that were not taken over; of those that were, the first cell by every other one.
        self.merged_left = 0
        self._first: dict[tuple[int, int], tuple[int, int]] = {}

    def write_sheet(self) -> None:
        sheet, copy = self._sheet, self._copy
        if copy.row_height:
            sheet.set_default_row(copy.row_height)
        covered = -1
        for one in copy.columns:
            if one.first <= covered:
                # No program describes a column twice; and each description costs time per column.
                continue
            covered = one.last
            width = None if one.width is None else max(one.width - _MARGIN / _PIXELS, 0)
            sheet.set_column(one.first, one.last, width, self._format(one.look), {"hidden": one.hidden})
        self._write_merged()
        for row in copy.rows:
            if row.height is not None or row.hidden:
                sheet.set_row(row.number - 1, row.height, None, {"hidden": row.hidden})
            for column, look, value in row.cells:
                self._write(row.number - 1, column, value, self._format(look))
        if any(copy.frozen):
            sheet.freeze_panes(*copy.frozen)

    def write_verdicts(self, notes: Annotations, formats: Formats) -> None:
        """Right of the last value."""
        sheet, table = self._sheet, notes.table
        for column, one in enumerate(notes.columns, start=max(self._last_column, *table.positions) + 1):
            sheet.set_column(column, column, column_width(one), None)
            write_text(sheet, table.header_row - 1, column, one.header, formats.header)
            for number, cell in zip(table.rows, one.cells, strict=True):
                if isinstance(cell, date):
                    sheet.write_datetime(number - 1, column, cell, formats.date)
                elif cell is not None and cell != "":
                    style = formats.coloured.get(cell) if one.coloured and isinstance(cell, str) else None
                    write_text(sheet, number - 1, column, shown(cell), style)

    def write_notes(self, notes: Annotations) -> None:
        """On each cell of the sheet, what was said about it."""
        told: dict[tuple[int, int], list[str]] = {}
        for cause in notes.issues.causes():
            for issue in cause.listed:
                if issue.cell and issue.sheet == notes.table.sheet:
                    column, row = split_address(issue.cell)
                    # Of a merged block only the first cell can hold a note.
                    lines = told.setdefault(self._first.get((row, column), (row, column)), [])
                    lines.append(f"{issue.done} {issue.cure}".strip())
        for row, column in list(told)[:_MOST_NOTES]:
            text = clean("\n".join(dict.fromkeys(told[row, column])))[:_LONGEST_NOTE]
            size = {"width": 320, "height": min(40 + 18 * (len(text) // 40), 400)}
            self._sheet.write_comment(row - 1, column, text, size)

    def _format(self, look: int) -> Any:
        return self._formats[look] if look < len(self._formats) else None

    def _write(self, row: int, column: int, value: bool | int | float | str | None, style: Any) -> None:
        if value is None:
            self._sheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            write_text(self._sheet, row, column, value, style)
        elif isinstance(value, bool):
            self._sheet.write_boolean(row, column, value, style)
        else:
            self._sheet.write_number(row, column, _Exact(value), style)

    def _write_merged(self) -> None:
        """Blocks within the cells that do not overlap; their cells are written after them."""
        taken = self._first
        right = max((column for row in self._copy.rows for column, _, _ in row.cells), default=0)
        for top, left, bottom, last in self._copy.merged:
            is_block = (
                top <= bottom <= self._last_row and left <= last <= right and (top, left) != (bottom, last)
            )
            size = (bottom - top + 1) * (last - left + 1)
            if not is_block or len(taken) + size > _MOST_MERGED_CELLS:
                self.merged_left += 1
                continue
            cells = [(row, column) for row in range(top, bottom + 1) for column in range(left, last + 1)]
            if not taken.keys().isdisjoint(cells):
                self.merged_left += 1
                continue
            taken.update(dict.fromkeys(cells, (top, left)))
            self._sheet.merge_range(top - 1, left, bottom - 1, last, "")


def _properties(look: CellLook) -> dict[str, Any]:
    """What differs from nothing, by the library's names."""
    given = {name: value for name, value in msgspec.structs.asdict(look).items() if value not in ("", 0)}
    return {name: clean(value) if isinstance(value, str) else value for name, value in given.items()}


def _left_behind(copy: SheetCopy, merged: int, notes: Annotations) -> Cause:
    language = notes.language
    counts: dict[str, int] = {str(kind): count for kind, count in copy.left_behind.items()}
    if merged:
        counts["merged"] = merged
    done, cure = label("left_done", language), label("left_cure", language)
    lines = [
        label("left_count", language).format(what=label(f"left_{kind}", language), count=f"{count:,}")
        for kind, count in counts.items()
    ]
    issues = tuple(
        Issue("info", "left_behind", notes.table.sheet, "", None, "", line, done, cure)
        for line in lines or [label("left_nothing", language)]
    )
    return Cause("info", "left_behind", "", issues, len(issues))


def _told(log: IssueLog, hidden: frozenset[str]) -> Iterator[Cause]:
    """The issues of the log without what the copy must not hold."""
    for cause in log.causes():
        if cause.code == _TOLD_OTHERWISE:
            continue
        listed = tuple(
            replace(
                issue,
                sheet="" if issue.sheet in hidden else issue.sheet,
                read="" if issue.code == _FORMULA else issue.read,
            )
            for issue in cause.listed
        )
        yield replace(cause, listed=listed)


def _sheet_name(name: str) -> str:
    """The sheet's own name, as far as it may be one."""
    text = clean(name).translate(_NOT_IN_SHEET_NAMES).strip("'")[:_LONGEST_SHEET_NAME].strip("'")
    return text if text.strip() else "Sheet"


def _free(name: str, taken: set[str]) -> str:
    while name.casefold() in taken:
        name += "_"
    taken.add(name.casefold())
    return name
