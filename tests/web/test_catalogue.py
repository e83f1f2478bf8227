"""What is on file, as REST tells it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from taxonomy_api.catalog.criteria import walk
from taxonomy_api.web.services import Services
from tests.web.conftest import HYDRO, assert_problem


def get(client: FlaskClient, path: str, **headers: str) -> Any:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_taxonomies_come_with_status_and_coverage(client: FlaskClient, services: Services) -> None:
    release = services.current.get().release
    body = get(client, "/v1/taxonomies")
    assert body["release"] == release.id
    assert [one["id"] for one in body["taxonomies"]] == list(release.taxonomies)
    for one in body["taxonomies"]:
        counts = one["coverage"]
        assert counts["activities"] == len(release.taxonomies[one["id"]].activities)
        parts = ("with_criteria", "listing", "composite", "not_on_file")
        assert sum(counts[part] for part in parts) == counts["activities"]
        assert sum(counts["by_status"].values()) == counts["activities"]


def test_coverage_tells_holes_from_criteria(client: FlaskClient) -> None:
    """1.10 lacks its transition criteria, 1.2 has all, P-01 is defined over others, P-03 grants nothing."""
    by_id = {one["id"]: one["coverage"] for one in get(client, "/v1/taxonomies")["taxonomies"]}
    states = {
        one["code"]: one["on_file"]
        for taxonomy in by_id
        for one in get(client, f"/v1/taxonomies/{taxonomy}/activities")["activities"]
    }
    assert states["1.10"] == "not_on_file"
    assert states["1.2"] == "criteria"
    assert states["P-01"] == "composite"


def test_a_taxonomy_resolves_its_documents(client: FlaskClient) -> None:
    body = get(client, "/v1/taxonomies/demo-a")
    assert body["source"]["document"] in body["documents"]
    assert all(document["title"] and document["issuer"] for document in body["documents"].values())


def test_lists_come_in_pages(client: FlaskClient) -> None:
    whole = get(client, "/v1/taxonomies/demo-a/activities")
    assert whole["next_cursor"] is None
    collected: list[str] = []
    address = "/v1/taxonomies/demo-a/activities?limit=1"
    while True:
        body = get(client, address)
        assert len(body["activities"]) == 1
        collected += [one["id"] for one in body["activities"]]
        if body["next_cursor"] is None:
            break
        address = f"/v1/taxonomies/demo-a/activities?limit=1&cursor={body['next_cursor']}"
    assert collected == [one["id"] for one in whole["activities"]]
    assert len(collected) > 2


def test_a_cursor_serves_only_the_list_it_was_made_for(client: FlaskClient) -> None:
    cursor = get(client, "/v1/taxonomies/demo-a/activities?limit=1")["next_cursor"]
    for path in (
        f"/v1/taxonomies/demo-b/activities?cursor={cursor}",
        f"/v1/taxonomies/demo-a/activities?q=power&cursor={cursor}",
        f"/v1/facts?cursor={cursor}",
        "/v1/facts?cursor=!!",
        "/v1/facts?cursor=" + quote("游标"),
    ):
        document = assert_problem(client.get(path), 422)
        assert document["errors"][0]["code"] == "bad_cursor"  # type: ignore[index]


@pytest.mark.parametrize("query", ["Hydropower", "水力发电", "水力發電", "1.10", "1.1 water power"])
def test_activities_are_found_by_words_in_three_languages_and_by_code(
    client: FlaskClient, query: str
) -> None:
    listed = get(client, f"/v1/taxonomies/demo-a/activities?q={quote(query)}")["activities"]
    assert listed[0]["id"] == HYDRO
    candidates = get(client, f"/v1/search?q={quote(query)}")["candidates"]
    assert candidates[0]["activity"] == HYDRO
    assert candidates[0].keys() >= {"activity", "name", "why", "score"}


@pytest.mark.parametrize("code", ["isic4:D3510", "isic4:3510", "nace2:D35.11", "nace2:35.11", "nace2:D35"])
def test_activities_are_found_by_industry_code(client: FlaskClient, code: str) -> None:
    listed = get(client, f"/v1/taxonomies/demo-a/activities?industry={code}")["activities"]
    assert HYDRO in [one["id"] for one in listed]
    assert HYDRO in [one["activity"] for one in get(client, f"/v1/search?q={code}")["candidates"]]


def test_filters_join(client: FlaskClient) -> None:
    both = get(client, "/v1/taxonomies/demo-a/activities?sector=1.1.0&industry=isic4:D3510")["activities"]
    assert [one["id"] for one in both] == [HYDRO]
    none = get(client, "/v1/taxonomies/demo-a/activities?industry=isic4:A0111")
    assert none["activities"] == []


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=201", "limit=1.5", "limit=1_0", "limit=１", "lang=de", "colour=red"),
        *("industry=D3510", "industry=isic9:D3510", "sector=99", "q=", "q=isic4:", f"q={'x' * 201}"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_refused_by_name(client: FlaskClient, query: str) -> None:
    document = assert_problem(client.get(f"/v1/taxonomies/demo-a/activities?{query}"), 422)
    assert document["errors"][0]["pointer"] == f"/{query.partition('=')[0]}"  # type: ignore[index]


def test_an_activity_shows_every_criterion_with_its_source(client: FlaskClient, services: Services) -> None:
    activity = services.current.get().release.activity(HYDRO)
    assert activity is not None
    body = get(client, f"/v1/activities/{HYDRO}")
    for name, test in activity.classes.items():
        shown = body["criteria"][name]["criterion"]
        expected = {f"{HYDRO}/{node.id}" for node in walk(test.criterion)} if test.criterion else set()
        assert set(ids(shown)) == expected
    for leaf in leaves(body["criteria"]["green"]["criterion"]):
        assert leaf["source"]["document"] in body["documents"]
        assert leaf["status"]


def test_an_activity_says_whose_criteria_it_has(client: FlaskClient) -> None:
    older = get(client, "/v1/activities/demo-0:1.1")
    assert older["as_in"] == HYDRO and get(client, f"/v1/activities/{HYDRO}")["as_in"] is None
    asked = {leaf["attestation"] for leaf in leaves(older["criteria"]) if leaf["kind"] == "attestation"}
    assert asked == {f"{HYDRO}/e"}


def test_dated_limits_are_shown_step_by_step(client: FlaskClient) -> None:
    body = get(client, f"/v1/activities/{HYDRO}")
    by_id = {leaf["id"]: leaf for leaf in leaves(body["criteria"]["green"]["criterion"])}
    limit = by_id[f"{HYDRO}/a"]
    assert (limit["fact"], limit["operator"]) == ("ghg_intensity", "at_most")
    assert [(step["from"], step["required"]) for step in limit["limits"]] == [
        ("2025-01-01", "≤ 0.1 kgCO2e/kWh"),
        ("2036-01-01", "≤ 50 gCO2e/kWh"),
        ("2050-01-01", None),
    ]
    assert by_id[f"{HYDRO}/c"]["limits"][0]["required"] == "1 MW … 50 MW"


def test_an_activity_is_found_by_another_of_its_names(client: FlaskClient) -> None:
    assert get(client, "/v1/activities/demo-a:1.1%20water%20power")["id"] == HYDRO


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/v1/taxonomies/demo-aa", "demo-a"),
        ("/v1/activities/demo-a:1.11", "demo-a:1.10"),
        ("/v1/activities/demo-a:1.11/questionnaire", "demo-a:1.10"),
        ("/v1/activities/demo-c:1.10", HYDRO),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(client: FlaskClient, path: str, near: str) -> None:
    document = assert_problem(client.get(path), 404)
    assert near in document["errors"][0]["nearest"]  # type: ignore[index]


def test_names_follow_the_language_asked_for(client: FlaskClient) -> None:
    path = f"/v1/activities/{HYDRO}"
    assert get(client, path)["name"] == "Hydropower"
    assert get(client, f"{path}?lang=zh-Hant")["name"] == "水力發電"
    for header, name in {
        "zh-CN,en;q=0.5": "水力发电",
        "zh-HK": "水力發電",
        "zh-Hant-TW": "水力發電",
        "fr,zh;q=0.9": "水力发电",
        "fr": "Hydropower",
        "*": "Hydropower",
        "zh-CN;q=x": "Hydropower",
    }.items():
        answer = client.get(path, headers={"Accept-Language": header})
        assert answer.get_json()["name"] == name, header
        assert answer.headers["Content-Language"]
        assert "Accept-Language" in answer.headers["Vary"]
    assert get(client, f"{path}?lang=en", **{"Accept-Language": "zh-HK"})["name"] == "Hydropower"


def test_an_unchanged_answer_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/v1/facts")
    again = client.get("/v1/facts", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/v1/facts?lang=zh-Hans", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_facts(client: FlaskClient) -> None:
    facts = {one["id"]: one for one in get(client, "/v1/facts?limit=200")["facts"]}
    assert facts["ghg_intensity"]["unit"] == "gCO2e/kWh"
    assert facts["ghg_intensity"]["maximum"] == {"amount": "5000", "unit": "gCO2e/kWh"}
    assert [one["id"] for one in facts["product"]["choices"]] == ["window", "roof_window", "door", "wall"]


def test_a_questionnaire_asks_what_the_criteria_need(client: FlaskClient) -> None:
    questions = get(client, f"/v1/activities/{HYDRO}/questionnaire?targets=demo-a")["questions"]
    assert {"ghg_intensity", "capacity"} <= {question["id"] for question in questions}
    for question in questions:
        assert question.keys() >= {"id", "kind", "unit", "choices", "name", "definition", "needed_by"}
    more = get(client, f"/v1/activities/{HYDRO}/questionnaire?targets=demo-a:1.2")["questions"]
    asked_by = {question["id"]: question["needed_by"] for question in more}
    assert asked_by["pue"] == ["demo-a:1.2"]
    assert asked_by["ghg_intensity"] == [HYDRO, "demo-a:1.2"]
    for targets in ("demo-z", "demo-a:1.11", "demo-b"):
        path = f"/v1/activities/{HYDRO}/questionnaire?targets={targets}"
        document = assert_problem(client.get(path), 422)
        assert document["errors"][0]["code"] == "unknown_activity"  # type: ignore[index]


def test_a_row_that_a_search_found_can_be_opened(client: FlaskClient, services: Services) -> None:
    activity = next(one for one in services.current.get().release.activities() if one.rows)
    whole = get(client, f"/v1/activities/{activity.id}")
    row = get(client, f"/v1/activities/{activity.id}%23{activity.rows[0].id}")
    assert (whole["row"], row["row"], row) == (None, activity.rows[0].id, {**whole, "row": row["row"]})
    asked = get(client, f"/v1/activities/{activity.id}/questionnaire")["questions"]
    there = get(client, f"/v1/activities/{activity.id}%23{activity.rows[0].id}/questionnaire")["questions"]
    assert [one for one in asked if one not in there] == [one for one in asked if one["kind"] == "row"] != []
    wrong = client.get(f"/v1/activities/{activity.id}%23none/questionnaire")
    assert_problem(wrong, 404, "unknown_activity")


def test_limits_say_what_the_settings_say(client: FlaskClient, services: Services) -> None:
    limits = get(client, "/v1/limits")["limits"]
    assert limits["body_bytes"] == services.settings.max_body_bytes
    assert limits["page_size"] == 200


def test_releases(client: FlaskClient, services: Services) -> None:
    current = services.current.get().release.id
    listed = get(client, "/v1/releases")["releases"]
    assert [(one["id"], one["current"]) for one in listed] == [(current, True)]
    assert get(client, f"/v1/releases/{current}") == get(client, "/v1/releases/current")
    assert_problem(client.get("/v1/releases/sha256:0"), 404, "unknown_release")


def test_health(client: FlaskClient, services: Services) -> None:
    assert get(client, "/healthz") == {"status": "ok"}
    assert get(client, "/readyz")["release"] == services.current.get().release.id


def test_the_template_is_a_workbook_in_the_language_asked_for(client: FlaskClient) -> None:
    answer = client.get(f"/v1/templates/portfolio.xlsx?lang=zh-Hans&activities={HYDRO}")
    assert answer.status_code == 200
    assert answer.data.startswith(b"PK")
    assert_problem(client.get("/v1/templates/portfolio.xlsx?activities=demo-a:1.11"), 422)


def ids(node: Any) -> list[str]:
    """Ids of all criteria in a JSON tree."""
    if isinstance(node, dict):
        own = [node["id"]] if "kind" in node else []
        return own + [found for value in node.values() for found in ids(value)]
    return [found for value in node for found in ids(value)] if isinstance(node, list) else []


def leaves(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        own = [node] if "source" in node and "kind" in node else []
        return own + [found for value in node.values() for found in leaves(value)]
    return [found for value in node for found in leaves(value)] if isinstance(node, list) else []
