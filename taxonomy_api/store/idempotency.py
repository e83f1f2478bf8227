"""Idempotency-Key: a request that is sent again is not carried out again.

A key is claimed, for one organisation, before the work begins; the outcome is written in the unit of work
of the result itself. So one execution counts, whatever is sent again or falls over in between: a key whose
execution gave no sign for `LEASE` can be claimed anew, and the late one then finds that it lost the key and
is undone. What is kept is the id of the result; an answer only where nothing else keeps it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from taxonomy_api.errors import Conflict, InvalidInput, Problem, ServiceError
from taxonomy_api.store.database import Database
from taxonomy_api.store.ids import now
from taxonomy_api.store.models import IdempotencyKey

KEPT = timedelta(hours=24)
LEASE = timedelta(minutes=2)
LONGEST_KEY = 255
MOST_KEYS = 100_000
#: Between two counts of the keys a process may add so many; they are left free beforehand.
_SLACK = 100
_RETRY_SECONDS = 1


class StillRunning(Conflict):
    """The first request with the key is being worked on; ask again after `retry_after` seconds."""

    def __init__(self) -> None:
        super().__init__(
            "idempotent_request_running", "A request with this Idempotency-Key is being worked on; try again."
        )
        self.retry_after = _RETRY_SECONDS


@dataclass(frozen=True, slots=True)
class Claim:
    """An execution that holds a key."""

    organisation_id: str
    key: str
    token: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a request came to: its status and the id of what it stored, or the answer itself."""

    status: int
    result_id: str | None = None
    answer: str | None = None


class IdempotencyKeys:
    """The keys of all organisations; each call speaks for one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._claims = 0

    def claim(self, organisation_id: str, key: str, fingerprint: str) -> Claim | Outcome:
        """The claim to carry the request out, or what it came to before.

        Raises InvalidInput for an unusable key, Conflict for a key that was used with another request,
        StillRunning while the first one is at work.
        """
        if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
            message = f"An Idempotency-Key has 1 to {LONGEST_KEY} printable ASCII characters."
            raise InvalidInput(Problem("/Idempotency-Key", "bad_idempotency_key", message))
        wanted = Claim(organisation_id, key, secrets.token_hex(16))
        self._claims += 1
        is_time = self._claims % _SLACK == 0

        def work(session: Session) -> Claim | Outcome | ServiceError:
            if is_time:
                trim(session, organisation_id)
            return _claim(session, wanted, fingerprint)

        found = self._database.grouped(organisation_id, work)
        if isinstance(found, ServiceError):
            raise found
        return found

    def settle(self, claim: Claim, outcome: Outcome) -> None:
        """Remembers an outcome that nothing was stored for."""
        self._database.grouped(claim.organisation_id, lambda session: settle(session, claim, outcome))

    def release(self, claim: Claim) -> None:
        """Gives the key free: nothing was carried out."""
        self._database.grouped(
            claim.organisation_id,
            lambda session: session.execute(delete(IdempotencyKey).where(*_held(claim))) and None,
        )


def settle(session: Session, claim: Claim | None, outcome: Outcome) -> None:
    """Remembers the outcome with what the session stores. Raises StillRunning where the key is lost."""
    if claim is None:
        return
    changed = session.execute(
        update(IdempotencyKey)
        .where(*_held(claim))
        .values(status=outcome.status, result_id=outcome.result_id, answer=outcome.answer)
    )
    if cast("CursorResult[Any]", changed).rowcount != 1:
        raise StillRunning


def trim(session: Session, organisation_id: str) -> None:
    """Forgets the oldest keys beyond the most that are kept."""
    own = IdempotencyKey.organisation_id == organisation_id
    oldest_kept = session.scalar(
        select(IdempotencyKey.created)
        .where(own)
        .order_by(IdempotencyKey.created.desc())
        .offset(MOST_KEYS - 20 * _SLACK)
        .limit(1)
    )
    if oldest_kept is not None:
        session.execute(delete(IdempotencyKey).where(own, IdempotencyKey.created <= oldest_kept))


def _claim(session: Session, wanted: Claim, fingerprint: str) -> Claim | Outcome | ServiceError:
    fresh = {"created": now(), "fingerprint": fingerprint, "token": wanted.token}
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = dialect.insert(IdempotencyKey).values(
        organisation_id=wanted.organisation_id, key=wanted.key, **fresh
    )
    if session.scalar(row.on_conflict_do_nothing().returning(IdempotencyKey.key)) is not None:
        return wanted
    own = (IdempotencyKey.organisation_id == wanted.organisation_id, IdempotencyKey.key == wanted.key)
    found = session.scalars(select(IdempotencyKey).where(*own).with_for_update()).one_or_none()
    if found is None:
        # Given free at this very moment.
        return StillRunning()
    age = now() - found.created
    if age <= KEPT and found.fingerprint != fingerprint:
        return Conflict(
            "idempotency_key_reused", "The Idempotency-Key was used with another request; take a new one."
        )
    if age <= KEPT and found.status is not None:
        return Outcome(found.status, found.result_id, found.answer)
    if age <= LEASE:
        return StillRunning()
    session.execute(
        update(IdempotencyKey).where(*own).values(**fresh, status=None, result_id=None, answer=None)
    )
    return wanted


def _held(claim: Claim) -> tuple[Any, ...]:
    return (
        IdempotencyKey.organisation_id == claim.organisation_id,
        IdempotencyKey.key == claim.key,
        IdempotencyKey.token == claim.token,
    )
