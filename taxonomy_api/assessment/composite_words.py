"""What is told of a composite's sides, in words."""

from __future__ import annotations

from collections.abc import Iterable

from taxonomy_api.assessment.composite_causes import Result
from taxonomy_api.assessment.messages import MESSAGES, listed, say
from taxonomy_api.assessment.program import CompiledComposite, CompiledMember, Composed
from taxonomy_api.catalog.model import Activity
from taxonomy_api.catalog.terms import STATUSES, Language


def composed_text(reason: str, node: Composed, result: Result | None, language: Language) -> str:
    """The reason `reason`, told of a composite, a side or one activity of a side, in a sentence."""
    if isinstance(node, CompiledComposite):
        return _composite(reason, node, result, language)
    if isinstance(node, CompiledMember):
        return _member(reason, node, language)
    side = side_name(node.name, language)
    activities = in_words(node.parts, language)
    code = {
        "sides_decide": "side_not_met",
        "composite_open": "side_may_hold_others",
        "activity_not_named": "side_not_named",
        "several_activities": "side_several",
    }[reason]
    return _sentence(say(code, language, side=side, activities=activities))


def _composite(reason: str, node: CompiledComposite, result: Result | None, language: Language) -> str:
    composite = node.frame.owner.composite
    scenario = None if composite is None else composite.scenario
    if reason == "composite_open":
        if node.status_rank < STATUSES.index("recalled"):
            return say("sides_at_odds", language)
        members = [member for side in node.parts for member in side.parts]
        return say(reason, language, activities=in_words(members, language))
    if reason == "sides_decide":
        names = [side_name(side.name, language) for side in node.deciding]
        sides = names[0]
        for name in names[1:]:
            sides = say("and", language, first=sides, second=name)
        code = "sides_agree" if scenario is None else reason
        told = say(f"outcome_{result}", language)
        return _sentence(say(code, language, sides=sides, result=told, scenario=scenario))
    return say(reason, language, scenario=scenario)


def _member(reason: str, node: CompiledMember, language: Language) -> str:
    name = in_words([node], language)
    if reason == "recalled":
        return say(reason, language, condition=name)
    if reason == "class_not_available":
        return say(reason, language, class_name=say("green", language))
    if reason == "window_closed" and node.until is not None:
        closed = node.until.fromordinal(node.until.toordinal() + 1)
        return say(reason, language, day=closed.isoformat(), condition=name)
    return _sentence(say("side_met", language, side=side_name(node.side, language), activity=name))


def conditions(activity: Activity, language: Language) -> list[str]:
    """What would have to be right for the provisional verdict of a composite to stand."""
    composite = activity.composite
    if composite is None:
        return []
    found: list[str] = []
    if not composite.included:
        found.append(say("if_pair_in_table", language, activity=activity.id))
    if STATUSES.index(composite.status) >= STATUSES.index("recalled"):
        named = listed((one for ids in composite.sides.values() for one in ids), language)
        found.append(say("if_sides_right", language, activity=activity.id, activities=named))
    return found


def side_name(side: str, language: Language) -> str:
    code = f"side_{side}"
    return say(code, language) if code in MESSAGES else side


def in_words(members: Iterable[CompiledMember], language: Language) -> str:
    """The activities, by id and name."""
    named = (
        say(
            "activity_named", language, id=member.activity.id, name=member.activity.name.in_language(language)
        )
        for member in members
    )
    return listed(named, language)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
