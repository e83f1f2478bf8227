"""Figures about the web processes, in the form of Prometheus.

With several processes each writes its own files in one folder, and whoever is asked adds them up
(`collected`). The library decides at its first import whether it writes files, by the variable
PROMETHEUS_MULTIPROC_DIR; `taxonomy_api.web.serve` sets it before any process imports this.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What one web process counts. Labels are routes, methods and names on file, never what callers send."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "taxonomy_api_request_seconds",
            "Seconds from a request to its answer",
            ("route", "method"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._answers = Counter(
            "taxonomy_api_answers", "Answers", ("route", "method", "status"), registry=self.registry
        )
        self._verdicts = Counter(
            "taxonomy_api_verdicts", "Verdicts given", ("taxonomy", "verdict"), registry=self.registry
        )

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts an answer; `route` is a pattern, empty where the address is none of the service."""
        known = method if route else ""
        self._seconds.labels(route, known).observe(seconds)
        self._answers.labels(route, known, str(status)).inc()

    def gave(self, verdicts: Any) -> None:
        """Counts the verdicts of an answer, as they stand in its JSON."""
        for verdict in verdicts:
            self._verdicts.labels(verdict["taxonomy"], verdict["verdict"]).inc()


def collected(folder: Path) -> CollectorRegistry:
    """The figures of all web processes that write into the folder, those that ended included."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    return registry
