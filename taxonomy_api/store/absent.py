"""What was stored once, is no longer there, and has no entry that tells of its deletion.

Entries of a deletion name what they deleted. Those of a purge hold a count and the newest id only, so of
what is older than that it can be told how many are too few, and not which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from msgspec.json import decode

from taxonomy_api.store.audit import Entry


@dataclass(slots=True)
class Account:
    """How many of the assessments, or portfolios, of a chain should be there by its entries."""

    noun: str
    expected: int = 0

    def add(self, entry: Entry, made: int) -> None:
        """`made`: how many are stored since this entry."""
        self.expected += made - (entry.kind == f"{self.noun}.deleted") - _purged(self.noun, entry)


def absent(
    noun: str, stored: Collection[str], made: Iterable[tuple[Entry, Iterable[str]]], end: int
) -> Iterator[str]:
    """Which are too few, one text each.

    `stored`: the ids that are there, read before the entries. `made`: each entry with the ids of what is
    stored since. What entries after the number `end` tell of was perhaps stored after the look.
    """
    lost: set[str] = set()
    purged, newest = 0, ""
    for entry, ids in made:
        if entry.seq <= end:
            lost.update(one for one in ids if one not in stored)
        if entry.kind == f"{noun}.deleted":
            lost.discard(entry.subject)
        elif count := _purged(noun, entry):
            purged, newest = purged + count, max(newest, entry.subject)
    # Ids sort by age, and a purge takes nothing newer than the id that it names.
    named = sorted(one for one in lost if one > newest)
    for one in named:
        yield f"{noun} {one} is no longer there, and no entry tells of its deletion"
    if len(lost) - len(named) > purged:
        yield (
            f"{len(lost) - len(named)} {noun}s up to {newest} are no longer there, "
            f"and entries tell of {purged} that were purged"
        )


def _purged(noun: str, entry: Entry) -> int:
    return int(decode(entry.detail)["count"]) if entry.kind == f"{noun}s.purged" else 0
