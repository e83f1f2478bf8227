"""Connections to a Redis that may be away: whoever waits for one waits for a known time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taxonomy_api.errors import ConfigurationError

if TYPE_CHECKING:
    from redis import ConnectionPool


def redis_pool(url: str, seconds: float) -> ConnectionPool:
    """Connections that give up after `seconds`. Raises ConfigurationError.

    A failure is tried once more at once, for a connection that went stale; the library's own way waits
    for seconds between further tries.
    """
    try:
        from redis import ConnectionPool
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError:
        raise ConfigurationError("Redis is named in the settings; install taxonomy-api[redis].") from None
    try:
        return ConnectionPool.from_url(
            url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=Retry(NoBackoff(), 1)
        )
    except ValueError as problem:
        raise ConfigurationError(f"The URL of a Redis cannot be used: {problem}.") from None
