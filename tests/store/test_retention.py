"""What is forgotten and when, on both kinds of database."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from taxonomy_api.settings import SETTINGS, Settings
from taxonomy_api.store import retention
from taxonomy_api.store.audit import OPERATOR, entries
from taxonomy_api.store.database import Database
from taxonomy_api.store.files import FileStore
from taxonomy_api.store.idempotency import KEPT, MOST_KEYS
from taxonomy_api.store.ids import new_id, now
from taxonomy_api.store.keys import create_organisation
from taxonomy_api.store.models import Assessment, Base, IdempotencyKey, Portfolio, StoredRelease
from taxonomy_api.store.repository import NewAssessment, Repository, StoredFile
from taxonomy_api.store.retention import Purged, purge
from taxonomy_api.store.verify import verify
from tests.store.conftest import KEY

NOTHING = Purged(0, 0, 0, 0, 0)


class Store:
    """Things of chosen ages, of one organisation."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.files = FileStore(folder)
        self.settings = Settings(store=folder, assessment_days=100, result_days=30)
        with database.unit_of_work() as session:
            self.bank = create_organisation(session, "Bank").id

    def purge(self) -> Purged:
        return purge(self.database, self.files, self.settings, "sha256:current", "worker")

    def release(self, name: str, days: int = 400) -> str:
        with self.database.unit_of_work() as session:
            session.add(StoredRelease(id=name, created=ago(days), content=b"x", counts={}))
        return name

    def assessment(self, days: int, release: str) -> str:
        made = f"{int(ago(days).timestamp() * 1000):012x}{new_id()[12:]}"
        with self.database.unit_of_work() as session:
            kept = NewAssessment(made, release, "1", date(2026, 1, 1), "{}", "{}")
            Repository(session, self.bank).add_assessments([kept])
        return made

    def portfolio(self, state: str, days: int, release: str | None = None) -> str:
        made = new_id()
        with self.database.unit_of_work() as session:
            row = Repository(session, self.bank).add_portfolio(made, StoredFile("a", "0" * 64, 1), {})
            row.state, row.release = state, release
            row.finished = ago(days) if state in ("done", "failed", "cancelled") else None
        folder = self.folder(made)
        (folder / "results-1").mkdir(parents=True)
        return made

    def folder(self, portfolio_id: str) -> Path:
        return self.files.root / "portfolios" / self.bank / portfolio_id

    def count(self, table: type[Assessment | Portfolio | StoredRelease | IdempotencyKey]) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


def ago(days: float) -> datetime:
    return now() - timedelta(days=days)


@pytest.fixture
def store(database: Database, tmp_path: Path) -> Store:
    return Store(database, tmp_path / "store")


def test_what_is_old_goes_and_what_is_not_stays(store: Store) -> None:
    used, idle = store.release("sha256:used"), store.release("sha256:idle")
    store.release("sha256:current"), store.release("sha256:young", 0)
    gone = [store.assessment(101, idle), store.assessment(300, idle)]
    kept = store.assessment(99, used)
    old, young = store.portfolio("done", 31, idle), store.portfolio("done", 29, used)
    running = store.portfolio("running", 31)
    with store.database.unit_of_work() as session:
        for key, days in (("old", 1.1), ("young", 0.9)):
            session.add(
                IdempotencyKey(
                    organisation_id=store.bank, key=key, created=ago(days), fingerprint="f", token="t"
                )
            )
    orphan = store.folder(new_id())
    orphan.mkdir()
    os.utime(orphan, (0, 0))
    assert store.purge() == Purged(assessments=2, portfolios=1, idempotency_keys=1, releases=1, leftovers=1)
    with store.database.reading() as session:
        assert list(session.scalars(select(Assessment.id))) == [kept]
        assert set(session.scalars(select(Portfolio.id))) == {young, running}
        assert list(session.scalars(select(IdempotencyKey.key))) == ["young"]
        left = {"sha256:used", "sha256:current", "sha256:young"}
        assert set(session.scalars(select(StoredRelease.id))) == left
        own = entries(session, store.bank, None, 10)
        assert [(one.kind, json.loads(one.detail)["count"]) for one in own] == [
            ("portfolios.purged", 1),
            ("assessments.purged", 2),
        ]
        assert entries(session, OPERATOR, None, 1)[0].kind == "release.removed"
        assert [report.findings for report in verify(session, KEY)] == [(), ()]
    assert [store.folder(one).exists() for one in (old, young, running)] == [False, True, True]
    assert not orphan.exists() and gone
    assert store.purge() == NOTHING


@pytest.mark.parametrize("state", ["done", "failed", "cancelled", "running"])
def test_what_a_lost_worker_left_of_an_ended_portfolio_goes(store: Store, state: str) -> None:
    """An upload is kept no longer than its job, also where nobody was left to remove it."""
    portfolio = store.portfolio(state, 0)
    with store.database.unit_of_work() as session:
        session.get_one(Portfolio, portfolio).attempt = 2
    folder = store.folder(portfolio)
    for name in ("results-2", "work-3"):
        (folder / name).mkdir()
    (folder / "input.xlsx").write_bytes(b"x")
    assert store.purge().leftovers == (0 if state == "running" else 1)
    left = {"done": {"results-2"}, "running": {"input.xlsx", "results-1", "results-2", "work-3"}}
    assert {path.name for path in folder.iterdir()} == left.get(state, set())
    assert store.purge() == NOTHING


def test_assessments_stay_where_no_age_is_set(store: Store) -> None:
    store.assessment(4_000, store.release("sha256:used"))
    store.settings = replace(store.settings, assessment_days=0)
    assert store.purge() == NOTHING
    assert store.count(Assessment) == 1


def test_much_is_deleted_in_bounded_steps(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ROWS", 3)
    release = store.release("sha256:used", 0)
    for _ in range(8):
        store.assessment(200, release)
    assert store.purge().assessments == 8
    with store.database.reading() as session:
        steps = [json.loads(one.detail)["count"] for one in entries(session, store.bank, None, 10)]
    assert steps == [2, 3, 3]


def test_a_release_that_is_used_meanwhile_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.release("sha256:idle")
    original = store.database.unit_of_work

    def late() -> object:
        monkeypatch.setattr(store.database, "unit_of_work", original)
        store.assessment(1, "sha256:idle")
        return original()

    store.settings = replace(store.settings, assessment_days=0)
    with store.database.reading() as session:
        assert session.scalar(select(StoredRelease.id)) == "sha256:idle"
    assert retention._releases(store.database, None, ago(500), "worker") == 0
    monkeypatch.setattr(store.database, "unit_of_work", late)
    assert retention._releases(store.database, None, ago(1), "worker") == 0
    assert store.count(StoredRelease) == 1


#: Where the page tells of each table.
ROWS = {
    "assessments": "single assessment: request and answer",
    "portfolios": "results of a portfolio, and its row with file name, options and summary",
    "idempotency_keys": "Idempotency-Key with the id of its result",
    "releases": "data release that an answer was given from",
    "organisations": "organisation; API key",
    "api_keys": "API key (SHA-256, scopes, expiry, name)",
    "audit_entries": "audit trail: ids, counts, hashes",
    "audit_heads": "heads of the trail",
}


def test_the_page_tells_of_every_table_and_of_the_times_in_force() -> None:
    page = (Path(__file__).parents[2] / "docs" / "retention.md").read_text(encoding="utf-8")
    assert set(ROWS) == set(Base.metadata.tables)
    assert [row for row in ROWS.values() if row not in page] == []
    assert f"{KEPT // timedelta(hours=1)} hours; the newest {MOST_KEYS:,}" in page
    settings = {setting.name: setting.default for setting in SETTINGS}
    assert (
        f"`TAXONOMY_API_RESULT_DAYS` after its end, {settings['TAXONOMY_API_RESULT_DAYS']} by default" in page
    )
    assert set(re.findall(r"TAXONOMY_API_[A-Z_]+", page)) <= set(settings)
