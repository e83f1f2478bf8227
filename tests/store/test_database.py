"""Migrations and transactions, on both kinds of database."""

from __future__ import annotations

import json
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from taxonomy_api.errors import ConfigurationError
from taxonomy_api.settings import Settings
from taxonomy_api.store.database import Database, migration_config, open_database
from taxonomy_api.store.ids import new_id, now
from taxonomy_api.store.keys import create_organisation, list_organisations
from taxonomy_api.store.models import Base, Organisation, StoredRelease
from taxonomy_api.store.repository import Repository, StoredFile
from tests.store.conftest import KEY


def test_the_migrations_make_what_the_models_describe(database: Database) -> None:
    with database.engine.begin() as connection:
        command.check(migration_config(connection))


def test_a_driver_that_is_not_installed_is_named_with_the_cure(
    monkeypatch: pytest.MonkeyPatch, settings_for: Callable[..., Settings], tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match=r"taxonomy-api\[postgres\]"):
        open_database(settings_for(tmp_path, DATABASE_URL="postgresql://localhost/none", AUDIT_KEY="k" * 32))


def test_migrations_go_up_and_down_and_keep_what_is_stored(sqlite_url: str, postgres_url: str) -> None:
    for url in (sqlite_url, postgres_url):
        opened = Database(url, KEY)
        _migrate(opened, command.upgrade, "0001")
        with opened.engine.begin() as connection:
            for line in STORED_AT_0001:
                connection.execute(text(line))
        for _ in range(2):
            _migrate(opened, command.upgrade, "head")
            with opened.reading() as session:
                kept = Repository(session, "o").assessment("a")
                assert (json.loads(kept.answer), json.loads(kept.request)) == ({"verdicts": ["甲"]}, {"x": 1})
                assert session.get_one(StoredRelease, "sha256:1").content is None
                assert Repository(session, "o").portfolio("p").release == "sha256:2"
            _migrate(opened, command.downgrade, "0001")
            with opened.engine.begin() as connection:
                assert connection.scalar(text("SELECT count(*) FROM assessments")) == 1
                assert "releases" not in inspect(connection).get_table_names()
        _migrate(opened, command.downgrade, "base")
        assert inspect(opened.engine).get_table_names() == ["alembic_version"]
        opened.close()


STORED_AT_0001 = (
    "INSERT INTO organisations VALUES ('o', 'Bank', '2026-01-01 00:00:00')",
    """INSERT INTO assessments VALUES ('a', 'o', '2026-01-01 00:00:00', 'sha256:1', '1.0', '2026-01-01',
    '{"x": 1}', '{"verdicts": ["甲"]}')""".replace(":1", r"\:1").replace(": ", r"\: "),
    """INSERT INTO portfolios VALUES ('p', 'o', '2026-01-01 00:00:00', 'done', 'done', 1, 1, 1, 1, 'a.csv',
    'f', 3, '{}', 'sha256:2', NULL, NULL, 1, false, NULL, NULL, NULL)""".replace("sha256:2", r"sha256\:2"),
)


def _migrate(database: Database, step: Callable[[Config, str], None], revision: str) -> None:
    with database.engine.execution_options(writes=True).begin() as connection:
        step(migration_config(connection), revision)


def test_the_content_of_an_upload_is_looked_up_by_an_index(sqlite_url: str, postgres_url: str) -> None:
    for url in (sqlite_url, postgres_url):
        opened = Database(url, KEY)
        for revision, step, has_index in (
            ("head", command.upgrade, True),
            ("0002", command.downgrade, False),
            ("head", command.upgrade, True),
        ):
            _migrate(opened, step, revision)
            indexes = inspect(opened.engine).get_indexes("portfolios")
            found = [one["column_names"] for one in indexes]
            assert (["organisation_id", "file_sha256"] in found) == has_index
        assert "ix_portfolios_content" in _plan_of_a_look_up(opened)
        opened.close()


def _plan_of_a_look_up(database: Database) -> str:
    """How the database would find an organisation's portfolios of one content, were there many."""
    asked = "FROM portfolios WHERE organisation_id = 'o' AND file_sha256 = 'f' AND release = 'r'"
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
            lines = connection.execute(text(f"EXPLAIN SELECT * {asked}"))
        else:
            lines = connection.execute(text(f"EXPLAIN QUERY PLAN SELECT * {asked}"))
        return "\n".join(str(line[-1]) for line in lines)


def test_tables_older_than_the_program_are_refused_with_the_cure(sqlite_url: str, postgres_url: str) -> None:
    for url in (sqlite_url, postgres_url):
        opened = Database(url, KEY)
        with pytest.raises(ConfigurationError, match=r"no tables yet; run taxonomy-api db upgrade"):
            opened.require_upgraded()
        _migrate(opened, command.upgrade, "0001")
        with pytest.raises(ConfigurationError, match=r"older than this program; run taxonomy-api db upgrade"):
            opened.require_upgraded()
        _migrate(opened, command.upgrade, "head")
        opened.require_upgraded()
        with opened.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
        opened.require_upgraded()
        opened.close()


def test_upgrading_again_changes_nothing(database: Database) -> None:
    with database.unit_of_work() as session:
        create_organisation(session, "Bank")
    database.upgrade()
    with database.reading() as session:
        assert [organisation.name for organisation in list_organisations(session)] == ["Bank"]


def test_two_starts_at_once_migrate_once(sqlite_url: str, postgres_url: str) -> None:
    for url in (sqlite_url, postgres_url):
        opened = [Database(url, KEY) for _ in range(4)]
        failures: list[BaseException] = []

        def upgrade(database: Database, failures: list[BaseException] = failures) -> None:
            try:
                database.upgrade()
            except BaseException as failure:
                failures.append(failure)

        threads = [threading.Thread(target=upgrade, args=(database,)) for database in opened]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert "portfolios" in inspect(opened[0].engine).get_table_names()
        for database in opened:
            database.close()


def test_every_row_that_is_somebodys_names_its_organisation() -> None:
    """Releases are published; the trail has a chain of the operator's, too, and outlives everything."""
    nobodys = {"organisations", "releases", "audit_heads", "audit_entries"}
    assert nobodys < set(Base.metadata.tables)
    for name, table in Base.metadata.tables.items():
        if name in nobodys:
            continue
        assert not table.c.organisation_id.nullable
        assert table.c.organisation_id.foreign_keys


def test_a_row_without_an_existing_organisation_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        Repository(session, new_id()).add_portfolio(new_id(), StoredFile("a.csv", "0" * 64, 1), {})


def test_a_unit_of_work_is_kept_whole_or_not_at_all(database: Database) -> None:
    def fails_late() -> None:
        with database.unit_of_work() as session:
            create_organisation(session, "Bank")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails_late()
    with database.reading() as session:
        assert list_organisations(session) == []


def test_changes_made_while_reading_are_dropped(database: Database) -> None:
    with database.reading() as session:
        create_organisation(session, "Bank")
    with database.reading() as session:
        assert list_organisations(session) == []


def test_instants_come_back_in_utc(database: Database) -> None:
    before = now()
    with database.unit_of_work() as session:
        create_organisation(session, "Bank")
    with database.reading() as session:
        stored = session.scalars(select(Organisation.created)).one()
    assert stored.tzinfo is not None
    assert before <= stored <= now()


def test_writers_wait_for_each_other(sqlite_url: str) -> None:
    """Reading before writing in one unit of work must not fail for a snapshot that has aged."""
    database = Database(sqlite_url, KEY)
    database.upgrade()
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(10):
                with database.unit_of_work() as session:
                    list_organisations(session)
                    create_organisation(session, f"{number}-{step}")
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert (failures, len(list_organisations(session))) == ([], 40)
    database.close()


def test_the_embedded_database_is_private_and_waits_for_locks(tmp_path: Path) -> None:
    database = open_database(Settings(store=tmp_path / "store"))
    with database.reading() as session:
        pragmas = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    database.close()
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10_000}
    file = tmp_path / "store" / "taxonomy-api.sqlite3"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
