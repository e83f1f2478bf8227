"""The stored things of one organisation.

A repository is opened for one organisation; every query goes through `_own`, so nothing of
another organisation can be read or changed with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from taxonomy_api.errors import NotFound
from taxonomy_api.store.collected import collect
from taxonomy_api.store.ids import now
from taxonomy_api.store.models import Assessment, Owned, Portfolio, PortfolioState

Row = TypeVar("Row", bound=Owned)
#: Into the table, not by objects: every answer waits for it.
_INSERT_ASSESSMENT = insert(Assessment.metadata.tables[Assessment.__tablename__])


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded file: the caller's name for it, what it hashes to, and its size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class NewAssessment:
    """An answered request that is to be kept; request and answer are JSON text."""

    id: str
    release: str
    engine: str
    as_of: date
    request: str
    answer: str


@dataclass(frozen=True, slots=True)
class Repository:
    session: Session
    organisation_id: str

    def add_assessments(self, made: Sequence[NewAssessment]) -> None:
        """Keeps answered requests when the unit of work ends; their releases must be kept by then."""
        common = {"organisation_id": self.organisation_id, "created": now()}
        rows = [
            {
                **common,
                "id": one.id,
                "release": one.release,
                "engine": one.engine,
                "as_of": one.as_of,
                "request": one.request,
                "answer": one.answer,
            }
            for one in made
        ]
        if rows:
            collect(self.session, _INSERT_ASSESSMENT, rows)

    def assessment(self, assessment_id: str) -> Assessment:
        """Raises NotFound."""
        return self._get(Assessment, assessment_id, "assessment")

    def assessments(self, ids: Sequence[str]) -> dict[str, Assessment]:
        """Those of the ids that are there."""
        return {
            row.id: row for row in self.session.scalars(self._own(Assessment).where(Assessment.id.in_(ids)))
        }

    def delete_assessment(self, assessment_id: str) -> None:
        """Raises NotFound."""
        self.session.delete(self.assessment(assessment_id))

    def add_portfolio(
        self, portfolio_id: str, file: StoredFile, options: dict[str, Any], submitted_by: str = ""
    ) -> Portfolio:
        """Keeps a queued portfolio whose file is stored already."""
        row = Portfolio(
            id=portfolio_id,
            organisation_id=self.organisation_id,
            created=now(),
            state="queued",
            phase="queued",
            rows_read=0,
            rows_assessed=0,
            rows_written=0,
            rows_total=None,
            file_name=file.name,
            file_sha256=file.sha256,
            file_size=file.size,
            options=options,
            submitted_by=submitted_by,
            release=None,
            summary=None,
            problem=None,
            attempt=0,
            cancel_requested=False,
            heartbeat=None,
            started=None,
            finished=None,
        )
        self.session.add(row)
        return row

    def portfolio(self, portfolio_id: str) -> Portfolio:
        """Raises NotFound."""
        return self._get(Portfolio, portfolio_id, "portfolio")

    def portfolios(
        self, before: str | None = None, limit: int = 50, state: PortfolioState | None = None
    ) -> Sequence[Portfolio]:
        """At most `limit` portfolios, newest first, older than the id `before`."""
        query = self._own(Portfolio).order_by(Portfolio.id.desc()).limit(limit)
        if before is not None:
            query = query.where(Portfolio.id < before)
        if state is not None:
            query = query.where(Portfolio.state == state)
        found: Sequence[Portfolio] = self.session.scalars(query).all()
        return found

    def done_portfolios(self, file_sha256: str, release: str) -> Sequence[Portfolio]:
        """Those made of this content with this release, first finished first."""
        found: Sequence[Portfolio] = self.session.scalars(
            self._own(Portfolio)
            .where(
                Portfolio.file_sha256 == file_sha256,
                Portfolio.release == release,
                Portfolio.state == "done",
            )
            .order_by(Portfolio.finished, Portfolio.id)
        ).all()
        return found

    def delete_portfolio(self, portfolio_id: str) -> None:
        """Forgets the row; its files are deleted by whoever asked for this. Raises NotFound."""
        self.session.delete(self.portfolio(portfolio_id))

    @staticmethod
    def missing(noun: str, row_id: str) -> NotFound:
        """The same for what was deleted, never was, or is another organisation's."""
        return NotFound(f"unknown_{noun}", f"There is no {noun} {row_id!r}.")

    def _get(self, table: type[Row], row_id: str, noun: str) -> Row:
        row: Row | None = self.session.scalar(self._own(table).where(table.id == row_id))
        if row is None:
            raise self.missing(noun, row_id)
        return row

    def _own(self, table: type[Row]) -> Select[Any]:
        return select(table).where(table.organisation_id == self.organisation_id)
