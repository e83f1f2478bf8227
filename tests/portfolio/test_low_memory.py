"""The mode of low memory: the same results to the byte, and nothing left behind however a run ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xlsxwriter
from books import write_book
from msgspec.structs import replace

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.portfolio import held, packed_columns
from taxonomy_api.portfolio.held import Held, InFile, InMemory
from taxonomy_api.portfolio.options import PortfolioOptions, read_options
from taxonomy_api.portfolio.packed import PackedWriter
from taxonomy_api.portfolio.problem import Cancelled, Limits, PortfolioProblem
from taxonomy_api.portfolio.read_xlsx import XlsxBook
from taxonomy_api.portfolio.reading_process import ReadingProcess
from taxonomy_api.portfolio.run import Progress, assess_portfolio
from taxonomy_api.portfolio.unpacked import InBuffer, read_packed, unpack

#: Enough for texts and numbers of which nearly all differ to be handed over in pieces.
ROWS = 34_000
HEADER = [
    *("Project id", "Project name", "Activity", "ISIN", "Amount", "Currency", "Share of proceeds"),
    *("Project cost (CNY)", "lifecycle_ghg_intensity", "technology", "Remarks"),
]
OPTIONS = {"as_of": "2026-11-22", "taxonomies": ["hk-phase-2a", "cn-green-finance-2025"]}
LIMITS = Limits(rows=50_000)
TEN_ROWS = [
    HEADER[:4] + HEADER[8:10],
    *([f"P{row}", "Wind", "hk-phase-2a:ENE-01", "A", 84, "solar PV"] for row in range(10)),
]


def all_habits(path: Path, rows: int) -> Path:
    """A workbook with rates, totals, shared projects, merged and hidden cells, errors and further sheets."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    percent = book.add_format({"num_format": "0.0%"})
    sheet = book.add_worksheet("Loans")
    sheet.set_column(10, 10, None, None, {"hidden": True})
    sheet.write_row(2, 0, HEADER)
    activities = ("hk-phase-2a:ENE-01", "cn-green-finance-2025:1.1.1", "wind power", "no such thing", None)
    for row in range(rows):
        at = row + 3
        sheet.write_row(at, 0, [f"project {row - row % 2} of the bank", f"Name & <sign> {row}"])
        activities = (
            "hk-phase-2a:ENE-01",
            "cn-green-finance-2025:1.1.1",
            "wind power",
            "no such thing",
            None,
        )
        sheet.write(at, 2, activities[row % 7 % 5])
        sheet.write(at, 3, f"ISIN {row % 3}")
        sheet.write(at, 4, (row * 1.37 + 0.01, "HKD 3 million", "about 7", -1, row)[row % 11 % 5])
        sheet.write(at, 5, ("CNY", "HKD", "XYZ", None)[row % 13 % 4])
        sheet.write(at, 6, (row % 100) / 100, percent if row % 5 else None)
        sheet.write(at, 7, 1000)
        sheet.write(at, 8, (row / 7, "no idea", "30 g/kWh", "-5")[row % 17 % 4])
        sheet.write(at, 9, ("solar PV", "wind", "?")[row % 3])
        if row % 19 == 0:
            sheet.write_datetime(at, 10, date(2026, 1, 1 + row % 28), day)
        else:
            sheet.write(at, 10, f"remark {row}")
        if row % 1000 == 7:
            sheet.write_formula(at, 8, "=1/0", None, "#DIV/0!")
        if row % 1000 == 9:
            sheet.set_row(at, None, None, {"hidden": True})
            sheet.write_formula(at, 7, "=A1", None, "")
    sheet.write_row(rows + 3, 0, ["合计", None, None, None, 12345])
    rates = book.add_worksheet("FX")
    for number, line in enumerate((["currency", "rate", "date"], ["CNY", 1], ["HKD", 0.92, "2026-06-30"])):
        rates.write_row(number, 0, line)
    book.add_worksheet("Notes").write(0, 0, "Nothing to see")
    hidden = book.add_worksheet("Old")
    hidden.hide()
    for number, line in enumerate(TEN_ROWS):
        hidden.write_row(number, 0, line)
    book.close()
    return path


def run(
    source: Path, engine: Engine, options: PortfolioOptions, target: Path, low_memory: bool
) -> dict[str, Any]:
    target.mkdir()
    summary = assess_portfolio(
        source, engine, options, target, lambda _: None, limits=LIMITS, low_memory=low_memory
    )
    return summary.as_json()


def contents(folder: Path) -> dict[str, bytes]:
    """All files to the byte; of workbooks the parts but the one that tells the time."""
    found: dict[str, bytes] = {}
    for path in folder.iterdir():
        if path.suffix != ".xlsx":
            found[path.name] = path.read_bytes()
            continue
        with zipfile.ZipFile(path) as book:
            parts = {f"{path.name} {name}": book.read(name) for name in book.namelist()}
        parts.pop(f"{path.name} docProps/core.xml")
        found |= parts
    return found


@pytest.mark.parametrize("rows", [60, ROWS])
def test_both_modes_give_the_same(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(held, "_SHORT", 0)
    source = all_habits(tmp_path / "loans.xlsx", rows)
    options = read_options(engine.release, OPTIONS, ["xlsx", "csv", "parquet"])
    if rows < LIMITS.annotated_rows:
        options = replace(options, annotated=True)
    first = run(source, engine, options, tmp_path / "usual", False)
    second = run(source, engine, options, tmp_path / "low", True)
    assert second == first
    assert first["rows"] == rows + 1 and first["rows_of_totals"] == 1
    expected = {"project_funded_twice", "total_row", "error_cell", "formula_without_value", "hidden_rows"}
    assert expected <= first["issues"].keys()
    assert first["exchange"]["rows_with_amount"] > 0
    found = contents(tmp_path / "usual")
    assert ("annotated.xlsx xl/workbook.xml" in found) == options.annotated
    assert contents(tmp_path / "low") == found


def test_both_modes_refuse_the_same(tmp_path: Path, engine: Engine) -> None:
    source = all_habits(tmp_path / "loans.xlsx", 25_000)
    options = replace(read_options(engine.release, OPTIONS, ["xlsx"]), annotated=True)
    refused = []
    for low_memory in (False, True):
        with pytest.raises(PortfolioProblem) as caught:
            run(source, engine, options, tmp_path / str(low_memory), low_memory)
        refused.append((caught.value.code, str(caught.value)))
    assert refused[0] == refused[1] and refused[0][0] == "annotated_too_large"


def test_cells_that_are_handed_over_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In small ones here, so that every buffer is one of several."""
    monkeypatch.setattr(packed_columns, "_SAMPLE", 100)
    monkeypatch.setattr(packed_columns, "_PIECE", 1_000)
    monkeypatch.setattr("taxonomy_api.portfolio.scan_sheet.BLOCK", 9_000)
    book = XlsxBook(all_habits(tmp_path / "loans.xlsx", 3_000), Limits(), bulk_from=0)
    whole = book.packed("Loans", 4_000)
    with (tmp_path / "sink").open("w+b") as sink:
        writer = PackedWriter(sink)
        packed = book.packed("Loans", 4_000, writer.put)
        assert packed is not None and whole is not None
        assert isinstance(packed.columns[1].texts, list) and len(packed.columns[1].texts) > 10
        assert isinstance(packed.columns[8].numbers, list) and isinstance(packed.columns[10].ends, list)
        writer.finish(packed)
    found = unpack(read_packed(InBuffer((tmp_path / "sink").read_bytes())))
    assert found.rows == unpack(whole).rows == book._parse("Loans").rows
    book.close()


def test_what_is_held_in_a_file_is_what_was_given(tmp_path: Path) -> None:
    given = [np.arange(size, dtype=np.uint8).tobytes() for size in (0, 1, 2**16, 2**18 + 3)]
    file = InFile(tmp_path)
    buffers = [file.hold(len(one), [one[:7], bytearray(one[7:])]) for one in given]
    assert [bytes(one) for one in buffers] == given
    file.release()
    file.close()
    assert [bytes(one) for one in buffers] == given
    file.release()
    assert list(tmp_path.iterdir()) == []


# However a run ends


def held_in(folder: Path) -> list[str]:
    """What of files in the folder this process has open or mapped."""
    maps = [line for line in Path("/proc/self/maps").read_text().splitlines() if str(folder) in line]
    links = [os.readlink(path) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    return maps + [link for link in links if str(folder) in link]


@pytest.mark.parametrize("end", ["success", "cancelled", "failed"])
def test_nothing_is_left(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch, options: PortfolioOptions, end: str
) -> None:
    monkeypatch.setattr(held, "_SHORT", 0)
    source = write_book(tmp_path / "loans.xlsx", TEN_ROWS)
    target = tmp_path / "out"
    target.mkdir()
    seen: list[tuple[list[str], bool, str]] = []

    def progress(step: Progress) -> None:
        seen.append((os.listdir(target), bool(held_in(target)), step.phase))
        if step.phase == "writing" and end != "success":
            raise Cancelled if end == "cancelled" else ArithmeticError

    with suppress(Cancelled) if end == "cancelled" else suppress(ArithmeticError):
        assess_portfolio(source, engine, options, target, progress, low_memory=True)
    assert (seen[-1][2] == "done") == (end == "success")
    # While it runs there is a file, but no name of one.
    assert any(is_held for _, is_held, _ in seen)
    results = {f"results.{kind}" for kind in options.formats}
    assert all(results.issuperset(names) for names, _, _ in seen)
    assert set(os.listdir(target)) == (results if end == "success" else set())
    assert held_in(target) == []


def assess_and_die(source: Path, target: Path) -> None:
    """Be killed in the middle of an assessment."""
    held._SHORT = 0
    release = load_release(default_data_folder()).release
    assert release is not None

    def progress(step: Progress) -> None:
        if step.phase == "assessing":
            assert held_in(target)
            os.kill(os.getpid(), signal.SIGKILL)

    options = PortfolioOptions(as_of=date(2026, 11, 22))
    assess_portfolio(source, Engine(release), options, target, progress, low_memory=True)


def test_nothing_is_left_of_a_killed_process(tmp_path: Path) -> None:
    source = write_book(tmp_path / "loans.xlsx", TEN_ROWS)
    target = tmp_path / "out"
    target.mkdir()
    process = multiprocessing.get_context("spawn").Process(target=assess_and_die, args=(source, target))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert os.listdir(target) == []


def test_a_full_disk_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the cells are to be held, and where the process that reads leaves them."""
    source = write_book(tmp_path / "loans.xlsx", TEN_ROWS)
    monkeypatch.setattr(held, "_SHORT", 0)
    file = InFile(tmp_path)
    file.close()
    with open("/dev/full", "w+b", buffering=0) as full:
        file._file = full
        with pytest.raises(OSError, match="No space left on device"):
            read_all(source, file)
        monkeypatch.setattr("tempfile.TemporaryFile", lambda dir: full)
        with pytest.raises(OSError, match="No space left on device"):
            read_all(source, InMemory())


def read_all(source: Path, held: Held) -> None:
    book = ReadingProcess(source, Limits(), held=held)
    try:
        book.read("Projects", 50)
    finally:
        book.close()
