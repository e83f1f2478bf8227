"""The process in which an upload is opened; started by `reading_process`, never imported by it.

It reads one request a line and answers one line, both JSON; the cells of a sheet are written as Arrow
to the file whose number the first request names. Nothing that an upload holds is run or fetched.
"""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taxonomy_api.portfolio.confine import filter_calls, limit
from taxonomy_api.portfolio.open_book import open_book
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.read_xlsx import XlsxBook
from taxonomy_api.portfolio.table import Book

if TYPE_CHECKING:
    from taxonomy_api.portfolio.sheet_copy import SheetCopy


class _Reader:
    """One opened upload and what can be asked of it."""

    def __init__(self, path: Path, limits: Limits, sink: int) -> None:
        self._limits = limits
        self._path = path
        self._sink = sink
        self._book: Book = open_book(path, limits)

    def about(self) -> Mapping[str, Any]:
        book = self._book
        return {
            "sheets": [[sheet.name, sheet.hidden] for sheet in book.sheets],
            "notes": [[note.code, note.read] for note in book.notes],
        }

    def answer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Writes the sheet asked for, from the start of the sink; its length is the answer."""
        sheet, rows = request["sheet"], request["rows"]
        if request["do"] == "copy":
            return self._write(self._copy(sheet, rows).pack())
        packed, data = None, None
        if request["do"] == "read" and isinstance(self._book, XlsxBook):
            packed = self._book.packed(sheet, rows)
        if packed is None:
            read = self._book.read if request["do"] == "read" else self._book.head
            data = read(sheet, rows)
        # What is refused is refused before the libraries are loaded that hand it on.
        from taxonomy_api.portfolio.packed import pack, write_packed

        if packed is None:
            assert data is not None
            packed = pack(data)
        with os.fdopen(os.dup(self._sink), "wb") as sink:
            sink.seek(0)
            sink.truncate()
            write_packed(packed, sink)
            return {"bytes": sink.tell()}

    def _copy(self, sheet: str, rows: int) -> SheetCopy:
        if not isinstance(self._book, XlsxBook):
            raise PortfolioProblem(
                "annotated_unsupported",
                f"{self._path.name} is no .xlsx or .xlsm file; only these come back as annotated copies.",
                "Save it as .xlsx, or leave out the option annotated.",
            )
        from taxonomy_api.portfolio.copy_reader import copy_sheet

        return copy_sheet(self._path, sheet, rows, self._limits)

    def _write(self, content: bytes) -> Mapping[str, Any]:
        with os.fdopen(os.dup(self._sink), "wb") as sink:
            sink.seek(0)
            sink.truncate()
            sink.write(content)
            return {"bytes": sink.tell()}


def main() -> None:
    """Answers requests until there are no more."""
    reader: _Reader | None = None
    for line in sys.stdin:
        request = json.loads(line)
        answer: Mapping[str, Any]
        try:
            if request["do"] == "open":
                limits = Limits(**request["limits"])
                limit(limits.reading_memory, limits.reading_seconds, limits.reading_memory)
                filtered = filter_calls()
                reader = _Reader(Path(request["path"]), limits, request["sink"])
                answer = {**reader.about(), "filtered": filtered}
            else:
                assert reader is not None
                answer = reader.answer(request)
        except PortfolioProblem as problem:
            answer = {"problem": [problem.code, problem.detail, problem.cure, list(problem.nearest)]}
        except (MemoryError, zlib.error) as error:
            answer = {"failed": type(error).__name__}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
