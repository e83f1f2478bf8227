"""The audit trail: one chain of entries per organisation, and one of the operator's.

An entry holds ids, counts and hashes only, so deleting data leaves the chain whole. Its hash is an HMAC
over the hash before it, its number and its content: without the secret nobody can write, change or reorder
entries. Entries are recorded in the unit of work of what they speak of and sealed when it ends, so that
both are durable together or neither is.

What a chain alone cannot show is that its newest entries were cut off; `anchors.py` keeps heads elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from msgspec.json import Encoder
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from taxonomy_api.errors import ConfigurationError
from taxonomy_api.store.ids import now
from taxonomy_api.store.models import AuditEntry, AuditHead

#: The chain of what concerns no single organisation; also who acts on the command line.
OPERATOR = "operator"
WORKER = "worker"
#: What the first entry of a chain follows.
GENESIS = "0" * 64
_PENDING = "audit"
#: Entries of a batch hold a thousand hashes.
_PAGE = 500

Detail = str | int | Mapping[str, str]
_encode = Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class _Event:
    kind: str
    actor: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: the number and the hash of its newest entry; `SEQ:HASH` as text."""

    chain: str
    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


class Entry(NamedTuple):
    """An entry as it is read where there are many: no object of the session."""

    chain: str
    seq: int
    at: datetime
    kind: str
    actor: str
    subject: str
    detail: str
    hash: str


def record(session: Session, chain: str, kind: str, actor: str, subject: str, **detail: Detail) -> None:
    """Adds an entry to the chain of an organisation (its id) or of the operator when the unit of work ends.

    `actor` is the public id of a key, `operator` or `worker`; `detail` takes ids, counts and hashes, never
    what people wrote.
    """
    event = _Event(kind, actor, subject, _encode(detail).decode())
    session.info.setdefault(_PENDING, {}).setdefault(chain, []).append(event)


def sha256(text: str) -> str:
    """How entries name a content."""
    return hashlib.sha256(text.encode()).hexdigest()


def head_of(session: Session, chain: str) -> Head | None:
    """Where a chain ends; None before its first entry."""
    found = session.execute(_HEAD.where(_HEADS.c.chain == chain)).one_or_none()
    return None if found is None else Head(*found)


def heads(session: Session) -> Sequence[Head]:
    """Where every chain ends."""
    return [Head(*row) for row in session.execute(_HEAD.order_by(_HEADS.c.chain))]


def entries(session: Session, chain: str, before: int | None, limit: int) -> Sequence[AuditEntry]:
    """At most `limit` entries, newest first, older than the number `before`."""
    query = select(AuditEntry).where(AuditEntry.chain == chain).order_by(AuditEntry.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    return session.scalars(query).all()


def walk(session: Session, chain: str, end: int | None = None) -> Iterator[Entry]:
    """The entries of a chain in order, to the number `end` or the newest; one page is held at a time."""
    query = _WALK.where(_ENTRIES.c.chain == chain).limit(_PAGE)
    if end is not None:
        query = query.where(_ENTRIES.c.seq <= end)
    after = 0
    while page := session.execute(query.where(_ENTRIES.c.seq > after)).all():
        yield from map(Entry._make, page)
        after = page[-1].seq


class Sealer:
    """Writes what was recorded in a session. One per process; safe to share between threads."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: set[str] = set()

    def seal(self, session: Session) -> None:
        """Seals what was recorded; the heads of its chains stay locked until the session commits.

        Raises ConfigurationError where a chain was sealed with another secret.
        """
        pending: dict[str, list[_Event]] = session.info.pop(_PENDING, {})
        if not pending:
            return
        session.flush()
        # One order of locking for all, so that no two writers wait for each other.
        rows = [row for chain in sorted(pending) for row in self._extend(session, chain, pending[chain])]
        session.connection().execute(_INSERT, rows)

    def _extend(self, session: Session, chain: str, events: list[_Event]) -> list[dict[str, Any]]:
        head = _locked_head(session, chain)
        if chain not in self._known:
            self._require_own(session, head)
        at, seq, previous = now(), head.seq, head.hash
        rows: list[dict[str, Any]] = []
        for event in events:
            seq += 1
            previous = entry_hash(
                self._key, previous, chain, seq, at, event.kind, event.actor, event.subject, event.detail
            )
            rows.append(
                {
                    "chain": chain,
                    "seq": seq,
                    "at": at,
                    "kind": event.kind,
                    "actor": event.actor,
                    "subject": event.subject,
                    "detail": event.detail,
                    "hash": previous,
                }
            )
        session.connection().execute(_MOVE, {"of": chain, "to": seq, "by": previous})
        return rows

    def _require_own(self, session: Session, head: Head) -> None:
        """A process with another secret would make the chain one that nobody can verify."""
        if head.seq:
            found = session.get(AuditEntry, (head.chain, head.seq))
            before = session.get(AuditEntry, (head.chain, head.seq - 1))
            previous = GENESIS if before is None else before.hash
            if found is None or hash_of(self._key, previous, found) != found.hash:
                raise ConfigurationError(
                    f"The audit trail {head.chain} ends otherwise than this key would seal it; set "
                    "TAXONOMY_API_AUDIT_KEY to the key of before, or run `taxonomy-api audit verify`."
                )
        self._known.add(head.chain)


def entry_hash(key: bytes, previous: str, *content: str | int | datetime) -> str:
    """HMAC-SHA256 in hexadecimal over the hash before and what an entry says, as one JSON array."""
    plain = [one.isoformat(timespec="microseconds") if isinstance(one, datetime) else one for one in content]
    return hmac.digest(key, _encode([previous, *plain]), "sha256").hex()


def hash_of(key: bytes, previous: str, entry: Entry | AuditEntry) -> str:
    """The hash that an entry should bear."""
    return entry_hash(
        key,
        previous,
        entry.chain,
        entry.seq,
        entry.at,
        entry.kind,
        entry.actor,
        entry.subject,
        entry.detail,
    )


#: Tables, not classes: every answer waits for these few statements.
_HEADS = AuditHead.metadata.tables[AuditHead.__tablename__]
_ENTRIES = AuditEntry.metadata.tables[AuditEntry.__tablename__]
_HEAD = select(_HEADS.c.chain, _HEADS.c.seq, _HEADS.c.hash)
_LOCK = _HEAD.where(_HEADS.c.chain == bindparam("of")).with_for_update()
_MOVE = (
    update(_HEADS).where(_HEADS.c.chain == bindparam("of")).values(seq=bindparam("to"), hash=bindparam("by"))
)
_INSERT = insert(_ENTRIES)
_WALK = select(*(_ENTRIES.c[name] for name in Entry._fields)).order_by(_ENTRIES.c.seq)


def _locked_head(session: Session, chain: str) -> Head:
    connection = session.connection()
    found = connection.execute(_LOCK, {"of": chain}).one_or_none()
    if found is None:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        first = dialect.insert(_HEADS).values(chain=chain, seq=0, hash=GENESIS)
        connection.execute(first.on_conflict_do_nothing())
        found = connection.execute(_LOCK, {"of": chain}).one()
    return Head(*found)
