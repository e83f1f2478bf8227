"""Looks through the content of an OpenDocument spreadsheet before a library reads it.

Repeats are how these files write long runs of equal cells; a few bytes can claim billions of them. On its way
the look-through notes what the library does not tell: errors, percentages, merged blocks and what is hidden.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from xml.parsers import expat

from taxonomy_api.portfolio.archive import password_problem
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.table import HIDDEN_NAMED, Broken, Cell, MergedRange, Percent

#: As many rows and columns as a sheet can have.
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
#: What a formula shows that came to an error; other programs than LibreOffice do not mark such a cell.
_ERROR = re.compile(r"#(REF!|N/A|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)|Err:\d{3}")
_LONGEST_SHOWN = 40


@dataclass(slots=True)
class OdsFrame:
    """What one table holds beside plain values. `cells`: by first row and column, from 0, over how many rows
    and columns it repeats and what the cell is."""

    cells: dict[tuple[int, int], tuple[int, int, Cell]] = field(default_factory=dict)
    merged: list[MergedRange] = field(default_factory=list)
    hidden_rows: int = 0
    first_hidden: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)


def check_content(archive: zipfile.ZipFile, name: str, limits: Limits) -> Mapping[str, OdsFrame]:
    """The frame of each table by its name. Raises `PortfolioProblem` for document types, encryption,
    unbounded repeats and damage."""
    frames: dict[str, OdsFrame] = {}
    for part in ("META-INF/manifest.xml", "content.xml", "styles.xml"):
        if part in archive.namelist():
            loop = _Loop(name, limits, frames)
            parser = expat.ParserCreate()
            parser.buffer_text = True
            parser.StartElementHandler = loop.start
            parser.EndElementHandler = loop.end
            parser.CharacterDataHandler = loop.text
            parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = loop.refuse_declaration
            try:
                with archive.open(part) as stream:
                    parser.ParseFile(stream)
            except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
                raise PortfolioProblem(
                    "damaged_workbook",
                    f"{name} is damaged: {part} cannot be read.",
                    "Open it in a spreadsheet program, let it repair the file, and save it as .xlsx.",
                ) from error
    return frames


class _Loop:
    """Counts the cells that a sheet claims to hold."""

    def __init__(self, name: str, limits: Limits, frames: dict[str, OdsFrame]) -> None:
        self._name = name
        self._limits = limits
        self._frames = frames
        self._frame = OdsFrame()
        self._cells = self._rows = 0
        self._row_repeat = 1
        self._in_row = self._row_width = 0
        #: Where the row that is open stands, filled or not, and where the next column is described; from 0.
        self._row = self._column = 0
        self._hides_row = False
        #: Of the cell that is open, where it may be an error: what it shows.
        self._shown: list[str] | None = None
        self._cell = (0, 1, False)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "encryption-data":
            raise password_problem(self._name)
        if local == "table":
            self._rows = self._row = self._column = 0
            self._frame = self._frames.setdefault(attributes.get("table:name", ""), OdsFrame())
        elif local == "table-row":
            self._row_repeat = self._repeat(attributes, "table:number-rows-repeated", _MOST_ROWS)
            self._in_row = self._row_width = 0
            self._hides_row = _is_hidden(attributes)
        elif local in {"table-cell", "covered-table-cell"}:
            self._start_cell(attributes)
        elif local == "table-column":
            repeat = self._repeat(attributes, "table:number-columns-repeated", _MOST_COLUMNS)
            last = min(self._column + repeat, _MOST_COLUMNS)
            if _is_hidden(attributes):
                self._frame.hidden_columns.update(range(self._column, last))
            self._column = last

    def _start_cell(self, attributes: dict[str, str]) -> None:
        repeat = self._repeat(attributes, "table:number-columns-repeated", _MOST_COLUMNS)
        column = self._row_width
        self._row_width += repeat
        if any(key.rpartition(":")[2] == "value-type" for key in attributes):
            self._in_row = self._row_width
        self._shown = None
        if attributes.get("office:value-type") == "percentage":
            percent = _percent(attributes.get("office:value", ""))
            if percent is not None:
                self._frame.cells[self._row, column] = (self._row_repeat, repeat, percent)
        elif "table:formula" in attributes or attributes.get("calcext:value-type") == "error":
            self._shown = []
            self._in_row = self._row_width
            self._cell = (column, repeat, attributes.get("calcext:value-type") == "error")
        rows = self._repeat(attributes, "table:number-rows-spanned", _MOST_ROWS)
        columns = self._repeat(attributes, "table:number-columns-spanned", _MOST_COLUMNS)
        if rows > 1 or columns > 1:
            last = self._row + rows, column + columns - 1
            self._frame.merged.append(MergedRange(self._row + 1, column, *last))

    def text(self, text: str) -> None:
        if self._shown is not None:
            self._shown.append(text[:_LONGEST_SHOWN])

    def end(self, tag: str) -> None:
        local = tag.rpartition(":")[2]
        if local == "table-cell" and self._shown is not None:
            self._end_of_formula("".join(self._shown)[:_LONGEST_SHOWN])
        if local != "table-row":
            return
        self._row += self._row_repeat
        if self._in_row:
            self._rows += self._row_repeat
            self._cells += self._row_repeat * self._in_row
            if self._hides_row:
                self._frame.hidden_rows += self._row_repeat
                first = range(self._row - self._row_repeat + 1, self._row + 1)
                self._frame.first_hidden += first[: HIDDEN_NAMED - len(self._frame.first_hidden)]
            most = self._limits.rows + self._limits.header_rows
            if self._rows > most or self._cells > most * 100:
                raise self._unsafe(
                    f"more than {most:,} rows or {most * 100:,} cells, most of them by repetition"
                )

    def _end_of_formula(self, shown: str) -> None:
        column, repeat, is_error = self._cell
        self._shown = None
        if is_error or _ERROR.fullmatch(shown):
            self._frame.cells[self._row, column] = (
                self._row_repeat,
                repeat,
                Broken("error_cell", shown or "#ERROR"),
            )

    def refuse_declaration(self, *_: object) -> None:
        raise self._unsafe("an XML document type declaration, which workbooks never need")

    def _repeat(self, attributes: dict[str, str], key: str, most: int) -> int:
        number = int(attributes.get(key, "1"))
        if not 1 <= number <= most:
            raise self._unsafe("more repetitions than a sheet has room for")
        return number

    def _unsafe(self, what: str) -> PortfolioProblem:
        return PortfolioProblem(
            "unsafe_workbook", f"{self._name} contains {what}.", "Save it as .xlsx in a spreadsheet program."
        )


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return attributes.get("table:visibility") in ("collapse", "filter")


def _percent(value: str) -> Percent | None:
    try:
        number = Decimal(value) * 100
    except InvalidOperation:
        return None
    return Percent(f"{number.normalize():f}%") if number.is_finite() and abs(number) < 10**15 else None
