"""The port for whoever runs the service: /metrics, /readyz in detail, /healthz.

A process of its own, so that it answers when every web process is busy, and adds up the figures of all.
"""

from __future__ import annotations

import json
import logging
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from taxonomy_api import __version__, logs
from taxonomy_api.errors import Unavailable
from taxonomy_api.jobs.queue import JobQueue, open_queue
from taxonomy_api.settings import Settings
from taxonomy_api.store.database import Database, open_database
from taxonomy_api.store.rollout import Rollout
from taxonomy_api.web import readiness
from taxonomy_api.web.metrics import collected

_log = logging.getLogger(__name__)
_SOCKET_SECONDS = 10
#: Metric, its help, and the figure that it shows.
_GAUGES = (
    ("taxonomy_api_queue_waiting", "Portfolios that wait for a worker", "queue_waiting"),
    ("taxonomy_api_queue_running", "Portfolios that are being assessed", "queue_running"),
    ("taxonomy_api_queue_oldest_seconds", "For how long the oldest one waits", "queue_oldest_seconds"),
    ("taxonomy_api_workers_alive", "Workers that gave a sign of life lately", "workers_alive"),
    ("taxonomy_api_release_age_seconds", "Since when the release is in use", "release_seconds"),
)


@dataclass(frozen=True, slots=True)
class Operations:
    """What the port tells. `figures_folder` holds the files of the web processes."""

    database: Database
    queue: JobQueue
    rollout: Rollout
    figures_folder: Path

    def ready(self) -> tuple[int, dict[str, Any]]:
        """Status and content of /readyz: the parts with their details, then the figures."""
        found = readiness.parts(self.database, self.queue, self.rollout.root, self._release)
        status = 503 if any(part.is_missing for part in found) else 200
        content = {
            "status": "ready" if status == 200 else "not_ready",
            "version": __version__,
            "parts": {
                part.name: {"state": part.state, "needed": part.needed, "detail": part.detail}
                for part in found
            },
            **readiness.figures(self.database, self.rollout),
        }
        return status, content

    def metrics(self) -> bytes:
        """All figures in the text form of Prometheus."""
        own = CollectorRegistry()
        own.register(_Figures(self))
        return bytes(generate_latest(collected(self.figures_folder)) + generate_latest(own))

    def _release(self) -> None:
        if self.rollout.current() is None:
            raise Unavailable("no_release", "No release is in use; see the findings in the log.")


class _Figures(Collector):
    """Figures that are looked up when they are asked for."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def collect(self) -> Iterator[Metric]:
        found = readiness.figures(self._operations.database, self._operations.rollout)
        for name, help, key in _GAUGES:
            if key in found:
                yield GaugeMetricFamily(name, help, value=found[key])
        release = found.get("release")
        if release is not None:
            family = GaugeMetricFamily("taxonomy_api_release", "The release in use", labels=("release",))
            family.add_metric([release], 1)
            yield family
        _, content = self._operations.ready()
        ready = GaugeMetricFamily("taxonomy_api_ready", "1 where a part does its work", labels=("part",))
        for name, part in content["parts"].items():
            ready.add_metric([name], float(part["state"] == readiness.OK))
        yield ready


def run_operations(settings: Settings, host: str, port: int, figures_folder: Path) -> None:
    """Serves until SIGTERM or SIGINT."""
    logs.configure()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    database = open_database(settings)
    try:
        operations = Operations(database, open_queue(settings), Rollout(settings.store), figures_folder)
        server = make_server(operations, host, port)
    except OSError as problem:
        _log.warning(
            "No /metrics on %s port %d (%s); set TAXONOMY_API_OPERATIONS_PORT.", host, port, problem.strerror
        )
        database.close()
        ended.wait()
        return
    thread = threading.Thread(target=server.serve_forever, name="operations", daemon=True)
    thread.start()
    _log.info("Operations on http://%s:%d/metrics and /readyz.", host, port)
    ended.wait()
    server.shutdown()
    server.server_close()
    database.close()


def make_server(operations: Operations, host: str, port: int) -> ThreadingHTTPServer:
    """Bound to the address but not yet serving. Raises OSError where that is taken."""

    class Handler(BaseHTTPRequestHandler):
        timeout = _SOCKET_SECONDS
        server_version, sys_version = "taxonomy-api", ""

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._answer(200, CONTENT_TYPE_LATEST, operations.metrics())
            elif path == "/readyz":
                status, content = operations.ready()
                self._answer(status, "application/json", json.dumps(content).encode())
            elif path == "/healthz":
                self._answer(200, "application/json", b'{"status": "ok"}')
            else:
                self._answer(404, "text/plain; charset=utf-8", b"Here are /metrics, /readyz and /healthz.\n")

        def _answer(self, status: int, kind: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Scrapes are not worth a line."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        # A second service must get an error here, not half of the scrapes.
        allow_reuse_port = False

    return Server((host, port), Handler)
