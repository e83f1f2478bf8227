"""Whether what is stored is still what the trail says: the contents behind the hashes of its entries.

What was deleted since is passed over: an entry outlives what it speaks of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from taxonomy_api.errors import NotFound
from taxonomy_api.store.audit import sha256
from taxonomy_api.store.files import FileStore
from taxonomy_api.store.models import Assessment, AuditEntry, Portfolio

#: Contents that are read at a time.
_PIECE = 200


@dataclass(slots=True)
class _Sealed:
    """The assessments of which the entries of one chain tell; `last` is the number of the last entry.

    Not complete where an entry of an earlier version holds one hash over a whole batch.
    """

    ids: set[str] = field(default_factory=set)
    last: int = 0
    is_complete: bool = True

    def add(self, entry: AuditEntry) -> dict[str, dict[str, str]]:
        """The hashes by assessment in an entry, noted as sealed."""
        self.last = max(self.last, entry.seq)
        hashes: dict[str, dict[str, str]] = {}
        if entry.kind == "assessment.created":
            hashes[entry.subject] = json.loads(entry.detail)
        elif entry.kind == "assessment.batch":
            answers = json.loads(entry.detail)["answers"]
            self.is_complete &= isinstance(answers, dict)
            if isinstance(answers, dict):
                hashes = {one: {"answer": digest} for one, digest in answers.items()}
        self.ids |= hashes.keys()
        return hashes


@dataclass(frozen=True, slots=True)
class Contents:
    """Compares stored answers and results with entries of the trail."""

    session: Session
    files: FileStore

    def differences(self, chain: str, entries: Iterable[AuditEntry]) -> Iterator[str]:
        """What is no longer as the entries of a chain have it, or has no entry, one text each."""
        hashes: dict[str, dict[str, str]] = {}
        sealed = _Sealed()
        for entry in entries:
            if len(hashes) >= _PIECE:
                yield from self._assessments(chain, hashes)
                hashes = {}
            hashes |= sealed.add(entry)
            if entry.kind == "portfolio.ended":
                yield from self._portfolio(chain, entry.subject, json.loads(entry.detail))
        yield from self._assessments(chain, hashes)
        yield from self._without_entry(chain, sealed)

    def _without_entry(self, chain: str, sealed: _Sealed) -> Iterator[str]:
        stored = select(Assessment.id).where(Assessment.organisation_id == chain)
        unsealed = {one for one in self.session.scalars(stored) if one not in sealed.ids}
        if unsealed:
            # Written since: a server may be at work meanwhile.
            later = select(AuditEntry).where(AuditEntry.chain == chain, AuditEntry.seq > sealed.last)
            for entry in self.session.scalars(later):
                unsealed -= sealed.add(entry).keys()
        if sealed.is_complete:
            for one in sorted(unsealed):
                yield f"assessment {one} is stored, and no entry tells of it"

    def _assessments(self, chain: str, hashes: dict[str, dict[str, str]]) -> Iterator[str]:
        ids = iter(hashes)
        columns = (Assessment.id, Assessment.request, Assessment.answer)
        while some := list(islice(ids, _PIECE)):
            own = (Assessment.organisation_id == chain, Assessment.id.in_(some))
            for found, request, answer in self.session.execute(select(*columns).where(*own)):
                for part, text in (("request", request), ("answer", answer)):
                    if hashes[found].get(part) not in (None, sha256(text)):
                        yield f"the stored {part} of assessment {found} is not the one that was sealed"

    def _portfolio(self, chain: str, portfolio_id: str, detail: dict[str, Any]) -> Iterator[str]:
        own = (Portfolio.organisation_id == chain, Portfolio.id == portfolio_id)
        attempt = self.session.scalar(select(Portfolio.attempt).where(*own))
        if attempt is None:
            return
        for name, digest in detail.get("results", {}).items():
            try:
                with self.files.result(chain, portfolio_id, attempt, name).open("rb") as stream:
                    same = hashlib.file_digest(stream, "sha256").hexdigest() == digest
                fault = None if same else "is not the one that was sealed"
            except (NotFound, FileNotFoundError):
                fault = "is no longer there"
            if fault:
                yield f"{name} of portfolio {portfolio_id} {fault}"
