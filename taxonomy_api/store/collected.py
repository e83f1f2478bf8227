"""Rows that a unit of work inserts as it ends, so that all who share it do so by one statement a table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Insert
from sqlalchemy.orm import Session

_ROWS = "rows collected"


def collect(session: Session, statement: Insert, rows: list[dict[str, Any]]) -> None:
    """To be inserted by the statement, the same object for every row of a table."""
    session.info.setdefault(_ROWS, {}).setdefault(statement, []).extend(rows)


def insert_collected(session: Session) -> None:
    """Inserts them in the order in which their statements came up."""
    collected: dict[Insert, list[dict[str, Any]]] = session.info.pop(_ROWS, {})
    for statement, rows in collected.items():
        session.connection().execute(statement, rows)
