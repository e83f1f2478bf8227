"""What reading a data folder gave, from its files or from the cache."""

from __future__ import annotations

from dataclasses import dataclass

from taxonomy_api.catalog.findings import Finding
from taxonomy_api.catalog.model import Release


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a data folder gave; `release` is None where any finding is an error."""

    release: Release | None
    findings: tuple[Finding, ...]
