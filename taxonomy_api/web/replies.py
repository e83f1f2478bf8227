"""How answers leave."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Response, current_app, request

from taxonomy_api.catalog.terms import Language

STATIC = Path(__file__).parent / "static"


def reply(content: dict[str, Any], status: int = 200, location: str | None = None) -> Response:
    """A JSON answer."""
    answer = Response(current_app.json.dumps(content), status=status, content_type="application/json")
    if location is not None:
        answer.headers["Location"] = location
    return answer


def catalogue_reply(content: dict[str, Any], release: str, language: Language) -> Response:
    """Published data: the same for everyone as long as release, address and language are."""
    return _published(reply(content), release, language)


def published_file(content: bytes, kind: str, name: str, release: str, language: Language) -> Response:
    """Published data as a file to keep."""
    answer = Response(content, content_type=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return _published(answer, f"{release} {kind}", language)


def _published(answer: Response, release: str, language: Language) -> Response:
    answer.headers["Content-Language"] = language
    answer.headers["Cache-Control"] = "no-cache"
    answer.vary.update(("Accept", "Accept-Language"))
    answer.set_etag(hashlib.sha256(f"{release} {language} {request.full_path}".encode()).hexdigest()[:32])
    answer.make_conditional(request)
    return answer
