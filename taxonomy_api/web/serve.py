"""The running service: web processes, and a worker beside them."""

from __future__ import annotations

import logging
import multiprocessing
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from granian.constants import Interfaces
from granian.server import Server

from taxonomy_api.errors import ConfigurationError, Unavailable
from taxonomy_api.jobs.worker import configure_logging, run_worker
from taxonomy_api.settings import Settings
from taxonomy_api.store.current import CurrentRelease
from taxonomy_api.store.database import open_database
from taxonomy_api.store.keys import ensure_first_key
from taxonomy_api.web.app import create_app
from taxonomy_api.web.services import make_services

_log = logging.getLogger(__name__)
_THREADS = 4
_STOP_SECONDS = 10
_RESTART_SECONDS = 2.0


def serve(host: str, port: int, workers: int, settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT; open requests are finished first.

    Brings an embedded database up to date, makes the first key where none exists and prints it if
    the rules allow. Raises ConfigurationError where the address cannot be used.
    """
    configure_logging()
    _check_address(host, port)
    _prepare(settings, host)
    server = Server(
        "taxonomy_api",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=_THREADS,
        websockets=False,
        workers_kill_timeout=_STOP_SECONDS,
        respawn_failed_workers=True,
    )
    with _embedded_worker(settings):
        server.serve(target_loader=partial(_application, settings))


def _prepare(settings: Settings, host: str) -> None:
    """Runs in the first process before any other exists, and leaves no connection to inherit."""
    database = open_database(settings)
    try:
        if settings.is_embedded:
            database.upgrade()
        key = ensure_first_key(database, settings, host)
    finally:
        database.close()
    if key is not None:
        print(f"\nFirst API key, shown only now: {key}\n", flush=True)


def _application(settings: Settings, *_: Any) -> Callable[..., Any]:
    """The application of one web process, with its data loaded and watched."""
    services = make_services(settings)
    services.current.reload()
    threading.Thread(target=_warm, args=(services.current,), name="search-index", daemon=True).start()
    if settings.reload_seconds:
        watch = partial(_watch, services.current, settings.reload_seconds)
        threading.Thread(target=watch, name="data-watch", daemon=True).start()
    return create_app(settings, services)


def _warm(current: CurrentRelease) -> None:
    """Builds the search index beside the first requests, so that no search has to wait for it."""
    with suppress(Unavailable):
        current.get().warm()


def _watch(current: CurrentRelease, seconds: int) -> None:
    pause = threading.Event()
    while not pause.wait(seconds):
        try:
            if current.reload_if_changed():
                _warm(current)
        except Exception:
            _log.exception("The data folder could not be looked at; the release in use stays.")


@contextmanager
def _embedded_worker(settings: Settings) -> Iterator[None]:
    """A worker process as long as the block runs; one that ends by itself is started again."""
    if not settings.embedded_worker:
        yield
        return
    stopping = threading.Event()
    keeper = threading.Thread(target=_keep_worker, args=(settings, stopping), name="worker-keeper")
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()


def _keep_worker(settings: Settings, stopping: threading.Event) -> None:
    # Spawned, not forked: it shares nothing with the web processes.
    context = multiprocessing.get_context("spawn")
    while not stopping.is_set():
        worker = context.Process(target=run_worker, args=(settings, os.getpid()), name="worker")
        worker.start()
        while worker.is_alive() and not stopping.is_set():
            worker.join(0.2)
        if worker.is_alive():
            worker.terminate()
            worker.join(_STOP_SECONDS)
        if worker.is_alive():
            # Its portfolio is started again after the next start.
            worker.kill()
            worker.join()
        elif not stopping.is_set():
            _log.error("The worker ended with %s; another is started.", worker.exitcode)
            stopping.wait(_RESTART_SECONDS)


def _check_address(host: str, port: int) -> None:
    """Fails before anything is started where the address is taken or not of this machine."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        raise ConfigurationError(
            f"Cannot serve on {host} port {port}: {problem.strerror or problem}."
        ) from None
