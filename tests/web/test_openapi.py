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

from taxonomy_api.assessment.intake import PROJECT_KEYS, REQUEST_KEYS
from taxonomy_api.assessment.proceeds_intake import ALLOCATION_KEYS, INSTRUMENT_KEYS
from tests.web.conftest import PROJECT, Caller

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


def within(document: Any, part: Any) -> set[str]:
    """The names of the schemas that a part of the document leads to."""
    found: set[str] = set()
    left = [part]
    while left:
        one = left.pop()
        left += one.values() if isinstance(one, dict) else one if isinstance(one, list) else []
        name = one.get("$ref", "").removeprefix("#/components/schemas/") if isinstance(one, dict) else ""
        if name in document["components"]["schemas"] and name not in found:
            found.add(name)
            left.append(document["components"]["schemas"][name])
    return found


def test_answers_allow_new_keys_and_requests_do_not(document: Any) -> None:
    """Else every new key would break strict clients; an unknown key of a request is a 422."""
    operations = [
        one for path in document["paths"].values() for one in path.values() if isinstance(one, dict)
    ]
    asked = within(document, [one.get("requestBody") for one in operations])
    answered = within(
        document, [[one["responses"] for one in operations], document["components"]["responses"]]
    )
    schemas = document["components"]["schemas"]
    assert {"Project", "Instrument"} <= asked and {"Verdict", "ProblemDocument"} <= answered
    assert [name for name in sorted(answered) if schemas[name].get("additionalProperties") is False] == []
    assert [name for name in sorted(asked) if schemas[name].get("additionalProperties") is not False] == []


def test_a_project_has_the_keys_that_are_read(document: Any) -> None:
    schemas = document["components"]["schemas"]
    for name, keys in (
        ("Project", PROJECT_KEYS),
        ("AssessmentRequest", REQUEST_KEYS),
        ("Instrument", INSTRUMENT_KEYS),
        ("Allocation", ALLOCATION_KEYS),
    ):
        assert set(schemas[name]["properties"]) == set(keys)


def test_a_verdict_has_the_keys_that_are_answered(bank: Caller, document: Any) -> None:
    """None that is not described, down to the lines of its lists; what is described as required is there."""
    schemas = document["components"]["schemas"]
    answer = bank("POST", "/v1/assessments", json=PROJECT).get_json()
    (verdict,) = (one for one in answer["verdicts"] if one["criteria"] and one["reasons"])
    for name, one in (
        ("Assessment", answer),
        ("Verdict", verdict),
        ("Criterion", verdict["criteria"][0]),
        ("Source", verdict["criteria"][0]["source"]),
        ("Reason", verdict["reasons"][0]),
    ):
        assert set(schemas[name].get("required", ())) <= set(one) <= set(schemas[name]["properties"]), name


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
