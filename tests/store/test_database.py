"""Migrations and transactions, on both kinds of database."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from taxonomy_api.settings import Settings
from taxonomy_api.store.database import Database, migration_config, open_database
from taxonomy_api.store.ids import new_id, now
from taxonomy_api.store.keys import create_organisation, list_organisations
from taxonomy_api.store.models import Base, Organisation
from taxonomy_api.store.repository import Repository, StoredFile


def test_the_migrations_make_what_the_models_describe(database: Database) -> None:
    with database.engine.begin() as connection:
        command.check(migration_config(connection))


def test_upgrading_again_changes_nothing(database: Database) -> None:
    with database.unit_of_work() as session:
        create_organisation(session, "Bank")
    database.upgrade()
    with database.reading() as session:
        assert [organisation.name for organisation in list_organisations(session)] == ["Bank"]


def test_two_starts_at_once_migrate_once(sqlite_url: str, postgres_url: str) -> None:
    for url in (sqlite_url, postgres_url):
        opened = [Database(url) for _ in range(4)]
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


def test_every_table_but_organisations_names_its_organisation() -> None:
    tables = {mapper.local_table for mapper in Base.registry.mappers} - {Organisation.__table__}
    assert len(tables) >= 3
    for table in tables:
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
    database = Database(sqlite_url)
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
