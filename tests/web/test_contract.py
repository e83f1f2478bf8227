"""Requests made up from the OpenAPI document, right and wrong ones, against the application."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.conftest import MakeCaller

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    allow_header_conformance,
]


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_made_up_breaks_the_service(app: Flask, caller: MakeCaller, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    headers = {"Authorization": f"Bearer {caller().key}"}
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        tried += 1
        if mode is GenerationMode.NEGATIVE and not (operation.query or operation.body):
            # Nothing of it can be wrong but the path, which the other mode makes up.
            continue

        @settings(
            max_examples=15,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def one(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        one()
    assert tried >= 20
