"""What callers can do with portfolios: hand in, cancel, delete."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import IO, Any

from taxonomy_api.assessment.engine import ENGINE_VERSION
from taxonomy_api.errors import Conflict
from taxonomy_api.jobs.ledger import record_end
from taxonomy_api.jobs.queue import JobQueue
from taxonomy_api.store.audit import record
from taxonomy_api.store.database import Database
from taxonomy_api.store.files import FileStore
from taxonomy_api.store.idempotency import Claim, Outcome, settle
from taxonomy_api.store.ids import new_id, now
from taxonomy_api.store.keys import Identity
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
        self,
        who: Identity,
        name: str,
        stream: IO[bytes],
        options: dict[str, Any],
        claim: Claim | None = None,
        release: str | None = None,
    ) -> Portfolio:
        """Stores an upload and queues it, or answers with one that is done.

        With `release`, the id of the release in use, that is the organisation's first portfolio that was
        made with it and this engine from the same content with the same options, while its results are
        stored; the new upload is then forgotten. Raises TooLarge, and InvalidInput for an empty file.
        """
        portfolio_id = new_id()
        file = self.files.save_input(who.organisation_id, portfolio_id, name, stream, self.largest_upload)
        try:
            with self.database.unit_of_work() as session:
                repository = Repository(session, who.organisation_id)
                earlier = (
                    None if release is None else self._earlier(repository, file.sha256, options, release)
                )
                portfolio = earlier or repository.add_portfolio(portfolio_id, file, options, who.key_id)
                if earlier is not None:
                    record(
                        session,
                        who.organisation_id,
                        "portfolio.reused",
                        who.key_id,
                        earlier.id,
                        input=file.sha256,
                        release=earlier.release or "",
                    )
                settle(session, claim, Outcome(202, portfolio.id))
        except BaseException:
            self.files.delete(who.organisation_id, portfolio_id)
            raise
        if earlier is not None:
            self.files.delete(who.organisation_id, portfolio_id)
            return earlier
        self._wake(portfolio_id)
        return portfolio

    def cancel(self, who: Identity, portfolio_id: str, claim: Claim | None = None) -> Portfolio:
        """Ends a waiting job at once and asks a running one to stop; cancelling twice changes nothing.

        Raises NotFound, and Conflict where the job is done or has failed.
        """
        with self.database.unit_of_work() as session:
            portfolio = Repository(session, who.organisation_id).portfolio(portfolio_id)
            if portfolio.state in ("done", "failed"):
                raise Conflict(
                    "already_finished", f"The portfolio is {portfolio.state}; nothing is left to cancel."
                )
            portfolio.cancel_requested = True
            settle(session, claim, Outcome(202, portfolio_id))
            is_waiting = portfolio.state == "queued"
            if is_waiting:
                portfolio.state = portfolio.phase = "cancelled"
                portfolio.finished = now()
                record_end(session, portfolio, who.key_id)
        if is_waiting:
            self.files.delete_input(who.organisation_id, portfolio_id)
        return portfolio

    def delete(self, who: Identity, portfolio_id: str) -> None:
        """Forgets a portfolio with its files; a running job notices and stops. Raises NotFound."""
        with self.database.unit_of_work() as session:
            Repository(session, who.organisation_id).delete_portfolio(portfolio_id)
            record(session, who.organisation_id, "portfolio.deleted", who.key_id, portfolio_id)
        self.files.delete(who.organisation_id, portfolio_id)

    def _earlier(
        self, repository: Repository, sha256: str, options: dict[str, Any], release: str
    ) -> Portfolio | None:
        wanted = _without_reuse(options)
        for portfolio in repository.done_portfolios(sha256, release):
            same_engine = (portfolio.summary or {}).get("engine") == ENGINE_VERSION
            if (
                same_engine
                and _without_reuse(portfolio.options) == wanted
                and self.files.has_results(portfolio)
            ):
                return portfolio
        return None

    def _wake(self, portfolio_id: str) -> None:
        try:
            self.queue.send(portfolio_id)
        except Exception:
            # The job is committed; workers look for waiting jobs when the queue is empty.
            _log.exception(
                "The queue took no message for portfolio %s; it waits for the next look.", portfolio_id
            )


def _without_reuse(options: dict[str, Any]) -> dict[str, Any]:
    """What the results depend on."""
    return {name: value for name, value in options.items() if name != "reuse"}
