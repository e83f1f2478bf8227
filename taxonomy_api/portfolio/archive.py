"""Containers of workbooks: zip archives and OLE files, looked at before anything in them is read."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.table import Note

OLE_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
ZIP_MAGIC = b"PK\x03\x04"
SAVE_AS_XLSX = "Open it in a spreadsheet program and save it as .xlsx (Excel workbook) or .csv (UTF-8)."
_DRIVE = re.compile(r"[A-Za-z]:")
#: A part of at least so many bytes may not unpack to more than so many times its packed size: sheets
#: of real portfolios reach 30, a bomb of one repeated byte 1,000.
_LARGE, _MOST_RATIO = 10 * 2**20, 250
#: What is never run, opened or fetched, by how its part is named.
_IGNORED = (
    ("macros", re.compile(r"vbaproject\.bin$|^basic/|^scripts/|/macrosheets/|/dialogsheets/")),
    ("links to other files, DDE among them", re.compile(r"/externallinks/")),
    ("embedded objects", re.compile(r"/embeddings/|/activex/|/ctrlprops/|^object |/oleobject")),
    ("queries and connections", re.compile(r"/connections\.xml$|/querytables/|/model/|^customxml/item\d")),
)  # fmt: skip


def open_archive(path: Path, limits: Limits) -> zipfile.ZipFile:
    """The archive, its directory checked; raises `PortfolioProblem`."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise PortfolioProblem(
            "damaged_workbook", f"{path.name} is cut off or damaged.", "Upload the complete file again."
        ) from error
    try:
        _check_directory(archive, path.name, limits)
    except BaseException:
        archive.close()
        raise
    return archive


def _check_directory(archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    if len(entries) > limits.entries or size > limits.uncompressed_size:
        raise PortfolioProblem(
            "workbook_too_large",
            f"{name} unpacks to {size:,} bytes in {len(entries):,} parts; "
            f"at most {limits.uncompressed_size:,} bytes in {limits.entries:,} parts are read.",
            "Leave out pictures and further sheets, or split the portfolio.",
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise password_problem(name)
    seen: set[str] = set()
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        place = entry.filename.replace("\\", "/")
        if place.startswith("/") or _DRIVE.match(place) or ".." in place.split("/"):
            raise _unsafe(name, f"a part named {entry.filename[:80]!r}, outside its archive")
        if place.lower() in seen:
            raise _unsafe(name, f"two parts named {entry.filename[:80]!r}")
        seen.add(place.lower())
        if entry.header_offset < end:
            raise _unsafe(name, "parts that overlap")
        end = entry.header_offset + entry.compress_size
        if entry.file_size > _LARGE and entry.file_size > _MOST_RATIO * max(entry.compress_size, 1):
            raise _unsafe(name, f"the part {entry.filename[:80]!r}, packed suspiciously well")


def ignored_parts(archive: zipfile.ZipFile) -> Iterator[str]:
    """What the archive holds that is left alone, each kind once."""
    names = [name.lower() for name in archive.namelist()]
    for what, pattern in _IGNORED:
        found = [name for name in names if pattern.search(name)]
        if found:
            yield f"{what} ({found[0][:80]})"


def ole_kind(path: Path) -> tuple[str, list[Note]]:
    """Old .xls files and password-protected .xlsx files share one container."""
    with path.open("rb") as stream:
        content = stream.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise password_problem(path.name)
    if not any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        raise PortfolioProblem("not_a_workbook", f"{path.name} holds no workbook.", SAVE_AS_XLSX)
    macros = any(name.encode("utf-16-le") in content for name in ("_VBA_PROJECT", "_VBA_PROJECT_CUR"))
    return "xls", [Note("content_ignored", "macros (VBA)")] if macros else []


def password_problem(name: str) -> PortfolioProblem:
    return PortfolioProblem(
        "password_protected",
        f"{name} is protected by a password and cannot be opened.",
        "Remove the password (File, Info, Protect Workbook) and upload it again.",
    )


def _unsafe(name: str, what: str) -> PortfolioProblem:
    return PortfolioProblem(
        "unsafe_workbook",
        f"{name} contains {what}.",
        "Save the workbook anew in a spreadsheet program.",
    )
