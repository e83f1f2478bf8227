"""Heads of the audit trail in a second place: a file of lines, and the log.

A file line is `{"at", "chain", "seq", "hash"}`. Keep the file, or the log, where those who can write the
database cannot: then entries that are cut off the end of a chain show.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from taxonomy_api.errors import InvalidInput, Problem
from taxonomy_api.store.audit import Head, heads
from taxonomy_api.store.database import Database
from taxonomy_api.store.ids import now

_log = logging.getLogger(__name__)


class Anchors:
    """Writes heads that have moved since the last time."""

    def __init__(self, database: Database, file: Path) -> None:
        self._database = database
        self._file = file
        self._written: dict[str, int] = {}

    def write(self) -> int:
        """Adds a line per chain that has grown, and logs it; how many there were."""
        with self._database.reading() as session:
            moved = [head for head in heads(session) if head.seq > self._written.get(head.chain, 0)]
        if not moved:
            return 0
        at = now().isoformat(timespec="seconds")
        lines = [
            json.dumps({"at": at, "chain": head.chain, "seq": head.seq, "hash": head.hash}) for head in moved
        ]
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(
            os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="ascii"
        ) as file:
            file.write("".join(f"{line}\n" for line in lines))
        for head in moved:
            _log.info("Audit anchor of %s: %s", head.chain, head)
            self._written[head.chain] = head.seq
        return len(moved)


def read_anchors(file: Path) -> Iterator[Head]:
    """The heads in a file; none where there is no file. A line that was cut off by a crash is passed over."""
    if not file.is_file():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            read = json.loads(line)
            yield Head(str(read["chain"]), int(read["seq"]), str(read["hash"]))
        except (ValueError, KeyError, TypeError):
            _log.warning("A line of %s is no anchor and is passed over.", file)


def parse_anchor(text: str, chain: str = "") -> Head:
    """`SEQ:HASH` as printed on a Method sheet and by `audit verify`. Raises InvalidInput."""
    seq, _, digest = text.strip().partition(":")
    if not (seq.isascii() and seq.isdigit() and len(digest) == 64):
        raise InvalidInput(Problem("/anchor", "bad_anchor", f"{text!r} is no anchor; write SEQ:HASH."))
    return Head(chain, int(seq), digest.lower())
