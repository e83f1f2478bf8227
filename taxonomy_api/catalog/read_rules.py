"""Reads the rules of an edition: in words, and as the program reads them to choose between editions."""

from __future__ import annotations

from typing import Literal, get_args

from taxonomy_api.catalog.frame import EditionLink, Link
from taxonomy_api.catalog.model import Applies, DateSpan, DealDate, DealKind, Rule
from taxonomy_api.catalog.values import Record, Values
from taxonomy_api.catalog.yaml_tree import Node

Answer = Literal["yes", "no", "choice"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
DATES: tuple[DealDate, ...] = get_args(DealDate)
KINDS: tuple[DealKind, ...] = get_args(DealKind)


def read_rules(
    values: Values, node: Node | None, taxonomy: str | None, links: list[Link]
) -> tuple[Rule, ...]:
    """The `edition_rules` of `taxonomy`; editions that they name are added to `links`."""
    rules: dict[str, Rule] = {}
    for item in values.items(node):
        record = values.record(item)
        if record is None:
            continue
        id_node = record.need("id")
        id = values.identifier(id_node, "rule id")
        text = values.text(record.need("text"))
        source, status = values.citation(record.need("source")), values.status(record.need("status"))
        applies = _applies(values, record.get("applies"), taxonomy, links)
        record.done()
        if id in rules and id_node is not None:
            values.report.add(id_node, "duplicate-id", f"{id} is already a rule", "number the rules")
        if id is not None and text is not None and source is not None and status is not None:
            rules[id] = Rule(id, text, source, status, applies)
    return tuple(rules.values())


def _applies(
    values: Values, node: Node | None, taxonomy: str | None, links: list[Link]
) -> tuple[Applies, ...]:
    found: list[Applies] = []
    for item in values.items(node):
        record = values.record(item)
        if record is None:
            continue
        answer = values.word(record.need("answer"), ANSWERS, "answer")
        to = values.words(record.get("to"), KINDS, "kind of deal")
        when = tuple(span for one in values.items(record.get("when")) for span in _span(values, one))
        choice = _choice(values, record, answer, taxonomy, links)
        proper = values.word(record.get("proper_edition"), ("not_on_file",), "place of the proper edition")
        record.done()
        if proper is not None and answer != "no":
            message = "only an edition that does not apply has another in its place"
            values.report.add(record.key("proper_edition"), "edition-rule", message, "remove it or answer no")
        if answer is not None:
            found.append(Applies(answer, to, when, choice, proper is None))
    return tuple(found)


def _span(values: Values, node: Node) -> tuple[DateSpan, ...]:
    """`{by: [dates], from, before}`, at least one of the two days."""
    record = values.record(node)
    if record is None:
        return ()
    by = values.words(record.need("by"), DATES, "date of a deal")
    start, end = values.date(record.get("from")), values.date(record.get("before"))
    record.done()
    if "from" not in record and "before" not in record:
        values.report.add(record.node, "window-empty", "the span states no day", "write from, before or both")
    elif start is not None and end is not None and start >= end:
        message = f"no day is on or after {start} and before {end}"
        values.report.add(record.node, "window-empty", message, "correct one of the days")
    return (DateSpan(by, start, end),) if by else ()


def _choice(
    values: Values, record: Record, answer: Answer | None, taxonomy: str | None, links: list[Link]
) -> tuple[str, ...]:
    """The editions to choose from: with `answer: choice`, and only then, and this edition among them."""
    if answer != "choice":
        if "choice" in record:
            message = "the editions to choose from stand beside answer: choice"
            values.report.add(record.key("choice"), "edition-rule", message, "remove it or answer choice")
        values.scalars(record.get("choice"))
        return ()
    node = record.need("choice")
    choice = values.scalars(node)
    for item, edition in zip(values.items(node), choice, strict=False):
        links.append(EditionLink(item, edition))
    if node is not None and (len(choice) < 2 or taxonomy not in choice):
        message = f"a choice is between {taxonomy} and another edition"
        values.report.add(node, "edition-rule", message, "name this edition and the others")
    return choice
