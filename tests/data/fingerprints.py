"""Fingerprints of official texts: enough to find a copied sentence, too little to read one.

A text is cut into overlapping shingles (16 Chinese characters, 8 English words), each is hashed, and of
every 7 (3) neighbours the smallest hash is kept, cut to five bytes. A run of 29 characters or 13 words
that two texts have in common therefore shares two kept hashes that overlap; a title or a short list of
products seldom does.
"""

from __future__ import annotations

import base64
import hashlib
import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("record") / "fingerprints"
BYTES = 5


@dataclass(frozen=True, slots=True)
class Shingles:
    """How a language is cut: `length` units per shingle, the smallest hash of `window` shingles kept."""

    unit: re.Pattern[str]
    length: int
    window: int

    def pieces(self, text: str) -> list[str]:
        return self.unit.findall(unicodedata.normalize("NFKC", text).casefold())

    def hashes(self, pieces: Sequence[str]) -> list[bytes]:
        return [
            hashlib.sha256(" ".join(pieces[start : start + self.length]).encode()).digest()[:BYTES]
            for start in range(len(pieces) - self.length + 1)
        ]

    def kept(self, text: str) -> set[bytes]:
        hashes = self.hashes(self.pieces(text))
        return {min(hashes[start : start + self.window]) for start in range(len(hashes) - self.window + 1)}

    def common(self, text: str, kept: set[bytes]) -> Iterator[str]:
        """The stretches of a text that at least two overlapping shingles have in common with `kept`."""
        pieces = self.pieces(text)
        stretches: list[list[int]] = []
        for start, one in enumerate(self.hashes(pieces)):
            if one in kept:
                if stretches and start <= stretches[-1][-1] + self.length:
                    stretches[-1].append(start)
                else:
                    stretches.append([start])
        gap = " " if self is WORDS else ""
        for starts in stretches:
            if len(starts) > 1:
                yield gap.join(pieces[starts[0] : starts[-1] + self.length])


#: Letters and digits of any script, sign by sign; punctuation and spaces do not count.
CHARACTERS = Shingles(re.compile(r"[^\W_]"), 16, 7)
WORDS = Shingles(re.compile(r"[a-z0-9]+"), 8, 3)


def write(document: str, kept: set[bytes]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = base64.b64encode(b"".join(sorted(kept))).decode()
    (FOLDER / f"{document}.txt").write_text("\n".join(textwrap.wrap(text, 120)) + "\n", encoding="ascii")


def read(document: str) -> set[bytes]:
    content = base64.b64decode((FOLDER / f"{document}.txt").read_text(encoding="ascii"))
    return {content[start : start + BYTES] for start in range(0, len(content), BYTES)}
