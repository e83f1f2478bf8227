"""What holds for every address that shows published data: language, ETag, forms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, SKOS

from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.model import Activity, Release
from taxonomy_api.catalog.skos import activity_iri
from taxonomy_api.web import turtle
from tests.web.conftest import HYDRO
from tests.web.test_every_route import routes

#: Not about names on file.
WITHOUT_LANGUAGE = ("operation.show_limits",)
QUERIES = {
    "catalogue.search": "?q=power",
    "crosswalk.show_routes": f"?from={HYDRO}",
    "crosswalk.show_matrix": "?from=demo-a&to=demo-b",
}


def published(app: Flask) -> Iterator[str]:
    for endpoint, method, path in routes(app):
        is_reading = endpoint.startswith(("catalogue.", "crosswalk.", "operation.")) and path.startswith(
            "/v1/"
        )
        if is_reading and method == "GET" and endpoint not in WITHOUT_LANGUAGE:
            yield path + QUERIES.get(endpoint, "")


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-TW, en;q=0.5", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("fr, zh;q=0.4, en;q=0.2", "zh-Hans"),
        ("fr", "en"),
        ("en-GB", "en"),
    ],
)
def test_language_is_negotiated_everywhere(
    app: Flask, client: FlaskClient, asked: str, answered: str
) -> None:
    tried = 0
    for path in published(app):
        headers = client.get(path, headers={"Accept-Language": asked}, buffered=True).headers
        assert headers["Content-Language"] == answered, path
        assert "Accept-Language" in headers["Vary"], path
        tried += 1
    assert tried >= 8


def test_the_same_is_not_sent_twice(app: Flask, client: FlaskClient) -> None:
    for path in published(app):
        first = client.get(path, buffered=True)
        tag = first.headers["ETag"]
        again = client.get(path, headers={"If-None-Match": tag}, buffered=True)
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag), path
        other = client.get(path, headers={"If-None-Match": tag, "Accept-Language": "zh"}, buffered=True)
        assert other.status_code == 200, path
        assert other.headers["ETag"] != tag, path


def test_tags_of_two_addresses_differ(app: Flask, client: FlaskClient) -> None:
    paths = list(published(app))
    assert len({client.get(path, buffered=True).headers["ETag"] for path in paths}) == len(paths)


# SKOS


@pytest.fixture(scope="module")
def release(minimal_data: Path) -> Release:
    loaded = load_release(minimal_data).release
    assert loaded is not None
    return loaded


def address(activity_id: str) -> URIRef:
    return URIRef(f"urn:taxonomy-api:activity:{activity_id}")


def test_an_activity_as_a_concept(client: FlaskClient, release: Release) -> None:
    answer = client.get(f"/v1/activities/{HYDRO}", headers={"Accept": "text/turtle"})
    assert answer.content_type == "text/turtle; charset=utf-8"
    assert "Accept" in answer.headers["Vary"]
    graph = Graph().parse(data=answer.text, format="turtle")
    activity = release.activity(HYDRO)
    assert activity is not None
    assert (address(HYDRO), RDF.type, SKOS.Concept) in graph
    assert (address(HYDRO), SKOS.notation, Literal(activity.code)) in graph
    assert (address(HYDRO), SKOS.prefLabel, Literal(activity.name.en, lang="en")) in graph


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "text/csv", "text/turtle;q=0.1, application/json"]
)
def test_json_is_the_default(client: FlaskClient, accept: str) -> None:
    answer = client.get(f"/v1/activities/{HYDRO}", headers={"Accept": accept})
    assert answer.mimetype == "application/json"


def test_every_activity_on_file_is_sound_turtle_that_says_what_the_mappings_say(
    real_release: Release,
) -> None:
    """Both ends of a row state it, and nothing that is denied, dated or unsourced becomes a statement."""
    graph = Graph()
    activities = list(real_release.activities())
    for activity in activities:
        graph.parse(data=turtle.activity_turtle(real_release, activity), format="turtle")
    assert len(set(graph.subjects(RDF.type, SKOS.Concept))) == len(activities)
    predicates = {
        "exact": (SKOS.exactMatch, SKOS.exactMatch),
        "narrower": (SKOS.broadMatch, SKOS.narrowMatch),
        "broader": (SKOS.narrowMatch, SKOS.broadMatch),
        "overlap": (SKOS.relatedMatch, SKOS.relatedMatch),
    }
    wanted = set()
    for row in real_release.mappings:
        sourced = row.status in ("verified", "single-source")
        if row.negative or row.valid_from or row.valid_until or not sourced:
            continue
        there, back = predicates[row.scope]
        if real_release.activity(row.subject):
            wanted.add((concept(row.subject), there, concept(row.object)))
        if real_release.activity(row.object):
            wanted.add((concept(row.object), back, concept(row.subject)))
    kinds = {one for pair in predicates.values() for one in pair}
    stated = {triple for triple in graph if triple[1] in kinds}
    assert stated == wanted


def concept(activity_id: str) -> URIRef:
    return URIRef(activity_iri(activity_id).value)


@pytest.fixture(scope="module")
def real_release() -> Release:
    from taxonomy_api.settings import installed_data

    loaded = load_release(installed_data()).release
    assert loaded is not None
    return loaded


def test_words_cannot_leave_their_quotes(release: Release) -> None:
    import msgspec

    activity = next(iter(release.activities()))
    hostile = 'a "quoted" \\ name\n\t<urn:x> . <urn:y> \u0001 水'
    renamed: Activity = msgspec.structs.replace(
        activity, name=msgspec.structs.replace(activity.name, en=hostile)
    )
    graph = Graph().parse(data=turtle.activity_turtle(release, renamed), format="turtle")
    assert (None, SKOS.prefLabel, Literal(hostile, lang="en")) in graph
    assert (URIRef("urn:x"), None, None) not in graph
