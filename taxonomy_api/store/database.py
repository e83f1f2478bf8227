"""The database: how it is opened, brought up to date, and used in units of work."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar, cast

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from taxonomy_api.errors import ConfigurationError
from taxonomy_api.settings import Settings
from taxonomy_api.store.audit import Sealer
from taxonomy_api.store.audit_key import audit_key
from taxonomy_api.store.collected import insert_collected
from taxonomy_api.store.group_commit import GroupCommit
from taxonomy_api.store.turns import Turns

Value = TypeVar("Value")
MIGRATIONS = Path(__file__).parent / "migrations"
#: Held while migrating PostgreSQL, so that two starts at once do not migrate twice. Any fixed number serves.
_MIGRATION_LOCK = 7_240_118
#: The first lock that a group takes, and it takes one, so nobody waits for another in a circle.
_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:organisation, 0))")
_BUSY_SECONDS = 10
_CONNECT_SECONDS = 5
_IDLE_SECONDS = 1
_RETURNED = "returned"


class Database:
    """An opened database. Make one per process: connections do not survive a fork."""

    def __init__(self, url: str, key: bytes) -> None:
        """`key` seals the audit trail."""
        self.engine = _engine(url)
        self._sealer = Sealer(key)
        self._group = GroupCommit(self._turn)
        self._turns = _turns(url)
        self._reading = sessionmaker(self.engine, expire_on_commit=False)
        self._looking_up = self.engine.execution_options(**_alone(self.engine))
        self._writing = sessionmaker(self.engine.execution_options(writes=True), expire_on_commit=False)

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """A session whose changes are committed together at the end, or not at all.

        Use one per service call. Do not commit inside it, and start nothing in it that others
        should see only after the commit (messages to the queue, say). Its last steps insert what was
        collected in it and seal what was recorded for the audit trail.
        """
        with self._writing.begin() as session:
            yield session
            insert_collected(session)
            self._sealer.seal(session)

    def grouped(self, organisation_id: str, work: Callable[[Session], Value]) -> Value:
        """As a unit of work around `work`, which writes for an organisation, shared with others that wait.

        For small writes that come often. `work` must touch nothing but the session: it may be run in
        another thread, and more than once.
        """
        return self._group.run(organisation_id, work)

    @contextmanager
    def _turn(self, organisation_id: str) -> Iterator[Session]:
        """A unit of work in which no other process commits a group for the organisation.

        Their entries of the trail would wait for each other anyway, at its end.
        """
        turn = nullcontext() if self._turns is None else self._turns.taken(_BUSY_SECONDS)
        with turn, self.unit_of_work() as session:
            connection = session.connection()
            if self._turns is None:
                connection.execute(_TURN, {"organisation": organisation_id})
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for queries; it takes no write lock and its changes are dropped."""
        with self._reading() as session:
            yield session

    def looking_up(self) -> Connection:
        """A connection for a query that every request makes, without a transaction; use it in a `with`."""
        return self._looking_up.connect()

    def upgrade(self) -> None:
        """Brings the tables up to date; harmless when they are."""
        upgrade(self.engine)

    def require_upgraded(self) -> None:
        """Raises ConfigurationError where the tables are older than this program.

        Newer ones are let pass: that is the state between an upgrade and the end of the old processes.
        """
        with self.engine.connect() as connection:
            script = ScriptDirectory.from_config(migration_config(connection))
            present = MigrationContext.configure(connection).get_current_revision()
        older = {None, *(one.revision for one in script.walk_revisions())} - {script.get_current_head()}
        if present in older:
            state = "has no tables yet" if present is None else "is older than this program"
            raise ConfigurationError(f"The database {state}; run taxonomy-api db upgrade first.")

    def is_ready(self) -> bool:
        """Whether the database answers."""
        with self.reading() as session:
            return bool(session.scalar(text("SELECT 1")) == 1)

    def copy_to(self, target: Path) -> None:
        """A consistent copy of an embedded database, made while others write."""
        connection = self.engine.raw_connection()
        try:
            with closing(sqlite3.connect(target)) as copy:
                cast(sqlite3.Connection, connection.driver_connection).backup(copy)
        finally:
            connection.close()

    def close(self) -> None:
        self.engine.dispose()
        if self._turns is not None:
            self._turns.close()


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database is gone, stopping or busy; trying again later may help."""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def open_database(settings: Settings) -> Database:
    """The database of the settings; makes the store folder of an embedded one."""
    if settings.is_embedded:
        settings.store.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Database(settings.database, audit_key(settings))


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


def _turns(url: str) -> Turns | None:
    """Those of an embedded database; PostgreSQL has locks that are waited for in order."""
    parsed = make_url(url)
    return Turns(Path(parsed.database or "")) if parsed.get_backend_name() == "sqlite" else None


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        waits = {} if "connect_timeout" in parsed.query else {"connect_timeout": _CONNECT_SECONDS}
        try:
            engine = create_engine(
                parsed,
                pool_size=10,
                max_overflow=10,
                pool_timeout=10,
                connect_args=waits,
                hide_parameters=True,
            )
        except ModuleNotFoundError as problem:
            raise ConfigurationError(
                f"The driver of the database is not installed ({problem.name}): install"
                " taxonomy-api[postgres]; docs/deployment.md says how in a checkout."
            ) from problem
        _ask_idle_connections(engine)
        return engine
    if parsed.database and parsed.database != ":memory:" and not os.path.exists(parsed.database):
        # Made by hand so that nobody else on the machine can read it.
        os.close(os.open(parsed.database, os.O_CREAT | os.O_WRONLY, 0o600))
    engine = create_engine(parsed, connect_args={"timeout": _BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _ask_idle_connections(engine: Engine) -> None:
    """Has a connection that nobody used for a while prove that it lives before somebody gets it.

    The library's own `pool_pre_ping` asks each time, which is a fifth of the round trips of a busy service.
    A connection that was lost within the last second fails its user once, and the library drops all others.
    """

    def note(_: object, record: ConnectionPoolEntry) -> None:
        record.info[_RETURNED] = time.monotonic()

    def ask(connection: DBAPIConnection, record: ConnectionPoolEntry, _: object) -> None:
        now = time.monotonic()
        if now - record.info.get(_RETURNED, now) < _IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as lost:
            raise DisconnectionError from lost

    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", ask)


def _alone(engine: Engine) -> dict[str, Any]:
    """Options under which a query has no transaction around it."""
    return {"looks_up": True} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own implicit transactions are switched off; `_begin_sqlite` opens them.
    connection.isolation_level = None
    cursor = connection.cursor()
    _into_wal(cursor)
    # FULL: what is acknowledged is on the disk, also when the machine stops.
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _into_wal(cursor: Any) -> None:
    """Turns the log of a new database on; where two processes do so at once SQLite lets neither wait."""
    patience = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > patience:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: a reader that turns writer may find its snapshot outdated and fail.
    options = connection.get_execution_options()
    if not options.get("looks_up"):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")
