"""Reads the test of one fact: which operator, which value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import cast, get_args

from taxonomy_api.catalog.criteria import (
    ChoiceTest,
    DateOperator,
    DateTest,
    LevelTest,
    LimitOperator,
    LimitStep,
    LimitTest,
    Test,
    YesNoTest,
)
from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.terms import Fact, Quantity
from taxonomy_api.catalog.units import find_unit
from taxonomy_api.catalog.values import Record, Values, base_amount
from taxonomy_api.catalog.yaml_tree import ListNode, MapNode, Node, ScalarNode

LIMIT_OPERATORS: tuple[LimitOperator, ...] = get_args(LimitOperator)
DATE_OPERATORS: tuple[DateOperator, ...] = get_args(DateOperator)

OPERATORS_OF: Mapping[str, tuple[str, ...]] = {
    "quantity": LIMIT_OPERATORS,
    "yes_no": ("is",),
    "choice": ("is", "one_of"),
    "date": DATE_OPERATORS,
    "level": ("reaches",),
}
OPERATORS = frozenset(operator for operators in OPERATORS_OF.values() for operator in operators)


def read_test(record: Record, fact: Fact, values: Values) -> Test | None:
    """The one operator of `record` with its value, typed by `fact`."""
    given = [key for key in record if key in OPERATORS]
    for key in given or OPERATORS:  # with none of them, one may be misspelt: each is a key that can be meant
        record.get(key)
    suiting = ", ".join(OPERATORS_OF[fact.kind])
    if len(given) != 1:
        message = (
            f"{' and '.join(given)} stand together" if given else f"{fact.id} is not compared with anything"
        )
        values.report.add(record.node, "operator", message, f"a {fact.kind} fact takes one of {suiting}")
        return None
    operator = given[0]
    node = record.node.entries[operator]
    if fact.kind == "level" and operator in ("one_of", "is"):
        message = f"{fact.id} has an ordered scale; {operator} would fail better levels"
        values.report.add(
            record.key(operator), "use-reaches", message, "write reaches: and the lowest level that passes"
        )
        return None
    if operator not in OPERATORS_OF[fact.kind]:
        message = f"{operator} does not suit {fact.id}, a {fact.kind} fact"
        values.report.add(record.key(operator), "operator", message, f"use {suiting}")
        return None
    if fact.kind == "quantity":
        return _limit_test(cast(LimitOperator, operator), node, fact, values)
    if fact.kind == "yes_no":
        word = values.word(node, ("yes", "no"), "yes/no value")
        return None if word is None else YesNoTest(word == "yes")
    if fact.kind == "choice":
        return _choice_test(operator, node, fact, values)
    if fact.kind == "date":
        day = values.date(node)
        return None if day is None else DateTest(cast(DateOperator, operator), day)
    level = read_level(node, fact.scale, f"the scale of {fact.id}", values)
    return None if level is None else LevelTest(level)


def read_level(node: Node | None, scale: tuple[str, ...], whose: str, values: Values) -> str | None:
    level = values.scalar(node)
    if level is not None and node is not None and level not in scale:
        cure = "levels: " + ", ".join(scale) if scale else "it has no levels"
        values.report.add(node, "unknown-level", f"{level} is no level of {whose}", cure)
        return None
    return level


def read_choice(node: Node, fact: Fact, values: Values) -> str | None:
    """The id of a choice of `fact`."""
    choice = values.scalar(node)
    if choice is not None and choice not in fact.choices:
        cure = did_you_mean(choice, fact.choices)
        values.report.add(node, "unknown-choice", f"{choice} is no choice of {fact.id}", cure)
        return None
    return choice


def _choice_test(operator: str, node: Node, fact: Fact, values: Values) -> ChoiceTest | None:
    if operator == "is":
        choice = read_choice(node, fact, values)
        return None if choice is None else ChoiceTest((choice,))
    read = [read_choice(item, fact, values) for item in values.items(node)]
    choices = tuple(dict.fromkeys(choice for choice in read if choice is not None))
    for place, choice in enumerate(read):
        if choice is not None and choice in read[:place]:
            item = values.items(node)[place]
            values.report.add(item, "duplicate-id", f"{choice} stands twice in this list", "keep one")
    if not read and isinstance(node, ListNode):
        values.report.add(node, "empty-value", "one_of lists no choice", "list the choices that pass")
    return ChoiceTest(choices) if choices else None


def _limit_test(operator: LimitOperator, node: Node, fact: Fact, values: Values) -> LimitTest | None:
    """A plain value holds always; a mapping of days holds each value from its day until the next."""
    if not isinstance(node, MapNode):
        limits = _limits(operator, node, fact, values)
        return None if limits is None else LimitTest(operator, (LimitStep(None, limits),))
    steps: list[LimitStep] = []
    for key, entry in values.entries(node):
        day = values.date(key)
        closed = isinstance(entry, ScalarNode) and entry.text == "closed"
        limits = () if closed else _limits(operator, entry, fact, values)
        if day is not None and steps and steps[-1].start is not None and day < steps[-1].start:
            message = f"{day} stands after {steps[-1].start}"
            values.report.add(key, "days-unordered", message, "write the days from the first to the last")
        if day is not None and limits is not None:
            steps.append(LimitStep(day, limits))
    if not node.entries:
        values.report.add(
            node, "empty-value", f"{operator} states no limit", "write a quantity, or days with quantities"
        )
    steps.sort(key=lambda step: step.start or date.min)
    return LimitTest(operator, tuple(steps)) if steps else None


def _limits(operator: LimitOperator, node: Node, fact: Fact, values: Values) -> tuple[Quantity, ...] | None:
    """One quantity, two for `between`; None after a finding."""
    if fact.unit is None or find_unit(fact.unit) is None:
        return None  # reported with the fact
    if operator != "between":
        limit = values.quantity(node, fact.unit)
        if limit is None:
            return None
        _check_plausible(node, limit, fact, values)
        return (limit,)
    ends = values.items(node)
    if isinstance(node, ListNode) and len(ends) != 2:
        values.report.add(node, "shape", f"between lists {len(ends)} values", "write [lower, upper]")
    if len(ends) != 2:
        return None
    low, high = values.quantity(ends[0], fact.unit), values.quantity(ends[1], fact.unit)
    if low is None or high is None:
        return None
    if base_amount(low) > base_amount(high):
        values.report.add(node, "range-order", f"{low} is above {high}", "exchange them")
    for end, limit in zip(ends, (low, high), strict=True):
        _check_plausible(end, limit, fact, values)
    return (low, high)


def _check_plausible(node: Node, limit: Quantity, fact: Fact, values: Values) -> None:
    amount = base_amount(limit)
    below = fact.minimum is not None and amount < base_amount(fact.minimum)
    above = fact.maximum is not None and amount > base_amount(fact.maximum)
    if below or above:
        span = f"{fact.minimum or '…'} to {fact.maximum or '…'}"
        message = f"{limit} lies outside the plausible range of {fact.id}"
        values.report.add(node, "limit-out-of-range", message, f"the range is {span}: correct one of them")
