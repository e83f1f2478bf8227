"""Looking through the descriptors of a process leaves what is none of its connections alone."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from taxonomy_api.web.stalled import Stalled

WRITE_AT_ONCE = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"


def can_write(file: Path) -> bool:
    """Whether another process gets the lock of a writer."""
    tried = subprocess.run([sys.executable, "-c", WRITE_AT_ONCE, file], capture_output=True, check=False)
    assert tried.returncode == 0 or b"database is locked" in tried.stderr, tried.stderr
    return tried.returncode == 0


def test_locks_of_an_open_database_are_kept(tmp_path: Path) -> None:
    """They are those of the process: any other descriptor of the file that is closed takes them away."""
    file = tmp_path / "store.sqlite3"
    for mode in ("WAL", "DELETE"):
        database = sqlite3.connect(file, isolation_level=None)
        database.execute(f"PRAGMA journal_mode={mode}")
        database.execute("CREATE TABLE IF NOT EXISTS kept (what)")
        database.execute("BEGIN IMMEDIATE")
        assert not can_write(file)
        Stalled(8000, 1, lambda: True).look()
        assert not can_write(file)
        database.execute("ROLLBACK")
        assert can_write(file)
        database.close()


def test_every_descriptor_is_still_there(tmp_path: Path) -> None:
    with (tmp_path / "any").open("w") as written:
        inner, outer = os.pipe()
        before = sorted(os.listdir("/proc/self/fd"))
        Stalled(8000, 1, lambda: True).look()
        assert sorted(os.listdir("/proc/self/fd")) == before
        written.write("still open")
        os.close(inner)
        os.close(outer)
