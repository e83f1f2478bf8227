"""Reads industry.yaml: what the tables of industry codes are. The tables are opened elsewhere, when asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.industry_codes import INDUSTRY_SCHEMES, LEVELS
from taxonomy_api.catalog.model import IndustryConcordance, IndustryData, IndustrySystem
from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.values import Values
from taxonomy_api.catalog.yaml_tree import MapNode, Node, ScalarNode


def read_industry(node: Node, sources: Collection[str], report: Report) -> IndustryData:
    """The classifications and concordances, without their tables."""
    values = report.values(sources)
    systems: dict[str, IndustrySystem] = {}
    concordances: dict[str, IndustryConcordance] = {}
    record = values.record(node)
    if record is not None:
        for key, entry in values.entries(record.need("systems")):
            if key.text not in INDUSTRY_SCHEMES:
                message = f"{key.text} is no industry classification"
                report.add(key, "unknown-key", message, did_you_mean(key.text, INDUSTRY_SCHEMES))
                continue
            system = _system(values, key.text, entry)
            if system is not None:
                systems[key.text] = system
        for key, entry in values.entries(record.get("concordances")):
            concordance = _concordance(values, key, systems, entry)
            if concordance is not None:
                concordances[key.text] = concordance
        record.done()
    return IndustryData(systems=systems, concordances=concordances, tables={})


def table_names(node: Node) -> Iterator[str]:
    """The files that industry.yaml names."""
    if isinstance(node, MapNode):
        for part in ("systems", "concordances"):
            entries = node.entries.get(part)
            if isinstance(entries, MapNode):
                yield from (f"{id}.csv" for id in entries.keys)


def _system(values: Values, id: str, node: Node) -> IndustrySystem | None:
    record = values.record(node)
    if record is None:
        return None
    title, edition = values.text(record.need("title")), values.scalar(record.need("edition"))
    issuer, licence = values.scalar(record.need("issuer")), values.text(record.need("licence"))
    counts = _counts(values, record.need("counts"))
    official = _counts(values, record.get("official_counts"))
    complete = values.yes_no(record.need("list_complete"))
    acknowledgement = values.text(record.get("acknowledgement"))
    status, source = values.status(record.need("status")), values.citation(record.need("source"))
    notes = values.texts(record.get("notes"))
    record.done()
    if title is None or edition is None or issuer is None or licence is None:
        return None
    if status is None or source is None:
        return None
    return IndustrySystem(
        id=id,
        title=title,
        edition=edition,
        issuer=issuer,
        counts=counts,
        official_counts=official,
        list_complete=complete,
        licence=licence,
        acknowledgement=acknowledgement,
        status=status,
        source=source,
        notes=notes,
    )


def _counts(values: Values, node: Node | None) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key, entry in values.entries(node):
        values.word(key, LEVELS, "level")
        number = values.count(entry)
        if number is not None:
            counts[key.text] = number
    return counts


def _concordance(
    values: Values, key: ScalarNode, systems: Collection[str], node: Node
) -> IndustryConcordance | None:
    record = values.record(node)
    if record is None:
        return None
    complete = values.yes_no(record.need("complete"))
    none = values.scalars(record.get("no_counterpart"))
    status, source = values.status(record.need("status")), values.citation(record.need("source"))
    notes = values.texts(record.get("notes"))
    record.done()
    subject, dashes, object = key.text.partition("--")
    if not dashes or subject == object or not {subject, object} <= set(systems):
        message = f"{key.text} does not name two classifications of this file"
        values.report.add(key, "unknown-key", message, "name it <from>--<to>")
        return None
    if status is None or source is None:
        return None
    return IndustryConcordance(
        subject=subject,
        object=object,
        complete=complete,
        no_counterpart=none,
        status=status,
        source=source,
        notes=notes,
    )
