"""Whether what is stored is still what the trail says: the contents behind the hashes of its entries.

What was deleted since is passed over: an entry outlives what it speaks of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Contents:
    """Compares stored answers and results with entries of the trail."""

    session: Session
    files: FileStore

    def differences(self, chain: str, entries: Iterable[AuditEntry]) -> Iterator[str]:
        """What is no longer as the entries of a chain have it, one text each."""
        hashes: dict[str, dict[str, str]] = {}
        for entry in entries:
            if len(hashes) >= _PIECE:
                yield from self._assessments(chain, hashes)
                hashes = {}
            if entry.kind == "assessment.created":
                hashes[entry.subject] = json.loads(entry.detail)
            elif entry.kind == "assessment.batch":
                answers = json.loads(entry.detail)["answers"]
                # Entries of earlier versions hold one hash over all answers together.
                if isinstance(answers, dict):
                    hashes |= {one: {"answer": digest} for one, digest in answers.items()}
            elif entry.kind == "portfolio.ended":
                yield from self._portfolio(chain, entry.subject, json.loads(entry.detail))
        yield from self._assessments(chain, hashes)

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
