"""The application as other servers want it: `gunicorn "benchmarks.wsgi:make()"`. For comparison only."""

from __future__ import annotations

import os
from typing import Any


def make() -> Any:
    """One web process's application, as `taxonomy-api serve` makes it, its figures in the store's folder."""
    folder = os.path.join(os.environ["TAXONOMY_API_STORE"], "figures")
    os.makedirs(folder, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    # Only now: the library of the metrics looks for the folder at its first import.
    from taxonomy_api import logs
    from taxonomy_api.settings import load
    from taxonomy_api.web import serve

    logs.configure()
    settings = load(os.environ)
    serve._prepare(settings, "127.0.0.1")
    # Which port it is does not matter to the others: only this server leaves callers to `stalled`.
    return serve._application(settings, 0, os.getppid())
