"""Reads .xlsx sheets in one pass over their XML: values, own addresses, formulas without a value.

A streaming parser of our own instead of a library, because one pass tells apart what libraries
merge (an empty cell, an error, a formula never calculated), does not trust the sheet's stated
dimension, and refuses document type declarations.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.shared_strings import NotPlain
from taxonomy_api.portfolio.table import (
    FROM_1904,
    HIDDEN_NAMED,
    Broken,
    Cell,
    Note,
    Percent,
    SheetData,
    SheetName,
    SheetRow,
    column_number,
    merged_range,
)
from taxonomy_api.portfolio.xlsx_package import Package
from taxonomy_api.portfolio.xml_text import unescape

if TYPE_CHECKING:
    import pyarrow as pa

    from taxonomy_api.portfolio.packed import PackedSheet
    from taxonomy_api.portfolio.packed_columns import Spill

#: Sheets of at least so many bytes of XML are read by the bulk reader: below, the parser is as fast
#: (measured, 0.15 s with the libraries that the bulk reader loads).
BULK_FROM = 2**20


class XlsxBook:
    """An opened .xlsx file."""

    def __init__(
        self, path: Path, limits: Limits, bulk_from: int = BULK_FROM, notes: Sequence[Note] = ()
    ) -> None:
        self._bulk_from = bulk_from
        self._package = Package(path, limits)
        self.notes = [*notes, Note(FROM_1904, "")] if self._package.date_1904 else notes
        self._limits = limits
        self._strings: Sequence[str] | None = None
        self._array: pa.Array[Any] | None = None
        #: Told how many filled rows of a sheet were found so far.
        self.counted: Callable[[int], None] = lambda rows: None

    @property
    def sheets(self) -> Sequence[SheetName]:
        return [sheet.name for sheet in self._package.sheets]

    def head(self, sheet: str, rows: int) -> SheetData:
        return self._parse(sheet, last_row=rows)

    def read(self, sheet: str, rows: int) -> SheetData:
        packed = self.packed(sheet, rows)
        if packed is None:
            return self._parse(sheet, row_limit=rows)
        from taxonomy_api.portfolio.unpacked import unpack

        return unpack(packed)

    def packed(self, sheet: str, rows: int, spill: Spill | None = None) -> PackedSheet | None:
        """The whole sheet by the bulk reader; None where it is small or of a shape that one does not know.

        Pieces of long buffers go to `spill`; without it all stays in memory.
        """
        part = self._part(sheet)
        if self._package.size(part) < self._bulk_from:
            return None
        from taxonomy_api.portfolio.scan_sheet import Scan
        from taxonomy_api.portfolio.xml_tags import UnknownShape

        loop = _SheetLoop(self._package, [], sheet, None, None)
        special = self._package.date_styles | self._package.percent_styles
        strings = self._shared_array()

        def check(found: int) -> None:
            _check_rows(sheet, found, rows)
            self.counted(found)

        scan = Scan(strings, special, loop.styled, _iso_date, check, spill)
        try:
            with self._package.open(part) as stream:
                return scan.read(stream)
        except (UnknownShape, zipfile.BadZipFile, zlib.error, EOFError):
            return None

    def close(self) -> None:
        self._package.close()

    def _parse(self, sheet: str, last_row: int | None = None, row_limit: int | None = None) -> SheetData:
        part = self._part(sheet)
        loop = _SheetLoop(self._package, self._shared(), sheet, last_row, row_limit)
        with suppress(_EnoughRead):
            self._package.parse(part, loop.start, loop.end, loop.text)
        return loop.finish()

    def _part(self, sheet: str) -> str:
        return next(item.part for item in self._package.sheets if item.name.name == sheet)

    def _shared(self) -> Sequence[str]:
        """The shared strings; where they are many, each becomes a text only when it is asked for."""
        if self._strings is None:
            if self._package.shared_strings_size() < self._bulk_from:
                self._strings = self._package.shared_strings()
            else:
                self._strings = _Texts(self._shared_array())
        return self._strings

    def _shared_array(self) -> pa.Array[Any]:
        from taxonomy_api.portfolio.arrow_buffers import joined_texts, text_array

        if self._array is None:
            try:
                self._array = joined_texts(self._package.plain_strings())
            except NotPlain:
                self._array = text_array(self._package.shared_strings())
        return self._array


class _Texts(Sequence[str]):
    """An array of texts as a sequence."""

    def __init__(self, texts: pa.Array[Any]) -> None:
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [str(text) for text in self._texts[place].to_pylist()]
        return str(self._texts[place].as_py())


def _check_rows(sheet: str, found: int, most: int) -> None:
    if found > most:
        raise PortfolioProblem(
            "too_many_rows",
            f"The sheet {sheet!r} holds more than {most:,} filled rows, its header among them.",
            "Split the portfolio into several files.",
        )


class _EnoughRead(Exception):
    """Ends the parse of a sheet of which only the first rows are wanted."""


class _SheetLoop:
    """The handlers of one pass over a sheet."""

    def __init__(
        self,
        package: Package,
        strings: Sequence[str],
        sheet: str,
        last_row: int | None,
        row_limit: int | None,
    ) -> None:
        self.data = SheetData()
        self._date_styles = package.date_styles
        self._percent_styles = package.percent_styles
        self._epoch = datetime(1904, 1, 1) if package.date_1904 else datetime(1899, 12, 30)
        self._strings = strings
        self._sheet = sheet
        self._last_row = last_row
        self._row_limit = row_limit
        self._columns: dict[str, int] = {}
        self._numbers: list[int] = []
        self._rows: list[SheetRow] = []
        self._row = 0
        self._cells: dict[int, Cell] = {}
        self._column = -1
        self._kind = "n"
        self._style = "0"
        self._pieces: list[str] = []
        self._formula: str | None = None
        self._collecting = False
        self._phonetic = False

    def finish(self) -> SheetData:
        self.data.set_rows(self._numbers, self._rows)
        return self.data

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "v" or name == "t":
            self._collecting = not self._phonetic
        elif name == "is":
            return
        elif name == "f":
            self._formula = ""
            self._collecting = True
        elif name == "row":
            self._start_row(attributes)
        elif name == "rPh":
            self._phonetic = True
        elif name == "col" and attributes.get("hidden") in {"1", "true"}:
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self.data.hidden_columns.update(range(first - 1, min(last, first + 16_383)))
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def text(self, data: str) -> None:
        if self._collecting:
            self._pieces.append(data)

    def end(self, name: str) -> None:
        if name == "c":
            value = self._value()
            if value is not None:
                self._cells[self._column] = value
        elif name == "v" or name == "t":
            self._collecting = False
        elif name == "is":
            return
        elif name == "f":
            self._formula = "".join(self._pieces)
            self._pieces.clear()
            self._collecting = False
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._phonetic = False

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        self._row = int(number) if number else self._row + 1
        if self._last_row is not None and self._row > self._last_row:
            raise _EnoughRead
        self._cells = {}
        self._column = -1
        self._hidden = attributes.get("hidden") in {"1", "true"}

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference:
            name = reference.rstrip("0123456789")
            column = self._columns.get(name)
            if column is None:
                column = self._columns[name] = column_number(name)
            self._column = column
        else:
            self._column += 1
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._formula = None
        self._pieces.clear()

    def _end_row(self) -> None:
        if not self._cells:
            return
        if self._row_limit is not None:
            _check_rows(self._sheet, len(self._numbers) + 1, self._row_limit)
        self._numbers.append(self._row)
        self._rows.append(self._cells)
        if self._hidden:
            self.data.hidden_rows += 1
            if len(self.data.first_hidden) < HIDDEN_NAMED:
                self.data.first_hidden.append(self._row)

    def _merge(self, reference: str) -> None:
        block = merged_range(reference)
        if block is not None:
            self.data.merged.append(block)

    def _value(self) -> Cell:
        raw = "".join(self._pieces)
        kind = self._kind
        if kind == "s":
            return self._strings[int(raw)] or None if raw else None
        if self._formula is not None and raw == "" and kind != "str":
            return Broken("formula_without_value", f"={self._formula}")
        if raw == "":
            return None
        if kind == "n":
            return self._number(raw)
        if kind == "b":
            return raw.strip() in {"1", "true"}
        if kind == "e":
            return Broken("error_cell", raw)
        if kind == "d":
            return _iso_date(raw)
        return unescape(raw)

    def _number(self, raw: str) -> Cell:
        if self._style in self._date_styles or self._style in self._percent_styles:
            return self.styled(self._style, float(raw))
        if raw.isdigit():
            return int(raw)
        number_or_nan = float(raw)
        if number_or_nan - number_or_nan != 0:
            return Broken("error_cell", raw)
        return int(raw) if raw[0] == "-" and raw[1:].isdigit() else number_or_nan

    def styled(self, style: str, number: float) -> Cell:
        """A number in a style that shows a date or a percentage."""
        if style in self._date_styles:
            return self._date(number)
        percent = Decimal(repr(number)) * 100
        return (
            Percent(f"{percent.normalize():f}%") if percent.is_finite() else Broken("error_cell", str(number))
        )

    def _date(self, serial: float) -> Cell:
        try:
            # Rounded to whole seconds: serials hold times as fractions of a day.
            moment = self._epoch + timedelta(seconds=round(serial * 86_400))
        except (OverflowError, ValueError):
            return Broken("error_cell", str(serial))
        if serial < 1:
            return moment.time().isoformat()
        return moment if moment.time().isoformat() != "00:00:00" else moment.date()


def _iso_date(raw: str) -> Cell:
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        return raw
    return moment.date() if "T" not in raw or moment.time() == datetime.min.time() else moment
