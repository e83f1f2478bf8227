"""Opens an upload with the reader its name asks for, within the limits."""

from __future__ import annotations

from pathlib import Path

from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.read_csv import CsvBook
from taxonomy_api.portfolio.read_xlsx import XlsxBook
from taxonomy_api.portfolio.table import Book
from taxonomy_api.portfolio.xlsx_package import OLE_MAGIC, ZIP_MAGIC

TEXT_SUFFIXES = frozenset([".csv", ".tsv", ".txt"])


def open_book(path: Path, limits: Limits) -> Book:
    """The opened upload; raises `PortfolioProblem` where it is none, too large, or of another kind."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise PortfolioProblem(
            "file_not_found", f"{path.name} cannot be read.", "Check the path of the portfolio."
        ) from error
    if path.is_dir():
        raise PortfolioProblem("not_a_workbook", f"{path.name} is a folder.", "Name one file.")
    if size == 0:
        raise PortfolioProblem("empty_file", f"{path.name} is empty.", "Upload the complete file again.")
    if size > limits.file_size:
        raise PortfolioProblem(
            "file_too_large",
            f"{path.name} has {size:,} bytes; at most {limits.file_size:,} are read.",
            "Split the portfolio into several files.",
        )
    with path.open("rb") as stream:
        start = stream.read(8)
    archive = start.startswith(ZIP_MAGIC) or start == OLE_MAGIC
    if path.suffix.lower() in TEXT_SUFFIXES:
        if archive:
            raise PortfolioProblem(
                "not_what_its_name_says",
                f"{path.name} is named as text but holds a workbook or archive.",
                "Give it its right ending (.xlsx) or save it as CSV.",
            )
        return CsvBook(path, limits)
    if archive or path.suffix:
        return XlsxBook(path, limits)
    return CsvBook(path, limits)
