"""Whether the criteria of an activity are joined as the record joins them.

The tree of the data is read with one truth value per criterion of the record: guards and windows are
ignored, alternatives by product count as alternatives, and what the record does not know drops out. So
both sides are plain Boolean functions of the same variables and can be compared value by value.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product

from taxonomy_api.catalog.criteria import Cases, Criterion, Group, Rows
from taxonomy_api.catalog.model import Activity, Taxonomy
from tests.catalog.data_side import local
from tests.catalog.reconcile import criterion_of, match, stem
from tests.catalog.record_side import Record

Values = Mapping[str, bool]
Function = Callable[[Values], bool]
_TOKEN = re.compile(r"\(|\)|,|[^\s(),]+")


def reading(logic: str) -> Function:
    """The function that an expression over criterion ids states: AND, OR, NOT, ATLEAST(n, …)."""
    tokens = iter([*_TOKEN.findall(logic), ""])
    function, rest = _any(next(tokens), tokens)
    assert rest == "", rest
    return function


def _any(token: str, tokens: Iterator[str]) -> tuple[Function, str]:
    function, token = _all(token, tokens)
    parts = [function]
    while token == "OR":
        function, token = _all(next(tokens), tokens)
        parts.append(function)
    return (lambda values: any(part(values) for part in parts)), token


def _all(token: str, tokens: Iterator[str]) -> tuple[Function, str]:
    function, token = _one(token, tokens)
    parts = [function]
    while token == "AND":
        function, token = _one(next(tokens), tokens)
        parts.append(function)
    return (lambda values: all(part(values) for part in parts)), token


def _one(token: str, tokens: Iterator[str]) -> tuple[Function, str]:
    if token == "NOT":
        negated, token = _one(next(tokens), tokens)
        return (lambda values: not negated(values)), token
    if token == "ATLEAST":
        return _at_least(tokens)
    if token == "(":
        inner, token = _any(next(tokens), tokens)
        assert token == ")", token
        return inner, next(tokens)
    return (lambda values: values[token]), next(tokens)


def _at_least(tokens: Iterator[str]) -> tuple[Function, str]:
    assert next(tokens) == "("
    count, parts, token = int(next(tokens)), [], next(tokens)
    while token == ",":
        part, token = _any(next(tokens), tokens)
        parts.append(part)
    assert token == ")", token
    return (lambda values: sum(part(values) for part in parts) >= count), next(tokens)


class Reader:
    """Reads the criteria of one activity by the ids of the record."""

    def __init__(self, entry: Record, activity: Activity, taxonomy: Taxonomy) -> None:
        self.pairs = match(entry, activity, taxonomy)
        origins = set(self.pairs.values())
        self.exclusions = {one for one in origins if criterion_of(entry, one)["class"] == "exclusion"}

    def read(self, criterion: Criterion, values: Values, turned: bool = False) -> bool | None:
        """What the criterion comes to; None where nothing of the record stands in it."""
        if isinstance(criterion, Group):
            inner = turned != (criterion.kind == "not")
            known = self._known(criterion.parts, values, inner)
            return _joined(criterion, known) if known else None
        if isinstance(criterion, Cases):
            cases = [case.criterion for case in criterion.cases]
            if not isinstance(criterion.otherwise, str):
                cases.append(criterion.otherwise)
            known = self._known(cases, values, turned)
            return any(known) if known else None
        if isinstance(criterion, Rows):
            raise TypeError("rows are compared one by one")
        origin = self.pairs.get(local(criterion.id))
        if origin is None:
            return None
        # A demand says the opposite of the exclusion that the record has in its place.
        return values[origin] if (origin in self.exclusions) == turned else not values[origin]

    def _known(self, parts: Iterable[Criterion], values: Values, turned: bool) -> list[bool]:
        outcomes = (self.read(part, values, turned) for part in parts)
        return [outcome for outcome in outcomes if outcome is not None]


def _joined(group: Group, known: list[bool]) -> bool:
    if group.kind == "not":
        return not known[0]
    if group.kind == "first_that_applies":
        return known[0]
    if group.kind == "at_least_of":
        return sum(known) >= group.count
    return all(known) if group.kind == "all" else any(known)


def assignments(names: list[str], most: int = 256) -> Iterator[dict[str, bool]]:
    """All truth values of a few criteria, or many of many."""
    if 2 ** len(names) <= most:
        for row in product((False, True), repeat=len(names)):
            yield dict(zip(names, row, strict=True))
        return
    chance = random.Random(0)
    for _ in range(most):
        weight = chance.choice((0.2, 0.5, 0.8, 0.95))
        yield {name: chance.random() < weight for name in names}


def joined_otherwise(entry: Record, activity: Activity, taxonomy: Taxonomy) -> bool:
    """Whether the green test and the record's `logic` differ for some truth values."""
    criterion = activity.classes["green"].criterion
    assert criterion is not None
    wanted, reader = reading(entry["logic"]), Reader(entry, activity, taxonomy)
    # The steps of a table of dated limits are one leaf: they share one truth value.
    leaf = {id: id if id in reader.pairs.values() else stem(id) for id in entry["criteria"]}
    for values in assignments(sorted(set(leaf.values()))):
        if wanted({id: values[name] for id, name in leaf.items()}) != reader.read(criterion, values):
            return True
    return False


def rows_joined_otherwise(entry: Record, activity: Activity, taxonomy: Taxonomy) -> set[str]:
    """Rows of a catalogue whose demands the record joins by all or any, and the data otherwise.

    Demands that bind only in their case may or may not count; those by type are cases.
    """
    reader, found = Reader(entry, activity, taxonomy), set()
    for row in activity.rows:
        joining = entry["criteria"][row.id].get("conditions")
        demands = {id: one for id, one in entry["criteria"].items() if one.get("of") == row.id}
        if joining in ("all", "any"):
            for values in assignments(list(demands)):
                if reader.read(row.criterion, values) not in _of_row(joining, demands, values):
                    found.add(row.id)
    return found


def _of_row(joining: str, demands: Mapping[str, Record], values: Values) -> set[bool]:
    asked = {id: one for id, one in demands.items() if one["class"] != "exclusion"}
    always = [values[id] for id, one in asked.items() if one.get("applies_by") != "case"]
    in_case = [values[id] for id, one in asked.items() if one.get("applies_by") == "case"]
    outside = not any(values[id] for id, one in demands.items() if one["class"] == "exclusion")
    met = outside and (all(always) if joining == "all" or not always else any(always))
    return {met, met and all(in_case)}


def not_binding(entry: Record, activity: Activity, taxonomy: Taxonomy) -> set[str]:
    """Demands of an item that may fail while the item is met: its cases and alternatives."""
    criterion, reader = activity.classes["green"].criterion, Reader(entry, activity, taxonomy)
    demands = {id: one for id, one in entry.get("criteria", {}).items() if id != "scope"}
    met = {id: one["class"] != "exclusion" for id, one in demands.items()} | {"scope": True}
    bound = [id for id in demands if id in reader.pairs.values()]
    if criterion is None or not bound:
        return set()
    assert reader.read(criterion, met) is True, activity.id
    return {id for id in bound if reader.read(criterion, met | {id: not met[id]}) is not False}
