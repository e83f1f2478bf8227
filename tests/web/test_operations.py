"""What whoever runs the service sees: readiness, metrics, the log."""

from __future__ import annotations

import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from taxonomy_api.settings import Settings
from taxonomy_api.store.heartbeat import beating
from taxonomy_api.store.rollout import Rollout, reload_release
from taxonomy_api.web.app import create_app
from taxonomy_api.web.operations import Operations, make_server
from taxonomy_api.web.services import Services, make_services
from tests.web.conftest import HYDRO, LOANS, PROJECT, Caller, Logged, assert_problem


@pytest.fixture
def own(tmp_path: Path, settings_for: Callable[..., Settings]) -> Iterator[Services]:
    """Services with a store of their own."""
    made = make_services(settings_for(tmp_path / "store"))
    made.database.upgrade()
    yield made
    made.database.close()


@pytest.fixture
def operations(own: Services, tmp_path: Path) -> Operations:
    (tmp_path / "figures").mkdir()
    return Operations(own.database, own.portfolios.queue, Rollout(own.settings.store), tmp_path / "figures")


Get = Callable[[str], tuple[int, str, str]]


@pytest.fixture
def get(operations: Operations) -> Iterator[Get]:
    """Asks the operations port: (status, type, content)."""
    server = make_server(operations, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}"

    def ask(path: str) -> tuple[int, str, str]:
        try:
            with urllib.request.urlopen(address + path, timeout=10) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.headers["Content-Type"], refused.read().decode()

    yield ask
    server.shutdown()
    server.server_close()
    thread.join()


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(text: str, name: str, **labels: str) -> float:
    return samples(text)[name, frozenset(labels.items())]


# Readiness


def test_ready_tells_each_part(client: FlaskClient, services: Services) -> None:
    content = client.get("/readyz").get_json()
    assert content["status"] == "ready"
    assert content["release"].startswith("sha256:")
    assert content["parts"] == {
        "database": "ok",
        "release": "ok",
        "queue": "ok",
        "worker": "worker_silent",
    }
    with beating(services.settings.store):
        assert client.get("/readyz").get_json()["parts"]["worker"] == "ok"


def test_what_is_missing_is_named(
    own: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings_for: Callable[..., Settings]
) -> None:
    def fail() -> bool:
        raise ConnectionError("redis://secret@host")

    monkeypatch.setattr(type(own.portfolios.queue), "is_empty", lambda _: fail())
    answer = create_app(own.settings, own).test_client().get("/readyz")
    document = assert_problem(answer, 503, "queue_unreachable")
    assert [(item["pointer"], item["code"]) for item in document["errors"]] == [  # type: ignore[attr-defined]
        ("/queue", "queue_unreachable")
    ]
    assert "secret" not in answer.text
    assert answer.headers["Retry-After"]


def test_the_second_port_tells_more(get: Get, own: Services) -> None:
    status, kind, text = get("/readyz")
    content = json.loads(text)
    assert (status, kind, content["status"]) == (503, "application/json", "not_ready")
    assert content["parts"]["release"]["state"] == "no_release"
    assert content["parts"]["database"]["state"] == "ok"
    reload_release(own.settings)
    with beating(own.settings.store):
        status, _, text = get("/readyz")
    content = json.loads(text)
    assert (status, content["status"]) == (200, "ready")
    assert content["release"] == Rollout(own.settings.store).current()
    assert content["release_seconds"] < 60
    assert content["queue_waiting"] == 0
    assert get("/healthz")[0] == 200
    assert get("/v1/taxonomies")[0] == 404


def test_a_database_that_is_away_shows_there_too(
    own: Services, tmp_path: Path, settings_for: Callable[..., Settings]
) -> None:
    away = make_services(
        settings_for(tmp_path / "store", DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    )
    (tmp_path / "none").mkdir()
    told = Operations(away.database, own.portfolios.queue, Rollout(own.settings.store), tmp_path / "none")
    status, content = told.ready()
    assert (status, content["parts"]["database"]["state"]) == (503, "database_unreachable")
    assert "queue_waiting" not in content
    text = told.metrics().decode()
    assert value(text, "taxonomy_api_ready", part="database") == 0
    assert value(text, "taxonomy_api_ready", part="queue") == 1
    away.database.close()


# Metrics


def test_requests_and_verdicts_are_counted_by_route(own: Services) -> None:
    client = create_app(own.settings, own).test_client()
    caller = key_of(own, client)
    assert caller("POST", "/v1/assessments", json=PROJECT).status_code == 201
    caller("GET", f"/v1/activities/{HYDRO}")
    caller("GET", "/v1/activities/demo-a:no")
    caller("GET", "/v1/no-such-address")
    text = generate_latest(own.metrics.registry).decode()
    route = "/v1/activities/<activity_id>"
    assert value(text, "taxonomy_api_answers_total", route=route, method="GET", status="200") == 1
    assert value(text, "taxonomy_api_answers_total", route=route, method="GET", status="404") == 1
    assert value(text, "taxonomy_api_answers_total", route="", method="", status="404") == 1
    assert value(text, "taxonomy_api_request_seconds_count", route=route, method="GET") == 2
    given = {
        dict(labels)["taxonomy"]: dict(labels)["verdict"]
        for (name, labels), count in samples(text).items()
        if name == "taxonomy_api_verdicts_total" and count
    }
    assert "demo-a" in given
    assert "no-such-address" not in text
    assert "demo-a:no" not in text


def test_the_queue_shows_how_much_waits_and_for_how_long(own: Services, operations: Operations) -> None:
    import io

    client = create_app(own.settings, own).test_client()
    caller = key_of(own, client)
    assert value(operations.metrics().decode(), "taxonomy_api_queue_waiting") == 0
    for _ in range(2):
        caller("POST", "/v1/portfolios", data={"file": (io.BytesIO(LOANS), "loans.csv")})
    text = operations.metrics().decode()
    assert value(text, "taxonomy_api_queue_waiting") == 2
    assert value(text, "taxonomy_api_queue_running") == 0
    assert value(text, "taxonomy_api_queue_oldest_seconds") >= 0
    assert value(text, "taxonomy_api_workers_alive") == 0


def test_the_main_port_has_no_metrics(client: FlaskClient) -> None:
    assert_problem(client.get("/metrics"), 404, "unknown_path")


# The log


def test_every_request_is_one_line_without_what_was_sent(bank: Caller, logged: Logged) -> None:
    bank.headers["X-Request-Id"] = "request-0001"
    answer = bank("GET", "/v1/search?q=PLANTED")
    lines = [line for line in logged() if line["message"] == "answered"]
    (line,) = lines
    assert line["route"] == "/v1/search"
    assert (line["method"], line["status"], line["request"]) == ("GET", answer.status_code, "request-0001")
    assert line["organisation"] == bank.organisation_id
    assert line["milliseconds"] >= 0
    assert "PLANTED" not in str(line)


def test_health_is_not_worth_a_line(client: FlaskClient, logged: Logged) -> None:
    client.get("/healthz")
    client.get("/readyz")
    assert [line for line in logged() if line["message"] == "answered"] == []


def key_of(made: Services, client: FlaskClient) -> Caller:
    from taxonomy_api.store.keys import create_key, create_organisation

    with made.database.unit_of_work() as session:
        organisation = create_organisation(session, "Bank").id
        return Caller(client, create_key(session, organisation)[1], organisation)


def test_the_app_s_own_log_line_of_a_failure_is_not_written_too(app: Flask, logged: Logged) -> None:
    """Flask's names the address, which holds what the caller asked for."""
    with app.test_request_context("/v1/activities/PLANTED"):
        try:
            raise RuntimeError("PLANTED")
        except RuntimeError as problem:
            app.log_exception((type(problem), problem, problem.__traceback__))
    assert logged() == []


def test_lines_of_exceptions_tell_kinds_and_places_only() -> None:
    import logging

    from taxonomy_api.logs import JsonLines

    try:
        try:
            raise ValueError("PLANTED inner")
        except ValueError as inner:
            raise RuntimeError("PLANTED outer") from inner
    except RuntimeError as problem:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "It failed.", (), (RuntimeError, problem, problem.__traceback__)
        )
    line: Any = json.loads(JsonLines().format(record))
    assert [one["kind"] for one in line["exception"]] == ["builtins.RuntimeError", "builtins.ValueError"]
    assert line["exception"][0]["frames"][0].endswith("test_lines_of_exceptions_tell_kinds_and_places_only")
    assert "PLANTED" not in str(line)


def test_every_figure_is_on_the_page_and_no_other(own: Services, operations: Operations) -> None:
    """Each has been counted once, so that it shows; and the release in use has an age."""
    caller = key_of(own, create_app(own.settings, own).test_client())
    caller("POST", "/v1/assessments", json=PROJECT)
    reload_release(own.settings)
    text = generate_latest(own.metrics.registry).decode() + operations.metrics().decode()
    shown = {
        sample.name
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith(("_bucket", "_count", "_sum", "_created"))
    } | {"taxonomy_api_request_seconds"}
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    assert shown == set(re.findall(r"^\| `(taxonomy_api_\w+)` \|", page, re.MULTILINE))
    assert value(text, "taxonomy_api_release_age_seconds") >= 0
