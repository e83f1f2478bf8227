"""Parts of a running service that are killed or go away while it is written to."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from taxonomy_api.store.database import Database
from tests.store.conftest import KEY
from tests.web.live import PATIENCE, Running, running
from tests.web.live_load import assert_nothing_is_lost, writing

BANK = "a-key-of-a-bank-with-more-than-32-letters"
SECRETS = {"BOOTSTRAP_KEY": BANK, "AUDIT_KEY": KEY.decode().replace(" ", "-")}


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """What a service is told about its database, with all tables; empty for the embedded one."""
    if request.param == "sqlite":
        return ""
    url = str(request.getfixturevalue("postgres_url"))
    database = Database(url, KEY)
    database.upgrade()
    database.close()
    return url


def web_processes(server: Running) -> set[int]:
    """Those that answered something and still live."""
    told = {int(line["process"]) for line in server.lines() if line["message"] == "answered"}
    return {number for number in told if is_running(number)}


def is_running(number: int) -> bool:
    """Whether there is such a process, and not just its remains."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except OSError:
        return False


def wait_for(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_killing_web_processes_loses_nothing_that_was_acknowledged(
    tmp_path: Path, minimal_data: Path, database_url: str
) -> None:
    """In the middle of writing: first one of two web processes, then the other, then the first process."""
    settings = {**SECRETS, "DATABASE_URL": database_url, "EMBEDDED_WORKER": "no"}
    store = tmp_path / "store"
    with running(store, minimal_data, workers=2, **settings) as server:
        with writing(server, BANK) as load:
            server.wait(lambda: len(web_processes(server)) == 2 and len(load.singles) > 50)
            for victim in web_processes(server):
                before = len(load.singles)
                os.kill(victim, signal.SIGKILL)
                server.wait(lambda before=before: len(load.singles) > before + 50)
            orphans = web_processes(server)
            os.kill(server.process.pid, signal.SIGKILL)
            server.process.wait()
            wait_for(lambda: not any(is_running(number) for number in orphans))
        assert load.broken >= 3
    with running(store, minimal_data, **settings) as server:
        assert_nothing_is_lost(server, BANK, load)
