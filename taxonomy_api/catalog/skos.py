"""A taxonomy as a SKOS concept scheme: headings, activities and rows as concepts, mappings as matches.

Of the mappings only positive ones that hold without a limit in time and rest on at least one source are
stated: SKOS has no place for a standing, a window or a denial. How many are left out is said. Criteria are
no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import quote

from taxonomy_api.catalog.criteria import Row
from taxonomy_api.catalog.model import Activity, Entry, MappingRow, Release, Taxonomy
from taxonomy_api.catalog.rdf import DC, DCT, OWL, SKOS, TYPE, XSD, Iri, Literal, Triple
from taxonomy_api.catalog.terms import Citation, Language, Text

#: Read subject -> object: a subject that lies inside the object has it as a broader match.
_FROM_SUBJECT = {
    "exact": "exactMatch",
    "narrower": "broadMatch",
    "broader": "narrowMatch",
    "overlap": "relatedMatch",
}
_FROM_OBJECT = {**_FROM_SUBJECT, "narrower": "narrowMatch", "broader": "broadMatch"}
_SOURCED = frozenset({"verified", "single-source"})


def scheme_iri(taxonomy_id: str) -> Iri:
    return Iri(f"urn:taxonomy-api:taxonomy:{quote(taxonomy_id, safe='')}")


def activity_iri(activity_id: str) -> Iri:
    """The concept of an activity `taxonomy:code`, or of one of its rows, `taxonomy:code#row`."""
    return Iri(f"urn:taxonomy-api:activity:{quote(activity_id, safe=':#')}")


def heading_iri(taxonomy_id: str, code: str) -> Iri:
    return Iri(f"urn:taxonomy-api:heading:{quote(f'{taxonomy_id}:{code}', safe=':')}")


def taxonomy_triples(release: Release, taxonomy: Taxonomy) -> Iterator[Triple]:
    """The scheme, a collection per level, then the concepts from the top down."""
    mappings = [row for row in release.mappings if taxonomy.id in _editions(row)]
    own: dict[str, list[MappingRow]] = {}
    for row in mappings:
        for end in {row.subject, row.object}:
            own.setdefault(end, []).append(row)
    left_out = sum(not is_stated(row) for row in mappings)
    yield from _scheme(release, taxonomy, left_out)
    yield from _levels(taxonomy)
    for entry in taxonomy.entries:
        yield from _heading(taxonomy, entry)
    for activity in taxonomy.activities.values():
        yield from activity_triples(activity, own.get(activity.id, ()))
        above = heading_iri(taxonomy.id, activity.parent or activity.sector)
        yield from _below(activity_iri(activity.id), above)
        for part in activity.rows:
            yield from _row(activity, part)
            address = f"{activity.id}#{part.id}"
            yield from _matches(address, own.get(address, ()))


def activity_triples(activity: Activity, mappings: Sequence[MappingRow]) -> Iterator[Triple]:
    """The concept of one activity, without its place among the others; `mappings` are those it occurs in."""
    iri = activity_iri(activity.id)
    yield from _concept(iri, activity.taxonomy, activity.code, activity.name)
    yield from ((iri, SKOS + "altLabel", Literal(alias)) for alias in activity.aliases)
    yield from _texts(iri, SKOS + "scopeNote", activity.scope)
    for note in activity.notes:
        yield from _texts(iri, SKOS + "note", note)
    yield from _standing(iri, activity.source, activity.status, activity.translated)
    if activity.code_status == "local":
        yield iri, SKOS + "editorialNote", Literal("The code is this project's own.", "en")
    yield from _matches(activity.id, mappings)


def is_stated(row: MappingRow) -> bool:
    """Whether a statement can be one of SKOS: positive, without a limit in time, resting on a source."""
    dated = row.valid_from is not None or row.valid_until is not None
    return not row.negative and not dated and row.status in _SOURCED


def left_out_words(count: int) -> str:
    noun, verb = ("mapping", "is") if count == 1 else ("mappings", "are")
    return f"{count} {noun} {verb} left out: denied, dated, or without a source."


def _scheme(release: Release, taxonomy: Taxonomy, left_out: int) -> Iterator[Triple]:
    iri = scheme_iri(taxonomy.id)
    yield iri, TYPE, SKOS + "ConceptScheme"
    yield from _texts(iri, DCT + "title", taxonomy.title)
    yield iri, DCT + "identifier", Literal(taxonomy.id)
    yield from ((iri, DC + "publisher", Literal(issuer)) for issuer in taxonomy.issuer)
    yield iri, DC + "coverage", Literal(taxonomy.jurisdiction)
    yield iri, OWL + "versionInfo", Literal(taxonomy.edition)
    if taxonomy.published is not None:
        yield iri, DCT + "issued", Literal(taxonomy.published.isoformat(), datatype=XSD + "date")
    if taxonomy.effective is not None:
        yield iri, DCT + "valid", _from(taxonomy.effective)
    yield from ((iri, DCT + "replaces", scheme_iri(other)) for other in taxonomy.supersedes)
    yield from _standing(iri, taxonomy.source, taxonomy.status, ())
    yield from _texts(iri, DCT + "description", taxonomy.disclaimer)
    for note in taxonomy.notes:
        yield from _texts(iri, SKOS + "note", note)
    for hole in taxonomy.holes:
        yield from _texts(iri, SKOS + "editorialNote", _not_on_file(hole))
    if left_out:
        yield iri, SKOS + "editorialNote", Literal(left_out_words(left_out), "en")
    yield iri, SKOS + "editorialNote", Literal(f"From the data release {release.id}.", "en")
    for entry in taxonomy.entries:
        if entry.parent is None:
            yield iri, SKOS + "hasTopConcept", heading_iri(taxonomy.id, entry.code)


def _levels(taxonomy: Taxonomy) -> Iterator[Triple]:
    """SKOS knows no levels: a collection names each, with what stands on it."""
    if not taxonomy.entries:
        return
    deepest = len(taxonomy.levels)
    members: dict[int, list[Iri]] = {}
    for entry in taxonomy.entries:
        members.setdefault(entry.level, []).append(heading_iri(taxonomy.id, entry.code))
    members.setdefault(deepest, []).extend(activity_iri(one.id) for one in taxonomy.activities.values())
    for number, level in enumerate(taxonomy.levels, start=1):
        iri = Iri(f"urn:taxonomy-api:level:{quote(taxonomy.id, safe='')}:{number}")
        yield iri, TYPE, SKOS + "Collection"
        yield iri, SKOS + "prefLabel", Literal(level, "en")
        yield iri, SKOS + "notation", Literal(str(number), datatype=XSD + "integer")
        yield from ((iri, SKOS + "member", member) for member in members.get(number, ()))


def _heading(taxonomy: Taxonomy, entry: Entry) -> Iterator[Triple]:
    iri = heading_iri(taxonomy.id, entry.code)
    yield from _concept(iri, taxonomy.id, entry.code, entry.name)
    yield from _standing(iri, entry.source, entry.status, entry.translated)
    if entry.parent is None:
        yield iri, SKOS + "topConceptOf", scheme_iri(taxonomy.id)
    else:
        yield from _below(iri, heading_iri(taxonomy.id, entry.parent))


def _row(activity: Activity, row: Row) -> Iterator[Triple]:
    iri = activity_iri(f"{activity.id}#{row.id}")
    yield from _concept(iri, activity.taxonomy, f"{activity.code}#{row.id}", row.name)
    yield from _texts(iri, SKOS + "note", row.note)
    yield from _standing(iri, row.source, row.status, ())
    yield from _below(iri, activity_iri(activity.id))


def _concept(iri: Iri, taxonomy_id: str, code: str, name: Text | None) -> Iterator[Triple]:
    yield iri, TYPE, SKOS + "Concept"
    yield iri, SKOS + "inScheme", scheme_iri(taxonomy_id)
    yield iri, SKOS + "notation", Literal(code)
    yield from _texts(iri, SKOS + "prefLabel", name)


def _below(lower: Iri, upper: Iri) -> Iterator[Triple]:
    yield lower, SKOS + "broader", upper
    yield upper, SKOS + "narrower", lower


def _standing(iri: Iri, source: Citation, status: str, translated: Sequence[Language]) -> Iterator[Triple]:
    yield iri, DCT + "source", Literal(f"{source.document}; {source.locator}")
    yield iri, SKOS + "editorialNote", Literal(f"Status: {status}.", "en")
    if translated:
        words = f"Own rendering, no official name: {', '.join(translated)}."
        yield iri, SKOS + "editorialNote", Literal(words, "en")


def _matches(own: str, mappings: Sequence[MappingRow]) -> Iterator[Triple]:
    """What the mappings state of `own`, an activity or one of its rows."""
    found = {_match(row, own) for row in mappings if is_stated(row)}
    for predicate, other in [(SKOS + name, activity_iri(end)) for name, end in sorted(found)]:
        yield activity_iri(own), predicate, other


def _match(row: MappingRow, own: str) -> tuple[str, str]:
    """The property and the other end."""
    if row.subject == own:
        return _FROM_SUBJECT[row.scope], row.object
    return _FROM_OBJECT[row.scope], row.subject


def _editions(row: MappingRow) -> tuple[str, str]:
    return row.subject.partition(":")[0], row.object.partition(":")[0]


def _not_on_file(hole: Text) -> Text:
    return Text(
        f"Not on file: {hole.en}",
        hole.zh_hans and f"未收录：{hole.zh_hans}",
        hole.zh_hant and f"未收錄：{hole.zh_hant}",
    )


def _from(day: date) -> Literal:
    """A period without an end, in the form that Dublin Core has for periods."""
    return Literal(f"start={day.isoformat()}; scheme=W3C-DTF;", datatype=DCT + "Period")


def _texts(iri: Iri, predicate: Iri, text: Text | None) -> Iterator[Triple]:
    if text is not None:
        for tag, words in (("en", text.en), ("zh-Hans", text.zh_hans), ("zh-Hant", text.zh_hant)):
            if words:
                yield iri, predicate, Literal(words, tag)
