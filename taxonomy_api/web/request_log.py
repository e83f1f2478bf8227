"""One line of the log, and the figures of the metrics, for every request."""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, g, request

from taxonomy_api.logs import FIELDS
from taxonomy_api.web.services import services

_log = logging.getLogger(__name__)
#: Asked for all the time by machines; only their failures are told.
_QUIET = frozenset({"operation.healthz", "operation.readyz"})


def register(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.begun = time.perf_counter()


def _end(answer: Response) -> Response:
    """Tells the pattern of the address, never the address itself or anything that was sent."""
    seconds = time.perf_counter() - g.get("begun", time.perf_counter())
    route = str(request.url_rule or "")
    services().metrics.answered(route, request.method, answer.status_code, seconds)
    if request.endpoint not in _QUIET or answer.status_code >= 500:
        identity = g.get("identity")
        fields = {
            "method": request.method if request.url_rule else "",
            "route": route,
            "status": answer.status_code,
            "milliseconds": round(seconds * 1e3, 2),
            "organisation": None if identity is None else identity.organisation_id,
        }
        _log.info("answered", extra={FIELDS: fields})
    return answer
