"""Processes beside the web processes, started again when they end by themselves."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 0.2
_RESTART_SECONDS = 2.0
STOP_SECONDS = 10


@contextmanager
def kept_running(name: str, target: Callable[..., None], *arguments: Any) -> Iterator[None]:
    """A process that runs `target(*arguments)` as long as the block does."""
    stopping = threading.Event()
    keeper = threading.Thread(target=_keep, args=(name, target, arguments, stopping), name=f"{name}-keeper")
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()


def run_once(name: str, target: Callable[..., Any], *arguments: Any) -> None:
    """A process that runs `target(*arguments)` to its end; returns then."""
    process = _process(name, target, arguments)
    process.start()
    process.join()


def stop_without(parent: int, seconds: float = STOP_SECONDS) -> None:
    """Ends this process once the process `parent` is gone; run in a thread of its own.

    It is told to stop, by SIGTERM to its main thread, and killed where it still runs after `seconds`:
    nobody else is left to see to it.
    """
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        # Told again and again: it may have come before anything in this process waited for it.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def _keep(
    name: str, target: Callable[..., None], arguments: tuple[Any, ...], stopping: threading.Event
) -> None:
    while not stopping.is_set():
        process = _process(name, target, arguments)
        process.start()
        while process.is_alive() and not stopping.is_set():
            process.join(_LOOK_SECONDS)
        if process.is_alive():
            process.terminate()
            process.join(STOP_SECONDS)
        if process.is_alive():
            # What it was doing is done again after the next start.
            process.kill()
            process.join()
        elif not stopping.is_set():
            _log.error("The %s process ended with %s; another is started.", name, process.exitcode)
            stopping.wait(_RESTART_SECONDS)


def _process(
    name: str, target: Callable[..., None], arguments: tuple[Any, ...]
) -> multiprocessing.context.SpawnProcess:
    # Spawned, not forked: it shares nothing with the web processes.
    context = multiprocessing.get_context("spawn")
    return context.Process(target=_run, args=(os.getpid(), target, arguments), name=name)


def _run(parent: int, target: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    threading.Thread(target=stop_without, args=(parent,), daemon=True).start()
    target(*arguments)
