"""Headers that every answer carries, and who of other origins may read it."""

from __future__ import annotations

from flask import Flask, Response, request

from taxonomy_api.settings import Settings
from taxonomy_api.web.request_ids import HEADER, request_number

PROTECTIVE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    # What is about an organisation stays out of shared caches; published data set their own.
    "Cache-Control": "no-store",
}
_YEAR = 365 * 24 * 3600
#: Nothing is sent by cookie, so credentials in the sense of CORS do not exist here.
_CORS = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": (
        "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id"
    ),
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, Location, Retry-After, X-Request-Id",
    "Access-Control-Max-Age": "600",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def register(app: Flask, settings: Settings) -> None:
    """Adds the headers to whatever the application answers, errors included."""
    always = dict(PROTECTIVE)
    if settings.behind_tls:
        always["Strict-Transport-Security"] = f"max-age={_YEAR}"
    origins = frozenset(settings.origins)

    def finish(answer: Response) -> Response:
        if origins:
            answer.vary.add("Origin")
            origin = request.headers.get("Origin")
            if origin in origins:
                answer.headers.update({"Access-Control-Allow-Origin": origin, **_CORS})
        for name, value in always.items():
            answer.headers.setdefault(name, value)
        answer.headers[HEADER] = request_number()
        return answer

    app.after_request(finish)
