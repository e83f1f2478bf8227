"""Checks the audit trail: finds what was changed, removed, reordered or cut off, and contents that differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from taxonomy_api.store.audit import GENESIS, Head, hash_of, heads
from taxonomy_api.store.contents import Contents
from taxonomy_api.store.models import AuditEntry

#: Entries of a batch hold a thousand hashes.
_PAGE = 500
#: After so many findings in one chain the rest of it says nothing new.
MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a check of one chain found; no findings: every entry is as it was sealed."""

    chain: str
    entries: int
    head: Head | None
    findings: tuple[str, ...]


def verify(
    session: Session,
    key: bytes,
    anchors: Iterable[Head] = (),
    only: str | None = None,
    contents: Contents | None = None,
) -> list[ChainReport]:
    """Checks every chain, or the one named, against the secret and against heads that were kept elsewhere.

    An anchor whose chain is "" belongs to whichever chain has an entry of its number and hash. With
    `contents`, what is stored is compared with the hashes in the entries as well.
    """
    # The newest numbers are read before the heads: writers move both together, so heads are never behind.
    query = select(AuditEntry.chain, func.max(AuditEntry.seq)).group_by(AuditEntry.chain)
    newest = {str(chain): int(seq) for chain, seq in session.execute(query)}
    ends = {head.chain: head for head in heads(session)}
    kept = list(anchors)
    chains = {*newest, *ends, *(anchor.chain for anchor in kept if anchor.chain)}
    wanted = [chain for chain in sorted(chains) if only in (None, chain)]
    reports = [
        _check_chain(session, key, chain, newest.get(chain, 0), ends.get(chain), kept, contents)
        for chain in wanted
    ]
    reports += [
        ChainReport("", 0, None, (f"no chain has the anchored entry {anchor}",))
        for anchor in kept
        if not anchor.chain and not any(_holds(session, chain, anchor) for chain in wanted)
    ]
    return reports


def _check_chain(
    session: Session,
    key: bytes,
    chain: str,
    newest: int,
    head: Head | None,
    anchors: list[Head],
    contents: Contents | None,
) -> ChainReport:
    findings: list[str] = []
    count, expected, previous = 0, 1, GENESIS
    end = newest if head is None else head.seq
    for entry in _entries(session, chain, end):
        count += 1
        if entry.seq != expected:
            findings.append(f"entries {expected} to {entry.seq - 1} are missing")
        if hash_of(key, previous, entry) != entry.hash:
            findings.append(f"entry {entry.seq} is not as it was sealed, or not where it was")
        expected, previous = entry.seq + 1, entry.hash
        if len(findings) >= MOST_FINDINGS:
            findings.append("further entries were not checked")
            break
    else:
        if expected <= end:
            findings.append(f"entries {expected} to {end} are missing")
        elif head is None:
            findings.append("the head of the chain is missing")
        elif head.hash != previous:
            findings.append(f"the head names another hash than entry {head.seq}")
        if head is not None and newest > head.seq:
            findings.append(f"there are entries after the head {head.seq}")
    findings += [
        f"the anchored entry {anchor} is missing or another"
        for anchor in anchors
        if anchor.chain == chain and not _holds(session, chain, anchor)
    ]
    if contents is not None and not findings:
        # Entries that are not as they were sealed say nothing about what they speak of.
        changed = islice(contents.differences(chain, _entries(session, chain, end)), MOST_FINDINGS)
        findings += changed
    return ChainReport(chain, count, head, tuple(findings))


def _entries(session: Session, chain: str, end: int) -> Iterator[AuditEntry]:
    after = 0
    while True:
        page = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.chain == chain, AuditEntry.seq > after, AuditEntry.seq <= end)
            .order_by(AuditEntry.seq)
            .limit(_PAGE)
        ).all()
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].seq
        session.expunge_all()


def _holds(session: Session, chain: str, anchor: Head) -> bool:
    found = session.scalar(
        select(AuditEntry.hash).where(AuditEntry.chain == chain, AuditEntry.seq == anchor.seq)
    )
    return found == anchor.hash
