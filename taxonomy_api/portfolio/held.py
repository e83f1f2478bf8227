"""Where the long buffers of a table are held: in memory, or in a file without a name."""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Protocol

#: Shorter buffers stay in memory: a page of a file takes as much.
_SHORT = 2**16


class Held(Protocol):
    """Holds buffers that are read now and then. `folder`: where files without a name are to be made."""

    @property
    def folder(self) -> Path | None: ...

    def hold(self, size: int, pieces: Iterable[bytes | bytearray]) -> Any:
        """A buffer of the pieces, which have `size` bytes together. Raises OSError."""

    def release(self) -> None:
        """Lets go of what of the buffers is in memory, where they are held elsewhere."""

    def close(self) -> None:
        """Holds no more. The buffers can still be read; what they take goes with the last of them."""


class InMemory:
    """Holds them in memory."""

    folder: Path | None = None

    def hold(self, size: int, pieces: Iterable[bytes | bytearray]) -> bytearray:
        content, place = bytearray(size), 0
        for piece in pieces:
            content[place : place + len(piece)] = piece
            place += len(piece)
        return content

    def release(self) -> None:
        return

    def close(self) -> None:
        return


class InFile:
    """Holds them in a file of `folder`, of which the system keeps in memory what there is room for.

    The file has no name: however the process ends, nothing is left of it.
    """

    def __init__(self, folder: Path) -> None:
        """Raises OSError."""
        self.folder: Path | None = folder
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by close()
        self._maps: list[mmap.mmap] = []
        self._memory = InMemory()

    def hold(self, size: int, pieces: Iterable[bytes | bytearray]) -> bytearray | mmap.mmap:
        if size < _SHORT:
            return self._memory.hold(size, pieces)
        at = self._file.seek(0, 2)
        # Written, not mapped for writing: a full disk is an error then, and not the end of the process.
        for piece in pieces:
            self._file.write(piece)
        self._file.write(bytes(-size % mmap.ALLOCATIONGRANULARITY))
        self._file.flush()
        held = mmap.mmap(self._file.fileno(), size, prot=mmap.PROT_READ, offset=at)
        self._maps.append(held)
        return held

    def release(self) -> None:
        for held in self._maps:
            held.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        self._file.close()
