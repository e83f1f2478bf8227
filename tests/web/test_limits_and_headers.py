"""Rate limits, protective headers, request numbers, other origins, addresses behind a proxy."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from taxonomy_api.errors import TooMany
from taxonomy_api.settings import Settings
from taxonomy_api.store.keys import create_key, create_organisation
from taxonomy_api.web.app import create_app
from taxonomy_api.web.headers import PROTECTIVE
from taxonomy_api.web.rate_limits import RateLimits
from taxonomy_api.web.services import make_services
from tests.web.conftest import Logged, assert_problem

REDIS = "redis://127.0.0.1:6379/0"
MakeClient = Callable[..., FlaskClient]


@pytest.fixture
def service(tmp_path: Path, settings_for: Callable[..., Settings]) -> Iterator[MakeClient]:
    """Makes clients of an application with settings of its own and a key, in the client's `environ_base`."""
    opened = []

    def make(**settings: str) -> FlaskClient:
        made = make_services(settings_for(tmp_path / secrets.token_hex(4), **settings))
        made.database.upgrade()
        opened.append(made.database)
        return create_app(made.settings, made).test_client()

    yield make
    for database in opened:
        database.close()


def key_for(client: FlaskClient) -> dict[str, str]:
    from taxonomy_api.web.services import Services

    made = next(one for one in client.application.extensions.values() if isinstance(one, Services))
    with made.database.unit_of_work() as session:
        key = create_key(session, create_organisation(session, f"Bank {secrets.token_hex(4)}").id)[1]
    return {"Authorization": f"Bearer {key}"}


# Rate limits


def test_a_key_that_asks_too_often_is_told_when_to_come_back(service: MakeClient) -> None:
    client = service(REQUESTS_PER_MINUTE="3")
    first, second = key_for(client), key_for(client)
    for _ in range(3):
        assert client.get("/v1/taxonomies", headers=first).status_code == 200
    answer = client.get("/v1/taxonomies", headers=first)
    assert_problem(answer, 429, "too_many_requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    # Whatever it asks for; and it takes nothing from anybody else.
    assert_problem(client.get("/v1/portfolios", headers=first), 429)
    assert client.get("/v1/taxonomies", headers=second).status_code == 200
    assert client.get("/v1/taxonomies").status_code == 200


def test_without_a_good_key_the_address_counts(service: MakeClient) -> None:
    client = service(KEYLESS_REQUESTS_PER_MINUTE="4")
    good = key_for(client)
    assert client.get("/v1/taxonomies").status_code == 200
    for attempt in ("nonsense", f"ta_{'0' * 16}_{'x' * 43}", "other"):
        refused = client.get("/v1/portfolios", headers={"Authorization": f"Bearer {attempt}"})
        assert_problem(refused, 401, "key_refused")
    another = {"Authorization": "Bearer yet-another"}
    assert_problem(client.get("/v1/portfolios", headers=another), 429, "too_many_requests")
    assert_problem(client.get("/v1/taxonomies"), 429)
    # A good key from that address is not held up, nor is one from another address.
    assert client.get("/v1/portfolios", headers=good).status_code == 200
    assert client.get("/v1/taxonomies", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200
    # Whoever looks after the service is never counted.
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_no_limit_is_no_limit(service: MakeClient) -> None:
    client = service(KEYLESS_REQUESTS_PER_MINUTE="0")
    assert {client.get("/v1/limits").status_code for _ in range(50)} == {200}


def test_the_limits_are_published(service: MakeClient) -> None:
    client = service(REQUESTS_PER_MINUTE="17", KEYLESS_REQUESTS_PER_MINUTE="5")
    limits = client.get("/v1/limits").get_json()["limits"]
    assert limits["requests_per_minute_per_key"] == 17
    assert limits["requests_per_minute_per_address_without_key"] == 5
    longest = limits["search_characters"]
    assert client.get(f"/v1/search?q={'x' * longest}").status_code == 200
    assert_problem(client.get(f"/v1/search?q={'x' * (longest + 1)}"), 422, "bad_parameter")


@pytest.fixture
def redis_prefix() -> Iterator[str]:
    from redis import ConnectionError as Unreachable
    from redis import Redis

    server, prefix = Redis.from_url(REDIS), f"test-{secrets.token_hex(6)}"
    try:
        server.ping()
    except Unreachable:
        server.close()
        if os.environ.get("CI"):
            raise
        pytest.skip("no Redis on 127.0.0.1:6379")
    yield prefix
    for name in server.scan_iter(f"*{prefix}*"):
        server.delete(name)
    server.close()


def test_processes_count_together_in_redis(redis_prefix: str) -> None:
    settings = Settings(requests_per_minute=5, rate_limit_url=REDIS)
    processes = [RateLimits(settings, redis_prefix) for _ in range(2)]
    for number in range(5):
        processes[number % 2].count_key("one")
    for process in processes:
        with pytest.raises(TooMany) as refused:
            process.count_key("one")
        assert 1 <= refused.value.retry_after <= 60
        process.count_key("two")
        process.count_address("one")


def test_without_its_redis_each_process_counts_for_itself(logged: Logged) -> None:
    limits = RateLimits(Settings(requests_per_minute=2, rate_limit_url="redis://127.0.0.1:9/0"))
    limits.count_key("one")
    limits.count_key("one")
    with pytest.raises(TooMany):
        limits.count_key("one")
    assert any("does not answer" in line["message"] for line in logged())


# Headers


def test_protective_headers(service: MakeClient) -> None:
    plain, secured = service(), service(BEHIND_TLS="yes")
    for path in ("/v1/taxonomies", "/healthz", "/nowhere", "/docs"):
        headers = plain.get(path, buffered=True).headers
        assert {name for name in PROTECTIVE if name not in headers} == set()
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Strict-Transport-Security" not in headers
        assert secured.get(path, buffered=True).headers["Strict-Transport-Security"] == "max-age=31536000"


def test_other_origins_are_shut_out_unless_named(service: MakeClient) -> None:
    origin = {"Origin": "https://bank.example"}
    answer = service().get("/v1/taxonomies", headers=origin)
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]
    named = service(ALLOWED_ORIGINS="https://other.example, https://bank.example")
    answer = named.get("/v1/taxonomies", headers=origin)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://bank.example"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]
    stranger = named.get("/v1/taxonomies", headers={"Origin": "https://bank.example.evil.example"})
    assert "Access-Control-Allow-Origin" not in stranger.headers
    assert "Origin" in stranger.headers["Vary"]
    asked = named.options("/v1/assessments", headers={**origin, "Access-Control-Request-Method": "POST"})
    assert asked.status_code == 200
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("number", ["trace-0001", "A" * 64, "3f9c.77_b-x"])
def test_a_number_of_the_caller_s_own_is_taken(client: FlaskClient, logged: Logged, number: str) -> None:
    answer = client.get("/v1/limits", headers={"X-Request-Id": number})
    assert answer.headers["X-Request-Id"] == number
    assert [line["request"] for line in logged()] == [number]


@pytest.mark.parametrize("number", ["short", "A" * 65, "with space", 'quote"quote', "-begins-so", "号码" * 4])
def test_any_other_is_replaced(client: FlaskClient, number: str) -> None:
    answer = client.get("/v1/limits", headers={"X-Request-Id": number})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])


def test_addresses_behind_a_proxy_are_believed_only_where_it_is_said(service: MakeClient) -> None:
    def asked_from(client: FlaskClient, address: str) -> int:
        return client.get("/v1/limits", headers={"X-Forwarded-For": address}).status_code

    plain = service(KEYLESS_REQUESTS_PER_MINUTE="2")
    assert [asked_from(plain, f"192.0.2.{number}") for number in range(3)] == [200, 200, 429]
    behind = service(KEYLESS_REQUESTS_PER_MINUTE="2", TRUSTED_PROXIES="1")
    assert [asked_from(behind, f"192.0.2.{number}") for number in range(3)] == [200, 200, 200]
    # What the caller itself put before the proxy's own entry counts for nothing.
    assert [asked_from(behind, f"198.51.100.{number}, 192.0.2.9") for number in range(3)] == [200, 200, 429]


def test_file_names_are_encoded(client: FlaskClient) -> None:
    disposition = client.get("/v1/templates/portfolio.xlsx", buffered=True).headers["Content-Disposition"]
    assert disposition == "attachment; filename=portfolio.xlsx"
