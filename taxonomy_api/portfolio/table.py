"""What a reader hands on: cells with the sheet's own addresses, by column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from taxonomy_api.portfolio.column import Column


_BLOCK = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell without a usable value; `shown` is what the sheet shows or holds instead."""

    code: Literal["error_cell", "formula_without_value"]
    shown: str


class Percent(str):
    """A number with a percent format: the text "30%", so that it is never read as 0.3 of something else."""

    @property
    def fraction(self) -> float:
        return float(Decimal(self.rstrip("%")) / 100)


Cell = str | int | float | bool | date | datetime | Broken | None
#: The cells of one row that hold something, by column (from 0).
SheetRow = dict[int, Cell]


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A merged block; rows as in the sheet (from 1), columns from 0; both ends belong to it."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


#: So many hidden rows are named.
HIDDEN_NAMED = 10


@dataclass(slots=True)
class SheetData:
    """The rows of a sheet that hold anything: their numbers as in the sheet (from 1), and their cells
    by column (from 0), every column as long as `numbers`."""

    numbers: Sequence[int] = field(default_factory=list)
    columns: dict[int, Sequence[Cell]] = field(default_factory=dict)
    #: How many are hidden, and the first `HIDDEN_NAMED` of them.
    hidden_rows: int = 0
    first_hidden: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[MergedRange] = field(default_factory=list)

    @property
    def rows(self) -> list[SheetRow]:
        """The same cells row by row."""
        rows: list[SheetRow] = [{} for _ in self.numbers]
        for column, cells in self.columns.items():
            for row, cell in zip(rows, cells, strict=True):
                if cell is not None:
                    row[column] = cell
        return rows

    def set_rows(self, numbers: list[int], rows: Sequence[SheetRow]) -> None:
        """Take the cells of rows that were read one after the other."""
        columns: dict[int, list[Cell]] = {}
        for index, row in enumerate(rows):
            for column, cell in row.items():
                cells = columns.get(column)
                if cells is None:
                    cells = columns[column] = [None] * len(rows)
                cells[index] = cell
        self.numbers, self.columns = numbers, {**columns}


#: Code of the note of a workbook whose days count from another day than usual.
FROM_1904 = "dates_from_1904"


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell of a whole file: how it was read, or what in it was left alone."""

    code: str
    read: str


class Book(Protocol):
    """An opened upload. Methods raise `PortfolioProblem`."""

    @property
    def sheets(self) -> Sequence[SheetName]: ...

    @property
    def notes(self) -> Sequence[Note]:
        """How the file was read, where that was a choice, and what in it was ignored."""

    def head(self, sheet: str, rows: int) -> SheetData:
        """What stands in the first `rows` rows of the sheet."""

    def read(self, sheet: str, rows: int) -> SheetData:
        """The whole sheet; refused where more than `rows` rows hold anything."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SheetName:
    """`of_file`: the file has one sheet without a name, which is called as the file is."""

    name: str
    hidden: bool = False
    of_file: bool = False


@dataclass(slots=True)
class Table:
    """The table found in an upload: equal-length columns below a header row."""

    source: Path
    sheet: str
    header_row: int
    #: Column numbers as in the sheet (from 0), and the header text of each ("" where there is none).
    positions: list[int]
    headers: list[str]
    #: Row numbers as in the sheet (from 1).
    rows: Sequence[int]
    columns: list[Column]

    def address(self, row: int, column: int) -> str:
        """The sheet's own address of a cell, from indexes into `rows` and `columns`."""
        return f"{letters(self.positions[column])}{self.rows[row]}"

    def header_address(self, column: int) -> str:
        return f"{letters(self.positions[column])}{self.header_row}"


def letters(column: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    name = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(65 + digit) + name
    return name


def column_number(name: str) -> int:
    """A -> 0, Z -> 25, AA -> 26; -1 where the letters are none."""
    number = 0
    for sign in name:
        if not "A" <= sign <= "Z":
            return -1
        number = number * 26 + ord(sign) - 64
    return number - 1


def split_address(address: str) -> tuple[int, int]:
    """B12 -> (1, 12): the column from 0 and the number of the row. Raises ValueError where none stands."""
    name = address.rstrip("0123456789")
    return column_number(name), int(address[len(name) :])


def merged_range(reference: str) -> MergedRange | None:
    """A2:C4 as a block; None for what is no reference of one."""
    found = _BLOCK.fullmatch(reference)
    if found is None:
        return None
    first, top, last, bottom = found.groups()
    return MergedRange(int(top), column_number(first), int(bottom), column_number(last))


def shown(cell: Cell) -> str:
    """The cell as a person reads it."""
    if cell is None:
        return ""
    if isinstance(cell, Broken):
        return cell.shown
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e21:
        # All digits that are known, and zeros for those that no float holds: no sheet shows an id as 1.1E+17.
        return f"{Decimal(repr(cell)):.0f}"
    return str(cell)


def filled(row: SheetRow) -> Iterator[tuple[int, str]]:
    """Column and text of the cells of a row that hold text a person can see."""
    for column, cell in sorted(row.items()):
        text = shown(cell).strip()
        if text:
            yield column, text
