"""Routes between editions and the table of two of them, as REST tells them."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from flask.testing import FlaskClient

from taxonomy_api.web.services import Services
from tests.web.conftest import HYDRO, assert_problem

OTHER = "demo-b:P-01"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def get(client: FlaskClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def routes(client: FlaskClient, start: str, **query: str) -> Any:
    asked = {"from": start, "as_of": "2026-11-22", **query}
    return get(client, "/v1/crosswalk?" + "&".join(f"{key}={quote(value)}" for key, value in asked.items()))


def test_a_route_tells_its_steps_and_what_they_rest_on(client: FlaskClient, services: Services) -> None:
    (row, *_) = services.current.get().release.mappings
    body = routes(client, HYDRO, to="demo-b")
    (route,) = body["routes"]
    assert body["from"]["id"] == HYDRO and body["as_of"] == "2026-11-22"
    assert (route["from"], route["to"]) == (HYDRO, OTHER)
    assert (route["scope"], route["stringency"], route["status"]) == ("narrower", "stricter", "verified")
    (step,) = route["steps"]
    assert step.keys() >= {"from", "to", "scope", "stringency", "mapping_set", "row", "status", "source"}
    assert (step["mapping_set"], step["row"], step["scenario"]) == (row.mapping_set, row.line, row.scenario)
    assert step["row"] > 1
    assert step["source"] == {"document": row.source.document, "locator": row.source.locator}
    assert (route["valid_from"], route["valid_until"]) == ("2025-01-01", "2035-12-31")
    assert route["carries"] is True and route["why_not"] == []
    assert body["editions"] == [{"taxonomy": "demo-b", "routes": 1, "negatives": 0, "nothing_on_file": False}]


def test_a_route_read_backwards_carries_nothing_and_says_why(client: FlaskClient) -> None:
    (route,) = routes(client, OTHER, to="demo-a")["routes"]
    assert (route["scope"], route["stringency"], route["carries"]) == ("broader", "looser", False)
    assert [one["code"] for one in route["why_not"]] == ["scope", "stringency"]
    texts = {
        routes(client, OTHER, lang=lang)["routes"][0]["why_not"][0]["text"] for lang in ("en", "zh-Hant")
    }
    assert len(texts) == 2


@pytest.mark.parametrize(
    ("day", "carries"), [("2024-12-31", False), ("2025-01-01", True), ("2036-01-01", False)]
)
def test_the_day_decides_whether_it_carries(client: FlaskClient, day: str, carries: bool) -> None:
    (route,) = routes(client, HYDRO, as_of=day)["routes"]
    assert route["carries"] is carries
    assert [one["code"] for one in route["why_not"]] == ([] if carries else ["window"])


def test_all_other_editions_are_asked_where_none_is_named(client: FlaskClient, services: Services) -> None:
    body = routes(client, HYDRO)
    assert [one["taxonomy"] for one in body["editions"]] == [
        one for one in services.current.get().release.taxonomies if one != "demo-a"
    ]
    assert {one["taxonomy"] for one in body["editions"] if one["nothing_on_file"]} == {"demo-0"}


def test_denials_stand_beside_routes(client: FlaskClient) -> None:
    (whole,) = routes(client, "demo-a:1.2")["negatives"]
    assert (whole["from"], whole["to"], whole["edition"]) == ("demo-a:1.2", None, "demo-b")
    for start in ("demo-a:1.3", "demo-a:1.3#r1", "demo-b:P-02"):
        (one,) = routes(client, start)["negatives"]
        assert (one["from"], one["to"]) == ("demo-a:1.3#r1", "demo-b:P-02")


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ("from=demo-a:9.9", "unknown_activity", "/from"),
        ("from=demo-a", "unknown_activity", "/from"),
        ("from=demo-a:1.3%23r9", "unknown_activity", "/from"),
        ("from=demo-a:1.10%23", "unknown_activity", "/from"),
        ("from=demo-a:1.10&to=demo-x", "unknown_taxonomy", "/to"),
        ("from=demo-a:1.10&to=demo-a", "bad_parameter", "/to"),
        ("to=demo-a", "bad_parameter", "/from"),
        ("from=demo-a:1.10&as_of=soon", "bad_parameter", "/as_of"),
        ("from=demo-a:1.10&form=x", "bad_parameter", "/form"),
    ],
)
def test_what_is_not_there_is_named(client: FlaskClient, query: str, code: str, pointer: str) -> None:
    document: Any = assert_problem(client.get(f"/v1/crosswalk?{query}"), 422)
    (item,) = document["errors"]
    assert (item["code"], item["pointer"]) == (code, pointer)


def test_every_activity_has_its_line_in_the_table(client: FlaskClient, services: Services) -> None:
    release = services.current.get().release
    body = get(client, "/v1/crosswalk/matrix?from=demo-a&to=demo-b&as_of=2026-11-22")
    by_id = {row["activity"]: row for row in body["rows"]}
    assert list(by_id) == [one.id for one in release.taxonomies["demo-a"].activities.values()]
    (counterpart,) = by_id[HYDRO]["counterparts"]
    assert (counterpart["to"], counterpart["steps"], counterpart["carries"]) == (OTHER, 1, True)
    assert by_id["demo-a:1.2"]["state"] == "denied"
    # One pair is denied; of the rest of the edition nothing is known.
    assert by_id["demo-a:1.3"]["state"] == "nothing_on_file" and by_id["demo-a:1.3"]["negatives"]
    assert sum(body["totals"].values()) == len(by_id)
    assert body["totals"]["counterparts"] == 1


def test_the_table_comes_in_pages(client: FlaskClient) -> None:
    address = "/v1/crosswalk/matrix?from=demo-a&to=demo-b&as_of=2026-11-22"
    whole = get(client, address)["rows"]
    collected, cursor = [], ""
    while cursor is not None:
        body = get(client, f"{address}&limit=1{cursor and '&cursor=' + cursor}")
        collected += body["rows"]
        cursor = body["next_cursor"]
    assert collected == whole
    other = get(client, f"{address}&limit=1")["next_cursor"]
    refused = client.get(f"/v1/crosswalk/matrix?from=demo-b&to=demo-a&cursor={other}")
    assert_problem(refused, 422)


def lines_of(client: FlaskClient, query: str, **headers: str) -> list[dict[str, str]]:
    answer = client.get(f"/v1/crosswalk/matrix?{query}", headers=headers)
    assert answer.mimetype == "text/csv"
    assert "crosswalk-" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_table_as_csv_and_as_a_workbook_say_the_same(client: FlaskClient) -> None:
    query = "from=demo-a&to=demo-b&as_of=2026-11-22"
    lines = lines_of(client, f"{query}&format=csv")
    assert lines == lines_of(client, query, Accept="text/csv")
    by_start = {line["from"]: line for line in lines}
    assert by_start[HYDRO]["to"] == OTHER and by_start[HYDRO]["carries"] == "yes"
    assert by_start["demo-a:1.2"]["state"] == "denied" and not by_start["demo-a:1.2"]["to"]
    assert {line["state"] for line in lines} == {"counterparts", "denied", "nothing_on_file"}
    answer = client.get(f"/v1/crosswalk/matrix?{query}", headers={"Accept": XLSX})
    assert answer.mimetype == XLSX
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    header, *rows = book["Crosswalk"].iter_rows(values_only=True)
    plain = [
        ["" if cell is None else str(cell.date() if hasattr(cell, "date") else cell) for cell in row]
        for row in rows
    ]
    assert [dict(zip(header, row, strict=True)) for row in plain] == lines
    about = {row[0] for row in book["About"].iter_rows(values_only=True)}
    assert about >= {"release", "as of", "disclaimer", "from", "to"}


def test_a_form_that_is_not_offered_is_refused(client: FlaskClient) -> None:
    address = "/v1/crosswalk/matrix?from=demo-a&to=demo-b"
    assert_problem(client.get(address, headers={"Accept": "text/turtle"}), 406, "not_acceptable")
    assert client.get(address, headers={"Accept": "*/*"}).is_json
    assert client.get(f"{address}&format=json", headers={"Accept": "text/csv"}).is_json
    assert_problem(client.get(f"{address}&format=pdf"), 422, "bad_parameter")


def test_the_forms_of_a_table_have_tags_of_their_own(client: FlaskClient) -> None:
    address = "/v1/crosswalk/matrix?from=demo-a&to=demo-b&as_of=2026-11-22"
    tags = {
        client.get(address, headers={"Accept": kind}).headers["ETag"] for kind in ("text/csv", XLSX, "*/*")
    }
    assert len(tags) == 3
    answer = client.get(address)
    assert "Accept" in answer.headers["Vary"]
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
