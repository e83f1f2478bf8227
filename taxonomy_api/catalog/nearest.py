"""Known names that look like a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

#: Two names of which less than this share of signs agree are not worth naming.
_ALIKE_PERCENT = 62.0
_FEW = 10


def nearest(word: str, known: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """At most `limit` of the known names that resemble `word`, best first; empty if none does."""
    found = process.extract(
        word,
        sorted(set(known)),
        scorer=fuzz.ratio,
        processor=_plain,
        limit=limit,
        score_cutoff=_ALIKE_PERCENT,
    )
    return tuple(name for name, _, _ in found)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A cure in words: the nearest known names, or all of them where they are few, or nothing."""
    names = sorted(set(known))
    close = nearest(word, names)
    if close:
        return "did you mean " + " or ".join(close) + "?"
    return "known: " + ", ".join(names) if 0 < len(names) <= _FEW else ""


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")
