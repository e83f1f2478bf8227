"""A database with one organisation, a file store and jobs whose work is written in the test."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.model import Release
from taxonomy_api.jobs.ledger import Counts
from taxonomy_api.jobs.portfolio_job import PortfolioJobs
from taxonomy_api.jobs.portfolios import Portfolios
from taxonomy_api.jobs.queue import JobQueue, open_queue
from taxonomy_api.settings import Settings
from taxonomy_api.store.current import CurrentRelease
from taxonomy_api.store.database import Database, open_database
from taxonomy_api.store.files import FileStore
from taxonomy_api.store.keys import Identity, create_organisation
from taxonomy_api.store.models import Portfolio
from taxonomy_api.store.repository import Repository

Report = Callable[[Counts], None]


@dataclass
class Bench:
    """A worker's surroundings; `work` is what a job does, by default one finished file."""

    settings: Settings
    database: Database
    files: FileStore
    queue: JobQueue
    portfolios: Portfolios
    organisation_id: str
    stopping: threading.Event
    work: Callable[[Path, Path, Report], dict[str, Any]]

    def submit(self, content: bytes = b"upload") -> str:
        options = {"sheet": "Loans"}
        return self.portfolios.submit(self.who, "a.csv", io.BytesIO(content), options).id

    @property
    def who(self) -> Identity:
        return Identity(self.organisation_id, "key", frozenset({"portfolio"}))

    def jobs(self) -> PortfolioJobs:
        def assess(
            source: Path,
            engine: Engine,
            options: dict[str, Any],
            target: Path,
            progress: Report,
            audit_anchor: str | None,
            name: str,
        ) -> dict[str, Any]:
            assert options == {"sheet": "Loans"}
            return self.work(source, target, progress)

        current = CurrentRelease(self.settings.data)
        return PortfolioJobs(self.database, self.files, current, assess, 60, self.stopping)

    @property
    def release(self) -> Release:
        return CurrentRelease(self.settings.data).get().release

    def portfolio(self, portfolio_id: str) -> Portfolio:
        with self.database.reading() as session:
            return Repository(session, self.organisation_id).portfolio(portfolio_id)

    def result(self, portfolio_id: str) -> str:
        stored = self.portfolio(portfolio_id)
        path = self.files.result(self.organisation_id, portfolio_id, stored.attempt, "results.csv")
        return path.read_text()


def copy(source: Path, target: Path, progress: Report) -> dict[str, Any]:
    progress(Counts("reading", 1))
    (target / "results.csv").write_bytes(source.read_bytes())
    progress(Counts("done", 1, 1, 1, 1))
    return {"rows": 1}


@pytest.fixture
def bench(tmp_path: Path, settings_for: Callable[..., Settings]) -> Iterator[Bench]:
    settings = settings_for(tmp_path)
    database = open_database(settings)
    database.upgrade()
    with database.unit_of_work() as session:
        organisation = create_organisation(session, "Bank").id
    files, queue = FileStore(settings.store), open_queue(settings)
    portfolios = Portfolios(database, files, queue, settings.max_upload_bytes)
    yield Bench(settings, database, files, queue, portfolios, organisation, threading.Event(), copy)
    database.close()
