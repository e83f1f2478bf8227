"""Writers of one SQLite file take turns, and nobody is kept from writing by one who does not end."""

from __future__ import annotations

import fcntl
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

from taxonomy_api.store.database import Database
from taxonomy_api.store.turns import Turns
from tests.store.conftest import KEY


def test_who_waits_is_next(tmp_path: Path) -> None:
    """Also where the one that has just written wants to write again at once."""
    first, second = (Turns(tmp_path / "db") for _ in range(2))
    for _ in range(5):
        order: list[str] = []

        def wait_and_write(order: list[str] = order) -> None:
            with second.taken(10):
                order.append("second")

        waiting = threading.Thread(target=wait_and_write)
        with first.taken(10):
            waiting.start()
            wait_until_held(tmp_path / "db-next")
        with first.taken(10):
            order.append("first")
        waiting.join()
        assert order == ["second", "first"]
    first.close()
    second.close()


def wait_until_held(file: Path) -> None:
    with file.open() as probe:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            fcntl.flock(probe, fcntl.LOCK_UN)
            time.sleep(0.002)
    raise AssertionError(f"nobody holds {file.name}")


def test_one_who_does_not_end_is_waited_for_only_so_long(tmp_path: Path) -> None:
    first, second = (Turns(tmp_path / "db") for _ in range(2))
    with first.taken(10):
        began = time.monotonic()
        with second.taken(0.05):
            assert time.monotonic() - began >= 0.05
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
    with turns.taken(60):
        assert time.monotonic() - began < 30
    turns.close()


def test_the_files_of_turns_are_private_and_empty(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'db'}", KEY)
    database.upgrade()
    assert database.grouped("b" * 32, lambda _: "written") == "written"
    database.close()
    for name in ("db-next", "db-turn"):
        state = os.stat(tmp_path / name)
        assert (state.st_size, stat.S_IMODE(state.st_mode)) == (0, 0o600)
