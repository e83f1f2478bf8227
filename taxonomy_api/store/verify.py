"""Checks the audit trail: finds what was changed, removed, reordered or cut off, and contents that differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from taxonomy_api.store.audit import GENESIS, Entry, Head, hash_of, heads, walk
from taxonomy_api.store.contents import Contents
from taxonomy_api.store.models import AuditEntry

#: After so many findings in one chain the rest of it says nothing new.
MOST_FINDINGS = 20
_NONE_SEALED = (
    "no entry that was checked is as it was sealed: is this another secret than theirs"
    " (TAXONOMY_API_AUDIT_KEY, audit.key in the store folder), or were all of them changed?"
)


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
    end = newest if head is None else head.seq
    check = _Check(key)
    sound = check.over(walk(session, chain, end))
    changed = [] if contents is None else list(islice(contents.differences(chain, sound), MOST_FINDINGS))
    for _ in sound:
        # The rest, which nobody has asked for yet.
        pass
    if check.unsealed == check.count > 1:
        return ChainReport(chain, check.count, head, (_NONE_SEALED,))
    findings = [*check.findings, *check.at_the_end(end, newest, head)]
    findings += [
        f"the anchored entry {anchor} is missing or another"
        for anchor in anchors
        if anchor.chain == chain and not _holds(session, chain, anchor)
    ]
    # Entries that are not as they were sealed say nothing about what they speak of.
    return ChainReport(chain, check.count, head, tuple(findings or changed))


@dataclass(slots=True)
class _Check:
    """Follows a chain entry by entry; `previous` is the hash of the last one, `expected` the next number."""

    key: bytes
    findings: list[str] = field(default_factory=list)
    count: int = 0
    unsealed: int = 0
    expected: int = 1
    previous: str = GENESIS

    def over(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Passes on the entries as long as all are as they were sealed, and checks the others as well."""
        for entry in entries:
            if len(self.findings) >= MOST_FINDINGS:
                return
            self.count += 1
            if entry.seq != self.expected:
                self.findings.append(f"entries {self.expected} to {entry.seq - 1} are missing")
            if hash_of(self.key, self.previous, entry) != entry.hash:
                self.unsealed += 1
                self.findings.append(f"entry {entry.seq} is not as it was sealed, or not where it was")
            self.expected, self.previous = entry.seq + 1, entry.hash
            if not self.findings:
                yield entry

    def at_the_end(self, end: int, newest: int, head: Head | None) -> Iterator[str]:
        """What is wrong with where the chain ends."""
        if len(self.findings) >= MOST_FINDINGS:
            yield "further entries were not checked"
            return
        if self.expected <= end:
            yield f"entries {self.expected} to {end} are missing"
        elif head is None:
            yield "the head of the chain is missing"
        elif head.hash != self.previous:
            yield f"the head names another hash than entry {head.seq}"
        if head is not None and newest > head.seq:
            yield f"there are entries after the head {head.seq}"


def _holds(session: Session, chain: str, anchor: Head) -> bool:
    found = session.scalar(
        select(AuditEntry.hash).where(AuditEntry.chain == chain, AuditEntry.seq == anchor.seq)
    )
    return found == anchor.hash
