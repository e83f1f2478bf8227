"""Databases: an embedded one, and PostgreSQL in a schema of its own."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from taxonomy_api.store.database import Database

SERVER = "host=127.0.0.1 port=5432 dbname=test user=postgres connect_timeout=3"
KEY = b"a key that seals the trails of tests"
URL = "postgresql://postgres@127.0.0.1:5432/test"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.sqlite3'}"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    try:
        server = psycopg.connect(SERVER, autocommit=True)
    except psycopg.OperationalError:
        if os.environ.get("CI"):
            raise
        pytest.skip("no PostgreSQL on 127.0.0.1:5432")
    schema = f"test_{secrets.token_hex(6)}"
    with server:
        server.execute(f"CREATE SCHEMA {schema}")
        try:
            yield f"{URL}?options=-csearch_path%3D{schema}"
        finally:
            server.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database with all tables, once of each kind."""
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    opened = Database(url, KEY)
    opened.upgrade()
    yield opened
    opened.close()
