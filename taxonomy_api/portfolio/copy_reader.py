"""Reads one sheet for an annotated copy; runs in the reading process only.

The values are the raw ones of the sheet, so that a copy shows them as the sheet does, by the same number
formats. Of a formula its stored value is taken.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from pathlib import Path

from taxonomy_api.portfolio.copy_looks import Looks
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.sheet_copy import CopiedColumns, CopiedRow, LeftBehind, SheetCopy, Value
from taxonomy_api.portfolio.table import column_number, merged_range
from taxonomy_api.portfolio.xlsx_package import Package
from taxonomy_api.portfolio.xml_text import unescape

_MOST_CELLS = 3_000_000
_LAST_COLUMN, _LAST_ROW = 16_383, 1_048_576
#: Rows of looks alone are kept where values follow soon.
_MOST_EMPTY_ROWS = 1_000
_YES = frozenset(["1", "true", "on"])
#: Elements of a sheet that are not copied.
_OF_SHEET: dict[str, LeftBehind] = {
    "f": "formulas",
    "hyperlink": "hyperlinks",
    "conditionalFormatting": "conditional_formats",
    "dataValidation": "validations",
    "drawing": "drawings",
    "picture": "drawings",
    "oleObject": "embedded_objects",
    "control": "embedded_objects",
    "tablePart": "tables",
    "autoFilter": "filters",
    "sheetProtection": "protection",
    "pageSetup": "print_settings",
    "headerFooter": "print_settings",
    "extLst": "extensions",
}
#: Parts of a package that are not copied, by how they are named.
_OF_PACKAGE: tuple[tuple[LeftBehind, re.Pattern[str]], ...] = (
    ("macros", re.compile(r"vbaproject[^/]*\.bin$|/macrosheets/[^/]+\.xml$|/dialogsheets/[^/]+\.xml$")),
    ("external_links", re.compile(r"/externallinks/[^/]+\.xml$")),
    ("embedded_objects", re.compile(r"/embeddings/|/activex/|/ctrlprops/")),
    (
        "connections",
        re.compile(r"/connections\.xml$|/querytables/[^/]+\.xml$|/model/|/pivotcache/[^/]+\.xml$"),
    ),
    ("custom_xml", re.compile(r"^customxml/[^/]+\.xml$")),
    ("document_properties", re.compile(r"^docprops/")),
    ("comments", re.compile(r"/comments?[^/]*\.xml$|/threadedcomments/[^/]+\.xml$")),
)


def copy_sheet(path: Path, sheet: str, rows: int, limits: Limits) -> SheetCopy:
    """The sheet as plain data. Raises `PortfolioProblem` (`annotated_too_large`, and those of damage)."""
    package = Package(path, limits)
    try:
        looks = Looks(package)
        loop = _CopyLoop(package, looks, rows)
        part = next(item.part for item in package.sheets if item.name.name == sheet)
        package.parse(part, loop.start, loop.end, loop.text)
        left = _left_behind(package) + loop.left
        if not looks.readable:
            left["styles"] = 1
        return SheetCopy(
            looks=[looks.look(number) for number in loop.looks],
            rows=loop.rows,
            columns=loop.columns,
            merged=loop.merged,
            frozen=loop.frozen,
            date_1904=package.date_1904,
            row_height=loop.row_height,
            left_behind=dict(left),
        )
    finally:
        package.close()


def _left_behind(package: Package) -> Counter[LeftBehind]:
    """What of the package is in no copy of one of its sheets."""
    found: Counter[LeftBehind] = Counter()
    for name in package.archive.namelist():
        for kind, pattern in _OF_PACKAGE:
            if pattern.search(name.lower()):
                found[kind] += 1

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "definedName":
            found["defined_names"] += 1
        elif name == "sheet":
            hidden = attributes.get("state", "visible") != "visible"
            found["hidden_sheets" if hidden else "other_sheets"] += 1

    package.parse(package.workbook, start)
    # The one that is copied; a hidden sheet is copied only where the caller names it.
    found["other_sheets" if found["other_sheets"] else "hidden_sheets"] -= 1
    return +found


class _CopyLoop:
    """The handlers of one pass over a sheet."""

    def __init__(self, package: Package, looks: Looks, most_rows: int) -> None:
        self.rows: list[CopiedRow] = []
        self.columns: list[CopiedColumns] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self.frozen = (0, 0)
        self.row_height: float | None = None
        self.left: Counter[LeftBehind] = Counter()
        #: The place of each style number that is used.
        self.looks: dict[int, int] = {}
        self._strings = package.shared_strings()
        self._epoch = datetime(1904, 1, 1) if package.date_1904 else datetime(1899, 12, 30)
        self._name = package.path.name
        self._most_rows = most_rows
        self._filled_rows = 0
        self._cells_kept = 0
        self._waiting: list[CopiedRow] = []
        self._row = 0
        self._height: float | None = None
        self._hidden = False
        self._cells: list[tuple[int, int, Value]] = []
        self._column = -1
        self._kind, self._style = "n", 0
        self._pieces: list[str] = []
        self._collecting = self._phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _OF_SHEET:
            self.left[_OF_SHEET[name]] += 1
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t"):
            self._collecting = not self._phonetic
        elif name == "rPh":
            self._phonetic = True
        elif name == "row":
            self._start_row(attributes)
        elif name == "col":
            self._start_columns(attributes)
        elif name == "mergeCell":
            block = merged_range(attributes.get("ref", ""))
            if block is not None:
                self.merged.append((block.first_row, block.first_column, block.last_row, block.last_column))
        elif name == "pane" and attributes.get("state", "").startswith("frozen"):
            down, right = (int(float(attributes.get(key, "0"))) for key in ("ySplit", "xSplit"))
            self.frozen = (min(down, _LAST_ROW - 1), min(right, _LAST_COLUMN))
        elif name == "sheetFormatPr":
            self.row_height = _size(attributes.get("defaultRowHeight"))

    def text(self, data: str) -> None:
        if self._collecting:
            self._pieces.append(data)

    def end(self, name: str) -> None:
        if name == "c":
            value = self._value()
            if 0 <= self._column <= _LAST_COLUMN and (value is not None or self._style):
                self._cells.append((self._column, self._place(self._style), value))
        elif name in ("v", "t"):
            self._collecting = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "row":
            self._end_row()

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        self._row = int(number) if number else self._row + 1
        self._height = _size(attributes.get("ht"))
        self._hidden = attributes.get("hidden") in _YES
        self._cells = []
        self._column = -1

    def _end_row(self) -> None:
        filled = any(value is not None for _, _, value in self._cells)
        if not filled and not self._cells and self._height is None and not self._hidden:
            return
        self._waiting.append(CopiedRow(self._row, self._height, self._hidden, self._cells))
        if filled:
            self._filled_rows += 1
            self._cells_kept += sum(len(row.cells) for row in self._waiting)
            self.rows += self._waiting
            self._waiting = []
        elif len(self._waiting) > _MOST_EMPTY_ROWS:
            self._waiting.pop()
        if self._filled_rows > self._most_rows or self._cells_kept > _MOST_CELLS:
            raise PortfolioProblem(
                "annotated_too_large",
                f"The sheet has more than {self._most_rows:,} filled rows or {_MOST_CELLS:,} cells.",
                "Leave out the option annotated, or split the portfolio.",
            )

    def _start_columns(self, attributes: dict[str, str]) -> None:
        first, last = int(attributes.get("min", "1")) - 1, int(attributes.get("max", "1")) - 1
        if not 0 <= first <= last:
            return
        look = self._place(int(attributes.get("style", "0")))
        hidden = attributes.get("hidden") in _YES
        width = _size(attributes.get("width"))
        self.columns.append(
            CopiedColumns(min(first, _LAST_COLUMN), min(last, _LAST_COLUMN), width, hidden, look)
        )

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self._column = column_number(reference.rstrip("0123456789")) if reference else self._column + 1
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._pieces.clear()

    def _place(self, style: int) -> int:
        return self.looks.setdefault(style, len(self.looks))

    def _value(self) -> Value:
        raw, kind = "".join(self._pieces), self._kind
        if raw == "":
            return None
        if kind == "s":
            return self._strings[int(raw)] or None
        if kind == "n":
            return _number(raw)
        if kind == "b":
            return raw.strip() in _YES
        if kind == "e":
            return raw
        if kind == "d":
            return self._serial(raw)
        return unescape(raw)

    def _serial(self, raw: str) -> Value:
        """A date in words as the number that the number format shows as that date."""
        try:
            moment = datetime.fromisoformat(raw).replace(tzinfo=None)
        except ValueError:
            return raw
        return (moment - self._epoch).total_seconds() / 86_400


def _number(raw: str) -> Value:
    if raw.isdigit() and len(raw) <= 15:
        return int(raw)
    number = float(raw)
    return number if number - number == 0 else raw


def _size(raw: str | None) -> float | None:
    try:
        size = float(raw) if raw else None
    except ValueError:
        return None
    return size if size is not None and 0 <= size <= 2_000 else None
