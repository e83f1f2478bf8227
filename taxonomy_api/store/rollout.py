"""The release in use, for all processes that share a store folder.

    <store>/release/current        id of the release in use
                    next           id of the one that takes its place, while processes get ready for it
                    <hash>.json    a release, whole
                    processes/     one file per process that follows, held locked while the process lives

A new release is written down, announced in `next`, loaded by every process that follows, and then put
into use by renaming one file: a request that begins after that is answered from the new release in
every process. Processes that start later, or again, read the release from here and not from the data
folder, whatever has happened to that in the meantime.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from msgspec import MsgspecError
from msgspec.json import Decoder, Encoder

from taxonomy_api.catalog.cache import open_release
from taxonomy_api.catalog.canonical import content_hash
from taxonomy_api.catalog.load_result import LoadResult
from taxonomy_api.catalog.model import Release
from taxonomy_api.settings import Settings
from taxonomy_api.store.ids import new_id

_log = logging.getLogger(__name__)
#: Releases that stay on file beside the one in use, for processes that are just reading them.
_KEPT = 3
#: A process that is not ready after so long gets the new release at its next request instead.
_READY_SECONDS = 30.0
_LOOK_SECONDS = 0.05

Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rollout:
    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "release"

    def stamp(self) -> Stamp | None:
        """Changes whenever another release is put into use; None while there is none. Costs microseconds."""
        try:
            state = os.stat(self.folder / "current")
        except OSError:
            return None
        return state.st_ino, state.st_mtime_ns

    def current(self) -> str | None:
        """Id of the release in use."""
        return self._read("current")

    def since(self) -> datetime | None:
        """When it was put into use."""
        stamp = self.stamp()
        return None if stamp is None else datetime.fromtimestamp(stamp[1] / 1e9, UTC)

    def announced(self) -> str | None:
        """Id of the release to get ready for."""
        return self._read("next")

    def load(self, release_id: str) -> Release:
        """A release on file. Raises OSError or ValueError where it is not there or not what its id says."""
        try:
            release = Decoder(Release).decode(self._file(release_id).read_bytes())
        except MsgspecError as problem:
            raise ValueError("it is damaged") from problem
        if release.id != release_id or content_hash(release) != release_id:
            raise ValueError("its content is not what it says")
        return release

    def put_into_use(self, release: Release) -> None:
        """Returns once every request that begins is answered from this release."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            self._write(self._file(release.id).name, Encoder().encode(release))
            if self.current() == release.id:
                return
            self._write("next", release.id.encode())
            try:
                self._wait_for_processes(release.id)
                self._write("current", release.id.encode())
            finally:
                (self.folder / "next").unlink(missing_ok=True)
            self._remove_old(release.id)

    @contextmanager
    def following(self) -> Iterator[IO[bytes]]:
        """While open, new releases wait for this process; it says what it has loaded with `confirm`."""
        folder = self.folder / "processes"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / new_id()
        with path.open("wb", buffering=0) as presence:
            fcntl.flock(presence, fcntl.LOCK_EX)
            try:
                yield presence
            finally:
                path.unlink(missing_ok=True)

    def _wait_for_processes(self, release_id: str) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while waiting := sum(not _is_ready(path, release_id) for path in self._processes()):
            if time.monotonic() > deadline:
                _log.warning("%d processes are not ready for %s; they load it later.", waiting, release_id)
                return
            time.sleep(_LOOK_SECONDS)

    def _processes(self) -> list[Path]:
        return list((self.folder / "processes").glob("*"))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _read(self, name: str) -> str | None:
        with suppress(OSError):
            return (self.folder / name).read_text(encoding="ascii")
        return None

    def _write(self, name: str, content: bytes) -> None:
        begun = self.folder / f".{name}.{new_id()}"
        try:
            begun.write_bytes(content)
            begun.replace(self.folder / name)
        finally:
            begun.unlink(missing_ok=True)

    def _file(self, release_id: str) -> Path:
        return self.folder / f"{release_id.rpartition(':')[2]}.json"

    def _remove_old(self, release_id: str) -> None:
        others = [path for path in self.folder.glob("*.json") if path != self._file(release_id)]
        for path in sorted(others, key=lambda path: path.stat().st_mtime_ns)[:-_KEPT]:
            path.unlink(missing_ok=True)


def confirm(presence: IO[bytes], release_id: str) -> None:
    """Says that this process is ready for a release."""
    os.pwrite(presence.fileno(), release_id.encode(), 0)


def reload_release(settings: Settings) -> LoadResult:
    """Reads the data folder and puts its release into use; files with errors change nothing.

    The result holds what the check found, and no release where an error is among it.
    """
    result = open_release(settings.data, settings.cache)
    if result.release is not None:
        Rollout(settings.store).put_into_use(result.release)
    return result


def reload_and_log(settings: Settings) -> None:
    """As `reload_release`, for a process without anybody to tell."""
    result = reload_release(settings)
    if result.release is not None:
        _log.info("Release %s is in use.", result.release.id)
        return
    kept = Rollout(settings.store).current()
    stays = "no release is in use" if kept is None else f"{kept} stays in use"
    _log.error("The data files in %s do not load; %s.", settings.data, stays)
    for finding in result.findings:
        _log.error("%s", finding)


def _is_ready(path: Path, release_id: str) -> bool:
    """Whether the process is ready or gone; the file of one that was killed is removed."""
    try:
        with path.open("rb") as presence:
            if presence.read().decode("ascii", "replace") == release_id:
                return True
            fcntl.flock(presence, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
