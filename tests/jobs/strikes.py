"""Workers in processes of their own: killed at a chosen moment, going on after it, without room, waiting."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from taxonomy_api.jobs import ledger, portfolio_job
from taxonomy_api.jobs import worker as worker_module
from taxonomy_api.jobs.worker import make_worker
from taxonomy_api.portfolio import held, run, write_csv, write_parquet, write_xlsx
from taxonomy_api.portfolio.reading_process import BegunReading
from taxonomy_api.settings import Settings
from taxonomy_api.store.database import open_database
from taxonomy_api.store.files import FileStore
from taxonomy_api.store.models import FINISHED, Portfolio

#: The rows that the doomed worker takes at a time in each phase, so that each has a middle.
BLOCK = 150
PATIENCE = 120


#: The processes in which the doomed worker reads.
_readers: list[int] = []


def die() -> None:
    """Stops whoever still reads, who thus cannot come to an end by itself, and then dies."""
    for reader in _readers:
        with suppress(ProcessLookupError):
            os.kill(reader, signal.SIGSTOP)
    os.kill(os.getpid(), signal.SIGKILL)


def note_readers(place: Path) -> None:
    """Write the processes that read, as they begin, to a file."""
    original = BegunReading.__init__

    def noting(self: BegunReading, *arguments: Any, **more: Any) -> None:
        original(self, *arguments, **more)
        _readers.append(self._child.pid)
        place.write_text(" ".join(map(str, _readers)))

    BegunReading.__init__ = noting  # type: ignore[method-assign]


def before(owner: Any, name: str, call: int = 1) -> None:
    """Die when `owner.name` is about to be called for the so-manieth time."""
    original, calls = getattr(owner, name), 0

    def dying(*arguments: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            die()
        return original(*arguments, **more)

    setattr(owner, name, dying)


def after(owner: Any, name: str) -> None:
    """Die when `owner.name` has done its work."""
    original = getattr(owner, name)

    def dying(*arguments: Any, **more: Any) -> None:
        original(*arguments, **more)
        die()

    setattr(owner, name, dying)


def in_writing(owner: Any, name: str) -> None:
    """Die when the writer `owner.name` tells the third block of rows."""
    original, told = getattr(owner, name), 0

    def dying(*arguments: Any) -> None:
        *others, progress = arguments

        def tell(rows: int) -> None:
            nonlocal told
            told += 1
            if told == 3:
                die()
            progress(rows)

        original(*others, tell)

    setattr(owner, name, dying)


#: Of the answers of the process that reads: the first names the sheets, the second is the head of one.
MOMENTS: Mapping[str, Callable[[], None]] = {
    "before reading": lambda: before(FileStore, "begin"),
    "reading": lambda: before(BegunReading, "answer", 3),
    "assessing": lambda: before(run, "_collect", 3),
    "writing xlsx": lambda: in_writing(write_xlsx, "write_xlsx"),
    "writing csv": lambda: in_writing(write_csv, "write_csv"),
    "writing parquet": lambda: before(pq.ParquetWriter, "write_table", 3),
    "before publishing": lambda: before(FileStore, "publish"),
    "after publishing": lambda: after(FileStore, "publish"),
    "before the commit": lambda: after(ledger, "finish"),
    "after the commit": lambda: before(portfolio_job.PortfolioJobs, "_tidy"),
}


def readers_of(settings: Settings) -> Path:
    """Where the doomed worker notes the processes in which it reads."""
    return settings.store / "readers"


def work_and_die(settings: Settings, moment: str) -> None:
    """A worker that handles one message and is killed at the moment."""
    if moment != "after the commit":
        # What this worker makes is thrown away; only then its blocks, which show in the bytes, may differ.
        run.ROWS_PER_BLOCK = write_csv.BLOCK = write_xlsx.BLOCK = BLOCK
    if moment == "writing parquet":
        # Only here: groups of rows show in the file.
        write_parquet.ROWS_PER_GROUP = BLOCK
    note_readers(readers_of(settings))
    MOMENTS[moment]()
    make_worker(settings, open_database(settings), threading.Event()).queue.receive()


def go_on(settings: Settings, orders: Connection) -> None:
    """A worker that takes what waits until the job named has ended; then it waits for the next name."""
    database = open_database(settings)
    worker = make_worker(settings, database, threading.Event())
    while job_id := orders.recv():
        deadline = time.monotonic() + PATIENCE
        state = ""
        while state not in FINISHED and time.monotonic() < deadline:
            worker.recover()
            if not worker.queue.receive():
                time.sleep(0.02)
            with database.reading() as session:
                state = session.get_one(Portfolio, job_id).state
        orders.send(state)
    database.close()


def work_without_room(settings: Settings, writer: str) -> None:
    """A worker that handles one message, and for which a file is too large while that writer writes it."""
    module = {"write_xlsx": write_xlsx, "write_csv": write_csv, "write_parquet": write_parquet}[writer]
    original = getattr(module, writer)

    def confined(*arguments: Any) -> None:
        before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, most))
        try:
            original(*arguments)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))

    setattr(module, writer, confined)
    database = open_database(settings)
    make_worker(settings, database, threading.Event()).queue.receive()
    database.close()


def work_without_room_to_hold(settings: Settings) -> None:
    """A worker that handles one message, and whose disk has no room for the cells of the upload."""
    held._SHORT = 0
    original = held.InFile.hold

    def confined(self: held.InFile, size: int, pieces: Any) -> Any:
        before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
        try:
            return original(self, size, pieces)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))

    held.InFile.hold = confined  # type: ignore[method-assign]
    database = open_database(settings)
    make_worker(settings, database, threading.Event()).queue.receive()
    database.close()


def work_and_wait(settings: Settings, folder: Path) -> None:
    """A worker that in the middle of its first job says so in the folder, and waits there for leave."""
    worker_module._RECOVER_SECONDS = 0.5
    original = run._collect

    def waiting(*arguments: Any) -> None:
        run._collect = original
        (folder / "waits").touch()
        while not (folder / "go on").exists():
            time.sleep(0.02)
        original(*arguments)

    run._collect = waiting
    make_worker(settings, open_database(settings), threading.Event()).work()
