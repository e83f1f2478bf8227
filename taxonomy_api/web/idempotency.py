"""Idempotency-Key on every POST: sent again, a request is answered again but not carried out again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from taxonomy_api.store.idempotency import LONGEST_KEY, Claim, Outcome
from taxonomy_api.web.api import Blueprint
from taxonomy_api.web.auth import organisation_id
from taxonomy_api.web.problems import MEDIA_TYPE
from taxonomy_api.web.replies import reply_text
from taxonomy_api.web.services import services

View = TypeVar("View", bound=Callable[..., Any])
HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_PARAMETER = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    "description": "Makes it safe to send the request again: it is carried out once",
}


def stored_answer(outcome: Outcome) -> Response:
    """The answer as it was kept."""
    return reply_text(outcome.answer or "", outcome.status)


def idempotent(
    again: Callable[[Outcome], Response] = stored_answer,
    content: Callable[[], bytes] = lambda: request.get_data(cache=True),
) -> Callable[[View], View]:
    """The view, behind `requires`, honours an Idempotency-Key.

    The view passes `claim()` to the service, which settles it with what it stores. `again` makes the
    answer from that outcome; `content` is what two requests must share, besides method and path. A
    refusal (4xx) is remembered as it was, a failure of the service (5xx) is not.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def once(*args: Any, **kwargs: Any) -> Any:
            key = request.headers.get(HEADER)
            g.claim = None
            if key is None:
                return view(*args, **kwargs)
            fingerprint = hashlib.sha256(f"{request.method} {request.full_path}\n".encode() + content())
            found = services().idempotency.claim(organisation_id(), key, fingerprint.hexdigest())
            if isinstance(found, Outcome):
                return _repeated(found, again)
            g.claim = found
            try:
                return view(*args, **kwargs)
            except Exception as problem:
                return _refused(found, problem)

        once.honours_idempotency_key = True  # type: ignore[attr-defined]
        return cast(View, Blueprint.doc(parameters=[_PARAMETER])(once))

    return decorate


def claim() -> Claim | None:
    """The claim of this request's key, to be settled by the service; None without a key."""
    return cast("Claim | None", g.claim)


def _repeated(outcome: Outcome, again: Callable[[Outcome], Response]) -> Response:
    if outcome.status >= 400:
        answer = stored_answer(outcome)
        answer.content_type = MEDIA_TYPE
    else:
        answer = again(outcome)
    answer.headers[REPLAYED] = "true"
    return answer


def _refused(held: Claim, problem: Exception) -> Response:
    """Remembers a refusal, gives the key free after a failure. Raises what has no answer."""
    keys = services().idempotency
    try:
        answer = current_app.make_response(current_app.handle_user_exception(problem))
    except Exception:
        with suppress(SQLAlchemyError):
            keys.release(held)
        raise
    with suppress(SQLAlchemyError):
        if answer.status_code < 500:
            keys.settle(held, Outcome(answer.status_code, answer=answer.get_data(as_text=True)))
        else:
            keys.release(held)
    return answer
