"""Signs of life of workers."""

from __future__ import annotations

import os
import time
from pathlib import Path

from taxonomy_api.store.heartbeat import SILENT_SECONDS, ages, beating


def test_a_worker_shows_while_it_works(tmp_path: Path) -> None:
    assert ages(tmp_path) == []
    with beating(tmp_path):
        deadline = time.monotonic() + 60
        while not ages(tmp_path):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        with beating(tmp_path):
            assert ages(tmp_path)[0] < SILENT_SECONDS
    assert ages(tmp_path) == []


def test_one_that_was_killed_grows_old_and_is_forgotten(tmp_path: Path) -> None:
    left = tmp_path / "workers" / "left"
    left.parent.mkdir()
    left.touch()
    old = time.time() - 3600
    os.utime(left, (old, old))
    assert 3500 < ages(tmp_path)[0] < 3700
    older = time.time() - 2 * 24 * 3600
    os.utime(left, (older, older))
    assert ages(tmp_path) == []
    with beating(tmp_path):
        assert not left.exists()
