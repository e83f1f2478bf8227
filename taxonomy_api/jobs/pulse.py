"""The sign of life of a running job, given from a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from types import TracebackType

from sqlalchemy.exc import SQLAlchemyError

from taxonomy_api.jobs.ledger import Claim, Counts, Standing, beat
from taxonomy_api.store.database import Database

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 0.25


class Pulse:
    """While open, writes the latest progress to the table and learns there whether to go on.

    The work itself only sets `counts` and looks at `standing`; it never waits for the database.
    """

    def __init__(self, database: Database, job: Claim, lease_seconds: int) -> None:
        self.counts = Counts()
        self.standing: Standing = "running"
        self._database = database
        self._job = job
        self._lease = lease_seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"pulse-{job.job_id}", daemon=True)

    def __enter__(self) -> Pulse:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        last = time.monotonic()
        while not self._ended.wait(_LOOK_SECONDS):
            try:
                with self._database.unit_of_work() as session:
                    self.standing = beat(session, self._job, self.counts)
                last = time.monotonic()
            except SQLAlchemyError:
                # One missed beat is no harm; without any for a whole lease the job may be another's.
                _log.warning("Job %s could not give a sign of life.", self._job.job_id, exc_info=True)
                if time.monotonic() - last > self._lease:
                    self.standing = "lost"
