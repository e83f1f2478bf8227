"""The queue between web and workers: huey storage, messages in JSON that hold a job id only.

The truth about a job stands in the portfolios table; a message merely wakes a worker. Losing or
repeating one does no harm.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from huey import Huey, RedisHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

from taxonomy_api.errors import ConfigurationError
from taxonomy_api.settings import Settings
from taxonomy_api.store.redis_pool import redis_pool

_NAME = "taxonomy-api"
#: Longer than the second for which workers wait for a message.
_REDIS_SECONDS = 3
_JOB_ID = re.compile(r"[0-9a-f]{32}")


class JobMessages(Serializer):  # type: ignore[misc]
    """Writes `{"message", "task", "job"}` and reads nothing else; no pickle."""

    def _serialize(self, data: Any) -> bytes:
        (job_id,) = data.args
        return json.dumps({"message": data.id, "task": data.name, "job": job_id}).encode()

    def _deserialize(self, data: bytes) -> Any:
        """Raises ValueError for anything but a message of this project."""
        fields = json.loads(bytes(data))
        if not isinstance(fields, dict) or fields.keys() != {"message", "task", "job"}:
            raise ValueError("not a job message")
        if not all(isinstance(value, str) for value in fields.values()) or not _JOB_ID.fullmatch(
            fields["job"]
        ):
            raise ValueError("not a job message")
        # Named: huey's message has many more fields, none of which is taken from outside.
        return Message(
            id=fields["message"],
            name=fields["task"],
            eta=None,
            retries=0,
            retry_delay=0,
            priority=None,
            args=(fields["job"],),
            kwargs={},
            on_complete=None,
            on_error=None,
            expires=None,
            expires_resolved=None,
            timeout=None,
            chord_config=None,
            retry_backoff=0,
        )


class JobQueue:
    """Sends job ids, and hands received ones to `handle`."""

    def __init__(self, huey: Huey, handle: Callable[[str], None] | None = None) -> None:
        def portfolio(job_id: str) -> None:
            if handle is None:
                raise RuntimeError("this side of the queue only sends")
            handle(job_id)

        self._huey = huey
        self._send = huey.task(name="portfolio")(portfolio)

    def send(self, job_id: str) -> None:
        """Wakes a worker for a job that is committed already."""
        self._send(job_id)

    def receive(self) -> bool:
        """Handles one message; False if there was none. Raises ValueError for a foreign message."""
        task = self._huey.dequeue()
        if task is None:
            return False
        self._huey.execute(task)
        return True

    def is_empty(self) -> bool:
        return int(self._huey.pending_count()) == 0


def open_queue(settings: Settings, handle: Callable[[str], None] | None = None) -> JobQueue:
    """The queue of the settings; `handle` is given by workers."""
    options: dict[str, Any] = {"results": False, "serializer": JobMessages()}
    if settings.queue_url.startswith(("redis://", "rediss://")):
        return JobQueue(_redis(settings.queue_url, options), handle)
    if settings.queue_url:
        raise ConfigurationError("TAXONOMY_API_QUEUE_URL begins with redis:// or rediss://, or is empty.")
    settings.store.mkdir(mode=0o700, parents=True, exist_ok=True)
    return JobQueue(SqliteHuey(_NAME, filename=str(settings.store / "queue.sqlite3"), **options), handle)


def _redis(url: str, options: dict[str, Any]) -> Huey:
    # A queue that is away must not hold up an upload for long.
    return RedisHuey(_NAME, connection_pool=redis_pool(url, _REDIS_SECONDS), **options)
