"""Opens an upload with the reader that its content asks for, within the limits."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from taxonomy_api.portfolio.archive import (
    OLE_MAGIC,
    SAVE_AS_XLSX,
    ZIP_MAGIC,
    ignored_parts,
    ole_kind,
    open_archive,
)
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.read_csv import CsvBook
from taxonomy_api.portfolio.read_xlsx import XlsxBook
from taxonomy_api.portfolio.table import Book, Note

if TYPE_CHECKING:
    from taxonomy_api.portfolio.ods_check import OdsFrame

TEXT_SUFFIXES = frozenset([".csv", ".tsv", ".txt"])
_PARQUET_MAGIC = b"PAR1"
#: What a name may hold.
_SUFFIXES = {
    "xlsx": frozenset([".xlsx", ".xlsm", ".xltx", ".xltm"]),
    "xls": frozenset([".xls", ".xlt"]),
    "ods": frozenset([".ods", ".ots"]),
    "parquet": frozenset([".parquet"]),
    "text": TEXT_SUFFIXES,
}
_NAMES = {
    "xlsx": "an Excel workbook (.xlsx)", "xls": "an Excel workbook of the old format (.xls)",
    "ods": "an OpenDocument spreadsheet (.ods)", "parquet": "a Parquet file (.parquet)",
    "text": "no workbook, perhaps text",
}  # fmt: skip


def open_book(path: Path, limits: Limits) -> Book:
    """The opened upload; raises `PortfolioProblem` where it is none, too large, or of another kind."""
    _check_file(path, limits)
    kind, notes, frames = _kind(path, limits)
    suffix = path.suffix.lower()
    named = next((name for name, suffixes in _SUFFIXES.items() if suffix in suffixes), None)
    if named is not None and named != kind:
        raise PortfolioProblem(
            "not_a_workbook" if kind == "text" else "not_what_its_name_says",
            f"{path.name} is {_NAMES[kind]}, whatever its name says.",
            "Give it its right ending, or save it anew as .xlsx or as CSV in UTF-8.",
        )
    # Each reader is loaded only where its format is met: start-up counts in short runs.
    if kind == "xlsx":
        return XlsxBook(path, limits, notes=notes)
    if kind == "parquet":
        from taxonomy_api.portfolio.read_parquet import ParquetBook

        return ParquetBook(path, limits)
    if kind == "text":
        if named is None and suffix:
            raise PortfolioProblem(
                "not_a_workbook",
                f"{path.name} is no workbook, and its ending is none of a text file.",
                "Save it as .xlsx, or as .csv in UTF-8.",
            )
        return CsvBook(path, limits)
    from taxonomy_api.portfolio.read_calamine import CalamineBook

    return CalamineBook(path, limits, notes, frames)


def _check_file(path: Path, limits: Limits) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise PortfolioProblem(
            "file_not_found", f"{path.name} cannot be read.", "Check the path of the portfolio."
        ) from error
    if not path.is_file():
        raise PortfolioProblem("not_a_workbook", f"{path.name} is no file.", "Name one file.")
    if size == 0:
        raise PortfolioProblem("empty_file", f"{path.name} is empty.", "Upload the complete file again.")
    if size > limits.file_size:
        raise PortfolioProblem(
            "file_too_large",
            f"{path.name} has {size:,} bytes; at most {limits.file_size:,} are read.",
            "Split the portfolio into several files.",
        )


def _kind(path: Path, limits: Limits) -> tuple[str, list[Note], Mapping[str, OdsFrame]]:
    """What the content is, what in it will be left alone, and of .ods what its reader does not tell."""
    with path.open("rb") as stream:
        start = stream.read(8)
    if start.startswith(_PARQUET_MAGIC):
        return "parquet", [], {}
    if start == OLE_MAGIC:
        return *ole_kind(path), {}
    if not start.startswith(ZIP_MAGIC):
        return "text", [], {}
    with open_archive(path, limits) as archive:
        notes = [Note("content_ignored", what) for what in ignored_parts(archive)]
        names = {name.lower() for name in archive.namelist()}
        if "content.xml" in names and "xl/workbook.xml" not in names:
            return "ods", notes, _check_open_document(archive, path, limits)
        if not names & {"_rels/.rels", "[content_types].xml", "xl/workbook.xml"}:
            raise PortfolioProblem(
                "not_a_workbook", f"{path.name} is a zip archive without a workbook.", SAVE_AS_XLSX
            )
    return "xlsx", notes, {}


def _check_open_document(archive: zipfile.ZipFile, path: Path, limits: Limits) -> Mapping[str, OdsFrame]:
    from taxonomy_api.portfolio.ods_check import check_content

    return check_content(archive, path.name, limits)
