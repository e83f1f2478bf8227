"""Projects that are counted twice: in one instrument, or in several.

A project may rightly have several allocations, and several bonds may fund one project. Whether money is
counted twice shows only beside the project's own amount, where it is stated.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from taxonomy_api.assessment.answer import Json
from taxonomy_api.assessment.messages import listed
from taxonomy_api.assessment.proceeds_intake import OtherAllocation, Proceeds, amount_text
from taxonomy_api.assessment.proceeds_texts import tell
from taxonomy_api.assessment.project import Project
from taxonomy_api.catalog.instruments import folded

#: How a project was recognised, and by what.
ProjectKey = tuple[str, Hashable]


@dataclass(frozen=True, slots=True)
class _Group:
    """The allocations of a request (their places) that go to one project, and how it was recognised."""

    by: str
    numbers: tuple[int, ...]


def double_counting(asked: Proceeds) -> Json:
    """Within the request, and against the other instruments that it names."""
    compared = asked.instruments_compared
    code = "other_instruments_compared" if compared else "other_instruments"
    return {
        "within_request": [_told(asked, group, ()) for group in _within(asked)],
        "across_instruments": [_told(asked, group, others) for group, others in _across(asked)],
        "instruments_compared": compared,
        "text": tell(code, asked.language, count=compared),
    }


def project_keys(project: Project) -> list[ProjectKey]:
    """By what a project is recognised again: its id, and its name with activities and facts."""
    keys: list[ProjectKey] = []
    if project.id is not None and project.id.strip():
        keys.append(("same_id", project.id.strip()))
    if project.name is not None and project.name.strip():
        facts = frozenset((id, repr(given.value.value)) for id, given in project.facts.items())
        keys.append(("same_name_and_facts", (folded(project.name), frozenset(project.activities), facts)))
    return keys


def _groups(asked: Proceeds) -> Iterator[_Group]:
    """Every allocation is in some group; those told by two keys alike are one group."""
    places: dict[ProjectKey, list[int]] = {}
    for number, one in enumerate(asked.allocations):
        for key in project_keys(one.request.project) or [("alone", number)]:
            places.setdefault(key, []).append(number)
    seen: set[tuple[int, ...]] = set()
    for (by, _), numbers in places.items():
        group = _Group(by, tuple(numbers))
        if group.numbers not in seen:
            seen.add(group.numbers)
            yield group


def _within(asked: Proceeds) -> Iterator[_Group]:
    """Projects named more than once, and those whose allocations are above their own amount."""
    for group in _groups(asked):
        if len(group.numbers) > 1 or _exceeds(asked, group, ()):
            yield group


def _across(asked: Proceeds) -> Iterator[tuple[_Group, list[OtherAllocation]]]:
    for group in _groups(asked):
        project = asked.allocations[group.numbers[0]].request.project
        if group.by != "same_name_and_facts" or not _id(project):
            by, found = _elsewhere(project, asked.others)
            if found:
                yield _Group(by, group.numbers), found


def _elsewhere(project: Project, others: Sequence[OtherAllocation]) -> tuple[str, list[OtherAllocation]]:
    """The allocations of other instruments to the project: by its id, where both have one, else by name."""
    same_id = [one for one in others if one.project_id and one.project_id.strip() == _id(project)]
    if same_id:
        return "same_id", same_id
    name = folded(project.name or "")
    no_ids = [one for one in others if not (one.project_id and _id(project))]
    return "same_name", [one for one in no_ids if name and folded(one.project_name or "") == name]


def _id(project: Project) -> str:
    return (project.id or "").strip()


def _told(asked: Proceeds, group: _Group, others: Iterable[OtherAllocation]) -> Json:
    others = list(others)
    project = asked.allocations[group.numbers[0]].request.project
    own, total, exceeds = (
        _own_amount(asked, group),
        _total(asked, group, others),
        _exceeds(asked, group, others),
    )
    names = list(dict.fromkeys(one.instrument for one in others))
    return {
        "project": project.id or project.name,
        "by": group.by,
        "allocations": list(group.numbers),
        "instruments": names,
        "allocated": None if total is None else _money(total, asked.currency),
        "project_amount": None if own is None else _money(own, asked.currency),
        "exceeds": exceeds,
        "text": " ".join(_sentences(asked, group, names, own, total, exceeds)),
    }


def _sentences(
    asked: Proceeds,
    group: _Group,
    names: Sequence[str],
    own: Fraction | None,
    total: Fraction | None,
    exceeds: bool | None,
) -> Iterator[str]:
    language = asked.language
    places = listed((str(number + 1) for number in group.numbers), language)
    if names:
        by = tell(group.by, language)
        yield tell("funded_elsewhere", language, places=places, instruments=listed(names, language), by=by)
    elif len(group.numbers) > 1:
        yield tell("counted_twice", language, places=places, by=tell(group.by, language))
    if exceeds is None:
        yield tell("amounts_not_comparable", language)
    elif own is not None and total is not None:
        amounts = {"total": _shown(total, asked.currency), "amount": _shown(own, asked.currency)}
        yield tell("above_project" if exceeds else "within_project", language, **amounts)


def _exceeds(asked: Proceeds, group: _Group, others: Iterable[OtherAllocation]) -> bool | None:
    """Whether the project gets more than its own amount; None where that cannot be told."""
    own, total = _own_amount(asked, group), _total(asked, group, others)
    return None if own is None or total is None else total > own


def _own_amount(asked: Proceeds, group: _Group) -> Fraction | None:
    """The amount that the project states for itself, in the currency of the instrument, and one only."""
    stated = [asked.allocations[number].request.project.amount for number in group.numbers]
    amounts = {
        (Fraction(one.value), one.currency, one.currency_ambiguous) for one in stated if one is not None
    }
    if len(amounts) != 1:
        return None
    value, currency, ambiguous = amounts.pop()
    return None if ambiguous or currency != asked.currency else value


def _total(asked: Proceeds, group: _Group, others: Iterable[OtherAllocation]) -> Fraction | None:
    """What all instruments give the project; None where the amounts are in several currencies."""
    total = sum((asked.allocations[number].amount for number in group.numbers), Fraction())
    for one in others:
        if one.currency != asked.currency:
            return None
        total += one.amount
    return total


def _money(amount: Fraction, currency: str | None) -> Json:
    return {"value": amount_text(amount), "currency": currency}


def _shown(amount: Fraction, currency: str | None) -> str:
    return f"{currency or ''} {amount_text(amount)}".strip()
