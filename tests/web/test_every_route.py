"""Rules that hold at every address, taken from the application's own map."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from taxonomy_api.settings import Settings
from taxonomy_api.store.ids import new_id
from taxonomy_api.store.keys import SCOPES
from taxonomy_api.web.app import create_app
from taxonomy_api.web.services import make_services
from tests.web.conftest import (
    BATCH,
    HYDRO,
    LOANS,
    PROCEEDS,
    PROJECT,
    Caller,
    Logged,
    MakeCaller,
    assert_problem,
)

ID = "0" * 32
EXAMPLES = {
    "taxonomy_id": "demo-a",
    "activity_id": HYDRO,
    "release_id": "current",
    "before": "current",
    "after": "current",
    "assessment_id": ID,
    "portfolio_id": ID,
    "format": "csv",
    "name": "swagger-ui.css",
}
#: What anyone may read; everything else below /v1 belongs to an organisation.
OPEN = ("catalogue.", "crosswalk.", "releases.", "operation.", "docs.", "api-docs.")
#: What these cannot do without.
QUERIES = {
    "catalogue.search": "?q=power",
    "crosswalk.show_routes": f"?from={HYDRO}",
    "crosswalk.show_matrix": "?from=demo-a&to=demo-b",
}
#: The scopes that open each view; a view that is missing here fails the tests.
SCOPES_OF = {
    "assessments.create_assessment": {"assess"},
    "assessments.show_assessment": {"read", "assess"},
    "assessments.delete_assessment": {"assess"},
    "assessments.create_batch": {"assess"},
    "assessments.replay_assessment": {"assess"},
    "audit.list_entries": {"admin"},
    "proceeds.assess_use_of_proceeds": {"assess"},
    "impacts.show_impact": {"portfolio"},
    "impacts.list_impacts": {"admin"},
    "portfolios.create_portfolio": {"portfolio"},
    "portfolios.list_portfolios": {"portfolio"},
    "portfolios.show_portfolio": {"portfolio"},
    "portfolios.cancel_portfolio": {"portfolio"},
    "portfolios.delete_portfolio": {"portfolio"},
    "portfolios.list_rows": {"portfolio"},
    "portfolios.download_results": {"portfolio"},
    "portfolios.download_annotated": {"portfolio"},
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

Route = tuple[str, str, str]


def routes(app: Flask, **values: str) -> Iterator[Route]:
    """(endpoint, method, address) of everything that is offered."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        arguments = {name: {**EXAMPLES, **values}[name] for name in rule.arguments}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, adapter.build(rule.endpoint, arguments, method=method)


def owned(app: Flask, **values: str) -> list[Route]:
    return [route for route in routes(app, **values) if not route[0].startswith(OPEN)]


def send(client: FlaskClient, method: str, path: str, key: str | None = None, **headers: str) -> TestResponse:
    more: dict[str, Any] = {}
    if method == "POST" and path.endswith("/assessments"):
        more = {"json": PROJECT}
    elif method == "POST" and path.endswith("/batch"):
        more = {"json": BATCH}
    elif method == "POST" and path.endswith("/replay"):
        more = {"json": {"release": "original"}}
    elif method == "POST" and path.endswith("/proceeds"):
        more = {"json": PROCEEDS}
    elif method == "POST" and path.endswith("/portfolios"):
        more = {"data": {"file": (io.BytesIO(LOANS), "loans.csv")}}
    if key is not None:
        headers["Authorization"] = key
    return client.open(path, method=method, headers=headers, buffered=True, **more)


def test_the_list_of_scopes_is_complete(app: Flask) -> None:
    assert {endpoint for endpoint, _, _ in owned(app)} == set(SCOPES_OF)


def test_nothing_of_an_organisation_opens_without_a_good_key(app: Flask, client: FlaskClient) -> None:
    bad = [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        f"Basic {'x' * 40}",
        f"Bearer ta_{'0' * 16}_{'x' * 43}",
    ]
    for _, method, path in owned(app):
        for key in bad:
            answer = send(client, method, path, key)
            assert_problem(answer, 401)
            assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_each_view_opens_with_its_scopes_only(app: Flask, client: FlaskClient, caller: MakeCaller) -> None:
    keys = {scope: f"Bearer {caller(scope).key}" for scope in SCOPES}
    for endpoint, method, path in owned(app):
        for scope, key in keys.items():
            answer = send(client, method, path, key)
            if scope in SCOPES_OF[endpoint]:
                assert answer.status_code in (200, 201, 202, 404), (endpoint, scope, answer.text)
            else:
                assert_problem(answer, 403, "scope_missing")


def test_an_organisation_cannot_reach_what_belongs_to_another(
    app: Flask, client: FlaskClient, caller: MakeCaller, work: Callable[[], None]
) -> None:
    owner, stranger = caller(), caller()
    things = {
        "assessment_id": owner("POST", "/v1/assessments", json=PROJECT).get_json()["id"],
        "portfolio_id": send(client, "POST", "/v1/portfolios", f"Bearer {owner.key}").get_json()["id"],
    }
    work()
    tried = 0
    for endpoint, method, path in owned(app, **things):
        if not any(value in path for value in things.values()):
            continue
        tried += 1
        theirs = send(client, method, path, f"Bearer {stranger.key}")
        absent = path.replace(things["portfolio_id"], ID).replace(things["assessment_id"], ID)
        nothing = send(client, method, absent, f"Bearer {stranger.key}")
        assert_problem(theirs, 404)
        assert nothing.status_code == 404
        # Not even whether the thing exists.
        assert masked(theirs, things) == masked(nothing, {"": ID}), endpoint
    assert tried == 10
    assert stranger("GET", "/v1/portfolios").get_json()["portfolios"] == []
    for thing, path in (("assessment_id", "assessments"), ("portfolio_id", "portfolios")):
        assert owner("GET", f"/v1/{path}/{things[thing]}").status_code == 200


def test_every_post_honours_an_idempotency_key(app: Flask) -> None:
    posts = [endpoint for endpoint, method, _ in routes(app) if method == "POST"]
    assert len(posts) >= 6
    for endpoint in posts:
        assert getattr(app.view_functions[endpoint], "honours_idempotency_key", False), endpoint


def test_no_post_is_carried_out_twice_and_no_key_is_shared(
    app: Flask, client: FlaskClient, caller: MakeCaller
) -> None:
    owner, stranger = caller(), caller()

    def things_of(one: Caller) -> dict[str, str]:
        return {
            "assessment_id": one("POST", "/v1/assessments", json=PROJECT).get_json()["id"],
            "portfolio_id": send(client, "POST", "/v1/portfolios", f"Bearer {one.key}").get_json()["id"],
        }

    own, theirs = things_of(owner), things_of(stranger)
    posts = [route for route in owned(app, **own) if route[1] == "POST"]
    for (endpoint, _, path), (_, _, other) in zip(
        posts, (route for route in owned(app, **theirs) if route[1] == "POST"), strict=True
    ):
        key = {"Idempotency-Key": endpoint}
        first = send(client, "POST", path, f"Bearer {owner.key}", **key)
        before = owner("GET", "/v1/audit").get_json()["head"]
        again = send(client, "POST", path, f"Bearer {owner.key}", **key)
        assert (again.status_code, again.get_json()) == (first.status_code, first.get_json()), endpoint
        assert first.status_code < 300 and again.headers["Idempotency-Replayed"] == "true"
        assert again.headers.get("Location") == first.headers.get("Location")
        assert owner("GET", "/v1/audit").get_json()["head"] == before
        # Another's key of the same name is another key.
        foreign = send(client, "POST", other, f"Bearer {stranger.key}", **key)
        assert foreign.status_code == first.status_code
        assert "Idempotency-Replayed" not in foreign.headers
        # Of another request under the same key nothing is carried out.
        elsewhere = client.post(
            f"{path}?x=1",
            headers={"Authorization": f"Bearer {owner.key}", **key},
            content_type="application/json",
            data=b"{}",
        )
        assert_problem(elsewhere, 409, "idempotency_key_reused")


def test_a_missing_scope_does_not_read_what_another_key_remembers(
    app: Flask, client: FlaskClient, caller: MakeCaller
) -> None:
    owner = caller()
    headers = {"Idempotency-Key": "k"}
    assert send(client, "POST", "/v1/assessments", f"Bearer {owner.key}", **headers).status_code == 201
    reader = caller("read", organisation_id=owner.organisation_id)
    refused = send(client, "POST", "/v1/assessments", f"Bearer {reader.key}", **headers)
    assert_problem(refused, 403, "scope_missing")


def test_the_audit_of_another_organisation_is_not_seen(caller: MakeCaller) -> None:
    owner, stranger = caller(), caller()
    made = owner("POST", "/v1/assessments", json=PROJECT).get_json()["id"]
    assert made in owner("GET", "/v1/audit").text
    assert made not in stranger("GET", "/v1/audit").text
    cursor = owner("GET", "/v1/audit?limit=1").get_json()["next_cursor"]
    assert made not in stranger("GET", f"/v1/audit?cursor={cursor}").text


def masked(answer: TestResponse, things: dict[str, str]) -> str:
    text = answer.text
    for value in things.values():
        text = text.replace(value, "ID")
    return text


def test_what_is_open_needs_no_key_but_refuses_a_bad_one(app: Flask, client: FlaskClient) -> None:
    for endpoint, method, path in routes(app):
        if not endpoint.startswith(OPEN):
            continue
        query = QUERIES.get(endpoint, "")
        assert send(client, method, path + query).status_code == 200, path
        if path.startswith("/v1/"):
            assert_problem(send(client, method, path + query, "Bearer nonsense"), 401, "key_refused")


#: What anyone may read as JSON and is yet sent in full each time, with the reason.
NEVER_THE_SAME = {
    "operation.healthz": "tells that the process answers now",
    "operation.readyz": "tells the state of this moment",
}


def test_what_anyone_may_read_is_not_sent_again_to_who_has_it(app: Flask, client: FlaskClient) -> None:
    without = set()
    for endpoint, method, path in routes(app):
        if method != "GET" or not endpoint.startswith(OPEN):
            continue
        address = path + QUERIES.get(endpoint, "")
        first = client.get(address, buffered=True)
        if first.mimetype != "application/json":
            continue
        again = client.get(address, headers={"If-None-Match": first.headers.get("ETag", "")}, buffered=True)
        if (again.status_code, again.data) != (304, b""):
            without.add(endpoint)
    assert without == set(NEVER_THE_SAME)


def test_reading_may_be_set_to_need_a_key(
    tmp_path: Any, settings_for: Callable[..., Settings], caller: MakeCaller
) -> None:
    made = make_services(settings_for(tmp_path, PUBLIC_READING="no"))
    made.database.upgrade()
    closed = create_app(made.settings, made).test_client()
    assert_problem(closed.get("/v1/taxonomies"), 401, "key_missing")
    assert closed.get("/healthz").status_code == 200
    made.database.close()


def test_methods_that_are_not_offered_name_those_that_are(app: Flask, client: FlaskClient) -> None:
    offered: dict[str, set[str]] = {}
    for _, method, path in routes(app):
        # /v1/assessments/batch also reads as the id of an assessment.
        also = set(app.url_map.bind("localhost").allowed_methods(path)) - {"HEAD", "OPTIONS"}
        offered.setdefault(path, set()).update({method}, also)
    for path, methods in offered.items():
        for method in set(METHODS) - methods:
            answer = client.open(path, method=method)
            assert_problem(answer, 405, "method_not_allowed")
            assert methods <= set(answer.headers["Allow"].split(", "))


def test_unknown_addresses_and_ids_have_the_one_shape(app: Flask, client: FlaskClient, bank: Caller) -> None:
    for path in ("/", "/v1", "/v2/taxonomies", "/v1/taxonomies/", "/docs/../settings.py", "/%00", "/v1/%ff"):
        assert_problem(client.get(path), 404)
    for values in (dict.fromkeys(EXAMPLES, bad) for bad in ("nothing", "ID' OR 1=1", "发电", new_id())):
        for _, method, path in routes(app, **{**values, "format": "csv", "name": "swagger-ui.css"}):
            if values["taxonomy_id"] not in path and "%" not in path:
                continue
            answer = send(client, method, path, f"Bearer {bank.key}")
            assert_problem(answer, 404)


def test_every_answer_carries_the_protective_headers(app: Flask, client: FlaskClient) -> None:
    numbers = set()
    for _, method, path in (*routes(app), ("", "GET", "/nowhere")):
        headers = send(client, method, path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "Server" not in headers
        numbers.add(headers["X-Request-Id"])
    assert len(numbers) > 20


def test_an_error_of_the_service_keeps_its_inner_text_to_itself(
    app: Flask, monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("SELECT secret FROM /var/lib")

    for endpoint in ("catalogue.list_taxonomies", "operation.healthz"):
        monkeypatch.setitem(app.view_functions, endpoint, fail)
    for path in ("/v1/taxonomies", "/healthz"):
        answer = app.test_client().get(path)
        document = assert_problem(answer, 500, "internal_error")
        assert "secret" not in answer.text
        assert document["correlation"] == answer.headers["X-Request-Id"]
        (line,) = (line for line in logged() if line["level"] == "ERROR")
        assert line["request"] == document["correlation"]
        assert line["exception"][0]["kind"] == "builtins.RuntimeError"
        assert "secret" not in str(line)


def test_nothing_works_without_data_and_it_says_so(
    tmp_path: Any, settings_for: Callable[..., Settings]
) -> None:
    made = make_services(settings_for(tmp_path, DATA=str(tmp_path)))
    made.database.upgrade()
    empty = create_app(made.settings, made).test_client()
    assert empty.get("/healthz").status_code == 200
    for path in ("/readyz", "/v1/taxonomies"):
        assert_problem(empty.get(path), 503, "no_release")
    made.database.close()


def test_what_the_operator_does_has_no_address(app: Flask) -> None:
    """Organisations, keys, reloads, purges and other chains than one's own: the command line only."""
    words = {word for rule in app.url_map.iter_rules() for word in re.findall(r"[a-z]+", str(rule).lower())}
    assert {"portfolios", "audit"} <= words
    assert not words & {"operator", "org", "organisation", "organisations", "key", "keys", "reload", "purge"}
