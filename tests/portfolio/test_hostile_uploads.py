"""Uploads made to do harm: refused quickly and in little memory, or read with what harms left alone."""

from __future__ import annotations

import json
import os
import random
import resource
import socket
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from books import text_cell, write_book, write_raw_book
from other_formats import ods_row, write_ods, write_xls

from taxonomy_api.portfolio.open_book import open_book
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.read_xlsx import XlsxBook
from taxonomy_api.portfolio.reading_process import ReadingProcess
from taxonomy_api.portfolio.unpacked import unpack

GOOD = [["Project id", "Activity"], ["A", "hk-phase-2a:ENE-01"]]


def bomb(path: Path) -> None:
    write_book(path, GOOD)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/x.xml", "w") as part:
        for _ in range(200):
            part.write(bytes(2**20))


def many_parts(path: Path) -> None:
    write_book(path, GOOD)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(3000):
            archive.writestr(f"xl/{number}.xml", b"")


def outside(name: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        write_book(path, GOOD)
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(name, b"x")

    return make


def twice(path: Path) -> None:
    write_book(path, GOOD)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/Workbook.xml", b"<workbook/>")


def overlapping(path: Path) -> None:
    """Two entries of the directory that lead to one place."""
    write_book(path, GOOD)
    content = bytearray(path.read_bytes())
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    path.write_bytes(content)


def lying_size(path: Path) -> None:
    """A part that says it is small and is not."""
    bomb(path)
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    path.write_bytes(content)


def entities(path: Path) -> None:
    prolog = "<!DOCTYPE x [" + "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9)) + "]>"
    write_raw_book(path, f"<sheetData><row r='1'>{text_cell('A1', '&e9;')}</row></sheetData>", prolog=prolog)


def external_entity(path: Path) -> None:
    prolog = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    write_raw_book(path, f"<sheetData><row r='1'>{text_cell('A1', '&e;')}</row></sheetData>", prolog=prolog)


def entities_in_strings(path: Path) -> None:
    strings = '<!DOCTYPE x [<!ENTITY e "e">]><sst><si><t>&e;</t></si></sst>'
    write_raw_book(path, "<sheetData/>", extra={"xl/sharedStrings.xml": strings})


def repeated_cells(path: Path) -> None:
    write_ods(path, ods_row(*["x"] * 100, repeat=1_000_000))


HOSTILE = [
    ("a.xlsx", bomb, "unsafe_workbook"),
    ("a.xlsx", many_parts, "workbook_too_large"),
    ("a.xlsx", outside("/etc/x.xml"), "unsafe_workbook"),
    ("a.xlsx", outside("xl/../../x.xml"), "unsafe_workbook"),
    ("a.xlsx", outside("..\\x.xml"), "unsafe_workbook"),
    ("a.xlsx", outside("C:/x.xml"), "unsafe_workbook"),
    ("a.xlsx", twice, "unsafe_workbook"),
    ("a.xlsx", overlapping, "unsafe_workbook"),
    ("a.xlsx", entities, "unsafe_workbook"),
    ("a.xlsx", external_entity, "unsafe_workbook"),
    ("a.xlsx", entities_in_strings, "unsafe_workbook"),
    ("a.ods", repeated_cells, "unsafe_workbook"),
]


def _read_first(path: Path, limits: Limits) -> None:
    book = ReadingProcess(path, limits)
    try:
        book.read(book.sheets[0].name, 10)
    finally:
        book.close()


@pytest.mark.parametrize(("name", "make", "code"), HOSTILE)
def test_refused_in_little_memory(name: str, make: Callable[[Path], None], code: str, tmp_path: Path) -> None:
    path = tmp_path / name
    make(path)
    # The memory that is left to the child is all that the refusal may take.
    limits = Limits(reading_memory=100 * 2**20, reading_seconds=10)
    with pytest.raises(PortfolioProblem) as caught:
        _read_first(path, limits)
    assert caught.value.code == code
    assert caught.value.detail and caught.value.cure


def test_a_part_that_lies_about_its_size_gives_no_more_than_it_says(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    lying_size(path)
    book = ReadingProcess(path, Limits())
    assert len(book.read("Projects", 10).numbers) == 2
    book.close()


CONFINED = """
import os, socket, subprocess, sys
from pathlib import Path
from taxonomy_api.portfolio.confine import filter_calls, limit
limit(2 * 2**30, 20, 2**20)
assert filter_calls()
folder = Path(sys.argv[1])
tries = {
    "socket": lambda: socket.socket(),
    "pair": lambda: socket.socketpair(),
    "program": lambda: subprocess.run(["/bin/true"]),
    "create": lambda: (folder / "new").write_text("x"),
    "change": lambda: (folder / "kept").open("a"),
    "remove": lambda: (folder / "kept").unlink(),
    "rename": lambda: (folder / "kept").rename(folder / "other"),
    "folder": lambda: (folder / "sub").mkdir(),
    "signal": lambda: os.kill(os.getppid(), 0),
}
for name, attempt in tries.items():
    try:
        attempt()
    except PermissionError:
        continue
    print("allowed:", name)
assert (folder / "kept").read_text() == "x"
try:
    bytearray(3 * 2**30)
    print("allowed: memory")
except MemoryError:
    pass
"""


def test_what_a_confined_process_cannot_do(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("x")
    done = subprocess.run(
        [sys.executable, "-I", "-c", CONFINED, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [one.name for one in tmp_path.iterdir()] == ["kept"]


def test_the_child_runs_behind_the_filter_and_knows_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAXONOMY_API_BOOTSTRAP_KEY", "a secret that no child may have")
    book = ReadingProcess(write_book(tmp_path / "a.xlsx", GOOD), Limits())
    assert book.filtered
    process = Path(f"/proc/{book._begun._child.pid}")
    assert b"secret" not in (process / "environ").read_bytes()
    assert {path.name for path in (process / "fd").iterdir()} <= {
        "0",
        "1",
        "2",
        "3",
        str(book._begun._sink.fileno()),
    }
    assert "Seccomp:\t2" in (process / "status").read_text()
    book.close()
    assert not process.exists()


def test_a_child_whose_parent_has_ended_opens_nothing(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", GOOD)
    request = {"do": "open", "path": str(path), "sink": 1, "limits": {}, "ahead": False, "sheet": None}
    for parent, code in ((os.getpid(), 0), (os.getppid(), 1)):
        child = subprocess.run(
            [sys.executable, "-I", "-m", "taxonomy_api.portfolio.reading_child"],
            input=json.dumps({**request, "parent": parent}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (child.returncode, child.stdout == "") == (code, code == 1)


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", GOOD)
    with pytest.raises(PortfolioProblem) as caught:
        ReadingProcess(path, Limits(reading_seconds=0))
    assert caught.value.code in {"reading_took_too_long", "reading_failed"}


def test_a_child_without_memory_is_a_plain_reason(tmp_path: Path) -> None:
    rows = [["Project id", "Activity"], *([f"{n}" * 20, f"x{n}" * 20] for n in range(20_000))]
    path = write_book(tmp_path / "a.xlsx", rows)
    book = ReadingProcess(path, Limits(reading_memory=60 * 2**20))
    with pytest.raises(PortfolioProblem) as caught:
        book.read("Projects", 50_000)
    book.close()
    assert caught.value.code == "reading_failed"
    assert "60 MiB" in caught.value.detail


def test_a_cancelled_reading_ends_the_child(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def tick(_: int) -> None:
        raise Stop

    class Slow(ReadingProcess):
        pass

    book = Slow(write_book(tmp_path / "a.xlsx", GOOD), Limits(), tick)
    os.kill(book._begun._child.pid, 19)  # SIGSTOP: it does not answer
    with pytest.raises(Stop):
        book.read("Projects", 10)
    book.close()
    assert book._begun._child.poll() is not None


def _seeds(folder: Path) -> list[Path]:
    rows: list[list[object]] = [
        ["Project id", "Activity", "Amount"],
        ["A", "4.10", 12.5],
        ["绿色", "x & y", True],
    ]
    return [
        write_book(folder / "a.xlsx", rows),
        write_xls(folder / "b.xls", rows),
        write_ods(folder / "c.ods", "".join(ods_row(*row) for row in rows)),
    ]


def _mutated(content: bytes, chance: random.Random) -> bytes:
    """The file with some bytes changed, cut, doubled or swapped; of archives, inside a part as well."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        if not changed:
            break
        at = chance.randrange(len(changed))
        how = chance.randrange(4)
        if how == 0:
            changed[at] = chance.randrange(256)
        elif how == 1:
            del changed[at : at + chance.randint(1, 40)]
        elif how == 2:
            changed[at:at] = changed[at : at + chance.randint(1, 40)]
        else:
            changed[at : at + 4] = struct.pack("<I", chance.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF]))
    return bytes(changed)


def _mutated_inside(path: Path, target: Path, chance: random.Random) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    victim = chance.choice([name for name in parts if name.endswith((".xml", ".rels"))])
    parts[victim] = _mutated(parts[victim], chance)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


def test_mutated_workbooks_are_read_or_refused(tmp_path: Path) -> None:
    """No crash, no hang, no file left open, and both readers of .xlsx agree on every survivor."""
    chance = random.Random(20261130)
    seeds = _seeds(tmp_path)
    before = len(os.listdir("/proc/self/fd"))
    read = refused = 0
    for number in range(600):
        seed = seeds[number % 3]
        path = tmp_path / f"m{seed.suffix}"
        if seed.suffix != ".xls" and chance.random() < 0.7:
            _mutated_inside(seed, path, chance)
        else:
            path.write_bytes(_mutated(seed.read_bytes(), chance))
        limits = Limits(rows=1000, uncompressed_size=2**24)
        try:
            book = open_book(path, limits)
            try:
                for sheet in book.sheets:
                    book.head(sheet.name, 20)
                    parsed = book.read(sheet.name, 1000)
                    if isinstance(book, XlsxBook):
                        bulk = XlsxBook(path, limits, bulk_from=0)
                        packed = bulk.packed(sheet.name, 1000)
                        bulk.close()
                        assert packed is None or unpack(packed).rows == parsed.rows
            finally:
                book.close()
            read += 1
        except PortfolioProblem as problem:
            refused += bool(problem.code and problem.cure)
    assert read > 50 and refused > 50 and read + refused == 600
    assert len(os.listdir("/proc/self/fd")) <= before + 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2**20 * 2
    assert socket  # the module stays usable: nothing here confined this process
