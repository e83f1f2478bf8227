"""The release that answers are given from, and how a new one takes its place."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.cache import open_release
from taxonomy_api.catalog.findings import Finding
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.search import SearchIndex
from taxonomy_api.crosswalk.compared import Comparisons
from taxonomy_api.errors import Unavailable
from taxonomy_api.store.ids import now

_log = logging.getLogger(__name__)
_Fingerprint = frozenset[tuple[str, int, int]]


class Loaded:
    """A release with what is derived from it; whoever holds one keeps it, whatever is loaded later."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.engine = Engine(release)
        self.comparisons = Comparisons(release)
        self.since: datetime = now()

    @cached_property
    def index(self) -> SearchIndex:
        return SearchIndex(self.release, self.engine.industry)

    def warm(self) -> None:
        """Builds what searches use, the tables of industry codes included, and the routes of mappings."""
        self.index.search("isic4:D3510", limit=1)
        self.engine.crosswalk.precompute()


class CurrentRelease:
    """Holds the last good release of a data folder, kept in the `cache` folder for the next process."""

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        self._folder = folder
        self._cache = cache
        self._loaded: Loaded | None = None
        self._seen: _Fingerprint = frozenset()
        self._lock = threading.Lock()

    def get(self) -> Loaded:
        """The release in use; the first call loads it. Raises Unavailable where none could be loaded."""
        loaded = self._loaded
        if loaded is None:
            with self._lock:
                findings = () if self._loaded is not None else self._load()
                loaded = self._loaded
            if loaded is None:
                raise Unavailable("no_release", f"The data files do not load: {len(findings)} findings.")
        return loaded

    def reload(self) -> tuple[Finding, ...]:
        """Reads the data folder again; its release is swapped in whole, or the last good one stays.

        Returns what the check of the files found.
        """
        with self._lock:
            return self._load()

    def reload_if_changed(self) -> bool:
        """Reloads where a file was added, removed or written since the last look; whether it did."""
        with self._lock:
            if self._fingerprint() == self._seen:
                return False
            self._load()
            return True

    def _load(self) -> tuple[Finding, ...]:
        self._seen = self._fingerprint()
        result = open_release(self._folder, self._cache)
        if result.release is None:
            kept = "none is loaded" if self._loaded is None else f"{self._loaded.release.id} stays in use"
            _log.error("The data files in %s do not load; %s.", self._folder, kept)
            for finding in result.findings:
                _log.error("%s", finding)
        elif self._loaded is None or self._loaded.release.id != result.release.id:
            self._loaded = Loaded(result.release)
            _log.info("Release %s is in use.", result.release.id)
        return result.findings

    def _fingerprint(self) -> _Fingerprint:
        return frozenset(_signs(self._folder))


def _signs(folder: Path) -> Iterator[tuple[str, int, int]]:
    for part in ("taxonomies", "mappings"):
        for path in (folder / part).rglob("*"):
            try:
                state = path.stat()
            except OSError:
                # Removed between listing and looking; the next look sees it gone.
                continue
            yield str(path), state.st_mtime_ns, state.st_size
