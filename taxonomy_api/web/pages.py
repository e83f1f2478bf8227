"""Pages of lists. Cursors are opaque to callers."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from taxonomy_api.errors import InvalidInput, Problem

Item = TypeVar("Item")


def page(
    items: Sequence[Item], cursor: str | None, limit: int, edition: str
) -> tuple[Sequence[Item], str | None]:
    """The items after the cursor and the cursor of the next page.

    `edition` names the state of the list; a cursor made with another one is refused with
    InvalidInput, because positions have moved.
    """
    start = 0 if cursor is None else _position(cursor, edition)
    end = start + limit
    return items[start:end], make_cursor(f"{edition}@{end}") if end < len(items) else None


def make_cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    """Raises InvalidInput for what is no cursor."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (UnicodeError, binascii.Error):
        raise bad_cursor() from None
    if "\0" in text:
        # None was made with it, and PostgreSQL fails where it is looked for.
        raise bad_cursor()
    return text


def bad_cursor() -> InvalidInput:
    message = "The cursor is none of this list, or the data have changed; begin again without it."
    return InvalidInput(Problem("/cursor", "bad_cursor", message))


def _position(cursor: str, edition: str) -> int:
    made_with, _, position = read_cursor(cursor).rpartition("@")
    if made_with != edition or not (position.isascii() and position.isdigit() and len(position) < 10):
        raise bad_cursor()
    return int(position)
