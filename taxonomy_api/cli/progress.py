"""A progress bar for a terminal."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TextIO

BAR_COLUMNS = 30
_SECONDS_BETWEEN = 0.1


class ProgressBar:
    """One line that is drawn over and over; silent where `stream` is no terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._visible = stream.isatty()
        self._drawn_at = float("-inf")
        self._phase = ""

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._phase:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def show(self, phase: str, done: int, total: int | None) -> None:
        """Draws `done` of `total` rows (None: not known yet), at most ten times a second in one phase."""
        now = time.monotonic()
        if not self._visible or (phase == self._phase and now - self._drawn_at < _SECONDS_BETWEEN):
            return
        self._phase, self._drawn_at = phase, now
        self._stream.write(f"\r\x1b[K{line(phase, done, total)}")
        self._stream.flush()


def line(phase: str, done: int, total: int | None) -> str:
    """The text of the bar."""
    if not total:
        return f"{phase:<10} {done:,} rows"
    filled = BAR_COLUMNS * min(done, total) // total
    return f"{phase:<10} [{'#' * filled}{'.' * (BAR_COLUMNS - filled)}] {done:,} of {total:,} rows"
