"""A reading that is begun before it is asked for gives what one gives that waits."""

from __future__ import annotations

from pathlib import Path

import pytest
from books import write_book
from openpyxl import Workbook

from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.reading_process import BegunReading, ReadingProcess

ROWS: list[list[object]] = [["Project id", "Activity"], *([f"P{n}", "hk-phase-2a:ENE-01"] for n in range(30))]
LIMITS = Limits(rows=100)


def two_sheets(path: Path, *, hidden: bool) -> Path:
    book = Workbook()
    for name in ("First", "Second"):
        sheet = book.create_sheet(name)
        for row in ROWS:
            sheet.append([f"{name} {cell}" for cell in row])
    del book["Sheet"]
    book["First"].sheet_state = "hidden" if hidden else "visible"
    book.save(path)
    return path


def read(path: Path, sheet: str, rows: int, begun: BegunReading | None = None) -> list[object]:
    book = ReadingProcess(path, LIMITS, begun=begun)
    try:
        head, data = book.head(sheet, LIMITS.head_rows), book.read(sheet, rows)
        return [book.sheets, head.rows, data.rows, list(data.numbers), book.head(sheet, 3).rows]
    finally:
        book.close()


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("named", [None, "First", "Second", "Third"])
@pytest.mark.parametrize("wanted", ["First", "Second"])
def test_the_same_as_when_asked(hidden: bool, named: str | None, wanted: str, tmp_path: Path) -> None:
    path = two_sheets(tmp_path / "a.xlsx", hidden=hidden)
    with BegunReading(path, LIMITS, ahead=True, sheet=named) as begun:
        assert read(path, wanted, 50, begun) == read(path, wanted, 50)


def test_what_is_meant_is_read_unasked(tmp_path: Path) -> None:
    path = two_sheets(tmp_path / "a.xlsx", hidden=True)
    with BegunReading(path, LIMITS, ahead=True) as begun:
        opened, data = begun.answer(), begun.answer()
        assert opened["ahead"]["sheet"] == "Second" and data["rows"] == len(ROWS)


def test_too_many_rows_are_refused_as_when_asked(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", ROWS)
    for most in (5, len(ROWS) - 1):
        told = []
        for begin in (False, True):
            begun = BegunReading(path, LIMITS, ahead=True) if begin else None
            with pytest.raises(PortfolioProblem) as caught:
                read(path, "Projects", most, begun)
            told.append((caught.value.code, caught.value.detail))
        assert told[0] == told[1] and told[0][0] == "too_many_rows"


def test_a_reading_that_is_never_opened_leaves_no_process(tmp_path: Path) -> None:
    with BegunReading(write_book(tmp_path / "a.xlsx", ROWS), LIMITS, ahead=True) as begun:
        process = Path(f"/proc/{begun._child.pid}")
        assert process.exists()
    assert not process.exists()
