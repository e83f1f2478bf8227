"""Reads .xls and .ods sheets with calamine (fastexcel), whose typed columns tell what does not fit.

A column declared as text holds every cell as shown and lists errors; declared as truth values it lists
every text, date and error, and as dates every truth value. Together they tell the kind of each cell.
Number formats of .xls are not known here: a percentage reads as its fraction, which is asked back where it
matters.
What calamine does not tell of .ods (percentages, errors, merged and hidden cells) comes with its frames.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastexcel
import pyarrow as pa

from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.table import Broken, Cell, Note, SheetData, SheetName, SheetRow

if TYPE_CHECKING:
    from taxonomy_api.portfolio.ods_check import OdsFrame

_DETAIL = re.compile(r"but got '([A-Za-z]+)")
_ERROR = re.compile(r"Error\((\w+)\)")
_ERRORS = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!",
    "Value": "#VALUE!", "GettingData": "#GETTING_DATA",
}  # fmt: skip


class CalamineBook:
    """An opened .xls or .ods file."""

    def __init__(
        self,
        path: Path,
        limits: Limits,
        notes: Sequence[Note] = (),
        frames: Mapping[str, OdsFrame] | None = None,
    ) -> None:
        self._path = path
        self._limits = limits
        self.notes: Sequence[Note] = notes
        self._frames = frames or {}
        with self._damage():
            self._reader = fastexcel.read_excel(path)
            self.sheets: Sequence[SheetName] = [
                SheetName(name, not self._is_visible(name)) for name in self._reader.sheet_names
            ]

    def head(self, sheet: str, rows: int) -> SheetData:
        return self._read(sheet, rows)

    def read(self, sheet: str, rows: int) -> SheetData:
        data = self._read(sheet, None)
        if len(data.numbers) > rows:
            raise PortfolioProblem(
                "too_many_rows",
                f"The sheet {sheet!r} holds more than {rows:,} filled rows, its header among them.",
                "Split the portfolio into several files.",
            )
        return data

    def close(self) -> None:
        """Nothing is held open."""

    def _is_visible(self, sheet: str) -> bool:
        loaded = self._reader.load_sheet(sheet, header_row=None, n_rows=0)
        return bool(loaded.visible == "visible")

    def _load(
        self, sheet: str, rows: int | None, dtype: fastexcel.DType
    ) -> tuple[pa.RecordBatch, Any, list[int]]:
        """The sheet from its first row on, the cells that are not of that type, and the columns' places."""
        # Without skip_rows the area would begin at its first filled row.
        loaded = self._reader.load_sheet(
            sheet, header_row=None, skip_rows=0, n_rows=rows, dtypes=dtype, schema_sample_rows=1
        )
        batch, errors = loaded.to_arrow_with_errors()
        places = [column.absolute_index for column in loaded.available_columns()]
        return batch, errors.errors if errors is not None else (), places

    def _read(self, sheet: str, rows: int | None) -> SheetData:
        with self._damage():
            shown, errors, places = self._load(sheet, rows, "string")
            if shown.num_columns > self._limits.columns:
                raise PortfolioProblem(
                    "too_many_columns",
                    f"The sheet {sheet!r} holds {shown.num_columns:,} columns; "
                    f"at most {self._limits.columns:,} are read.",
                    "Leave out what the assessment does not need.",
                )
            _, misfits, _ = self._load(sheet, rows, "boolean")
            _, truths, _ = self._load(sheet, rows, "date")
        kinds = {one.position: _kind(one.detail) for one in misfits}
        kinds.update({one.position: "Bool" for one in truths if _kind(one.detail) == "Bool"})
        broken = {one.position: _error(one.detail) for one in errors}
        found: list[SheetRow] = [{} for _ in range(shown.num_rows)]
        for column in range(shown.num_columns):
            for row, text in enumerate(shown.column(column).to_pylist()):
                cell: Cell = broken.get((row, column))
                if cell is None and text:
                    cell = _cell(kinds.get((row, column), "Number"), text)
                if cell is not None:
                    found[row][places[column]] = cell
        frame = self._frames.get(sheet)
        if frame is not None:
            _lay_over(found, frame)
        numbers = [number for number, row in enumerate(found, start=1) if row]
        data = SheetData()
        data.set_rows(numbers, [row for row in found if row])
        if frame is not None:
            data.hidden_rows, data.first_hidden = frame.hidden_rows, list(frame.first_hidden)
            data.merged, data.hidden_columns = list(frame.merged), set(frame.hidden_columns)
        return data

    @contextmanager
    def _damage(self) -> Iterator[None]:
        """Whatever the library says, or panics about, is damage of the file."""
        try:
            yield
        except (fastexcel.FastExcelError, pa.ArrowInvalid) as error:
            raise self._damaged(error) from error
        except BaseException as error:
            if type(error).__name__ == "PanicException":
                raise self._damaged(RuntimeError("panic")) from error
            raise

    def _damaged(self, error: Exception) -> PortfolioProblem:
        if "assword" in str(error):
            return PortfolioProblem(
                "password_protected",
                f"{self._path.name} is protected by a password and cannot be opened.",
                "Remove the password and upload it again.",
            )
        return PortfolioProblem(
            "damaged_workbook",
            f"{self._path.name} is damaged and cannot be read.",
            "Open it in a spreadsheet program, let it repair the file, and save it as .xlsx.",
        )


def _lay_over(rows: list[SheetRow], frame: OdsFrame) -> None:
    """Put the cells of the frame in the places of those that calamine gave."""
    for (first, column), (down, right, cell) in frame.cells.items():
        for row in rows[first : first + down]:
            row.update(dict.fromkeys(range(column, column + right), cell))


def _kind(detail: str) -> str:
    match = _DETAIL.search(detail)
    return match[1] if match else "String"


def _error(detail: str) -> Broken:
    match = _ERROR.search(detail)
    name = match[1] if match else ""
    return Broken("error_cell", _ERRORS.get(name, f"#{name.upper()}"))


def _cell(kind: str, text: str) -> Cell:
    if kind == "Number":
        number = float(text)
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    if kind == "Bool":
        return text == "true"
    if kind.startswith("DateTime"):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text
        if moment.year < 1900:
            return moment.time().isoformat()
        return moment if moment.time() != datetime.min.time() else moment.date()
    return text
