"""The number of a request: in its answer, in every line of the log, in an error of the service."""

from __future__ import annotations

import re
import secrets

from flask import Flask, g, request

from taxonomy_api import logs

HEADER = "X-Request-Id"
#: What callers may send as a number of their own; anything else is replaced by one made here.
FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def request_number() -> str:
    """The caller's own number where it has the form, else one made for this request."""
    if "request_number" not in g:
        given = request.headers.get(HEADER, "")
        g.request_number = given if FORM.fullmatch(given) else secrets.token_hex(8)
    return str(g.request_number)


def register(app: Flask) -> None:
    def begin() -> None:
        logs.request_id.set(request_number())

    def end(_: BaseException | None) -> None:
        logs.request_id.set(None)

    app.before_request(begin)
    app.teardown_request(end)
