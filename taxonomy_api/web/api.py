"""The layer between Flask and the views: parameters, bodies, the OpenAPI document."""

from __future__ import annotations

import http
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import marshmallow as ma
from flask import Flask, Response, request
from flask_smorest import Api as SmorestApi
from flask_smorest import Blueprint as SmorestBlueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from taxonomy_api import __version__
from taxonomy_api.web import problems
from taxonomy_api.web.api_examples import Examples
from taxonomy_api.web.auth import SECURITY_SCHEME
from taxonomy_api.web.json_io import json_object
from taxonomy_api.web.replies import tagged
from taxonomy_api.web.schemas import ProblemDocument

View = TypeVar("View", bound=Callable[..., Any])

_DESCRIPTION = """\
Checks projects and portfolios against green-finance taxonomies and says why, until when, and what is
missing. An answer is an automated comparison of facts stated by the caller with criteria on file in the
named release.

Every top-level value is an object; new keys may appear at any time, and clients ignore those they do not
know. Lists come in pages: `next_cursor` is passed back as `cursor` until it is null. Every error is a
problem document.
"""


class _Parser(FlaskParser):
    # A misspelt filter that is silently ignored would answer another question.
    DEFAULT_UNKNOWN_BY_LOCATION = {"query": ma.RAISE}  # noqa: RUF012


class Blueprint(SmorestBlueprint):  # type: ignore[misc]
    """The library's blueprint with typed decorators."""

    ARGUMENTS_PARSER = _Parser()

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        return cast(Callable[[View], View], super().route(rule, **options))

    def query(self, schema: type[ma.Schema]) -> Callable[[View], View]:
        """Passes the query parameters as the first positional argument; unknown ones are a 422."""
        return cast(Callable[[View], View], self.arguments(schema, location="query"))

    def answers(
        self, status: int, schema: type[ma.Schema] | None = None, *, has_location: bool = False
    ) -> Callable[[View], View]:
        """Documents the answer; views make it themselves."""
        headers = {"Location": {"schema": {"type": "string"}}} if has_location else None
        return cast(Callable[[View], View], self.response(status, schema, headers=headers))

    def documents(self, **document: Any) -> Callable[[View], View]:
        """Adds to the OpenAPI document of the view."""
        return cast(Callable[[View], View], self.doc(**document))


class Api(SmorestApi):  # type: ignore[misc]
    """Errors, expected or documented, are problem documents everywhere."""

    ERROR_SCHEMA = ProblemDocument

    def handle_http_exception(self, error: HTTPException) -> Response:
        return problems.http_error(error)

    def _register_responses(self) -> None:
        # The library documents errors as application/json whatever is sent.
        content = {problems.MEDIA_TYPE: {"schema": self.ERROR_SCHEMA}}
        for status in http.HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= 400:
                response["content"] = content
            self.spec.components.response(status.name, response, lazy=True)
        default = {"description": "Any error", "content": content}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, default, lazy=True)

    def _register_pagination_header(self) -> None:
        """Pages are told in the body here, not in the library's header."""


def make_api(app: Flask) -> Api:
    app.config.update(
        API_TITLE="taxonomy-api",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"info": {"description": _DESCRIPTION, "license": {"name": "Apache-2.0"}}},
    )
    api = Api(app, spec_kwargs={"extra_plugins": [Examples()]})
    plain = app.view_functions["api-docs.openapi_json"]
    app.view_functions["api-docs.openapi_json"] = lambda: tagged(cast(Response, plain()))
    scheme = {"type": "http", "scheme": "bearer", "description": "An API key; scopes are per organisation."}
    api.spec.components.security_scheme(SECURITY_SCHEME, scheme)
    return api


def json_body(
    schema: type[ma.Schema], largest: Callable[[], int] | None = None, *, optional: bool = False
) -> Callable[[View], View]:
    """Passes the strictly read JSON object of the request as the last positional argument.

    The schema only documents it: what is in it is checked by the room that understands it. `largest`
    gives another limit in bytes than the usual one. Where the body is `optional`, none is `{}`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def with_body(*args: Any, **kwargs: Any) -> Any:
            if largest is not None:
                request.max_content_length = largest()
            return view(*args, json_object(optional=optional), **kwargs)

        body = {"required": not optional, "content": {"application/json": {"schema": schema}}}
        return cast(View, Blueprint.doc(requestBody=body)(with_body))

    return decorate
