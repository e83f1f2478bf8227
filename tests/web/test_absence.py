"""PostgreSQL away and back, through a proxy that the test closes; backup and restore."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url

from taxonomy_api.settings import Settings
from taxonomy_api.store import database as database_module
from taxonomy_api.store.audit import head_of
from taxonomy_api.store.database import Database
from taxonomy_api.store.verify import verify
from taxonomy_api.web.app import create_app
from taxonomy_api.web.services import Services, make_services
from tests.web.conftest import PROJECT, Caller, assert_problem, bank_of

PATH = "/v1/assessments"
AUDIT_KEY = "a-secret-of-the-trail-of-these-tests"


class Proxy:
    """Passes bytes on to a server until it is closed; opened again, it has the same port."""

    def __init__(self, server: tuple[str, int]) -> None:
        self._server = server
        self.port = 0
        self.open()

    def open(self) -> None:
        self._pairs: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._pairs:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                inner, _ = listener.accept()
            except OSError:
                return
            outer = socket.create_connection(self._server)
            self._pairs += [inner, outer]
            for source, target in ((inner, outer), (outer, inner)):
                threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket) -> None:
        try:
            while content := source.recv(65536):
                target.sendall(content)
        except OSError:
            pass
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)


def test_postgresql_away_is_a_503_and_all_is_well_when_it_is_back(
    postgres_url: str,
    tmp_path: Path,
    settings_for: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = make_url(postgres_url)
    proxy = Proxy((url.host or "", url.port or 0))
    through = url.set(port=proxy.port).render_as_string(hide_password=False)
    made = make_services(settings_for(tmp_path, DATABASE_URL=through))
    made.database.upgrade()
    bank = bank_of(made)
    assert bank("POST", PATH, json=PROJECT).status_code == 201
    for _ in range(2):
        proxy.close()
        for path in (PATH, f"{PATH}/{'0' * 32}"):
            answer = bank("POST" if path == PATH else "GET", path, json=PROJECT)
            assert_problem(answer, 503, "database_unreachable")
            assert int(answer.headers["Retry-After"]) > 0
            assert "127.0.0.1" not in answer.text
        proxy.open()
        for _ in range(3):
            assert bank("POST", PATH, json=PROJECT).status_code == 201
    # A backend that ends while nobody asks is noticed before its next use; amid the work somebody asks again.
    end_backend(postgres_url, made.database)
    with monkeypatch.context() as later:
        later.setattr(database_module, "_IDLE_SECONDS", 0)
        assert bank("POST", PATH, json=PROJECT).status_code == 201
    end_backend(postgres_url, made.database)
    assert_problem(bank("POST", PATH, json=PROJECT), 503, "database_unreachable")
    assert bank("POST", PATH, json=PROJECT).status_code == 201
    with made.database.reading() as session:
        head = head_of(session, bank.organisation_id)
    assert head is not None and head.seq == 1 + 1 + 6 + 2
    made.database.close()
    proxy.close()


def end_backend(url: str, database: Database) -> None:
    """That of the one connection which callers who ask in turn share."""
    with database.unit_of_work() as session:
        pid = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    direct = Database(url, AUDIT_KEY.encode())
    with direct.reading() as session:
        session.connection().exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 60000)")
    direct.close()


@pytest.fixture
def tools() -> None:
    if not (shutil.which("pg_dump") and shutil.which("psql")):
        if os.environ.get("CI"):
            pytest.fail("pg_dump and psql are needed")
        pytest.skip("no pg_dump")


@pytest.fixture(params=["sqlite", "postgresql"])
def restored(
    request: pytest.FixtureRequest, tmp_path: Path, settings_for: Callable[..., Settings]
) -> Iterator[Callable[[], tuple[Services, Callable[[], Services]]]]:
    """Services with something stored, and what dumps and restores them elsewhere."""
    opened: list[Services] = []

    def start(store: Path, url: str | None) -> Services:
        more = {"AUDIT_KEY": AUDIT_KEY} | ({"DATABASE_URL": url} if url else {})
        opened.append(make_services(settings_for(store, **more)))
        return opened[-1]

    def sqlite() -> tuple[Services, Callable[[], Services]]:
        made = start(tmp_path / "store", None)

        def restore() -> Services:
            (tmp_path / "fresh").mkdir()
            made.database.copy_to(tmp_path / "fresh" / "taxonomy-api.sqlite3")
            return start(tmp_path / "fresh", None)

        return made, restore

    def postgresql() -> tuple[Services, Callable[[], Services]]:
        request.getfixturevalue("tools")
        url = request.getfixturevalue("postgres_url")
        made = start(tmp_path / "store", url)

        def restore() -> Services:
            (schema,) = re.findall(r"search_path%3D(\w+)", url)
            plain = url.partition("?")[0]
            dump = subprocess.run(
                ["pg_dump", "--schema", schema, "--no-owner", plain],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            fresh = f"{schema}_fresh"
            subprocess.run(
                ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, plain],
                input=dump.replace(schema, fresh),
                check=True,
                text=True,
                capture_output=True,
            )
            request.addfinalizer(
                lambda: subprocess.run(
                    ["psql", "-q", "-c", f"DROP SCHEMA {fresh} CASCADE", plain],
                    check=True,
                    capture_output=True,
                )
            )
            return start(tmp_path / "fresh", url.replace(schema, fresh))

        return made, restore

    yield {"sqlite": sqlite, "postgresql": postgresql}[request.param]
    for one in opened:
        one.database.close()


def test_a_restored_database_verifies_and_repeats_what_it_answered(
    restored: Callable[[], tuple[Services, Callable[[], Services]]],
) -> None:
    made, restore = restored()
    made.database.upgrade()
    bank = bank_of(made)
    first = bank("POST", PATH, json=PROJECT).get_json()
    with made.database.reading() as session:
        before = head_of(session, bank.organisation_id)
    again = restore()
    # The very key of before opens it, nothing needs migrating, and the trail goes on where it ended.
    again.database.upgrade()
    caller = Caller(create_app(again.settings, again).test_client(), bank.key, bank.organisation_id)
    shown = caller("GET", f"{PATH}/{first['id']}").get_json()
    assert {**first, "created": shown["created"]} == shown
    replayed = caller("POST", f"{PATH}/{first['id']}/replay", json={"release": "original"}).get_json()
    assert (replayed["reproduced"], replayed["differences"]) == (True, [])
    assert before is not None
    with again.database.reading() as session:
        reports = verify(session, AUDIT_KEY.encode(), [before])
        assert {report.findings for report in reports} == {()}
        after = head_of(session, bank.organisation_id)
    assert after is not None and after.seq == before.seq + 1
