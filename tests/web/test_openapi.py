"""The description of the API is valid, complete and committed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema_rs import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


@pytest.fixture
def document(client: FlaskClient) -> Any:
    return client.get("/openapi.json").get_json()


def test_it_is_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1.")
    assert list(OPENAPI_31_VALIDATOR.iter_errors(document)) == []


def test_the_committed_document_is_the_present_one(document: Any) -> None:
    """Renew with: curl http://127.0.0.1:8000/openapi.json > docs/openapi.json"""
    assert json.loads(DOCUMENT.read_text(encoding="utf-8")) == document


def test_every_address_is_described(app: Flask, document: Any) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(("docs.", "api-docs.")):
            continue
        path = re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule)
        described = document["paths"][path]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            operation = described[method.lower()]
            assert operation["summary"]
            default = operation["responses"]["default"]["$ref"].split("/")[-1]
            assert list(document["components"]["responses"][default]["content"]) == [
                "application/problem+json"
            ]


def test_answers_allow_new_keys(document: Any) -> None:
    """Else every new key would break strict clients."""
    for name, schema in document["components"]["schemas"].items():
        assert schema.get("additionalProperties", True) is not False, name


def test_what_needs_a_key_says_so(document: Any) -> None:
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert document["paths"]["/v1/assessments"]["post"]["security"] == [{"key": ["assess"]}]
    assert {} in document["paths"]["/v1/taxonomies"]["get"]["security"]


def test_the_page_uses_files_of_this_service_only(client: FlaskClient) -> None:
    page = client.get("/docs", buffered=True)
    assert page.status_code == 200
    assert "http://" not in page.text.lower().replace("https://", "http://")
    assert "<script>" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    for path, kind in {
        "/docs/swagger-ui-bundle.js": "text/javascript",
        "/docs/swagger-ui.css": "text/css",
        "/docs/start.js": "text/javascript",
    }.items():
        assert path in page.text
        answer = client.get(path, buffered=True)
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert len(answer.data) > 100
    for path in ("/docs/LICENSE", "/docs/../app.py", "/docs/x.js"):
        assert client.get(path).status_code == 404


def test_every_operation_shows_an_example_that_fits_its_schema(app: Flask) -> None:
    """Made by scripts/make_api_examples.py, which asks the real service."""
    document = app.test_client().get("/openapi.json").get_json()
    tried = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method not in ("get", "post", "delete"):
                continue
            parts = [*operation["responses"].values(), operation.get("requestBody", {})]
            for content in (part["content"] for part in parts if "content" in part):
                shown = content.get("application/json", {})
                if shown.get("schema"):
                    assert "example" in shown, f"{method} {path}"
                    schema = {**shown["schema"], "components": document["components"]}
                    assert list(Draft202012Validator(schema).iter_errors(shown["example"])) == [], path
                    tried += 1
            # What is sent is shown, too: a body, or the parameters that must be given.
            for parameter in operation.get("parameters", []):
                if isinstance(parameter, dict) and parameter.get("required"):
                    assert "example" in parameter, f"{method} {path} {parameter['name']}"
    assert tried > 20
