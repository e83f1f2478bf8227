"""Fixtures of all tests."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from taxonomy_api.settings import Settings, load

SERVER = "host=127.0.0.1 port=5432 dbname=test user=postgres connect_timeout=3"
URL = "postgresql://postgres@127.0.0.1:5432/test"


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Replaces a fixture of pytest-flask that keeps one context open for the whole test.

    With it, requests would share state and no teardown would run, so that leaks stay green.
    """


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test, and no command that a test starts, reads or writes the user's cache folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def minimal_data() -> Path:
    """A small sound data folder that no edit of the real data changes."""
    return Path(__file__).parent / "catalog" / "minimal"


@pytest.fixture(scope="session")
def settings_for(minimal_data: Path) -> Callable[..., Settings]:
    """Settings with a store folder and minimal data; further ones by their environment names."""

    def make(store: Path, **more: str) -> Settings:
        given = {
            "TAXONOMY_API_STORE": str(store),
            "TAXONOMY_API_DATA": str(minimal_data),
            "TAXONOMY_API_CACHE": str(store / "cache"),
        }
        return load({**given, **{f"TAXONOMY_API_{name}": value for name, value in more.items()}})

    return make


@pytest.fixture
def postgres_url() -> Iterator[str]:
    with postgres_schema() as url:
        yield url


@contextmanager
def postgres_schema() -> Iterator[str]:
    """The URL of an empty schema, which is dropped at the end."""
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
