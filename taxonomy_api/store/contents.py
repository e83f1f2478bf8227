"""Whether what is stored is still what the trail says: the contents behind the hashes of its entries.

An entry outlives what it speaks of: what another entry tells to be deleted or purged since is passed over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from msgspec.json import decode
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from taxonomy_api.errors import NotFound
from taxonomy_api.store.absent import Account, absent
from taxonomy_api.store.audit import Entry, sha256, walk
from taxonomy_api.store.files import FileStore
from taxonomy_api.store.models import Assessment, Portfolio

_ENDED = "portfolio.ended"
#: Contents that are read at a time.
_PIECE = 200


@dataclass(frozen=True, slots=True)
class Contents:
    """Compares stored answers and results with entries of the trail."""

    session: Session
    files: FileStore

    def differences(self, chain: str, entries: Iterable[Entry]) -> Iterator[str]:
        """What is no longer as the entries of a chain have it, or there without one, or the reverse.

        One text each. Reads contents a piece at a time, and holds no more of them.
        """
        hashes: dict[str, dict[str, str]] = {}
        answers, results = Account("assessment"), Account("portfolio")
        known = known_results = end = 0
        for entry in entries:
            if len(hashes) >= _PIECE:
                known += yield from self._assessments(chain, hashes)
                hashes = {}
            sealed, end = _hashes(entry), entry.seq
            hashes |= sealed
            answers.add(entry, len(sealed))
            results.add(entry, entry.kind == _ENDED)
            if entry.kind == _ENDED:
                known_results += yield from self._portfolio(chain, entry.subject, decode(entry.detail))
        known += yield from self._assessments(chain, hashes)
        # Where numbers differ a server may only be at work meanwhile: a closer look tells.
        count = select(func.count()).where(Assessment.organisation_id == chain)
        if self.session.scalar(count) != known:
            yield from self._without_entry(chain)
        if answers.expected != known:
            stored = self._stored(Assessment, chain)
            made = ((entry, _hashes(entry)) for entry in walk(self.session, chain))
            yield from absent("assessment", stored, made, end)
        if results.expected != known_results:
            stored = self._stored(Portfolio, chain)
            ended = ((one, (one.subject,) * (one.kind == _ENDED)) for one in walk(self.session, chain))
            yield from absent("portfolio", stored, ended, end)

    def _stored(self, table: type[Assessment] | type[Portfolio], chain: str) -> set[str]:
        return set(self.session.scalars(select(table.id).where(table.organisation_id == chain)))

    def _without_entry(self, chain: str) -> Iterator[str]:
        # What is stored is read first: its entries are there by then.
        unsealed = self._stored(Assessment, chain)
        for entry in walk(self.session, chain):
            if _is_of_a_whole_batch(entry):
                # One hash over all its answers, by an earlier version: it tells no ids.
                return
            unsealed.difference_update(_hashes(entry))
        for one in sorted(unsealed):
            yield f"assessment {one} is stored, and no entry tells of it"

    def _assessments(self, chain: str, hashes: dict[str, dict[str, str]]) -> Generator[str, None, int]:
        """Returns how many of them are stored."""
        ids, known = iter(hashes), 0
        columns = (Assessment.id, Assessment.request, Assessment.answer)
        while some := list(islice(ids, _PIECE)):
            own = (Assessment.organisation_id == chain, Assessment.id.in_(some))
            for found, request, answer in self.session.execute(select(*columns).where(*own)):
                known += 1
                for part, text in (("request", request), ("answer", answer)):
                    if hashes[found].get(part) not in (None, sha256(text)):
                        yield f"the stored {part} of assessment {found} is not the one that was sealed"
        return known

    def _portfolio(self, chain: str, portfolio_id: str, detail: dict[str, Any]) -> Generator[str, None, bool]:
        """Returns whether it is stored."""
        own = (Portfolio.organisation_id == chain, Portfolio.id == portfolio_id)
        attempt = self.session.scalar(select(Portfolio.attempt).where(*own))
        if attempt is None:
            return False
        for name, digest in detail.get("results", {}).items():
            try:
                with self.files.result(chain, portfolio_id, attempt, name).open("rb") as stream:
                    same = hashlib.file_digest(stream, "sha256").hexdigest() == digest
                fault = None if same else "is not the one that was sealed"
            except (NotFound, FileNotFoundError):
                fault = "is no longer there"
            if fault:
                yield f"{name} of portfolio {portfolio_id} {fault}"
        return True


def _hashes(entry: Entry) -> dict[str, dict[str, str]]:
    """The hashes by assessment that an entry holds."""
    if entry.kind == "assessment.created":
        return {entry.subject: decode(entry.detail)}
    if entry.kind == "assessment.batch" and not _is_of_a_whole_batch(entry):
        return {one: {"answer": digest} for one, digest in decode(entry.detail)["answers"].items()}
    return {}


def _is_of_a_whole_batch(entry: Entry) -> bool:
    return entry.kind == "assessment.batch" and not isinstance(decode(entry.detail)["answers"], dict)
