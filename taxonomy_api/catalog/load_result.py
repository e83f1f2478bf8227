"""What reading a data folder gave, from its files or from the cache."""

from __future__ import annotations

from msgspec import Struct

from taxonomy_api.catalog.findings import Finding
from taxonomy_api.catalog.model import Release


class LoadResult(Struct, frozen=True):
    """What a data folder gave; `release` is None where any finding is an error."""

    release: Release | None
    findings: tuple[Finding, ...]
