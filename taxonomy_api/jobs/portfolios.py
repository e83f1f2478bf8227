"""What callers can do with portfolios: hand in, cancel, delete."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import IO, Any

from taxonomy_api.errors import Conflict
from taxonomy_api.jobs.queue import JobQueue
from taxonomy_api.store.database import Database
from taxonomy_api.store.files import FileStore
from taxonomy_api.store.ids import new_id, now
from taxonomy_api.store.models import Portfolio
from taxonomy_api.store.repository import Repository

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Portfolios:
    database: Database
    files: FileStore
    queue: JobQueue
    largest_upload: int

    def submit(
        self, organisation_id: str, name: str, stream: IO[bytes], options: dict[str, Any]
    ) -> Portfolio:
        """Stores an upload and queues it. Raises TooLarge, and InvalidInput for an empty file."""
        portfolio_id = new_id()
        file = self.files.save_input(organisation_id, portfolio_id, name, stream, self.largest_upload)
        with self.database.unit_of_work() as session:
            portfolio = Repository(session, organisation_id).add_portfolio(portfolio_id, file, options)
        self._wake(portfolio_id)
        return portfolio

    def cancel(self, organisation_id: str, portfolio_id: str) -> Portfolio:
        """Ends a waiting job at once and asks a running one to stop; cancelling twice changes nothing.

        Raises NotFound, and Conflict where the job is done or has failed.
        """
        with self.database.unit_of_work() as session:
            portfolio = Repository(session, organisation_id).portfolio(portfolio_id)
            if portfolio.state in ("done", "failed"):
                raise Conflict(
                    "already_finished", f"The portfolio is {portfolio.state}; nothing is left to cancel."
                )
            portfolio.cancel_requested = True
            if portfolio.state == "queued":
                portfolio.state = portfolio.phase = "cancelled"
                portfolio.finished = now()
        return portfolio

    def delete(self, organisation_id: str, portfolio_id: str) -> None:
        """Forgets a portfolio with its files; a running job notices and stops. Raises NotFound."""
        with self.database.unit_of_work() as session:
            Repository(session, organisation_id).delete_portfolio(portfolio_id)
        self.files.delete(organisation_id, portfolio_id)

    def _wake(self, portfolio_id: str) -> None:
        try:
            self.queue.send(portfolio_id)
        except Exception:
            # The job is committed; workers look for waiting jobs when the queue is empty.
            _log.exception(
                "The queue took no message for portfolio %s; it waits for the next look.", portfolio_id
            )
