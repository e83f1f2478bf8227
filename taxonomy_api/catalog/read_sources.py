"""Reads sources.yaml: the register of documents."""

from __future__ import annotations

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.terms import Source
from taxonomy_api.catalog.values import Values
from taxonomy_api.catalog.yaml_tree import Node

SOURCE_KINDS = ("law", "official", "law-firm", "press", "academic", "repository")


def read_sources(node: Node, report: Report) -> dict[str, Source]:
    """The documents by id."""
    values = report.values()
    sources: dict[str, Source] = {}
    record = values.record(node)
    if record is None:
        return sources
    for key, entry in values.entries(record.need("sources")):
        source = _source(values, values.identifier(key, "document id"), entry)
        if source is not None:
            sources[source.id] = source
    record.done()
    return sources


def _source(values: Values, id: str | None, node: Node) -> Source | None:
    record = values.record(node)
    if record is None:
        return None
    title = values.text(record.need("title"))
    issuer = values.scalar(record.need("issuer"))
    kind = values.word(record.need("kind"), SOURCE_KINDS, "kind of source")
    day = values.date(record.get("date"))
    edition = values.scalar(record.get("edition"))
    published_at = values.scalar(record.get("published_at"))
    record.done()
    if id is None or title is None or issuer is None or kind is None:
        return None
    return Source(id, title, issuer, kind, day, edition, published_at)
