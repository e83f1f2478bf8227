"""The memory of a command and of all processes it starts, looked at while it runs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Event, Thread

_EVERY_SECONDS = 0.02


def run_watched(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """The most that all processes of a command had in memory at one time, in MiB, once it has ended.

    Pages that several processes share count for each. Raises CalledProcessError.
    """
    peak, ended = 0, Event()

    def watch(process: int) -> None:
        nonlocal peak
        while not ended.wait(_EVERY_SECONDS):
            peak = max(peak, sum(map(_resident, _tree(process))))

    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment) as process:
        watcher = Thread(target=watch, args=(process.pid,))
        watcher.start()
        process.wait()
        ended.set()
        watcher.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return peak / 2**20


def _tree(process: int) -> Iterator[int]:
    yield process
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        for child in _read(path).split():
            yield from _tree(int(child))


def _resident(process: int) -> int:
    pages = _read(Path(f"/proc/{process}/statm")).split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") if pages else 0


def _read(path: Path) -> str:
    """Empty where the process has ended."""
    try:
        return path.read_text()
    except OSError:
        return ""
