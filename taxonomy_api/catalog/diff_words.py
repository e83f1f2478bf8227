"""Values of the catalog in plain English, as short as they can be told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    Cases,
    ChoiceTest,
    Criterion,
    DateTest,
    FactLeaf,
    Group,
    LimitStep,
    LimitTest,
    Listing,
    MeetsLeaf,
    NotOnFile,
    StandardLeaf,
    Test,
    YesNoTest,
)
from taxonomy_api.catalog.terms import Citation, Quantity, Text, Window

NOTHING = "nothing"
_LONGEST = 120


def words(value: object) -> str | None:
    """A value in words; None for what is made of parts that have names."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | date | Quantity):
        return str(value)
    if isinstance(value, Text):
        return value.en
    if isinstance(value, Citation):
        return f"{value.document}, {value.locator}"
    if isinstance(value, Window):
        return days(value.start, value.end)
    if isinstance(value, bytes):
        return f"{value.count(10)} lines"
    if isinstance(value, tuple | list):
        return ", ".join(words(item) or str(item) for item in value) or NOTHING
    return None


def field_words(old: object, new: object) -> tuple[str, str]:
    """Both values, told apart: texts that agree in English by their other languages."""
    before, after = (_short(words(value) or _joined(value)) for value in (old, new))
    if before == after:
        before, after = (_short(_joined(value)) for value in (old, new))
    if before == after:
        return f"{before} (before)", f"{after} (after)"
    return before, after


def _joined(value: object) -> str:
    if isinstance(value, Text):
        return " / ".join(text for text in (value.en, value.zh_hans, value.zh_hant) if text)
    if isinstance(value, tuple | list):
        return ", ".join(map(_joined, value)) or NOTHING
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_joined(entry)}" for key, entry in value.items()) or NOTHING
    if hasattr(value, "__struct_fields__") and words(value) is None:
        return "; ".join(_joined(getattr(value, name)) for name in value.__struct_fields__)
    return words(value) or str(value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def days(start: date | None, end: date | None) -> str:
    """`from 2030-01-01 until 2035-12-31`; empty where both ends are open."""
    ends = (("from", start), ("until", end))
    return " ".join(f"{word} {day}" for word, day in ends if day is not None)


def limit_words(operator: str, limits: tuple[Quantity, ...]) -> str:
    """`at most 100 gCO2e/kWh`; `closed` where there is no limit."""
    if not limits:
        return "closed"
    return f"{operator.replace('_', ' ')} {' and '.join(map(str, limits))}"


def test_words(test: Test) -> str:
    if isinstance(test, LimitTest):
        return ", ".join(_step(test.operator, step) for step in test.steps)
    if isinstance(test, ChoiceTest):
        return f"is {' or '.join(test.values)}"
    if isinstance(test, YesNoTest):
        return "is yes" if test.expected else "is no"
    if isinstance(test, DateTest):
        return f"{test.operator.replace('_', ' ')} {test.day}"
    return f"reaches {test.level}"


def _step(operator: str, step: LimitStep) -> str:
    said = limit_words(operator, step.limits)
    return said if step.start is None else f"{said} from {step.start}"


def criterion_words(criterion: Criterion) -> str:
    """What a criterion asks, without its guard and windows; parts of groups by their ids."""
    if isinstance(criterion, FactLeaf):
        return f"{criterion.fact} {test_words(criterion.test)}"
    if isinstance(criterion, StandardLeaf):
        level = "" if criterion.reaches is None else f" at {criterion.reaches} or better"
        covered = ", where it covers the product" if criterion.where_covered else ""
        return f"conforms to {criterion.standard}{level}{covered}"
    if isinstance(criterion, AttestLeaf):
        return _short(criterion.statement.en)
    if isinstance(criterion, MeetsLeaf):
        return f"{criterion.input} meets {criterion.activity}"
    if isinstance(criterion, NotOnFile):
        return f"not on file ({criterion.source.document}, {criterion.source.locator})"
    if isinstance(criterion, Listing):
        return "listed, no test beyond its scope"
    return f"{_kind(criterion)} of {', '.join(_part_names(criterion))}"


def _kind(criterion: Criterion) -> str:
    if isinstance(criterion, Group):
        return f"{criterion.count}" if criterion.kind == "at_least_of" else criterion.kind.replace("_", " ")
    return f"cases by {criterion.by}" if isinstance(criterion, Cases) else "rows"


def _part_names(criterion: Criterion) -> Iterator[str]:
    if isinstance(criterion, Group):
        yield from (part.id for part in criterion.parts)
    elif isinstance(criterion, Cases):
        yield from (f"{' | '.join(case.values)} ({case.criterion.id})" for case in criterion.cases)
        otherwise = criterion.otherwise
        yield f"else {otherwise if isinstance(otherwise, str) else otherwise.id}"
    else:
        yield from (row.id for row in getattr(criterion, "rows", ()))
