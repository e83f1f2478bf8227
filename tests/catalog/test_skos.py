"""Taxonomies as SKOS: Turtle and JSON-LD say the same, and what they say is sound and on file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DC, DCTERMS, RDF, SKOS, XSD

from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.model import MappingRow, Release
from taxonomy_api.catalog.rdf import json_ld, turtle
from taxonomy_api.catalog.skos import taxonomy_triples
from tests.catalog import skos_rules
from tests.graphs import parsed

RECORD = default_data_folder()
EDITIONS = sorted(path.parent.name for path in RECORD.glob("taxonomies/*/taxonomy.yaml"))
SCHEME = URIRef("urn:taxonomy-api:taxonomy:demo-a")


def loaded(folder: Path) -> Release:
    release = load_release(folder).release
    assert release is not None
    return release


@pytest.fixture(scope="module")
def record() -> Release:
    return loaded(RECORD)


@pytest.fixture(scope="module")
def small(minimal_data: Path) -> Release:
    return loaded(minimal_data)


def graph_of(release: Release, id: str) -> Graph:
    return parsed(turtle(taxonomy_triples(release, release.taxonomies[id])), "turtle")


def concept(id: str) -> URIRef:
    return URIRef(f"urn:taxonomy-api:activity:{id}")


def heading(id: str) -> URIRef:
    return URIRef(f"urn:taxonomy-api:heading:{id}")


@pytest.mark.parametrize("id", EDITIONS)
def test_every_taxonomy_on_file_is_sound_in_both_forms(record: Release, id: str) -> None:
    taxonomy = record.taxonomies[id]
    triples = list(taxonomy_triples(record, taxonomy))
    graph = parsed(turtle(triples), "turtle")
    assert isomorphic(graph, parsed(json_ld(triples), "json-ld"))
    assert list(skos_rules.offences(graph)) == []
    assert skos_rules.circles(graph) == set()

    activities = taxonomy.activities.values()
    rows = {f"{one.code}#{row.id}" for one in activities for row in one.rows}
    codes = [
        str(code) for one in graph.subjects(RDF.type, SKOS.Concept) for code in graph[one : SKOS.notation]
    ]
    assert sorted(codes) == sorted([*(e.code for e in taxonomy.entries), *taxonomy.activities, *rows])
    for one in graph.subjects(RDF.type, SKOS.Concept):
        ways_up = list(graph[one : SKOS.broader]) + list(graph[one : SKOS.topConceptOf])
        assert len(ways_up) == 1, one
        assert set(graph[one : SKOS.inScheme]) == {URIRef(f"urn:taxonomy-api:taxonomy:{id}")}
    assert set(graph.subject_objects(SKOS.narrower)) == {
        (upper, lower) for lower, upper in graph.subject_objects(SKOS.broader)
    }


def test_the_scheme_says_what_the_edition_is(small: Release) -> None:
    graph = graph_of(small, "demo-a")
    edition = small.taxonomies["demo-a"]
    title = edition.title
    assert set(graph[SCHEME : DCTERMS.title]) == {
        Literal(title.en, lang="en"),
        Literal(title.zh_hans, lang="zh-Hans"),
        Literal(title.zh_hant, lang="zh-Hant"),
    }
    assert set(graph[SCHEME : DC.publisher]) == {Literal(issuer) for issuer in edition.issuer}
    assert (SCHEME, DCTERMS.issued, Literal("2022-01-01", datatype=XSD.date)) in graph
    assert set(graph[SCHEME : DCTERMS.replaces]) == {
        URIRef(f"urn:taxonomy-api:taxonomy:{other}") for other in edition.supersedes
    }
    assert (SCHEME, DCTERMS.description, Literal(edition.disclaimer.en, lang="en")) in graph
    assert (SCHEME, SKOS.editorialNote, Literal(f"Status: {edition.status}.", lang="en")) in graph
    assert (SCHEME, SKOS.hasTopConcept, heading("demo-a:1")) in graph


def test_levels_rows_and_other_names(small: Release) -> None:
    graph = graph_of(small, "demo-a")
    hydro = concept("demo-a:1.10")
    assert set(graph[hydro : SKOS.broader]) == {heading("demo-a:1.1.0")}
    assert set(graph[heading("demo-a:1.1.0") : SKOS.broader]) == {heading("demo-a:1.1")}
    assert set(graph[heading("demo-a:1.1") : SKOS.broader]) == {heading("demo-a:1")}
    assert (hydro, SKOS.altLabel, Literal("1.1 water power")) in graph
    assert (hydro, SKOS.prefLabel, Literal("水力发电", lang="zh-Hans")) in graph
    assert (
        hydro,
        SKOS.editorialNote,
        Literal("Own rendering, no official name: zh-Hant.", lang="en"),
    ) in graph
    assert (hydro, DCTERMS.source, Literal("doc-a; Annex, 1.10")) in graph
    assert set(graph[concept("demo-a:1.3#r1") : SKOS.broader]) == {concept("demo-a:1.3")}
    levels = {
        str(label): set(graph[one : SKOS.member])
        for one in graph.subjects(RDF.type, SKOS.Collection)
        for label in graph[one : SKOS.prefLabel]
    }
    assert list(levels) == list(small.taxonomies["demo-a"].levels)
    assert heading("demo-a:1") in levels["sector"] and hydro in levels["activity"]


MATCHES = (SKOS.exactMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)


def matches(release: Release, id: str) -> set[tuple[str, str, str]]:
    graph = graph_of(release, id)
    return {
        (str(a).rpartition("activity:")[2], str(p).rpartition("#")[2], str(b).rpartition("activity:")[2])
        for a, p, b in graph
        if p in MATCHES
    }


def test_matches_are_what_the_mappings_state_and_no_more(small: Release) -> None:
    def with_rows(*changes: dict[str, object]) -> Release:
        plain = replace(small.mappings[0], valid_from=None, valid_until=None)
        return replace(small, mappings=tuple(replace(plain, **change) for change in changes))  # type: ignore[arg-type]

    # The subject lies inside the object: the object is its broader match, and the other way round.
    stated = with_rows({"scope": "narrower"})
    assert matches(stated, "demo-a") == {("demo-a:1.10", "broadMatch", "demo-b:P-01")}
    assert matches(stated, "demo-b") == {("demo-b:P-01", "narrowMatch", "demo-a:1.10")}
    assert matches(with_rows({"scope": "overlap", "subject": "demo-a:1.3#r1"}), "demo-a") == {
        ("demo-a:1.3#r1", "relatedMatch", "demo-b:P-01")
    }
    # Denied, unsure and dated ones are counted and never stated.
    unfit = with_rows({"negative": True}, {"status": "recalled"}, {"status": "own-comparison"})
    dated = with_rows({"valid_from": small.mappings[0].valid_from})
    assert matches(unfit, "demo-a") == matches(dated, "demo-a") == set()
    said = {str(note) for note in graph_of(unfit, "demo-a")[SCHEME : SKOS.editorialNote]}
    assert "3 mappings are left out: denied, dated, or without a source." in said


def test_matches_of_the_record_are_its_sound_rows(record: Release) -> None:
    def sound(row: MappingRow) -> bool:
        free = row.valid_from is None and row.valid_until is None
        return free and not row.negative and row.status in ("verified", "single-source")

    for id in EDITIONS:
        ends = {
            (row.subject, row.object) if row.subject.startswith(f"{id}:") else (row.object, row.subject)
            for row in record.mappings
            if sound(row) and any(end.startswith(f"{id}:") for end in (row.subject, row.object))
        }
        assert {(own, other) for own, _, other in matches(record, id)} == ends


BROKEN = {
    "s9": ":a a skos:Concept, skos:ConceptScheme .",
    "s13": ':a skos:prefLabel "x"@en ; skos:altLabel "x"@en .',
    "s14": ':a skos:prefLabel "x"@en, "y"@en .',
    "s27": ":a skos:broader :b . :b skos:broader :c . :c skos:relatedMatch :a .",
    "s37": ":a a skos:Concept, skos:Collection .",
    "s46": ":a skos:exactMatch :b . :b skos:exactMatch :c . :c skos:narrowMatch :a .",
}


@pytest.mark.parametrize("rule", skos_rules.RULES)
def test_each_condition_finds_what_breaks_it(rule: Callable[[Graph], set[object]]) -> None:
    text = f"@prefix : <urn:x:> . @prefix skos: <{SKOS}> . {BROKEN[rule.__name__]}"
    assert rule(parsed(text, "turtle"))
