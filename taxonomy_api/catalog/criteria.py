"""Criteria: leaves over one fact, standard or attestation, and nodes over criteria (docs/data-format.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from taxonomy_api.catalog.terms import Citation, Quantity, Status, Text, Value, Window

LimitOperator = Literal["at_most", "below", "at_least", "above", "equals", "between"]

DateOperator = Literal["by", "before", "after", "on_or_after"]


class LimitStep(Value, frozen=True):
    """One step of a limit, in force from `start` (None: always) until the next step.

    `limits` holds one quantity, two for `between`, none where the step is closed.
    """

    start: date | None
    limits: tuple[Quantity, ...]


class LimitTest(Value, frozen=True, tag_field="@", tag=True):
    operator: LimitOperator
    steps: tuple[LimitStep, ...]


class ChoiceTest(Value, frozen=True, tag_field="@", tag=True):
    """Met by the given choices and those below them."""

    values: tuple[str, ...]


class YesNoTest(Value, frozen=True, tag_field="@", tag=True):
    expected: bool


class DateTest(Value, frozen=True, tag_field="@", tag=True):
    operator: DateOperator
    day: date


class LevelTest(Value, frozen=True, tag_field="@", tag=True):
    """Met by `level` of the fact's scale or a better one."""

    level: str


Test = LimitTest | ChoiceTest | YesNoTest | DateTest | LevelTest


class Node(Value, frozen=True, kw_only=True, tag_field="@", tag=True):
    """What every criterion may carry. `id` is unique within its activity."""

    id: str
    applies_if: Criterion | None = None
    open: Window | None = None
    applies: Window | None = None
    contribution: str | None = None
    note: Text | None = None


class Leaf(Node, frozen=True, kw_only=True):
    source: Citation
    status: Status


class FactLeaf(Leaf, frozen=True, kw_only=True):
    fact: str
    test: Test


class StandardLeaf(Leaf, frozen=True, kw_only=True):
    """Conformity with a standard, or reaching `reaches` of its scale or better.

    With `where_covered` the caller may answer that the standard does not cover the product.
    """

    standard: str
    reaches: str | None = None
    where_covered: bool = False


class AttestLeaf(Leaf, frozen=True, kw_only=True):
    """A qualitative condition; `attestation` is the full id under which it is answered."""

    attestation: str
    statement: Text
    evidence: Text | None = None


class MeetsLeaf(Leaf, frozen=True, kw_only=True):
    """Another object (`input`) meets the criteria of `activity`; never tested on the project's own facts."""

    attestation: str
    input: str
    activity: str


class NotOnFile(Leaf, frozen=True, kw_only=True):
    """A test that exists but whose text is not on file; `source` says where it stands officially."""


class Listing(Leaf, frozen=True, kw_only=True):
    """No test beyond the scope; naming the item asserts it. `attestation` may confirm it with evidence."""

    attestation: str


GroupKind = Literal["all", "any", "not", "at_least_of", "first_that_applies"]


class Group(Node, frozen=True, kw_only=True):
    """How parts are joined.

    `all`, `any`, `not` (one part), `at_least_of` (`count` of the parts), or `first_that_applies`: a part
    that is left out gives way to the next.
    """

    kind: GroupKind
    parts: tuple[Criterion, ...]
    count: int = 0


class Case(Value, frozen=True, kw_only=True):
    values: tuple[str, ...]
    criterion: Criterion


class Cases(Node, frozen=True, kw_only=True):
    """One criterion per value of the choice `by`; `otherwise` serves values that no case names."""

    by: str
    cases: tuple[Case, ...]
    otherwise: Criterion | Literal["not_met", "unknown"]


class Row(Value, frozen=True, kw_only=True):
    """One row of an item, with its industry codes and carbon marks by code ("-": without a code)."""

    id: str
    name: Text | None
    gbt4754: tuple[str, ...]
    marks: Mapping[str, str]
    criterion: Criterion
    codes_are_examples: bool
    status: Status
    source: Citation
    note: Text | None = None


class Rows(Node, frozen=True, kw_only=True):
    rows: tuple[Row, ...]


Criterion = FactLeaf | StandardLeaf | AttestLeaf | MeetsLeaf | NotOnFile | Listing | Group | Cases | Rows


def children(criterion: Criterion) -> Iterator[Criterion]:
    """The direct parts of a criterion, its guard included."""
    if criterion.applies_if is not None:
        yield criterion.applies_if
    if isinstance(criterion, Group):
        yield from criterion.parts
    elif isinstance(criterion, Cases):
        for case in criterion.cases:
            yield case.criterion
        if not isinstance(criterion.otherwise, str):
            yield criterion.otherwise
    elif isinstance(criterion, Rows):
        for row in criterion.rows:
            yield row.criterion


def walk(criterion: Criterion) -> Iterator[Criterion]:
    """The criterion and everything below it, guards included, parents first."""
    left = [criterion]
    while left:
        here = left.pop()
        yield here
        left += reversed([*children(here)])
