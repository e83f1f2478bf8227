"""The words of the design, written down once more in the plainest way: sets of possible results.

Knows nothing of codes, masks or compiled programs. Every combination of the parts' possible results
is tried in turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from itertools import product

from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    Cases,
    ChoiceTest,
    Criterion,
    DateTest,
    FactLeaf,
    Group,
    LevelTest,
    LimitTest,
    NotOnFile,
    StandardLeaf,
    YesNoTest,
)
from tests.assessment.generated import CHOICES, SCALE

Results = frozenset[str]
MET, NOT_MET, LEFT = "met", "not_met", "left_out"
OPEN: Results = frozenset({MET, NOT_MET})


def results(
    criterion: Criterion, project: Mapping[str, object], day: date, any_value: bool = False
) -> Results:
    """What the criterion can come to for the project on that day.

    Of several choices all must fit what is demanded; one is enough (`any_value`) for a guard to bind
    and under `not`.
    """
    bare = _bare(criterion, project, day, any_value)
    if criterion.open is not None and not _in(criterion.open, day):
        bare = frozenset({NOT_MET})
    if criterion.applies is not None and not _in(criterion.applies, day):
        bare = frozenset({LEFT})
    if criterion.applies_if is None:
        return bare
    found: set[str] = set()
    for guard in results(criterion.applies_if, project, day, True):
        if guard in (MET, LEFT):
            found |= bare
        if guard in (NOT_MET, LEFT):
            found.add(LEFT)
    return frozenset(found)


def _in(window: object, day: date) -> bool:
    start, end = window.start, window.end  # type: ignore[attr-defined]
    return (start is None or start <= day) and (end is None or day <= end)


def _bare(criterion: Criterion, project: Mapping[str, object], day: date, any_value: bool) -> Results:
    if isinstance(criterion, Group):
        below = any_value is not (criterion.kind == "not")
        parts = [results(part, project, day, below) for part in criterion.parts]
        return frozenset().union(*(_group(criterion, combination) for combination in product(*parts)))
    if isinstance(criterion, Cases):
        return _cases(criterion, project, day, any_value)
    if isinstance(criterion, NotOnFile):
        return OPEN
    if criterion.status in ("recalled", "own-comparison"):
        said = _leaf(criterion, project, day, any_value)
        return said if said == {LEFT} else said | OPEN if LEFT in said else OPEN
    return _leaf(criterion, project, day, any_value)


def _group(group: Group, combination: tuple[str, ...]) -> Results:
    left = [result for result in combination if result != LEFT]
    if group.kind == "first_that_applies":
        return frozenset({left[0] if left else LEFT})
    if group.kind == "not":
        return frozenset({{MET: NOT_MET, NOT_MET: MET, LEFT: LEFT}[combination[0]]})
    if not left:
        return frozenset({LEFT}) if group.kind == "all" else OPEN
    if group.kind == "all":
        return frozenset({MET if all(result == MET for result in left) else NOT_MET})
    wanted = 1 if group.kind == "any" else group.count
    return frozenset({MET if left.count(MET) >= wanted else NOT_MET})


def _cases(cases: Cases, project: Mapping[str, object], day: date, any_value: bool) -> Results:
    chosen = _as_set(project.get(cases.by))
    options = [_selects(cases, choice) for choice in chosen]
    branches = [
        results(case.criterion, _as_product(project, cases.by, options, number), day, any_value)
        for number, case in enumerate(cases.cases)
    ]
    if cases.otherwise == "not_met":
        otherwise: Results = frozenset({NOT_MET})
    elif cases.otherwise == "unknown":
        otherwise = OPEN
    else:
        otherwise = results(cases.otherwise, _as_product(project, cases.by, options, None), day, any_value)
    if not chosen or any(option is None for option in options):
        shared = frozenset().union(*branches)
        return shared if _covers_all(cases) else shared | otherwise
    picked = [branches[number] for option in options for number in option or ()]
    if any(option == () for option in options):
        picked.append(otherwise)
    found: set[str] = set()
    for combination in product(*picked):
        left = [result for result in combination if result != LEFT]
        fits = any if any_value else all
        found.add(LEFT if not left else MET if fits(result == MET for result in left) else NOT_MET)
    return frozenset(found)


def _as_product(
    project: Mapping[str, object], by: str, options: list[tuple[int, ...] | None], case: int | None
) -> Mapping[str, object]:
    """Within a case the project is the product that leads there, whatever else it makes.

    `case` None: what no case names. Where no choice of the project leads there, it stays as it is.
    """
    here = [
        choice
        for choice, option in zip(_as_set(project.get(by)), options, strict=True)
        if option is not None and (case in option if case is not None else option == ())
    ]
    return {**project, by: here} if here else project


def _selects(cases: Cases, choice: str) -> tuple[int, ...] | None:
    """The cases that a choice selects; None where it is too broad to tell."""
    fits = tuple(n for n, case in enumerate(cases.cases) if set(_up(choice)) & set(case.values))
    if fits:
        return fits
    named = {above for case in cases.cases for value in case.values for above in _up(value)}
    return None if choice in named else ()


def _covers_all(cases: Cases) -> bool:
    bottom = [choice for choice in CHOICES if all(other.parent != choice for other in CHOICES.values())]
    return all(_selects(cases, choice) for choice in bottom)


def _up(choice: str) -> list[str]:
    parent = CHOICES[choice].parent
    return [choice, *(_up(parent) if parent else [])]


def _as_set(value: object) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)  # type: ignore[call-overload]


def _leaf(leaf: Criterion, project: Mapping[str, object], day: date, any_value: bool) -> Results:
    if isinstance(leaf, AttestLeaf):
        answer = project.get(leaf.attestation)
        return OPEN if answer is None else frozenset({MET if answer else NOT_MET})
    if isinstance(leaf, StandardLeaf):
        return _standard(leaf, project)
    assert isinstance(leaf, FactLeaf)
    value, test = project.get(leaf.fact), leaf.test
    if isinstance(test, LimitTest):
        steps = [step for step in test.steps if step.start is None or step.start <= day]
        if not steps or not steps[-1].limits:
            return frozenset({NOT_MET})
        if value is None:
            return OPEN
        number = Fraction(str(value).split()[0])
        limits = [Fraction(limit.amount) for limit in steps[-1].limits]
        holds = {
            "at_most": number <= limits[0],
            "below": number < limits[0],
            "at_least": number >= limits[0],
            "above": number > limits[0],
            "equals": number == limits[0],
            "between": limits[0] <= number <= limits[-1],
        }[test.operator]
        return frozenset({MET if holds else NOT_MET})
    if value is None:
        return OPEN
    if isinstance(test, YesNoTest):
        return frozenset({MET if value is test.expected else NOT_MET})
    if isinstance(test, DateTest):
        built = date.fromisoformat(str(value))
        holds = {
            "by": built <= test.day,
            "before": built < test.day,
            "after": built > test.day,
            "on_or_after": built >= test.day,
        }[test.operator]
        return frozenset({MET if holds else NOT_MET})
    if isinstance(test, LevelTest):
        return frozenset({MET if SCALE.index(str(value)) <= SCALE.index(test.level) else NOT_MET})
    return _choices(test, _as_set(value), any_value)


def _choices(test: ChoiceTest, chosen: Iterable[str], any_value: bool) -> Results:
    above = {upper for value in test.values for upper in _up(value)}
    each = [
        MET if set(_up(choice)) & set(test.values) else "open" if choice in above else NOT_MET
        for choice in chosen
    ]
    if any_value:
        return frozenset({MET}) if MET in each else OPEN if "open" in each else frozenset({NOT_MET})
    if NOT_MET in each:
        return frozenset({NOT_MET})
    return OPEN if "open" in each else frozenset({MET})


def _standard(leaf: StandardLeaf, project: Mapping[str, object]) -> Results:
    said = project.get(leaf.standard)
    if said is None:
        silent = leaf.where_covered and project.get("test:1/only_standards_mentioned_apply") is True
        return frozenset({LEFT}) if silent else OPEN | {LEFT} if leaf.where_covered else OPEN
    assert isinstance(said, Mapping)
    if said.get("covers") is False:
        return frozenset({LEFT}) if leaf.where_covered else OPEN
    if said.get("complies") is False:
        return frozenset({NOT_MET})
    if "grade" in said:
        if leaf.reaches is None:
            return frozenset({MET}) if said.get("complies") else OPEN
        reached = SCALE.index(str(said["grade"])) <= SCALE.index(leaf.reaches)
        return frozenset({MET if reached else NOT_MET})
    return frozenset({MET}) if leaf.reaches is None else OPEN
