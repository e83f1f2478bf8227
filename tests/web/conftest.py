"""The application on minimal data, and keys for organisations of its own."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from taxonomy_api.jobs.worker import make_worker
from taxonomy_api.logs import JsonLines
from taxonomy_api.settings import Settings
from taxonomy_api.store.ids import new_id
from taxonomy_api.store.keys import SCOPES, create_key, create_organisation
from taxonomy_api.web.app import create_app
from taxonomy_api.web.services import Services, make_services

HYDRO = "demo-a:1.10"
PROJECT = {
    "project": {"activities": [HYDRO], "facts": {"ghg_intensity": "40 gCO2e/kWh"}},
    "as_of": "2026-11-22",
}
BATCH = {"projects": {"A-1": PROJECT["project"], "A-2": {"activities": []}}, "as_of": "2026-11-22"}
PROCEEDS = {
    "instrument": {"kind": "demo_bond", "amount": {"value": 200, "currency": "HKD"}},
    "allocations": [{"project": PROJECT["project"], "amount": {"value": 120, "currency": "HKD"}}],
    "taxonomies": ["demo-a"],
    "as_of": "2026-11-22",
}
LOANS = f"project id,activity,ghg_intensity\nA-1,{HYDRO},40\nA-2,{HYDRO},4000\n".encode()


#: The lines logged since the last call, read back from their JSON.
Logged = Callable[[], list[dict[str, Any]]]


@dataclass
class Caller:
    """Speaks for one organisation with one key."""

    client: FlaskClient
    key: str
    organisation_id: str
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: object
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.key}", **self.headers, **(headers or {})}
        return self.client.open(path, method=method, headers=headers, buffered=True, **more)  # type: ignore[arg-type]


MakeCaller = Callable[..., Caller]


def bank_of(made: Services) -> Caller:
    """Speaks for the organisation Bank, which is made for it, with every scope."""
    with made.database.unit_of_work() as session:
        organisation = create_organisation(session, "Bank").id
        key = create_key(session, organisation, SCOPES)[1]
    return Caller(create_app(made.settings, made).test_client(), key, organisation)


@pytest.fixture(scope="session")
def services(
    tmp_path_factory: pytest.TempPathFactory, settings_for: Callable[..., Settings]
) -> Iterator[Services]:
    made = make_services(settings_for(tmp_path_factory.mktemp("store")))
    made.database.upgrade()
    yield made
    made.database.close()


@pytest.fixture(scope="session")
def app(services: Services) -> Flask:
    return create_app(services.settings, services)


@pytest.fixture
def caller(client: FlaskClient, services: Services) -> MakeCaller:
    """Makes callers: of a new organisation, or of the one named, with all scopes or the ones named."""

    def make(*scopes: str, organisation_id: str | None = None) -> Caller:
        with services.database.unit_of_work() as session:
            organisation = organisation_id or create_organisation(session, f"Bank {new_id()}").id
            key = create_key(session, organisation, scopes or SCOPES)[1]
        return Caller(client, key, organisation)

    return make


@pytest.fixture
def bank(caller: MakeCaller) -> Caller:
    return caller()


@pytest.fixture
def logged() -> Iterator[Logged]:
    """What the service logs while the test runs, in the form in which it leaves."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)

    def lines() -> list[dict[str, Any]]:
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        return [json.loads(line) for line in text.splitlines()]

    yield lines
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def work(services: Services) -> Callable[[], None]:
    """Lets a worker do everything that waits in the queue."""

    def run() -> None:
        worker = make_worker(services.settings, services.database, threading.Event())
        while worker.queue.receive():
            pass

    return run


def assert_problem(answer: TestResponse, status: int, code: str | None = None) -> dict[str, object]:
    """The one shape of errors; returns the document."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    document = answer.get_json(force=True)
    assert document.keys() >= {"type", "title", "status", "detail", "code", "errors"}
    assert document["status"] == status
    assert document["type"] == f"urn:taxonomy-api:problem:{document['code']}"
    assert document["detail"]
    for item in document["errors"]:
        assert item.keys() >= {"pointer", "code", "message"}
        assert item["pointer"] == "" or item["pointer"].startswith("/")
    if code is not None:
        assert document["code"] == code
    return dict(document)
