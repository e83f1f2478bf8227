"""What a loaded activity says, as items that can be compared with those of the record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from fractions import Fraction
from functools import cache

from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    Cases,
    ChoiceTest,
    Criterion,
    DateTest,
    FactLeaf,
    Group,
    Leaf,
    LevelTest,
    LimitTest,
    Listing,
    MeetsLeaf,
    NotOnFile,
    Rows,
    StandardLeaf,
    YesNoTest,
    children,
    walk,
)
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.model import Activity, Release, Taxonomy
from taxonomy_api.catalog.terms import Text
from tests.catalog.record_side import OPPOSITES, Figure, Side, boundary
from tests.data.figures import days, figures, instruments


@cache
def release() -> Release:
    result = load_release(default_data_folder())
    assert result.release is not None
    return result.release


def stated(activity: Activity, taxonomy: Taxonomy) -> Side:
    """What the data say of an activity; the criteria shared by the edition are left to it."""
    shared = tuple(taxonomy.shared.values())
    side = Side(plain=set(_codes(activity)))
    for part, turned in turns(activity, shared):
        _part(part, turned, side)
    for test in activity.classes.values():
        if test.until is not None:
            side.days.add(boundary(test.until, after=True))
    for text in own_texts(activity, shared):
        side.said |= {Figure.of(figure) for figure in figures(text.en)}
        side.said_standards |= instruments(text.en)
        side.said_days |= {date.fromisoformat(day) for day in days(text.en)}
    side.said = {figure for figure in side.said if figure.text not in taxonomy.activities}
    for text in defining_texts(parts(activity, shared)):
        side.defined |= {Figure.of(figure) for figure in figures(text.en)}
        side.defined_standards |= instruments(text.en)
        side.defined_days |= {date.fromisoformat(day) for day in days(text.en)}
    return side


def _codes(activity: Activity) -> Iterator[str]:
    systems = {
        "gbt4754": activity.industry.get("gbt4754", ()),
        "nace": activity.industry.get("nace2", ()),
        "isic": activity.industry.get("isic4", ()),
        "isic_derived": activity.industry_derived.get("isic4", ()),
    }
    for system, codes in systems.items():
        yield from (f"{system} {code.replace('.', '')}" for code in codes)
    for row in activity.rows:
        yield from (f"code {row.id} {code}" for code in row.gbt4754)
        yield from (f"mark {row.id} {code} {mark}" for code, mark in row.marks.items())


def criteria_of(activity: Activity) -> list[Criterion]:
    """The whole test of each class and of each objective not to be harmed."""
    found = (*(test.criterion for test in activity.classes.values()), *activity.dnsh.values())
    return [criterion for criterion in found if criterion is not None]


def parts(activity: Activity, shared: Collection[Criterion] = ()) -> Iterator[Criterion]:
    """The criteria of an activity, down to their leaves and guards."""
    for criterion in criteria_of(activity):
        yield from (part for part in walk(criterion) if not any(part is one for one in shared))


def turns(activity: Activity, shared: Collection[Criterion] = ()) -> Iterator[tuple[Criterion, bool]]:
    """The criteria of an activity, each with whether it says what is shut out."""
    for name, test in activity.classes.items():
        if test.criterion is not None:
            yield from _turns(test.criterion, name == "excluded", shared)
    for criterion in activity.dnsh.values():
        if criterion is not None:
            yield from _turns(criterion, False, shared)


def _turns(
    criterion: Criterion, turned: bool, shared: Collection[Criterion]
) -> Iterator[tuple[Criterion, bool]]:
    if any(criterion is one for one in shared):
        return
    yield criterion, turned
    inner = turned != (isinstance(criterion, Group) and criterion.kind == "not")
    for child in children(criterion):
        yield from _turns(child, turned if child is criterion.applies_if else inner, shared)


def guard_ids(activity: Activity) -> set[str]:
    """The ids of the conditions under which other criteria bind."""
    found: set[str] = set()
    for part in parts(activity):
        if part.applies_if is not None:
            found |= {one.id for one in walk(part.applies_if)}
    return found


def local(id: str) -> str:
    """The id within its row."""
    return id.rpartition("/")[2]


def own_texts(activity: Activity, shared: Collection[Criterion] = ()) -> Iterator[Text]:
    """The texts that stand in an activity itself."""
    found: list[Text | None] = [activity.name, activity.scope, *activity.notes]
    for part in parts(activity, shared):
        found.append(part.note)
        if isinstance(part, AttestLeaf):
            found += [part.statement, part.evidence]
        elif isinstance(part, Rows):
            for row in part.rows:
                found += [row.name, row.note]
    yield from (text for text in found if text is not None)


def defining_texts(criteria: Iterable[Criterion]) -> Iterator[Text]:
    """Names and definitions of the facts and choices that criteria test."""
    facts = release().facts
    for part in criteria:
        if isinstance(part, FactLeaf):
            fact = facts[part.fact]
            chosen = part.test.values if isinstance(part.test, ChoiceTest) else ()
        elif isinstance(part, Cases):
            fact = facts[part.by]
            chosen = tuple(value for case in part.cases for value in case.values)
        else:
            continue
        yield from (fact.name, fact.definition, *(fact.choices[value].name for value in chosen))


def leaves(activity: Activity, shared: Collection[Criterion] = ()) -> Iterator[Leaf]:
    """The leaves that test something."""
    for part in parts(activity, shared):
        if isinstance(part, Leaf) and not isinstance(part, NotOnFile | Listing):
            yield part


def _part(part: Criterion, turned: bool, side: Side) -> None:
    for window in (part.open, part.applies):
        if window is not None and window.start is not None:
            side.days.add(window.start)
        if window is not None and window.end is not None:
            side.days.add(boundary(window.end, after=True))
    if isinstance(part, StandardLeaf):
        name = part.standard if part.reaches is None else f"{part.standard} {part.reaches}"
        side.standards.add(name)
        side.test(local(part.id), name)
    elif isinstance(part, MeetsLeaf):
        side.plain.add(f"refers to {part.activity.partition(':')[2]}")
    elif isinstance(part, FactLeaf):
        _test(part, OPPOSITES if turned else {}, side)


def _test(leaf: FactLeaf, turn: dict[str, str], side: Side) -> None:
    id, test = local(leaf.id), leaf.test
    if isinstance(test, LimitTest):
        for step in test.steps:
            if step.start is not None:
                side.days.add(step.start)
            for limit in step.limits:
                figure = Figure(Fraction(limit.amount), limit.unit)
                side.numbers.add(figure)
                side.test(id, f"{turn.get(test.operator, test.operator)} {figure}")
    elif isinstance(test, LevelTest):
        side.levels.add(test.level)
        side.test(id, f"level {test.level}")
    elif isinstance(test, DateTest):
        side.days.add(boundary(test.day, test.operator in ("by", "after")))
    elif isinstance(test, YesNoTest):
        answer = "yes" if test.expected else "no"
        side.test(id, turn.get(answer, answer))
    else:
        side.test(id, f"one of {' '.join(sorted(test.values))}")
