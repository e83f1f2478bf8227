"""Errors: one shape at every address, and codes that docs/errors.md lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from taxonomy_api.settings import Settings
from taxonomy_api.store.database import Database
from taxonomy_api.web.app import create_app
from taxonomy_api.web.services import Services, make_services
from tests.error_codes import answered, of_places, of_portfolios
from tests.web.conftest import PROJECT, Caller, Logged, assert_problem
from tests.web.test_every_route import routes, send

PAGE = Path(__file__).resolve().parents[2] / "docs" / "errors.md"


def section(title: str) -> str:
    return PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]


def rows(text: str) -> Iterator[tuple[list[str], str]]:
    """(codes, next cell) of each line of a table."""
    for codes, following in re.findall(r"^\| (`.*?`) \| (.*?) \|", text, re.MULTILINE):
        yield re.findall(r"`(\w+)`", codes), following


def test_every_code_of_an_answer_is_listed_with_its_status() -> None:
    listed = {code: int(status) for codes, status in rows(section("Codes of answers")) for code in codes}
    assert len(listed) > 25
    assert listed == answered()


def test_every_code_of_a_mistake_is_listed() -> None:
    listed = [code for codes, _ in rows(section("Codes of single mistakes")) for code in codes]
    assert len(listed) == len(set(listed)) > 40
    assert set(listed) == of_places()


def test_every_code_of_a_portfolio_is_listed() -> None:
    listed = [code for codes, _ in rows(section("Codes of portfolios")) for code in codes]
    assert len(listed) == len(set(listed)) > 15
    assert set(listed) == of_portfolios()


# At every address


def test_a_failure_at_any_address_is_a_500_without_its_text(
    app: Flask, bank: Caller, monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("cell B7 holds PLANTED")

    tried = 0
    for endpoint, method, path in list(routes(app)):
        monkeypatch.setitem(app.view_functions, endpoint, fail)
        answer = send(app.test_client(), method, path, f"Bearer {bank.key}")
        document = assert_problem(answer, 500, "internal_error")
        assert document["correlation"] == answer.headers["X-Request-Id"]
        assert "PLANTED" not in answer.text
        tried += 1
    assert tried > 25
    lines = logged()
    assert sum(line["level"] == "ERROR" for line in lines) == tried
    assert "PLANTED" not in str(lines)


@pytest.mark.parametrize(
    "failure",
    [
        OperationalError("SELECT PLANTED", {}, Exception("PLANTED")),
        PoolTimeout("PLANTED"),
        ProgrammingError("SELECT PLANTED", {}, Exception("PLANTED"), connection_invalidated=True),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_database_that_is_away_is_a_503_to_repeat_at_any_address(
    app: Flask, bank: Caller, monkeypatch: pytest.MonkeyPatch, logged: Logged, failure: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    for endpoint, method, path in list(routes(app)):
        monkeypatch.setitem(app.view_functions, endpoint, fail)
        answer = send(app.test_client(), method, path, f"Bearer {bank.key}")
        assert_problem(answer, 503, "database_unreachable")
        assert int(answer.headers["Retry-After"]) > 0
        assert "PLANTED" not in answer.text
    assert "PLANTED" not in str(logged())


def test_a_wrong_query_is_a_500(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that answers is there: the fault is the service's."""

    def fail(*_: object, **__: object) -> None:
        raise ProgrammingError("SELECT PLANTED", {}, Exception("PLANTED"))

    monkeypatch.setitem(app.view_functions, "catalogue.list_taxonomies", fail)
    answer = app.test_client().get("/v1/taxonomies")
    assert_problem(answer, 500, "internal_error")
    assert "PLANTED" not in answer.text


def test_an_unreachable_database_is_a_503_before_and_after_the_key_is_looked_at(
    tmp_path: Path, settings_for: Callable[..., Settings]
) -> None:
    made = make_services(settings_for(tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:9/none"))
    client = create_app(made.settings, made).test_client()
    headers = {"Authorization": f"Bearer ta_{'0' * 16}_{'x' * 43}"}
    assert_problem(client.get("/v1/portfolios", headers=headers), 503, "database_unreachable")
    document = assert_problem(client.get("/readyz"), 503, "database_unreachable")
    assert [item["pointer"] for item in document["errors"]] == ["/database"]
    # What needs no database goes on.
    assert client.get("/v1/taxonomies").status_code == 200
    assert client.get("/healthz").status_code == 200
    made.database.close()


def test_a_body_of_another_type_is_a_415_wherever_one_is_taken(app: Flask, bank: Caller) -> None:
    tried = 0
    for _, method, path in routes(app):
        if method != "POST" or path.endswith("/cancel"):
            continue
        answer = bank(method, path, data=b"<xml/>", content_type="text/xml")
        assert_problem(answer, 415, "unsupported_media_type")
        tried += 1
    assert tried >= 3


def test_a_body_that_is_too_large_is_a_413_and_names_where_limits_stand(
    app: Flask, bank: Caller, services: Services
) -> None:
    body = b'{"project": "' + b"x" * services.settings.max_body_bytes + b'"}'
    for path in ("/v1/assessments", "/v1/proceeds"):
        document = assert_problem(
            bank("POST", path, data=body, content_type="application/json"), 413, "body_too_large"
        )
        assert "/v1/limits" in str(document["detail"])


def test_mistakes_are_all_named_with_place_and_cure(bank: Caller) -> None:
    wrong = {
        "project": {"activities": ["demo-a:1.1O"], "facts": {"ghg_intensty": "40 gCO2e/kWh"}},
        "language": "de",
        "taxonomys": [],
    }
    document: Any = assert_problem(bank("POST", "/v1/assessments", json=wrong), 422, "invalid_request")
    found = {item["pointer"]: item for item in document["errors"]}
    assert found["/project/activities/0"]["nearest"][0] == "demo-a:1.10"
    assert found["/project/facts/ghg_intensty"]["nearest"][0] == "ghg_intensity"
    assert found["/language"]["allowed"] == ["en", "zh-Hans", "zh-Hant"]
    assert found["/taxonomys"]["nearest"] == ["taxonomies"]


def test_a_wrong_parameter_names_those_that_are_right(bank: Caller) -> None:
    misspelt = assert_problem(bank("GET", "/v1/portfolios?statuss=done"), 422, "bad_parameter")["errors"]
    assert misspelt[0]["pointer"] == "/statuss"  # type: ignore[index]
    assert misspelt[0]["nearest"] == ["status"]  # type: ignore[index]
    assert {"status", "limit", "cursor"} <= set(misspelt[0]["allowed"])  # type: ignore[index]
    value = assert_problem(bank("GET", "/v1/portfolios?status=don"), 422, "bad_parameter")["errors"]
    assert "done" in value[0]["allowed"]  # type: ignore[index]
    size = assert_problem(bank("GET", "/v1/portfolios?limit=0"), 422, "bad_parameter")["errors"]
    assert "allowed" not in size[0]  # type: ignore[index]


def test_what_the_database_says_holds_no_values(database_error: OperationalError) -> None:
    assert "PLANTED" not in str(database_error)


@pytest.fixture
def database_error(tmp_path: Path) -> OperationalError:
    from sqlalchemy import text

    opened = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}", b"k" * 32)
    try:
        with opened.reading() as session:
            session.execute(text("SELECT * FROM nothing WHERE id = :id"), {"id": "PLANTED"})
    except OperationalError as error:
        return error
    finally:
        opened.close()
    raise AssertionError("the query should fail")


def test_projects_still_pass(bank: Caller) -> None:
    """The request that the wrong ones above are made from is right."""
    assert bank("POST", "/v1/assessments", json=PROJECT).status_code == 201
