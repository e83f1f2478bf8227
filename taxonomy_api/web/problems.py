"""Every error as one problem document (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Protocol

import marshmallow as ma
from flask import Flask, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError

from taxonomy_api import errors
from taxonomy_api.assessment.reading import escape
from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.errors import Problem, ServiceError
from taxonomy_api.portfolio.problem import OptionProblems, PortfolioProblem
from taxonomy_api.store.database import is_away
from taxonomy_api.web.request_ids import request_number

_log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:taxonomy-api:problem:"

#: Looked up along the class hierarchy of an error.
STATUS: Mapping[type[ServiceError], HTTPStatus] = {
    errors.Malformed: HTTPStatus.BAD_REQUEST,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.NoRoom: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
#: Errors that HTTP itself knows. Any other has the name of its status as its code.
HTTP_CODES: Mapping[int, str] = {
    400: "bad_request",
    404: "unknown_path",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "body_too_slow",
    413: "body_too_large",
    415: "unsupported_media_type",
    500: "internal_error",
}
#: Seconds after which to try again where something is not ready; a restart of a database takes about so long.
RETRY_SECONDS = 5


class AnyProblem(Protocol):
    """The shape of one mistake, whichever room found it."""

    @property
    def pointer(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def allowed(self) -> tuple[str, ...]: ...
    @property
    def nearest(self) -> tuple[str, ...]: ...


def register(app: Flask) -> None:
    """Errors of the rooms below become problem documents; those of HTTP are handled by `Api`."""
    app.register_error_handler(ServiceError, service_error)
    app.register_error_handler(PortfolioProblem, portfolio_problem)
    app.register_error_handler(SQLAlchemyError, database_error)
    app.register_error_handler(OSError, system_error)


def service_error(error: ServiceError) -> Response:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    answer = problem_response(
        status, error.code, error.detail, [as_json(problem) for problem in error.problems]
    )
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    retry_after = getattr(error, "retry_after", None)
    if retry_after is None and status == HTTPStatus.SERVICE_UNAVAILABLE:
        retry_after = RETRY_SECONDS
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def database_error(error: SQLAlchemyError) -> Response:
    """A database that is away, stopping or busy is a 503 to repeat; any other failure is a 500."""
    if not is_away(error):
        return _internal(error)
    _log.warning("%s %s: the database does not answer.", request.method, _route(), exc_info=error)
    detail = "The database does not answer. What this request asked for may not have been done; ask again."
    return service_error(errors.Unavailable("database_unreachable", detail))


def system_error(error: OSError) -> Response:
    """A full disk is the service's own trouble and is told; of anything else the caller learns nothing."""
    if error.errno not in errors.FULL:
        return _internal(error)
    _log.error("%s %s: no room on the disk.", request.method, _route(), exc_info=error)
    detail = "The service has no room on its disk; nothing of this request is kept. Ask again later."
    return service_error(errors.NoRoom("no_room", detail))


def document(error: ServiceError) -> dict[str, Any]:
    """An error as the problem document of an item among others."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return _document(status, error.code, error.detail, [as_json(problem) for problem in error.problems])


def portfolio_problem(error: PortfolioProblem) -> Response:
    by_place = {"": error}
    if isinstance(error, OptionProblems):
        by_place = {f"/options/{escape(name)}": one for name, one in error.found.items()}
    items = [
        as_json(Problem(pointer, one.code, str(one), nearest=one.nearest))
        for pointer, one in by_place.items()
    ]
    return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, error.code, str(error), items)


def http_error(error: HTTPException) -> Response:
    """Errors of routing, limits and parameters; an unexpected exception arrives as InternalServerError."""
    if isinstance(error, InternalServerError):
        return _internal(error.original_exception or error)
    status = HTTPStatus(error.code or 500)
    messages = getattr(error, "data", {}).get("messages")
    if status == HTTPStatus.UNPROCESSABLE_ENTITY and messages:
        items = list(_parameter_problems(messages, error.data["schema"]))  # type: ignore[attr-defined]
        answer = problem_response(status, "bad_parameter", " ".join(item["message"] for item in items), items)
    else:
        answer = problem_response(status, HTTP_CODES.get(status, status.name.lower()), _detail(error, status))
    for name, value in error.get_headers():
        # Allow of a 405, Retry-After of a 503 …
        if name.lower() != "content-type":
            answer.headers[name] = value
    if status == HTTPStatus.REQUEST_TIMEOUT:
        # What is still to come of the body would be read as the next request.
        answer.headers["Connection"] = "close"
    return answer


def problem_response(
    status: HTTPStatus, code: str, detail: str, items: list[dict[str, Any]] | None = None, **more: Any
) -> Response:
    content = {**_document(status, code, detail, items), **more}
    return Response(current_app.json.dumps(content), status=int(status), content_type=MEDIA_TYPE)


def _document(
    status: HTTPStatus, code: str, detail: str, items: list[dict[str, Any]] | None
) -> dict[str, Any]:
    return {
        "type": TYPE_PREFIX + code,
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
        "errors": items or [],
    }


def as_json(problem: AnyProblem) -> dict[str, Any]:
    """One entry of `errors`; `allowed` and `nearest` only where they say something."""
    item: dict[str, Any] = {"pointer": problem.pointer, "code": problem.code, "message": problem.message}
    if problem.allowed:
        item["allowed"] = list(problem.allowed)
    if problem.nearest:
        item["nearest"] = list(problem.nearest)
    return item


def _internal(error: BaseException) -> Response:
    # The inner text stays here: it may name files, queries or other people's data.
    _log.error("%s %s failed.", request.method, _route(), exc_info=error)
    number = request_number()
    return problem_response(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal_error",
        f"An error of the service; the log has it under {number}.",
        correlation=number,
    )


def _route() -> str:
    """The pattern of the address, without what the caller put into it."""
    return str(request.url_rule or "")


def _detail(error: HTTPException, status: HTTPStatus) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return f"There is no path {request.path}; see /docs."
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{request.method} is not offered at {request.path}; the Allow header lists what is."
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return f"The body is larger than {request.max_content_length} bytes; GET /v1/limits lists the limits."
    return error.description or status.phrase


def _parameter_problems(messages: Mapping[str, Any], schema: ma.Schema) -> Iterator[dict[str, Any]]:
    for place, fields in messages.items():
        for name, texts in fields.items():
            cure = _cure(name, schema)
            for text in texts if isinstance(texts, list) else [str(texts)]:
                message = f"{place} parameter {name}: {text}"
                yield {**as_json(Problem(f"/{name}", "bad_parameter", message, **cure)), "in": place}


def _cure(name: str, schema: ma.Schema) -> dict[str, tuple[str, ...]]:
    """The values that a parameter may have; the parameters that there are, where it is none."""
    known = {field.data_key or key: field for key, field in schema.fields.items()}
    if name not in known:
        return {"allowed": tuple(known), "nearest": nearest(name, known)}
    choices = [one.choices for one in known[name].validators if isinstance(one, ma.validate.OneOf)]
    return {"allowed": tuple(choices[0])} if choices else {}
