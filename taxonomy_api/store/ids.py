"""Ids and instants of stored rows."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime


def new_id() -> str:
    """32 hexadecimal digits: milliseconds since 1970, then 80 random bits, so that ids sort by age."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def now() -> datetime:
    return datetime.now(UTC)
