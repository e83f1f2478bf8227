"""Releases are kept once, for as long as something refers to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, event, select

from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.model import Release
from taxonomy_api.store.audit import OPERATOR, entries
from taxonomy_api.store.database import Database
from taxonomy_api.store.models import StoredRelease
from taxonomy_api.store.releases import keep


@pytest.fixture(scope="module")
def release(minimal_data: Path) -> Release:
    return load_release(minimal_data).release


def kept(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(StoredRelease.id)))


def test_a_release_is_kept_once(database: Database, release: Release) -> None:
    for _ in range(2):
        with database.unit_of_work() as session:
            keep(session, release)
            keep(session, release)
    assert kept(database) == [release.id]
    with database.reading() as session:
        assert [one.kind for one in entries(session, OPERATOR, None, 10)] == ["release.stored"]


def test_a_purged_release_is_rewritten(database: Database, release: Release) -> None:
    with database.unit_of_work() as session:
        keep(session, release)
    with database.unit_of_work() as session:
        session.execute(delete(StoredRelease).where(StoredRelease.id == release.id))
    assert kept(database) == []
    with database.unit_of_work() as session:
        keep(session, release)
    assert kept(database) == [release.id]


def test_what_is_undone_is_not_taken_for_kept(database: Database, release: Release) -> None:
    """Of a group one write fails; the others are done again and keep the release themselves."""

    def fails() -> None:
        with database.unit_of_work() as session:
            keep(session, release)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert kept(database) == []
    with database.unit_of_work() as session:
        keep(session, release)
    assert kept(database) == [release.id]


def test_those_who_share_a_unit_of_work_look_once(database: Database, release: Release) -> None:
    with database.unit_of_work() as session:
        keep(session, release)
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with database.unit_of_work() as session:
        for _ in range(5):
            keep(session, release)
    assert sum("releases" in one for one in asked) == 1
