"""Opens an upload in a process of its own, with limits, without network, environment or secrets."""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.table import Note, SheetData, SheetName

if TYPE_CHECKING:
    from taxonomy_api.portfolio.sheet_copy import SheetCopy

_LONGEST_ANSWER = 2**22
#: The child finds the installed packages by the interpreter's own path and needs nothing else.
_ENVIRONMENT = {"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
_TICK_SECONDS = 1.0


class ReadingProcess:
    """An opened upload whose file only the child process touches; a `Book`.

    `tick` is called about once a second while the child works; what it raises ends the child.
    Every method raises `PortfolioProblem`.
    """

    def __init__(self, path: Path, limits: Limits, tick: Callable[[], None] = lambda: None) -> None:
        self._name = path.name
        self._limits = limits
        self._tick = tick
        self._sink = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._deadline = time.monotonic() + limits.reading_seconds
        sink = self._sink.fileno()
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-m", "taxonomy_api.portfolio.reading_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(sink,),
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
        try:
            about = self._ask(
                {"do": "open", "path": str(path.absolute()), "sink": sink, "limits": asdict(limits)}
            )
        except BaseException:
            self.close()
            raise
        self.sheets: Sequence[SheetName] = [SheetName(name, hidden) for name, hidden in about["sheets"]]
        self.notes: Sequence[Note] = [Note(code, read) for code, read in about["notes"]]
        #: Whether the child runs behind a system-call filter.
        self.filtered: bool = about["filtered"]

    def head(self, sheet: str, rows: int) -> SheetData:
        return self._sheet("head", sheet, rows)

    def read(self, sheet: str, rows: int) -> SheetData:
        return self._sheet("read", sheet, rows)

    def copy(self, sheet: str, rows: int) -> SheetCopy:
        """The sheet for an annotated copy; refused beyond `rows` filled rows, and for other formats."""
        from taxonomy_api.portfolio.sheet_copy import SheetCopy

        size = self._ask({"do": "copy", "sheet": sheet, "rows": rows})["bytes"]
        try:
            return SheetCopy.unpack(os.pread(self._sink.fileno(), size, 0))
        except (ValueError, TypeError, OSError) as error:
            raise self._failed() from error

    def close(self) -> None:
        """Ends the child, whatever it is doing."""
        if self._child.poll() is None:
            self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._sink.close()

    def _sheet(self, do: str, sheet: str, rows: int) -> SheetData:
        import pyarrow as pa

        from taxonomy_api.portfolio.packed import read_packed, unpack

        size = self._ask({"do": do, "sheet": sheet, "rows": rows})["bytes"]
        try:
            with mmap.mmap(self._sink.fileno(), size, access=mmap.ACCESS_READ) as mapped:
                return unpack(read_packed(pa.py_buffer(mapped)))
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise self._failed() from error

    def _ask(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(request).encode() + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError as error:
            raise self._failed() from error
        try:
            answer = json.loads(self._line())
        except ValueError as error:
            raise self._failed() from error
        if "problem" in answer:
            code, detail, cure, nearest = answer["problem"]
            raise PortfolioProblem(code, detail, cure, tuple(nearest))
        if "failed" in answer:
            raise self._failed()
        return answer  # type: ignore[no-any-return]

    def _line(self) -> bytes:
        """The child's next answer; empty where it ended without one."""
        assert self._child.stdout is not None
        output = self._child.stdout.fileno()
        line = b""
        while not line.endswith(b"\n"):
            left = self._deadline - time.monotonic()
            if left <= 0 or len(line) > _LONGEST_ANSWER:
                raise PortfolioProblem(
                    "reading_took_too_long",
                    f"{self._name} could not be read within {self._limits.reading_seconds} seconds.",
                    "Save it anew in a spreadsheet program, or split the portfolio.",
                )
            ready, _, _ = select.select([output], [], [], min(left, _TICK_SECONDS))
            if not ready:
                self._tick()
                continue
            read = os.read(output, 65_536)
            if not read:
                return b""
            line += read
        return line

    def _failed(self) -> PortfolioProblem:
        """The child ended, or gave up, at one of its limits or on a fault of its libraries."""
        return PortfolioProblem(
            "reading_failed",
            f"{self._name} could not be read within {self._limits.reading_memory // 2**20:,} MiB of memory "
            f"and {self._limits.reading_seconds} seconds of processor time, or is damaged.",
            "Save it anew in a spreadsheet program as .xlsx, leave out further sheets, or split it.",
        )
