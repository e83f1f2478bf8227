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
from tests.web.conftest import LOANS
from tests.web.live import PATIENCE, Running, multipart, running
from tests.web.live_load import assert_nothing_is_lost, writing
from tests.web.private_servers import postgres, redis

BANK = "a-key-of-a-bank-with-more-than-32-letters"
HEADERS = {"Authorization": f"Bearer {BANK}"}
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


def children(server: Running) -> set[int]:
    """The processes of the service beside the first one."""
    tasks = Path(f"/proc/{server.process.pid}/task").glob("*/children")
    return {int(number) for task in tasks for number in task.read_text().split()}


def assess_loans(server: Running) -> None:
    """A portfolio is handed in, and a worker assesses it."""
    wait_for_portfolio(server, hand_in(server))


def hand_in(server: Running) -> str:
    form, kind = multipart(LOANS)
    status, portfolio = server("/v1/portfolios", form, **HEADERS, **{"Content-Type": kind})
    assert status == 202
    return str(portfolio["id"])


def wait_for_portfolio(server: Running, portfolio_id: str) -> None:
    server.wait(lambda: server(f"/v1/portfolios/{portfolio_id}", **HEADERS)[1]["status"] == "done")


def test_a_crash_of_postgresql_is_answered_503_and_is_over_when_it_is_back(
    tmp_path: Path, minimal_data: Path
) -> None:
    with postgres() as cluster:
        database = Database(cluster.url, KEY)
        database.upgrade()
        database.close()
        settings = {**SECRETS, "DATABASE_URL": cluster.url}
        with running(tmp_path / "store", minimal_data, workers=2, **settings) as server:
            assess_loans(server)
            before = children(server)
            with writing(server, BANK) as load:
                server.wait(lambda: len(load.singles) > 50)
                for _ in range(2):
                    refused = load.refusals.total()
                    cluster.stop("immediate")
                    server.wait(lambda refused=refused: load.refusals.total() > refused + 20)
                    assert server("/readyz")[1]["code"] == "database_unreachable"
                    cluster.start()
                    stored = len(load.singles)
                    server.wait(lambda stored=stored: len(load.singles) > stored + 50)
            # Nothing but that one answer was seen meanwhile, and no process had to be started again.
            assert set(load.refusals) == {(503, "database_unreachable", "5")}
            assert load.broken == 0
            assert children(server) == before
            assess_loans(server)
            assert_nothing_is_lost(server, BANK, load)


def test_a_redis_that_is_lost_delays_portfolios_and_refuses_nobody(
    tmp_path: Path, minimal_data: Path
) -> None:
    """It holds the queue and the counts of requests: killed, started empty, frozen, thawed."""
    with redis() as shared:
        settings = {**SECRETS, "QUEUE_URL": shared.url, "RATE_LIMIT_URL": shared.url}
        with running(tmp_path / "store", minimal_data, workers=2, **settings) as server:
            assess_loans(server)
            before = children(server)
            with writing(server, BANK) as load:
                for lose, bring_back in ((shared.kill, shared.start), (shared.freeze, shared.thaw)):
                    lose()
                    stored = len(load.singles)
                    server.wait(lambda stored=stored: len(load.singles) > stored + 200)
                    waiting = hand_in(server)
                    assert server("/readyz")[1]["code"] == "queue_unreachable"
                    bring_back()
                    wait_for_portfolio(server, waiting)
                    assert server("/readyz")[0] == 200
            assert (load.refusals.total(), load.broken) == (0, 0)
            assert children(server) == before
            assert_nothing_is_lost(server, BANK, load)
