"""Signs of life of workers: one file per worker in the store folder, touched while it lives."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from taxonomy_api.store.ids import new_id

_log = logging.getLogger(__name__)
BEAT_SECONDS = 2.0
#: A worker that gave no sign for so long is taken for lost.
SILENT_SECONDS = 15.0
_FORGOTTEN_SECONDS = 24 * 3600.0


def ages(root: Path) -> list[float]:
    """Seconds since the last sign of each worker of the last day, the youngest first."""
    now = time.time()
    found: list[float] = []
    for path in (root / "workers").glob("*"):
        with suppress(OSError):
            found.append(max(0.0, now - path.stat().st_mtime))
    return sorted(age for age in found if age < _FORGOTTEN_SECONDS)


@contextmanager
def beating(root: Path) -> Iterator[None]:
    """Gives signs of life from a thread of its own while the block runs."""
    folder = root / "workers"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, ended = folder / new_id(), threading.Event()
    _remove_forgotten(folder)

    def beat() -> None:
        while not ended.wait(BEAT_SECONDS):
            _touch(path)

    _touch(path)
    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        path.unlink(missing_ok=True)


def _touch(path: Path) -> None:
    try:
        path.touch(mode=0o600)
    except OSError:
        _log.warning("The worker cannot give a sign of life in the store folder.", exc_info=True)


def _remove_forgotten(folder: Path) -> None:
    for path in folder.glob("*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _FORGOTTEN_SECONDS:
                path.unlink()
