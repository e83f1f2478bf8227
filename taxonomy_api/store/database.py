"""The database: how it is opened, brought up to date, and used in units of work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session, sessionmaker

from taxonomy_api.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"
#: Held while migrating PostgreSQL, so that two starts at once do not migrate twice. Any fixed number serves.
_MIGRATION_LOCK = 7_240_118
_BUSY_SECONDS = 10


class Database:
    """An opened database. Make one per process: connections do not survive a fork."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._reading = sessionmaker(self.engine, expire_on_commit=False)
        self._writing = sessionmaker(self.engine.execution_options(writes=True), expire_on_commit=False)

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """A session whose changes are committed together at the end, or not at all.

        Use one per service call. Do not commit inside it, and start nothing in it that others
        should see only after the commit (messages to the queue, say).
        """
        with self._writing.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for queries; it takes no write lock and its changes are dropped."""
        with self._reading() as session:
            yield session

    def upgrade(self) -> None:
        """Brings the tables up to date; harmless when they are."""
        upgrade(self.engine)

    def is_ready(self) -> bool:
        """Whether the database answers."""
        with self.reading() as session:
            return bool(session.scalar(text("SELECT 1")) == 1)

    def close(self) -> None:
        self.engine.dispose()


def open_database(settings: Settings) -> Database:
    """The database of the settings; makes the store folder of an embedded one."""
    if settings.is_embedded:
        settings.store.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Database(settings.database)


def upgrade(engine: Engine) -> None:
    """Runs the migrations that the database has not seen, in one transaction."""
    with engine.execution_options(writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        command.upgrade(migration_config(connection), "head")


def migration_config(connection: Connection) -> Config:
    """Alembic's configuration for the migrations of this package on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
    if parsed.database and parsed.database != ":memory:" and not os.path.exists(parsed.database):
        # Made by hand so that nobody else on the machine can read it.
        os.close(os.open(parsed.database, os.O_CREAT | os.O_WRONLY, 0o600))
    engine = create_engine(parsed, connect_args={"timeout": _BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own implicit transactions are switched off; `_begin_sqlite` opens them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: a reader that turns writer may find its snapshot outdated and fail.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
