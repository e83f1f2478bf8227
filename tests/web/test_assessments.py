"""One project by REST, and every way in which its body can be wrong."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from taxonomy_api.web.services import Services
from tests.web.conftest import HYDRO, PROJECT, Caller, assert_problem

PATH = "/v1/assessments"


def with_project(**changes: Any) -> dict[str, Any]:
    return {**PROJECT, "project": {**PROJECT["project"], **changes}}  # type: ignore[dict-item]


def test_an_assessment_is_answered_and_kept(bank: Caller, services: Services) -> None:
    answer = bank("POST", PATH, json=PROJECT)
    assert answer.status_code == 201
    body = answer.get_json()
    assert answer.headers["Location"] == f"{PATH}/{body['id']}"
    assert body["release"] == services.current.get().release.id
    assert (body["as_of"], body["verdicts"][0]["taxonomy"]) == ("2026-11-22", "demo-a")
    assert body["disclaimer"]
    kept = bank("GET", answer.headers["Location"])
    assert kept.status_code == 200
    stored = kept.get_json()
    assert stored.pop("created")
    assert stored == body
    assert kept.headers["Cache-Control"] == "no-store"


def test_a_deleted_assessment_is_gone(bank: Caller) -> None:
    location = bank("POST", PATH, json=PROJECT).headers["Location"]
    gone = bank("DELETE", location)
    assert (gone.status_code, gone.data) == (204, b"")
    assert_problem(bank("GET", location), 404, "unknown_assessment")
    assert_problem(bank("DELETE", location), 404, "unknown_assessment")


def test_the_language_follows_the_body_then_the_header(bank: Caller) -> None:
    def name(body: dict[str, Any]) -> str:
        return str(bank("POST", PATH, json=body).get_json()["verdicts"][0]["activity"]["name"])

    assert name(PROJECT) == "Hydropower"
    bank.headers["Accept-Language"] = "zh-HK"
    assert name(PROJECT) == "水力發電"
    assert name({**PROJECT, "language": "zh-Hans"}) == "水力发电"


def test_chinese_leaves_unescaped(bank: Caller) -> None:
    answer = bank("POST", PATH, json={**PROJECT, "language": "zh-Hans"})
    assert "水力发电" in answer.text


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/project"),
        ({**PROJECT, "taxonomies": ["demo-x"]}, "/taxonomies/0"),
        ({**PROJECT, "as_of": "2026-02-30"}, "/as_of"),
        ({**PROJECT, "language": "de"}, "/language"),
        ({**PROJECT, "colour": 1}, "/colour"),
        (with_project(activities=["demo-a:1.11"]), "/project/activities/0"),
        (with_project(facts={"ghg_intensty": 1}), "/project/facts/ghg_intensty"),
        (with_project(facts={"ghg_intensity": "40 MW"}), "/project/facts/ghg_intensity"),
        (with_project(facts={"ghg_intensity": -1}), "/project/facts/ghg_intensity"),
        (with_project(facts={"product": "windw"}), "/project/facts/product"),
        (with_project(facts="none"), "/project/facts"),
        (with_project(facts=[1]), "/project/facts"),
        ({"project": []}, "/project"),
        ({"project": None}, "/project"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(bank: Caller, body: dict[str, Any], pointer: str) -> None:
    document = assert_problem(bank("POST", PATH, json=body), 422, "invalid_request")
    items: Any = document["errors"]
    assert any(item["pointer"].startswith(pointer) for item in items), items


def test_nearest_names_and_admissible_values_are_offered(bank: Caller) -> None:
    document = assert_problem(bank("POST", PATH, json=with_project(facts={"ghg_intensty": 1})), 422)
    assert "ghg_intensity" in str(document["errors"])
    document = assert_problem(bank("POST", PATH, json=with_project(facts={"product": "windw"})), 422)
    assert "window" in str(document["errors"])


def test_all_mistakes_are_told_at_once(bank: Caller) -> None:
    body = {**with_project(facts={"x": 1, "y": 2}), "as_of": "never"}
    items: Any = assert_problem(bank("POST", PATH, json=body), 422)["errors"]
    assert len(items) >= 3


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"project=1", "not_json"),
        (b"{} {}", "not_json"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
        (b'{"project": {}, "project": {}}', "duplicate_key"),
        (b'{"project": {"facts": {"a": 1, "a": 1}}}', "duplicate_key"),
        (b'{"project": {"facts": {"a": NaN}}}', "not_a_number"),
        (b'{"project": {"facts": {"a": -Infinity}}}', "not_a_number"),
        (b'{"project": {"facts": {"a": 1e999}}}', "not_a_number"),
        (b'{"project": {"facts": {"a": ' + b"9" * 5000 + b"}}}", "number_too_long"),
        (b'{"project": "\xff"}', "not_utf8"),
        (b'{"project": {"name": "\\ud800"}}', "not_text"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "too_deep"),
        (b"[" * 100_000, "too_deep"),
    ],
)
def test_what_is_not_plain_json_is_refused(bank: Caller, raw: bytes, code: str) -> None:
    assert_problem(bank("POST", PATH, data=raw, content_type="application/json"), 400, code)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_another_content_type_is_refused(bank: Caller, kind: str | None) -> None:
    answer = bank("POST", PATH, data=json.dumps(PROJECT), content_type=kind)
    assert_problem(answer, 415, "unsupported_media_type")


def test_a_body_over_the_limit_is_refused(bank: Caller, services: Services) -> None:
    raw = b'{"project": "' + b"x" * services.settings.max_body_bytes + b'"}'
    document = assert_problem(
        bank("POST", PATH, data=raw, content_type="application/json"), 413, "body_too_large"
    )
    assert str(services.settings.max_body_bytes) in str(document["detail"])


def test_a_body_sent_in_chunks_has_the_same_limit(bank: Caller, services: Services) -> None:
    def send(raw: bytes) -> TestResponse:
        chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
        return bank(
            "POST",
            PATH,
            input_stream=io.BytesIO(raw),
            content_type="application/json",
            environ_overrides=chunked,
        )

    assert send(json.dumps(PROJECT).encode()).status_code == 201
    padding = b" " * services.settings.max_body_bytes
    assert_problem(send(json.dumps(PROJECT).encode() + padding), 413, "body_too_large")


def test_a_byte_order_mark_is_survived(bank: Caller) -> None:
    raw = b"\xef\xbb\xbf" + json.dumps(PROJECT).encode()
    assert bank("POST", PATH, data=raw, content_type="application/json").status_code == 201


def test_a_given_text_comes_back_as_text(bank: Caller) -> None:
    name = "<script>alert(1)</script> =1+1 \u0000 🌱"
    body = with_project(name=name, id="a/b", activities=[HYDRO])
    answer = bank("POST", PATH, json=body)
    assert answer.status_code in (201, 422)
    assert answer.content_type.endswith("json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
