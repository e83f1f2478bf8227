"""How answers leave."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Response, current_app, request

from taxonomy_api import __version__
from taxonomy_api.catalog.terms import Language

STATIC = Path(__file__).parent / "static"


def reply(content: dict[str, Any], status: int = 200, location: str | None = None) -> Response:
    """A JSON answer."""
    return reply_text(current_app.json.dumps(content), status, location)


def reply_text(content: str, status: int = 200, location: str | None = None) -> Response:
    """A JSON answer that is text already."""
    answer = Response(content, status=status, content_type="application/json")
    if location is not None:
        answer.headers["Location"] = location
    return answer


def nothing() -> Response:
    """Done, and nothing to say; so no type of content either."""
    answer = Response(status=204)
    del answer.headers["Content-Type"]
    return answer


def catalogue_reply(content: dict[str, Any], release: str, language: Language) -> Response:
    """Published data as JSON."""
    return published(reply(content), release, language)


def published_file(content: bytes, kind: str, name: str, release: str, language: Language) -> Response:
    """Published data as a file to keep."""
    answer = Response(content, content_type=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return published(answer, release, language)


def published(answer: Response, release: str, language: Language) -> Response:
    """Published data: the same for everyone as long as release, version, address, form and language are."""
    answer.headers["Content-Language"] = language
    answer.headers["Cache-Control"] = "no-cache"
    answer.vary.update(("Accept", "Accept-Language"))
    state = f"{release} {__version__} {language} {answer.mimetype} {request.full_path}"
    answer.set_etag(hashlib.sha256(state.encode()).hexdigest()[:32])
    answer.make_conditional(request)
    return answer


def tagged(answer: Response) -> Response:
    """The same for everyone as long as its content is; not sent again to a caller who has it."""
    answer.headers["Cache-Control"] = "no-cache"
    return identified(answer, answer.get_data())


def identified(answer: Response, content: bytes) -> Response:
    """Not sent again to a caller who has this `content`, or what stands for it; kept in no cache."""
    answer.set_etag(hashlib.sha256(content).hexdigest()[:32])
    answer.make_conditional(request)
    return answer


def at_once(answer: Response) -> Response:
    """The answer in one piece: only then does the server need no thread while a caller takes it."""
    answer.direct_passthrough = False
    answer.response = [answer.get_data()]
    return answer
