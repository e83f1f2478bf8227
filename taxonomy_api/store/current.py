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
from taxonomy_api.store.rollout import Rollout, Stamp, confirm

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 0.2
Fingerprint = frozenset[tuple[str, int, int]]


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
    """Holds the release in use: that of the rollout, or while there is none the last good one of the folder.

    The data folder's release is kept in the `cache` folder for the next process.
    """

    def __init__(self, folder: Path, cache: Path | None = None, rollout: Rollout | None = None) -> None:
        self._folder = folder
        self._cache = cache
        self._rollout = rollout
        self._loaded: Loaded | None = None
        self._prepared: Loaded | None = None
        self._stamp: Stamp | None = None
        self._seen: Fingerprint = frozenset()
        self._lock = threading.Lock()

    def get(self) -> Loaded:
        """The release in use; the first call loads it. Raises Unavailable where none could be loaded."""
        if self._rollout is not None and (stamp := self._rollout.stamp()) != self._stamp:
            self._follow(self._rollout, stamp)
        loaded = self._loaded
        if loaded is None:
            with self._lock:
                findings = () if self._loaded is not None else self._load()
                loaded = self._loaded
            if loaded is None:
                raise Unavailable("no_release", f"The data files do not load: {len(findings)} findings.")
        return loaded

    def since(self) -> datetime:
        """Since when the release in use is: the same in all processes of a rollout. Raises Unavailable."""
        loaded = self.get()
        told = None if self._rollout is None else self._rollout.since()
        return told or loaded.since

    def reload(self) -> tuple[Finding, ...]:
        """Reads the data folder again; its release is swapped in whole, or the last good one stays.

        Returns what the check of the files found.
        """
        with self._lock:
            return self._load()

    def reload_if_changed(self) -> bool:
        """Reloads where a file was added, removed or written since the last look; whether it did.

        Looks at nothing while a rollout says what is in use.
        """
        if self._rollout is not None and self._rollout.stamp() is not None:
            return False
        with self._lock:
            if self._fingerprint() == self._seen:
                return False
            self._load()
            return True

    def follow(self, ended: threading.Event) -> None:
        """Gets ready for announced releases until `ended` is set; run in a thread of its own."""
        if self._rollout is None:
            return
        with self._rollout.following() as presence:
            while not ended.wait(_LOOK_SECONDS):
                announced = self._rollout.announced()
                held = (self._prepared, self._loaded)
                if announced is not None and all(one is None or one.release.id != announced for one in held):
                    self._prepare(self._rollout, announced)
                if announced is not None:
                    confirm(presence, announced)

    def _prepare(self, rollout: Rollout, release_id: str) -> None:
        try:
            prepared = Loaded(rollout.load(release_id))
            prepared.warm()
            self._prepared = prepared
        except (OSError, ValueError):
            # Told again, with what stays in use, when the release comes into use.
            _log.warning("Release %s cannot be read from the store.", release_id, exc_info=True)

    def _follow(self, rollout: Rollout, stamp: Stamp | None) -> None:
        with self._lock:
            wanted = rollout.current()
            if wanted is not None and (self._loaded is None or self._loaded.release.id != wanted):
                prepared = self._prepared
                try:
                    fits = prepared is not None and prepared.release.id == wanted
                    self._loaded = prepared if fits else Loaded(rollout.load(wanted))
                    self._prepared = None
                except (OSError, ValueError):
                    _log.exception("Release %s cannot be read from the store; the last one stays.", wanted)
            self._stamp = stamp

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

    def _fingerprint(self) -> Fingerprint:
        return fingerprint(self._folder)


def fingerprint(folder: Path) -> Fingerprint:
    """Changes whenever a file of the data is added, removed or written."""
    return frozenset(_signs(folder))


def _signs(folder: Path) -> Iterator[tuple[str, int, int]]:
    for part in ("taxonomies", "mappings"):
        for path in (folder / part).rglob("*"):
            try:
                state = path.stat()
            except OSError:
                # Removed between listing and looking; the next look sees it gone.
                continue
            yield str(path), state.st_mtime_ns, state.st_size
