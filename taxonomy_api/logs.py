"""The log: one JSON object a line on standard error, the same for every process of the service.

    {"time": "…Z", "level": "INFO", "logger": "…", "message": "…", "request": "<id>", …}

What callers send stays out of it. Failures are told by the kinds of the exceptions and the places in
the code where they were raised, without their texts: those may quote a cell, a fact or a query.
"""

from __future__ import annotations

import json
import logging
import logging.config
import os
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

#: The number of the request that is being answered, for every line that is logged meanwhile.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

#: The attribute of a record that holds further fields of its line: `extra={FIELDS: {…}}`.
FIELDS = "fields"
_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
_CHATTY = ("alembic", "huey")


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "level": record.levelname,
            "logger": record.name,
            "process": os.getpid(),
            "message": record.getMessage(),
        }
        if (number := request_id.get()) is not None:
            line["request"] = number
        line |= getattr(record, FIELDS, {})
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _failure(record.exc_info[1])
        return _encode(line)


def configure() -> None:
    """Sets up the log of this process; the same again changes nothing."""
    logging.config.dictConfig(configuration())


def configuration() -> dict[str, Any]:
    """As a dictionary of the standard library, which other servers' loggers take too."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": JsonLines}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}
        },
        "root": {"level": "INFO", "handlers": ["console"]},
        "loggers": {
            # What each request was is told by the web itself.
            "_granian": {"level": "INFO", "propagate": True},
            **{name: {"level": "WARNING"} for name in _CHATTY},
        },
    }


def _failure(error: BaseException) -> list[dict[str, Any]]:
    """The exception and those that it came from, each with its kind and its frames, innermost last."""
    chain: list[dict[str, Any]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)
        chain.append(
            {
                "kind": f"{type(current).__module__}.{type(current).__qualname__}",
                "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
            }
        )
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain
