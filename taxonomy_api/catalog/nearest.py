"""Known names that look like a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

#: Two names of which less than this share of signs agree are not worth naming.
_ALIKE_PERCENT = 62.0
_FEW = 10
#: So many signs of a word name nothing by themselves.
_SHORTEST_PART = 2


def nearest(word: str, known: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """At most `limit` of the known names that resemble `word`, best first; empty if none does.

    Where none does as a whole, those one of whose words begins with it, shortest first.
    """
    # Most processes never meet a mistyped name.
    from rapidfuzz import fuzz, process

    names, plain = _prepared(tuple(known))
    found = process.extract(_plain(word), plain, scorer=fuzz.ratio, limit=limit, score_cutoff=_ALIKE_PERCENT)
    if found:
        return tuple(names[place] for _, _, place in found)
    part = f"_{_plain(word)}"
    if len(part) - 1 <= _SHORTEST_PART or not part[1:].isalnum():
        return ()
    holding = [name for name, one in zip(names, plain, strict=True) if part in f"_{one}"]
    return tuple(sorted(holding, key=len)[:limit])


@lru_cache(maxsize=32)
def _prepared(known: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The names in order, and each as it is compared; kept because bad cells come in thousands."""
    names = sorted(set(known))
    return names, [_plain(name) for name in names]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A cure in words: the nearest known names, or all of them where they are few, or nothing."""
    names = sorted(set(known))
    close = nearest(word, names)
    if close:
        return "did you mean " + " or ".join(close) + "?"
    return "known: " + ", ".join(names) if 0 < len(names) <= _FEW else ""


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")
