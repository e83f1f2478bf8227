"""The running service: web processes, a worker and the operations port beside them.

Nothing here may import the metrics at the top: the library looks at its first import for the folder
that the web processes share, and that is made here.
"""

from __future__ import annotations

import logging
import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server.mp import MPServer

from taxonomy_api import logs
from taxonomy_api.errors import ConfigurationError, Unavailable
from taxonomy_api.jobs.worker import run_worker
from taxonomy_api.settings import Settings
from taxonomy_api.store.current import CurrentRelease, fingerprint
from taxonomy_api.store.database import open_database
from taxonomy_api.store.keys import ensure_first_key
from taxonomy_api.store.rollout import reload_and_log
from taxonomy_api.web.processes import STOP_SECONDS, kept_running, run_once, stop_without

_log = logging.getLogger(__name__)
#: Threads of a web process, and how many of them may work at once: the others wait for slow callers.
THREADS = 64
_PLACES = 8
#: A caller that takes longer to send its headers is cut off.
HEADER_SECONDS = 10


def serve(host: str, port: int, workers: int, settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT; open requests are finished first. SIGHUP reloads the data.

    Brings an embedded database up to date, makes the first key where none exists and prints it if
    the rules allow. Raises ConfigurationError where the address cannot be used.
    """
    logs.configure()
    # So many threads are meant: see `slow_callers`.
    logging.getLogger("_granian").addFilter(lambda line: "Python threads" not in line.getMessage())
    _check_address(host, port)
    operations = _operations_address(settings, port)
    _prepare(settings, host)
    with ExitStack() as beside:
        figures = beside.enter_context(_shared_figures())
        beside.enter_context(_watch(settings))
        if settings.embedded_worker:
            beside.enter_context(kept_running("worker", run_worker, settings))
        beside.enter_context(kept_running("operations", _run_operations, settings, *operations, figures))
        _server(host, port, workers, settings).serve(
            target_loader=partial(_application, settings, port, os.getpid())
        )


def _server(host: str, port: int, workers: int, settings: Settings) -> MPServer:
    class Reloading(MPServer):
        """On SIGHUP web processes stay and take the new release together; the library would replace them."""

        def signal_handler_reload(self, *_: Any) -> None:
            threading.Thread(target=_reload, args=(settings,), name="reload", daemon=True).start()

    return Reloading(
        "taxonomy_api",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        websockets=False,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
        log_dictconfig=logs.configuration(),
    )


def _prepare(settings: Settings, host: str) -> None:
    """Runs in the first process before any other exists, and leaves no connection to inherit."""
    database = open_database(settings)
    try:
        if settings.is_embedded:
            database.upgrade()
        else:
            database.require_upgraded()
        key = ensure_first_key(database, settings, host)
    finally:
        database.close()
    if key is not None:
        print(f"\nFirst API key, shown only now: {key}\n", flush=True)
    reload_and_log(settings)


def _application(settings: Settings, port: int, parent: int, *_: Any) -> Callable[..., Any]:
    """The application of one web process, with its release loaded, ready to take the next one.

    The process ends with `parent`: left alone it would hold the port, and nobody would start it again.
    """
    from taxonomy_api.web.app import create_app
    from taxonomy_api.web.services import make_services
    from taxonomy_api.web.slow_callers import Places
    from taxonomy_api.web.stalled import Stalled

    services = make_services(settings)
    with suppress(Unavailable):
        services.current.get()
    tasks: list[Callable[[], None]] = [
        partial(_warm, services.current),
        partial(services.current.follow, threading.Event()),
        partial(stop_without, parent),
    ]
    application = Places(create_app(settings, services), _PLACES, settings.stall_seconds)
    if settings.stall_seconds:
        stalled = Stalled(port, settings.stall_seconds, application.body_is_late)
        tasks.append(partial(stalled.follow, threading.Event()))
    for task in tasks:
        threading.Thread(target=task, daemon=True).start()
    return application


def _warm(current: CurrentRelease) -> None:
    """Builds the search index beside the first requests, so that no search has to wait for it."""
    with suppress(Unavailable):
        current.get().warm()


def _run_operations(*arguments: Any) -> None:
    from taxonomy_api.web.operations import run_operations

    run_operations(*arguments)


def _reload(settings: Settings) -> None:
    run_once("reload", _reload_alone, settings)


def _reload_alone(settings: Settings) -> None:
    logs.configure()
    reload_and_log(settings)


@contextmanager
def _watch(settings: Settings) -> Iterator[None]:
    """For development: reloads when a data file changes, as long as the block runs."""
    if not settings.reload_seconds:
        yield
        return
    ended = threading.Event()

    def look() -> None:
        seen = fingerprint(settings.data)
        while not ended.wait(settings.reload_seconds):
            present = fingerprint(settings.data)
            if present != seen:
                seen = present
                _reload(settings)

    watch = threading.Thread(target=look, name="data-watch")
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join()


@contextmanager
def _shared_figures() -> Iterator[Path]:
    """The folder in which web processes leave their figures."""
    with tempfile.TemporaryDirectory(prefix="taxonomy-api-figures-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        try:
            yield Path(folder)
        finally:
            del os.environ["PROMETHEUS_MULTIPROC_DIR"]


def _operations_address(settings: Settings, port: int) -> tuple[str, int]:
    """A port that was asked for must be free; the default one may be taken by another service."""
    if settings.operations_port:
        _check_address(settings.operations_host, settings.operations_port)
        return settings.operations_host, settings.operations_port
    return settings.operations_host, port + 1 if port < 65535 else port - 1


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
