"""Tables. Every row belongs to an organisation, but for published releases and the operator's trail."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

PortfolioState = Literal["queued", "running", "done", "failed", "cancelled"]
STATES: tuple[PortfolioState, ...] = ("queued", "running", "done", "failed", "cancelled")
FINISHED: tuple[PortfolioState, ...] = ("done", "failed", "cancelled")


class Utc(TypeDecorator[datetime]):
    """An instant, always UTC in Python; SQLite itself forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Organisation(Base):
    __tablename__ = "organisations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created: Mapped[datetime] = mapped_column(Utc)


class Owned(Base):
    """A row of one organisation."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    created: Mapped[datetime] = mapped_column(Utc)


class ApiKey(Owned):
    """`id` is the public part of the key; of the secret only the SHA-256 is kept."""

    __tablename__ = "api_keys"
    __table_args__ = (Index(None, "organisation_id"),)

    name: Mapped[str] = mapped_column(String(200))
    hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[str] = mapped_column(String(100))
    expires: Mapped[datetime | None] = mapped_column(Utc)
    revoked: Mapped[datetime | None] = mapped_column(Utc)


class StoredRelease(Base):
    """A data release that a stored answer was given from; published, so it is nobody's own.

    `content` is the release, compressed; NULL for one that answers of earlier versions name and that
    was not kept then. Rows that refer to it hold it in place.
    """

    __tablename__ = "releases"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    created: Mapped[datetime] = mapped_column(Utc)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)


class Assessment(Owned):
    """One answered request, kept as asked and, byte for byte, as answered."""

    __tablename__ = "assessments"
    __table_args__ = (Index(None, "organisation_id", "id"), Index(None, "release"))

    release: Mapped[str] = mapped_column(String(100), ForeignKey("releases.id"))
    engine: Mapped[str] = mapped_column(String(50))
    as_of: Mapped[date]
    request: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)


class Portfolio(Owned):
    """An uploaded workbook and the job that assesses it.

    `attempt` counts the starts of the job; a worker whose attempt is no longer the stored one has
    lost the job. `release` is the one that the results were made with, `submitted_by` the public id of
    the key that handed the workbook in.
    """

    __tablename__ = "portfolios"
    __table_args__ = (
        Index(None, "organisation_id", "id"),
        Index(None, "state"),
        Index("ix_portfolios_content", "organisation_id", "file_sha256"),
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
    )

    state: Mapped[str] = mapped_column(String(10))
    phase: Mapped[str] = mapped_column(String(30))
    rows_read: Mapped[int]
    rows_assessed: Mapped[int]
    rows_written: Mapped[int]
    rows_total: Mapped[int | None]
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_size: Mapped[int]
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    submitted_by: Mapped[str] = mapped_column(String(40), server_default="")
    release: Mapped[str | None] = mapped_column(String(100), ForeignKey("releases.id"))
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    attempt: Mapped[int]
    cancel_requested: Mapped[bool]
    heartbeat: Mapped[datetime | None] = mapped_column(Utc)
    started: Mapped[datetime | None] = mapped_column(Utc)
    finished: Mapped[datetime | None] = mapped_column(Utc)


class IdempotencyKey(Base):
    """What a request under an Idempotency-Key came to; `status` is NULL while it is being worked on.

    `token` names the execution that holds the key. `result_id` names what was stored; `answer` is kept
    only where nothing was, or where the request was refused.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "organisation_id", "created"), Index(None, "created"))

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    created: Mapped[datetime] = mapped_column(Utc)
    fingerprint: Mapped[str] = mapped_column(String(64))
    token: Mapped[str] = mapped_column(String(32))
    status: Mapped[int | None]
    result_id: Mapped[str | None] = mapped_column(String(32))
    answer: Mapped[str | None] = mapped_column(Text)


class AuditHead(Base):
    """Where a chain of the trail ends. `chain` is the id of an organisation, or `operator`."""

    __tablename__ = "audit_heads"

    chain: Mapped[str] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))


class AuditEntry(Base):
    """One act: ids, counts and hashes only, so that it can outlive what it speaks of."""

    __tablename__ = "audit_entries"

    chain: Mapped[str] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)
    kind: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(100))
    detail: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
