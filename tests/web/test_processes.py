"""Processes beside the first one end when it is gone, whatever they are doing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.web.live import PATIENCE
from tests.web.test_lost_parts import is_running

ROOT = Path(__file__).resolve().parents[2]
#: Starts the second process, tells its number, and stays.
FIRST = """
import subprocess, sys, time
second = subprocess.Popen([sys.executable, "-c", *sys.argv[1:]], stdout=subprocess.PIPE)
second.stdout.readline()
print(second.pid, flush=True)
time.sleep(600)
"""
#: Notes what it is told; it stops when told for the n-th time, if at all.
SECOND = """
import os, signal, sys, threading
from pathlib import Path
from taxonomy_api.web.processes import stop_without
told, stops_at, seconds = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
ended = threading.Event()
def hear(*_):
    told.write_text(told.read_text() + "told ")
    if told.read_text().count("told") == stops_at:
        ended.set()
signal.signal(signal.SIGTERM, hear)
threading.Thread(target=stop_without, args=(os.getppid(), seconds), daemon=True).start()
print("ready", flush=True)
ended.wait()
told.write_text(told.read_text() + "stopped")
"""


def orphaned(told: Path, stops_at: int, seconds: float) -> list[str]:
    """What a process was told once the one that started it was killed, and whether it stopped itself."""
    told.write_text("")
    command = [sys.executable, "-c", FIRST, SECOND, str(told), str(stops_at), str(seconds)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        orphan = int(first.stdout.readline())
        assert is_running(orphan)
        assert told.read_text() == ""
        first.kill()
    deadline = time.monotonic() + PATIENCE
    while is_running(orphan):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return told.read_text().split()


@pytest.mark.parametrize("stops_at", [1, 2])
def test_it_stops_by_itself_if_it_hears(tmp_path: Path, stops_at: int) -> None:
    """Also where what it was told first came too early to be heeded."""
    heard = orphaned(tmp_path / "told", stops_at, PATIENCE)
    assert heard[:stops_at] == ["told"] * stops_at
    assert heard[-1] == "stopped"


def test_it_is_killed_if_it_does_not_stop(tmp_path: Path) -> None:
    heard = orphaned(tmp_path / "told", 0, 0.5)
    assert heard
    assert set(heard) == {"told"}
