"""Releases that stored answers were given from, each kept once, so that they can be repeated."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.snapshot import pack, unpack
from taxonomy_api.errors import Conflict, NotFound
from taxonomy_api.store.audit import OPERATOR, record
from taxonomy_api.store.current import CurrentRelease, Loaded
from taxonomy_api.store.database import Database
from taxonomy_api.store.ids import now
from taxonomy_api.store.models import StoredRelease

CURRENT = "current"
_KEPT = "releases kept"
_TABLE = StoredRelease.metadata.tables[StoredRelease.__tablename__]
#: Held in place until the commit, lest a purge removes it in between (SQLite has one writer anyway).
_IS_WHOLE = (
    select(_TABLE.c.content.is_not(None))
    .where(_TABLE.c.id == bindparam("release"))
    .with_for_update(read=True, key_share=True)
)
#: Past releases held in memory, the last used.
_HELD = 2


def counts_of(release: Release) -> dict[str, Any]:
    """What a release holds, in numbers."""
    return {
        "taxonomies": {taxonomy.id: len(taxonomy.activities) for taxonomy in release.taxonomies.values()},
        "facts": len(release.facts),
        "mappings": len(release.mappings),
    }


def keep(session: Session, release: Release) -> None:
    """Stores the release unless it is; call it in the unit of work that stores what refers to it."""
    kept: set[str] = session.info.setdefault(_KEPT, set())
    if release.id not in kept:
        _keep(session, release)
        # Until the unit of work ends, whoever else shares it need not look again.
        kept.add(release.id)


def _keep(session: Session, release: Release) -> None:
    if session.connection().scalar(_IS_WHOLE, {"release": release.id}):
        return
    values = {"content": pack(release), "counts": counts_of(release)}
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = dialect.insert(StoredRelease).values(id=release.id, created=now(), **values)
    made = session.scalar(row.on_conflict_do_nothing().returning(StoredRelease.id))
    if made is None:
        # Named by an answer of an earlier version, or stored by another process just now.
        hollow = (StoredRelease.id == release.id) & StoredRelease.content.is_(None)
        made = session.scalar(
            update(StoredRelease).where(hollow).values(**values).returning(StoredRelease.id)
        )
    if made is not None:
        record(session, OPERATOR, "release.stored", OPERATOR, release.id)


class Releases:
    """The release in use and those that are kept."""

    def __init__(self, database: Database, current: CurrentRelease) -> None:
        self._database = database
        self._current = current
        self._held: OrderedDict[str, Loaded] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, release_id: str) -> Loaded:
        """A release by its id, or `current`.

        Raises NotFound, and Conflict where it is known but was not kept or cannot be read any more.
        """
        current = self._current.get()
        if release_id in (CURRENT, current.release.id):
            return current
        with self._lock:
            held = self._held.get(release_id)
            if held is None:
                held = self._held[release_id] = Loaded(self._stored(release_id))
            self._held.move_to_end(release_id)
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
            return held

    def known(self) -> Sequence[StoredRelease]:
        """Those that stored answers refer to, newest first."""
        with self._database.reading() as session:
            return session.scalars(
                select(StoredRelease).order_by(StoredRelease.created.desc(), StoredRelease.id)
            ).all()

    def _stored(self, release_id: str) -> Release:
        found = None
        if "\0" not in release_id:  # PostgreSQL fails where it is looked for.
            with self._database.reading() as session:
                found = session.execute(
                    select(StoredRelease.content).where(StoredRelease.id == release_id)
                ).one_or_none()
        if found is None:
            raise NotFound(
                "unknown_release",
                f"Release {release_id!r} is not kept here; GET /v1/releases lists those that are.",
            )
        if found[0] is None:
            raise Conflict("release_not_kept", f"Release {release_id} was used before releases were kept.")
        try:
            return unpack(found[0], release_id)
        except ValueError as problem:
            raise Conflict(
                "release_unreadable", f"This version of the service cannot read {release_id}: {problem}."
            ) from None
