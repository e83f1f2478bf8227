"""Looks through the content of an OpenDocument spreadsheet before a library reads it.

Repeats are how these files write long runs of equal cells; a few bytes can claim billions of them.
"""

from __future__ import annotations

import zipfile
import zlib
from xml.parsers import expat

from taxonomy_api.portfolio.archive import password_problem
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem

#: As many rows and columns as a sheet can have.
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384


def check_content(archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
    """Raises `PortfolioProblem` for document types, encryption, unbounded repeats and damage."""
    for part in ("META-INF/manifest.xml", "content.xml", "styles.xml"):
        if part in archive.namelist():
            loop = _Loop(name, limits)
            parser = expat.ParserCreate()
            parser.StartElementHandler = loop.start
            parser.EndElementHandler = loop.end
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


class _Loop:
    """Counts the cells that a sheet claims to hold."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._cells = self._rows = 0
        self._row_repeat = 1
        self._in_row = self._row_width = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "encryption-data":
            raise password_problem(self._name)
        if local == "table":
            self._rows = 0
        elif local == "table-row":
            self._row_repeat = self._repeat(attributes, "table:number-rows-repeated", _MOST_ROWS)
            self._in_row = self._row_width = 0
        elif local in {"table-cell", "covered-table-cell"}:
            repeat = self._repeat(attributes, "table:number-columns-repeated", _MOST_COLUMNS)
            self._row_width += repeat
            if any(key.rpartition(":")[2] == "value-type" for key in attributes):
                self._in_row = self._row_width
        elif local == "table-column":
            self._repeat(attributes, "table:number-columns-repeated", _MOST_COLUMNS)

    def end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == "table-row" and self._in_row:
            self._rows += self._row_repeat
            self._cells += self._row_repeat * self._in_row
            most = self._limits.rows + self._limits.header_rows
            if self._rows > most or self._cells > most * 100:
                raise self._unsafe(
                    f"more than {most:,} rows or {most * 100:,} cells, most of them by repetition"
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
