"""Reads facts.yaml (shared facts and ordered scales) and standards.yaml."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Literal

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.terms import Choice, Fact, Quantity, Standard, Text
from taxonomy_api.catalog.units import find_unit
from taxonomy_api.catalog.values import Values, base_amount
from taxonomy_api.catalog.yaml_tree import Node, ScalarNode

Kind = Literal["quantity", "yes_no", "choice", "date", "level"]
FACT_KINDS: tuple[Kind, ...] = ("quantity", "yes_no", "choice", "date", "level")

Scales = Mapping[str, tuple[str, ...]]


def read_facts(node: Node, report: Report) -> dict[str, Fact]:
    """The facts by id."""
    values = report.values()
    facts: dict[str, Fact] = {}
    record = values.record(node)
    if record is None:
        return facts
    scales = _scales(values, record.get("scales"))
    places: dict[str, ScalarNode] = {}
    for key, entry in values.entries(record.need("facts")):
        fact = _fact(values, key, entry, scales)
        if fact is not None:
            facts[fact.id] = fact
            places[fact.id] = key
    record.done()
    _check_names(facts, places, report)
    return facts


def read_standards(node: Node, report: Report) -> dict[str, Standard]:
    """The standards by prefix and number."""
    values = report.values()
    standards: dict[str, Standard] = {}
    record = values.record(node)
    if record is None:
        return standards
    scales = _scales(values, record.get("scales"))
    for key, entry in values.entries(record.need("standards")):
        fields = values.record(entry)
        if fields is None:
            continue
        name = values.text(fields.get("name"))
        scale = _scale(values, fields.get("scale"), scales)
        fields.done()
        standards[key.text] = Standard(key.text, name, scale)
    record.done()
    return standards


def _scales(values: Values, node: Node | None) -> dict[str, tuple[str, ...]]:
    scales: dict[str, tuple[str, ...]] = {}
    for key, entry in values.entries(node):
        levels = values.scalars(entry)
        if not levels:
            values.report.add(
                entry, "empty-value", f"the scale {key.text} has no levels", "list them, best first"
            )
        scales[key.text] = levels
    return scales


def _scale(values: Values, node: Node | None, scales: Scales) -> tuple[str, ...]:
    name = values.scalar(node)
    if name is None or node is None:
        return ()
    if name not in scales:
        values.report.add(
            node, "unknown-scale", f"{name} is no scale of this file", did_you_mean(name, scales)
        )
        return ()
    return scales[name]


def _fact(values: Values, key: ScalarNode, node: Node, scales: Scales) -> Fact | None:
    id = values.identifier(key, "fact id")
    record = values.record(node)
    if record is None:
        return None
    kind = values.word(record.need("kind"), FACT_KINDS, "kind of fact")
    name = values.name(record.need("name"))
    definition = values.name(record.need("definition"))
    aliases = values.scalars(record.get("aliases"))
    headers = values.scalars(record.get("headers"))
    unit: str | None = None
    minimum: Quantity | None = None
    maximum: Quantity | None = None
    choices: dict[str, Choice] = {}
    scale: tuple[str, ...] = ()
    if kind == "quantity":
        unit = _unit(values, record.need("unit"))
        minimum, maximum = _range(values, record.get("range"), unit)
    elif kind == "choice":
        choices = _choices(values, record.need("choices"))
    elif kind == "level":
        scale = _scale(values, record.need("scale"), scales)
    if kind is not None:
        record.done()
    if id is None or kind is None or name is None or definition is None:
        return None
    return Fact(id, kind, name, definition, unit, choices, scale, aliases, headers, minimum, maximum)


def _unit(values: Values, node: Node | None) -> str | None:
    unit = values.scalar(node)
    if unit is not None and node is not None and find_unit(unit) is None:
        values.report.add(node, "unit-unknown", f"{unit} is no known unit", "use a unit of the units table")
    return unit


def _range(values: Values, node: Node | None, unit: str | None) -> tuple[Quantity | None, Quantity | None]:
    if node is None or unit is None:
        return None, None
    record = values.record(node)
    if record is None:
        return None, None
    low, high = values.quantity(record.get("min"), unit), values.quantity(record.get("max"), unit)
    record.done()
    if low and high and find_unit(unit) and base_amount(low) > base_amount(high):
        values.report.add(node, "range-order", f"min {low} is above max {high}", "exchange them")
    return low, high


def _choices(values: Values, node: Node | None) -> dict[str, Choice]:
    choices: dict[str, Choice] = {}
    parents: dict[str, Node] = {}
    names: dict[str, str] = {}
    for key, entry in values.entries(node):
        id = values.identifier(key, "choice")
        record = values.record(entry)
        if id is None or record is None:
            continue
        name = values.name(record.need("name"))
        parent_node = record.get("parent")
        parent = values.scalar(parent_node)
        aliases = values.scalars(record.get("aliases"))
        record.done()
        if parent_node is not None:
            parents[id] = parent_node
        for word in (id, *aliases):
            if names.setdefault(fold(word), id) != id:
                message = f"{word} already names the choice {names[fold(word)]}"
                values.report.add(key, "duplicate-id", message, "give each name to one choice")
        choices[id] = Choice(id, name or Text(id), parent, aliases)
    for id, place in parents.items():
        _check_parent(id, choices, place, values.report)
    return choices


def _check_parent(id: str, choices: Mapping[str, Choice], place: Node, report: Report) -> None:
    seen = {id}
    parent = choices[id].parent
    while parent is not None:
        if parent not in choices:
            report.add(
                place, "unknown-choice", f"{parent} is no choice of this fact", did_you_mean(parent, choices)
            )
            return
        if parent in seen:
            report.add(place, "unknown-parent", f"{id} lies below itself", "remove one parent of the circle")
            return
        seen.add(parent)
        parent = choices[parent].parent


def _check_names(facts: Mapping[str, Fact], places: Mapping[str, ScalarNode], report: Report) -> None:
    """Ids and aliases name one fact each; a column header should."""
    ids = {id: id for id in facts}
    headers: dict[str, str] = {}
    for fact in facts.values():
        for alias in fact.aliases:
            owner = ids.setdefault(alias, fact.id)
            if owner != fact.id:
                message = f"the alias {alias} of {fact.id} already names {owner}"
                report.add(places[fact.id], "duplicate-id", message, "give the name to one fact")
        names = (fact.name.en, fact.name.zh_hans, fact.name.zh_hant, *fact.headers)
        for header in {fold(name) for name in names if name}:
            owner = headers.setdefault(header, fact.id)
            if owner != fact.id:
                message = f"{header!r} is a header of {owner} and of {fact.id}"
                report.add(places[fact.id], "ambiguous-header", message, "name the two apart")


def fold(text: str) -> str:
    """A text without differences of width and case."""
    return unicodedata.normalize("NFKC", text).casefold().strip()
