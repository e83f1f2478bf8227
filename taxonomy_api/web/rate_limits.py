"""How many requests a minute one caller may make.

Counted by the public id of a good key, and by address where there is none, so that nobody can use
up the requests of another. Counting is the library's (`limits`); it is not used through its Flask
extension because that decides before a key is known to be good.
"""

from __future__ import annotations

import logging
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import RateLimiter, SlidingWindowCounterRateLimiter

from taxonomy_api.errors import TooMany
from taxonomy_api.settings import Settings
from taxonomy_api.store.redis_pool import redis_pool

_log = logging.getLogger(__name__)
#: A Redis that does not answer must not hold up the requests that it counts, and is left alone for a while.
_STORAGE_SECONDS = 1
_AWAY_SECONDS = 5


class RateLimits:
    """Counts in this process, or in Redis for all processes; while Redis is away, in this process."""

    def __init__(self, settings: Settings, prefix: str = "taxonomy-api") -> None:
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = _shared(settings.rate_limit_url, prefix)
        self._asked_again = 0.0
        self._with_key = _per_minute(settings.requests_per_minute)
        self._without_key = _per_minute(settings.keyless_requests_per_minute)

    def count_key(self, key_id: str) -> None:
        """One more request with this key. Raises TooMany."""
        self._count(self._with_key, "key", key_id)

    def count_address(self, address: str) -> None:
        """One more request without a good key from this address. Raises TooMany."""
        self._count(self._without_key, "address", address)

    def _count(self, limit: RateLimitItem | None, kind: str, who: str) -> None:
        if limit is None:
            return None
        if self._shared is not None and time.monotonic() >= self._asked_again:
            try:
                return _hit(self._shared, limit, kind, who)
            except StorageError:
                self._asked_again = time.monotonic() + _AWAY_SECONDS
                _log.warning("The rate limit's Redis does not answer; this process counts for itself.")
        return _hit(self._own, limit, kind, who)


def _hit(limiter: RateLimiter, limit: RateLimitItem, kind: str, who: str) -> None:
    if limiter.hit(limit, kind, who):
        return
    wait = max(1, round(limiter.get_window_stats(limit, kind, who).reset_time - time.time()))
    raise TooMany(
        f"More than {limit.amount} requests a minute; wait {wait} s. GET /v1/limits lists the limits.", wait
    )


def _per_minute(amount: int) -> RateLimitItem | None:
    return RateLimitItemPerMinute(amount) if amount else None


def _shared(url: str, prefix: str) -> RateLimiter | None:
    if not url:
        return None
    pool = redis_pool(url, _STORAGE_SECONDS)
    storage = RedisStorage(url, pool, key_prefix=prefix, wrap_exceptions=True)
    return SlidingWindowCounterRateLimiter(storage)
