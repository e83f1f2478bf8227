"""Industry codes over HTTP, on the data that travel with the service: candidates with their route."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from taxonomy_api.settings import load
from taxonomy_api.store.keys import create_key, create_organisation
from taxonomy_api.web.app import create_app
from taxonomy_api.web.services import make_services

HK = "hk-phase-2a:ENE-01"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    made = make_services(load({"TAXONOMY_API_STORE": str(tmp_path_factory.mktemp("store"))}))
    made.database.upgrade()
    with made.database.unit_of_work() as session:
        key = create_key(session, create_organisation(session, "Bank").id)[1]
    client = create_app(made.settings, made).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    yield client
    made.database.close()


def get(client: FlaskClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_a_code_that_activities_state(client: FlaskClient) -> None:
    found = get(client, "/v1/search?q=nace2:D35.11&limit=200")["candidates"]
    best = found[0]
    assert (best["why"], best.keys() & {"route", "relation", "status"}) == ("industry", set())
    assert best["activity"].startswith("eu-climate-mitigation")


@pytest.mark.parametrize(
    ("code", "route", "relation", "status"),
    [
        (
            "nace2.1:D35.12",
            ["nace2.1:D35.12", "nace2:D35.11", "isic4:D3510"],
            "broader",
            "single-source",
        ),
        ("NACE21:3512", ["nace2.1:D35.12", "nace2:D35.11", "isic4:D3510"], "broader", "single-source"),
        ("isic5:D3511", ["isic5:D3511", "isic4:D3510"], "broader", "single-source"),
        ("gbt4754:4415", ["gbt4754:4415", "isic4:D3510"], "unclear", "recalled"),
        ("hsic2:351", ["hsic2:351", "isic4:D351", "isic4:D3510"], "unclear", "own-comparison"),
    ],
)
def test_other_codes_tell_their_route(
    code: str, route: list[str], relation: str, status: str, client: FlaskClient
) -> None:
    for one in (
        next(
            found
            for found in get(client, f"/v1/search?q={quote(code)}&limit=200")["candidates"]
            if found["activity"] == HK
        ),
        next(
            found
            for found in get(client, f"/v1/taxonomies/hk-phase-2a/activities?industry={code}")["activities"]
            if found["id"] == HK
        ),
    ):
        assert (one["route"], one["relation"], one["status"]) == (route, relation, status)
        marks = relation if status == "single-source" else f"{relation}, {status}"
        assert one["why"] == f"industry: {' → '.join(route)} ({marks})"


def test_direct_candidates_come_before_those_by_a_route(client: FlaskClient) -> None:
    found = get(client, "/v1/search?q=gbt4754:4415&limit=200")["candidates"]
    assert {"activity", "name", "why", "score"} <= found[0].keys()
    by_route = ["route" in one for one in found]
    assert by_route == sorted(by_route) and any(by_route) and not by_route[0]


@pytest.mark.parametrize(
    ("code", "nearest"),
    [
        ("nace2:D35.16", ["nace2.1:D35.16"]),
        ("nace2:C35.11", ["nace2:D35.11"]),
        ("isic4:111", ["isic4:A0111"]),
        ("nace:35.11", []),
    ],
)
def test_a_code_that_is_none_is_told(code: str, nearest: list[str], client: FlaskClient) -> None:
    answer = client.get(f"/v1/taxonomies/hk-phase-2a/activities?industry={code}")
    assert answer.status_code == 422
    (error,) = answer.get_json()["errors"]
    assert (error["pointer"], error.get("nearest", [])) == ("/industry", nearest)


def post(client: FlaskClient, code: str) -> Any:
    body = {"project": {"activities": [code]}, "taxonomies": ["hk-phase-2a"], "as_of": "2026-11-22"}
    return client.post("/v1/assessments", json=body)


@pytest.mark.parametrize("code", ["nace2.1:D35.12", "nace21:35.12", "NACE Rev. 2.1:35.12"])
def test_a_project_that_names_an_industry_code_gets_candidates(code: str, client: FlaskClient) -> None:
    (verdict,) = post(client, code).get_json()["verdicts"]
    assert verdict["verdict"] == "undetermined"
    assert {one["activity"]: one["why"] for one in verdict["candidates"]}[HK] == (
        "industry_code_only: nace2.1:D35.12 → nace2:D35.11 → isic4:D3510 (broader)"
    )


def test_a_project_with_a_code_of_another_revision_is_refused(client: FlaskClient) -> None:
    answer = post(client, "nace2:D35.16")
    assert answer.status_code == 422
    (error,) = answer.get_json()["errors"]
    assert (error["pointer"], error["code"]) == ("/project/activities/0", "unknown_industry_code")
    assert error["nearest"] == ["nace2.1:D35.16"]
