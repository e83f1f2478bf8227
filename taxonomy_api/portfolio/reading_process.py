"""Opens an upload in a process of its own, with limits, without network, environment or secrets."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taxonomy_api.errors import FULL
from taxonomy_api.portfolio.held import Held, InMemory
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.table import Note, SheetData, SheetName

if TYPE_CHECKING:
    from taxonomy_api.portfolio.sheet_copy import SheetCopy

_LONGEST_ANSWER = 2**22
#: The child finds the installed packages by the interpreter's own path and needs nothing else.
_ENVIRONMENT = {"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
_TICK_SECONDS = 1.0
#: Bytes that are copied at once.
_PART = 2**20


class ReadingProcess:
    """An opened upload whose file only the child process touches; a `Book`.

    `tick` is called about once a second while the child works, with how many rows it told to have read;
    what it raises ends the child.
    Every method raises `PortfolioProblem`, and OSError where the disk has no room for what is read.
    """

    def __init__(
        self,
        path: Path,
        limits: Limits,
        tick: Callable[[int], None] = lambda _: None,
        held: Held | None = None,
        begun: BegunReading | None = None,
        name: str | None = None,
    ) -> None:
        """`held`: what holds the cells, by default memory; `begun`: the process, if it was started before.
        `name`: what the caller calls the file."""
        self._held = held or InMemory()
        self._begun = begun or BegunReading(path, limits, folder=self._held.folder)
        self._begun.tick = tick
        try:
            about = self._begun.answer()
        except BaseException:
            self.close()
            raise
        sheets = [SheetName(*one) for one in about["sheets"]]
        self.sheets: Sequence[SheetName] = [
            replace(sheet, name=Path(name).stem) if name and sheet.of_file else sheet for sheet in sheets
        ]
        self.notes: Sequence[Note] = [Note(code, read) for code, read in about["notes"]]
        #: Whether the child runs behind a system-call filter.
        self.filtered: bool = about["filtered"]
        #: The sheet that the child reads unasked, and its first rows.
        self._ahead: Mapping[str, Any] | None = about["ahead"]

    def head(self, sheet: str, rows: int) -> SheetData:
        ahead = self._ahead
        if ahead is not None and (ahead["sheet"], ahead["depth"]) == (sheet, rows):
            return self._data(ahead["head"])
        return self._sheet("head", sheet, rows)

    def read(self, sheet: str, rows: int) -> SheetData:
        if self._ahead is not None and self._ahead["sheet"] == sheet:
            answer, self._ahead = self._begun.answer(), None
            if answer.get("rows", rows + 1) <= rows:
                return self._data(answer)
        return self._sheet("read", sheet, rows)

    def copy(self, sheet: str, rows: int) -> SheetCopy:
        """The sheet for an annotated copy; refused beyond `rows` filled rows, and for other formats."""
        from taxonomy_api.portfolio.sheet_copy import SheetCopy

        answer = self._asked("copy", sheet, rows)
        try:
            return SheetCopy.unpack(bytes(self._begun.content(answer["at"], answer["bytes"])))
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise self._begun.failed() from error

    def close(self) -> None:
        """Ends the child, whatever it is doing."""
        self._begun.close()

    def _sheet(self, do: str, sheet: str, rows: int) -> SheetData:
        return self._data(self._asked(do, sheet, rows))

    def _asked(self, do: str, sheet: str, rows: int) -> Mapping[str, Any]:
        if self._ahead is not None:
            # It was not this that was wanted, but its answer comes first.
            self._begun.answer()
            self._ahead = None
        self._begun.ask({"do": do, "sheet": sheet, "rows": rows})
        return self._begun.answer()

    def _data(self, answer: Mapping[str, Any]) -> SheetData:
        from taxonomy_api.portfolio.unpacked import read_packed, unpack

        begun = self._begun
        try:
            source = _Handed(begun, self._held, answer["at"], answer["bytes"])
            return unpack(read_packed(source), self._held.release)
        except OSError as error:
            if error.errno in FULL:
                raise
            raise begun.failed() from error
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise begun.failed() from error


@dataclass(frozen=True, slots=True)
class _Handed:
    """A packed sheet in what the child wrote. It is copied: what can still change is not looked at twice."""

    begun: BegunReading
    held: Held
    at: int
    size: int

    def read(self, at: int, size: int) -> bytearray:
        return self.begun.content(self.at + at, size)

    def hold(self, pieces: Sequence[tuple[int, int]]) -> Any:
        self.held.release()
        parts = (
            self.begun.content(self.at + start, min(_PART, at + size - start))
            for at, size in pieces
            for start in range(at, at + size, _PART)
        )
        return self.held.hold(sum(size for _, size in pieces), parts)


class BegunReading:
    """The process that opens an upload, from its start; it can be begun before all else is loaded.

    With `ahead` it reads the one sheet that can be meant without being asked: the `sheet` named, or the
    only one that is not hidden. It ends with this object, and with the thread that begins it.
    """

    def __init__(
        self,
        path: Path,
        limits: Limits,
        *,
        ahead: bool = False,
        sheet: str | None = None,
        folder: Path | None = None,
    ) -> None:
        """`folder`: where the child leaves what it read, in a file without a name; else one of the system."""
        self.tick: Callable[[int], None] = lambda _: None
        self._rows = 0
        self._name = path.name
        self._limits = limits
        self._sink = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by close()
        self._deadline = time.monotonic() + limits.reading_seconds
        self._answers = b""
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
        request = {"do": "open", "path": str(path.absolute()), "sink": sink, "limits": asdict(limits)}
        try:
            self.ask({**request, "parent": os.getpid(), "ahead": ahead, "sheet": sheet})
        except BaseException:
            self.close()
            raise

    def open(self, path: Path, limits: Limits, tick: Callable[[int], None], held: Held) -> ReadingProcess:
        """The opened upload; `path` and `limits` are those with which this was begun."""
        assert (path.name, limits) == (self._name, self._limits)
        return ReadingProcess(path, limits, tick, held, self)

    def __enter__(self) -> BegunReading:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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

    def content(self, at: int, size: int) -> bytearray:
        """What the child wrote. A copy: what it can still change is not looked at twice."""
        if not 0 <= size <= self._limits.reading_memory:
            raise self.failed()
        content = bytearray(size)
        if os.preadv(self._sink.fileno(), [content], at) != size:
            raise self.failed()
        return content

    def ask(self, request: Mapping[str, Any]) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(request).encode() + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError as error:
            raise self.failed() from error

    def answer(self) -> Mapping[str, Any]:
        """The child's next answer; what it tells before of the rows it has read goes to `tick`."""
        answer = self._told()
        while "read" in answer:
            if not isinstance(answer["read"], int):
                raise self.failed()
            # Where a sheet is read again from its beginning, the count waits.
            self._rows = max(self._rows, answer["read"])
            self.tick(self._rows)
            answer = self._told()
        if "problem" in answer:
            code, detail, cure, nearest = answer["problem"]
            raise PortfolioProblem(code, detail, cure, tuple(nearest))
        if "no_room" in answer:
            raise OSError(answer["no_room"], os.strerror(answer["no_room"]))
        if "failed" in answer:
            raise self.failed()
        return answer

    def _told(self) -> Mapping[str, Any]:
        try:
            return json.loads(self._line())  # type: ignore[no-any-return]
        except ValueError as error:
            raise self.failed() from error

    def _line(self) -> bytes:
        """The child's next line; empty where it ended without one."""
        assert self._child.stdout is not None
        output = self._child.stdout.fileno()
        while b"\n" not in self._answers:
            left = self._deadline - time.monotonic()
            if left <= 0 or len(self._answers) > _LONGEST_ANSWER:
                raise PortfolioProblem(
                    "reading_took_too_long",
                    f"{self._name} could not be read within {self._limits.reading_seconds} seconds.",
                    "Save it anew in a spreadsheet program, or split the portfolio.",
                )
            ready, _, _ = select.select([output], [], [], min(left, _TICK_SECONDS))
            if not ready:
                self.tick(self._rows)
                continue
            read = os.read(output, 65_536)
            if not read:
                return b""
            self._answers += read
        line, _, self._answers = self._answers.partition(b"\n")
        return line

    def failed(self) -> PortfolioProblem:
        """The child ended, or gave up, at one of its limits or on a fault of its libraries."""
        return PortfolioProblem(
            "reading_failed",
            f"{self._name} could not be read within {self._limits.reading_memory // 2**20:,} MiB of memory "
            f"and {self._limits.reading_seconds} seconds of processor time, or is damaged.",
            "Save it anew in a spreadsheet program as .xlsx, leave out further sheets, or split it.",
        )
