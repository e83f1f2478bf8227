"""The process in which an upload is opened; started by `reading_process`, never imported by it.

It reads one request a line and answers one line, both JSON, behind lines that tell how many rows of a large
worksheet are read so far; the cells of a sheet are written, as
`packed` says, to the file whose number the first request names. Nothing that an upload holds is run or
fetched.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taxonomy_api.portfolio.confine import end_with, filter_calls, limit
from taxonomy_api.portfolio.open_book import open_book
from taxonomy_api.portfolio.packed import PackedWriter, pack
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.read_xlsx import XlsxBook
from taxonomy_api.portfolio.table import Book

if TYPE_CHECKING:
    from taxonomy_api.portfolio.sheet_copy import SheetCopy


#: A file beyond the limit of this process is too large, a full disk is no fault of the upload.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
#: So many rows are told at a time, the last ones never: titles and headers, which are no rows of the table,
#: are among those that are read.
_ROWS_TOLD = 10_000


class _Reader:
    """One opened upload and what can be asked of it."""

    def __init__(self, path: Path, limits: Limits, sink: int) -> None:
        self._limits = limits
        self._path = path
        self._sink = os.fdopen(sink, "wb", closefd=False)
        self._book: Book = open_book(path, limits)
        self._told = 0
        if isinstance(self._book, XlsxBook):
            self._book.counted = self._counted

    def about(self) -> Mapping[str, Any]:
        book = self._book
        return {
            "sheets": [[sheet.name, sheet.hidden, sheet.of_file] for sheet in book.sheets],
            "notes": [[note.code, note.read] for note in book.notes],
        }

    def ahead(self, sheet: str | None) -> Mapping[str, Any] | None:
        """The one sheet that can be meant and its first rows; None where that cannot be told."""
        named = [one.name for one in self._book.sheets if (sheet == one.name if sheet else not one.hidden)]
        if len(named) != 1:
            return None
        depth = self._limits.head_rows
        try:
            return {"sheet": named[0], "depth": depth, "head": self.answer("head", named[0], depth)}
        except PortfolioProblem:
            return None  # told when it is asked for

    def read_ahead(self, sheet: str) -> Mapping[str, Any]:
        """As `answer`; what is refused or fails is so again when it is asked for."""
        try:
            return self.answer("read", sheet, self._limits.rows + self._limits.head_rows)
        except (PortfolioProblem, MemoryError, zlib.error):
            return {}

    def answer(self, do: str, sheet: str, rows: int) -> Mapping[str, Any]:
        """Writes the sheet asked for behind what the sink holds; where it begins is the answer."""
        if do == "copy":
            return self._write(self._copy(sheet, rows).pack())
        at = self._sink.seek(0, os.SEEK_END)
        packed = None
        writer = PackedWriter(self._sink)
        if do == "read" and isinstance(self._book, XlsxBook):
            packed = self._book.packed(sheet, rows, writer.put)
        if packed is None:
            # What the bulk reader wrote before it gave up is not needed.
            at = self._sink.seek(0, os.SEEK_END)
            writer = PackedWriter(self._sink)
            packed = pack((self._book.read if do == "read" else self._book.head)(sheet, rows))
        writer.finish(packed)
        self._sink.flush()
        return {"at": at, "bytes": self._sink.tell() - at, "rows": len(packed.rows)}

    def _counted(self, rows: int) -> None:
        whole = (rows // _ROWS_TOLD - 1) * _ROWS_TOLD
        if whole > self._told:
            self._told = whole
            _tell({"read": whole})

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
        at = self._sink.seek(0, os.SEEK_END)
        self._sink.write(content)
        self._sink.flush()
        return {"at": at, "bytes": len(content)}


def main() -> None:
    """Answers requests until there are no more."""
    reader: _Reader | None = None
    for line in sys.stdin:
        request = json.loads(line)
        answer: Mapping[str, Any]
        try:
            if request["do"] == "open":
                end_with(request["parent"])
                limits = Limits(**request["limits"])
                limit(limits.reading_memory, limits.reading_seconds, limits.reading_memory)
                filtered = filter_calls()
                reader = _Reader(Path(request["path"]), limits, request["sink"])
                ahead = reader.ahead(request["sheet"]) if request["ahead"] else None
                answer = {**reader.about(), "filtered": filtered, "ahead": ahead}
                if ahead is not None:
                    _tell(answer)
                    answer = reader.read_ahead(ahead["sheet"])
            else:
                assert reader is not None
                answer = reader.answer(request["do"], request["sheet"], request["rows"])
        except PortfolioProblem as problem:
            answer = {"problem": [problem.code, problem.detail, problem.cure, list(problem.nearest)]}
        except (MemoryError, zlib.error) as error:
            answer = {"failed": type(error).__name__}
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            answer = {"no_room": error.errno}
        _tell(answer)


def _tell(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
