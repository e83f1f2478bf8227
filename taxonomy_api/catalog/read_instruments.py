"""Reads instruments.yaml: kinds of instruments, and what each edition asks of their proceeds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import get_args

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.instruments import folded, names_of
from taxonomy_api.catalog.model import (
    InstrumentForm,
    InstrumentProfile,
    InstrumentScope,
    MarkOutcome,
    ProceedsRule,
    Taxonomy,
)
from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.terms import Citation, Quantity
from taxonomy_api.catalog.values import Record, Values
from taxonomy_api.catalog.yaml_tree import Node, ScalarNode

FORMS: tuple[InstrumentForm, ...] = get_args(InstrumentForm)
MARKS = ("direct", "enabling", "none")
MARK_OUTCOMES: tuple[MarkOutcome, ...] = get_args(MarkOutcome)


def read_instruments(
    node: Node, taxonomies: Mapping[str, Taxonomy], sources: Collection[str], report: Report
) -> dict[str, InstrumentProfile]:
    """The profiles by id. Ids, aliases and names each mean one profile."""
    values = report.values(sources)
    profiles: dict[str, InstrumentProfile] = {}
    record = values.record(node)
    if record is None:
        return profiles
    meant: dict[str, str] = {}
    for key, entry in values.entries(record.need("instruments")):
        profile = _profile(values, key, entry, taxonomies)
        if profile is None:
            continue
        profiles[profile.id] = profile
        for name in names_of(profile):
            other = meant.setdefault(folded(name), profile.id)
            if other != profile.id:
                cure = "names and aliases are told apart without case, blanks and hyphens"
                report.add(key, "duplicate-id", f"{name} already means {other}", cure)
    record.done()
    return profiles


def _profile(
    values: Values, key: ScalarNode, node: Node, taxonomies: Mapping[str, Taxonomy]
) -> InstrumentProfile | None:
    record = values.record(node)
    if record is None:
        return None
    id = values.identifier(key, "instrument id")
    name = values.name(record.need("name"), "add it")
    definition = values.name(record.need("definition"), "add it")
    form = values.word(record.need("form"), FORMS, "form of an instrument")
    tied = values.word(record.need("use_of_proceeds"), ("yes", "no", "not_on_file"), "use of proceeds")
    aliases = values.scalars(record.get("aliases"))
    scopes: dict[str, InstrumentScope] = {}
    for place, entry in values.entries(record.get("taxonomies")):
        if place.text not in taxonomies:
            cure = did_you_mean(place.text, taxonomies)
            values.report.add(place, "unknown-taxonomy", f"{place.text} is not loaded", cure)
        scope = _scope(values, entry)
        if scope is not None:
            scopes[place.text] = scope
    if tied == "no" and "taxonomies" in record:
        message = "an instrument whose proceeds are not tied to projects has no rules on them"
        values.report.add(record.key("taxonomies"), "unknown-key", message, "remove taxonomies")
    record.done()
    if id is None or name is None or definition is None or form is None or tied is None:
        return None
    return InstrumentProfile(
        id=id,
        name=name,
        definition=definition,
        form=form,
        use_of_proceeds=None if tied == "not_on_file" else tied == "yes",
        aliases=aliases,
        taxonomies=scopes,
    )


def _scope(values: Values, node: Node) -> InstrumentScope | None:
    record = values.record(node)
    if record is None:
        return None
    covered, why = None, ""
    if "covered" in record:
        covered, why = values.yes_no(record.get("covered")), " beside covered"
    source = values.citation(record.need("source", why) if why else record.get("source"))
    status = values.status(record.need("status", why) if why else record.get("status"))
    rules: dict[str, ProceedsRule] = {}
    for item in values.items(record.get("rules")):
        rule = _rule(values, item)
        if rule is None:
            continue
        if rule.id in rules:
            values.report.add(item, "duplicate-id", f"{rule.id} is already a rule", "number the rules")
        rules[rule.id] = rule
    stand_in = _place(values, record.get("rules_not_on_file"))
    if "rules_not_on_file" in record and "rules" in record:
        message = "the rules are both stated and not on file"
        values.report.add(record.key("rules_not_on_file"), "unknown-key", message, "keep one of the two")
    record.done()
    return InstrumentScope(
        covered=covered,
        source=source,
        status=status,
        rules=tuple(rules[id] for id in sorted(rules)),
        rules_stand_in=stand_in,
    )


def _rule(values: Values, node: Node) -> ProceedsRule | None:
    record = values.record(node)
    if record is None:
        return None
    id = values.identifier(record.need("id"), "rule id")
    text = values.name(record.need("text"), "add it")
    share = _share(values, record.need("share"))
    marks = _marks(values, record)
    start = values.date(record.get("from"))
    source, status = values.citation(record.need("source")), values.status(record.need("status"))
    record.done()
    if id is None or text is None or share is None or source is None or status is None:
        return None
    return ProceedsRule(id=id, text=text, share=share, marks=marks, start=start, source=source, status=status)


def _share(values: Values, node: Node | None) -> Quantity | None:
    share = values.quantity(node, "%")
    if share is None or node is None:
        return share
    if share.unit != "%" or not 0 < share.amount <= 100:
        message = f"{share} is no share that can be asked for"
        values.report.add(node, "limit-out-of-range", message, "write more than 0 % and at most 100 %")
        return None
    return share


def _marks(values: Values, record: Record) -> dict[str, MarkOutcome]:
    """What each mark does; a rule about marks speaks of all of them."""
    node = record.get("marks")
    if node is None:
        return {}
    fields = values.record(node)
    found: dict[str, MarkOutcome] = {}
    if fields is not None:
        for mark in MARKS:
            outcome = values.word(fields.need(mark), MARK_OUTCOMES, "outcome of a mark")
            if outcome is not None:
                found[mark] = outcome
        fields.done()
    return found


def _place(values: Values, node: Node | None) -> Citation | None:
    """`{document, clause}`: where the rules stand that are not on file."""
    record = values.record(node)
    if record is None:
        return None
    document, clause = values.document(record.need("document")), values.scalar(record.need("clause"))
    record.done()
    return None if document is None or clause is None else Citation(document, clause)
