"""Writers of one SQLite file take turns, and nobody is kept from writing by one who does not end."""

from __future__ import annotations

import os
import stat
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from taxonomy_api.store.database import Database
from taxonomy_api.store.turns import Turns
from tests.store.conftest import KEY


def test_who_waits_is_next(tmp_path: Path) -> None:
    """One writes again and again without a pause; the other gets in after the turn that is under way."""
    first, second = (Turns(tmp_path / "db") for _ in range(2))
    turns, ended = 0, threading.Event()

    def write_on() -> None:
        nonlocal turns
        while not ended.is_set():
            with first.taken(10):
                turns += 1
                time.sleep(0.005)

    writer = threading.Thread(target=write_on)
    writer.start()
    waited = []
    for _ in range(9):
        before = turns
        with second.taken(10):
            waited.append(turns - before)
    ended.set()
    writer.join()
    first.close()
    second.close()
    # A machine that is busy may keep the second from even asking now and then.
    assert statistics.mean(waited) <= 5


def test_one_who_does_not_end_is_waited_for_only_so_long(tmp_path: Path) -> None:
    first, second = (Turns(tmp_path / "db") for _ in range(2))
    with first.taken(10):
        began = time.monotonic()
        with second.taken(0.05):
            assert 0.05 <= time.monotonic() - began < 5
    first.close()
    second.close()


def test_a_turn_ends_with_its_process(tmp_path: Path) -> None:
    code = (
        "import pathlib, os; from taxonomy_api.store.turns import Turns\n"
        f"with Turns(pathlib.Path({str(tmp_path / 'db')!r})).taken(10): os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    turns = Turns(tmp_path / "db")
    began = time.monotonic()
    with turns.taken(10):
        assert time.monotonic() - began < 5
    turns.close()


def test_the_files_of_turns_are_private_and_empty(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'db'}", KEY)
    database.upgrade()
    assert database.grouped("b" * 32, lambda _: "written") == "written"
    database.close()
    for name in ("db-next", "db-turn"):
        state = os.stat(tmp_path / name)
        assert (state.st_size, stat.S_IMODE(state.st_mode)) == (0, 0o600)
