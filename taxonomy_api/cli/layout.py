"""Text laid out for a terminal: columns and line breaks that count Chinese signs as two wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator


def width(text: str) -> int:
    """Columns that the text takes in a terminal."""
    return sum(_sign_width(sign) for sign in text)


def pad(text: str, columns: int) -> str:
    """The text filled up with blanks to this many columns."""
    return text + " " * max(0, columns - width(text))


def wrap(text: str, columns: int, indent: str = "", hanging: str | None = None) -> Iterator[str]:
    """The text in lines of at most `columns`; a single longer word stays whole.

    `indent` opens the first line, `hanging` (default: the same) every further one.
    """
    prefix, line = indent, ""
    for piece in _pieces(text):
        if line and width(prefix + line + piece.rstrip()) > columns:
            yield (prefix + line).rstrip()
            prefix, line = (indent if hanging is None else hanging), ""
        line += piece if line else piece.lstrip()
    if line:
        yield (prefix + line).rstrip()


def _pieces(text: str) -> Iterator[str]:
    """Parts between which a line may break: words with the blank after them, single wide signs."""
    piece = ""
    for sign in " ".join(text.split()):
        # A line neither begins with a closing sign such as a full-width comma nor ends in an opening one.
        if piece and (piece[-1] == " " or _breaks_behind(piece[-1])) and not _closes(sign):
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece


def _sign_width(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _breaks_behind(sign: str) -> bool:
    return _sign_width(sign) == 2 and unicodedata.category(sign) not in ("Ps", "Pi")


def _closes(sign: str) -> bool:
    return sign == " " or (unicodedata.category(sign) in ("Po", "Pe", "Pf") and _sign_width(sign) == 2)
