"""Causes in words."""

from __future__ import annotations

from datetime import date

from taxonomy_api.assessment.causes import Cause
from taxonomy_api.assessment.composite_words import composed_text
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.horizon import Outlook
from taxonomy_api.assessment.messages import say
from taxonomy_api.assessment.program import CompiledCases, CompiledLeaf, Composed
from taxonomy_api.assessment.project import Request
from taxonomy_api.assessment.wording import condition, evidence_of, given_text, node_text, required
from taxonomy_api.catalog.criteria import FactLeaf, LimitTest, NotOnFile, StandardLeaf
from taxonomy_api.catalog.model import Activity
from taxonomy_api.catalog.terms import Language


def reason_of(engine: Engine, cause: Cause, request: Request, seen: Outlook) -> dict[str, object]:
    """A cause as `{code, text}`."""
    given = evidence = None
    if isinstance(cause.node, CompiledLeaf):
        given = given_text(engine, cause.node.leaf, request.project, request.language)
        evidence = evidence_of(cause.node.leaf, request.project)[0]
    text = cause_text(engine, seen.program.activity, cause, request.as_of, request.language, given, evidence)
    return {"code": cause.reason, "text": text}


def whole_reason(code: str, language: Language, component: str) -> dict[str, object]:
    """A reason about a component."""
    return {"code": code, "text": say(code, language, component=say(component, language))}


def cause_text(
    engine: Engine,
    activity: Activity,
    cause: Cause,
    day: date,
    language: Language,
    given: str | None = None,
    evidence: str | None = None,
) -> str:
    """The cause in a sentence, with the value given and the evidence named for it, if any."""
    text = _told(engine, activity, cause, day, language, given, evidence)
    if text.endswith(".."):  # behind a unit such as p.e.
        text = text[:-1]
    if cause.alternative and cause.reason in _ASKING:
        return say("of_an_alternative", language, reason=text)
    return text


#: What reads as a demand by itself, unless it is said that there are other ways.
_ASKING = frozenset(
    (
        *("fact_missing", "attestation_missing", "answer_open", "limit_not_met", "condition_not_met"),
        *("not_yet_open", "window_closed", "case_unknown", "not_on_file", "recalled"),
    )
)


def _told(
    engine: Engine,
    activity: Activity,
    cause: Cause,
    day: date,
    language: Language,
    given: str | None,
    evidence: str | None,
) -> str:
    reason, node = cause.reason, cause.node
    if node is None:
        if reason == "recalled":
            return say(reason, language, condition=activity.name.in_language(language))
        return say(reason, language, component=say(cause.part, language))
    if isinstance(node, Composed):
        return composed_text(reason, node, cause.result, language)
    activity = node.frame.owner
    if reason in ("row_unknown", "no_case_applies"):
        name = activity.id if reason == "row_unknown" else f"{activity.id}/{node.frame.criterion.id}"
        return say(reason, language, id=name)
    if reason == "no_criterion_applies":
        return say(reason, language, class_name=say(cause.part, language))
    if reason in ("window_closed", "not_yet_open"):
        return say(
            reason,
            language,
            day=_turning_day(activity, cause, day),
            condition=_within(node_text(engine, node, day, language)),
        )
    if isinstance(node, CompiledCases):
        return say(
            "case_unknown", language, fact=engine.release.facts[node.subject.id].name.in_language(language)
        )
    if not isinstance(node, CompiledLeaf):
        return node_text(engine, node, day, language)
    return _leaf_text(engine, reason, node, day, language, given, evidence)


def _leaf_text(
    engine: Engine,
    reason: str,
    node: CompiledLeaf,
    day: date,
    language: Language,
    given: str | None,
    evidence: str | None,
) -> str:
    leaf = node.leaf
    given = given or say("not_given", language)
    if isinstance(leaf, NotOnFile):
        document = engine.release.sources.get(leaf.source.document)
        title = leaf.source.document if document is None else document.title.in_language(language)
        return say("not_on_file", language, document=title, clause=leaf.source.locator)
    if reason == "listed_item":
        if evidence:
            return say("scope_confirmed", language, evidence=evidence)
        return say("listed_item", language)
    if reason in ("limit_met", "limit_not_met", "fact_missing"):
        asked = required(engine, leaf, day, language) or ""
        if isinstance(leaf, FactLeaf):
            fact = engine.release.facts[leaf.fact].name.in_language(language)
        else:
            fact = leaf.standard if isinstance(leaf, StandardLeaf) else leaf.id
        return say(reason, language, fact=fact, given=given, required=asked)
    words = _within(condition(engine, leaf, day, language))
    if reason == "attestation_missing":
        return say(reason, language, condition=words, id=node.subject.id if node.subject else leaf.id)
    return say(reason, language, condition=words, given=given)


def _within(words: str) -> str:
    """A condition as a part of a sentence, which has a full stop of its own."""
    return words.rstrip(".。")


def _turning_day(activity: Activity, cause: Cause, day: date) -> str:
    """The first day on which the criterion is closed, or the first on which it is open."""
    node = cause.node
    criterion = None if node is None else node.frame.criterion
    window = None if criterion is None else criterion.open
    if cause.reason == "not_yet_open":
        if window is not None and window.start is not None and window.start > day:
            return window.start.isoformat()
        if isinstance(criterion, FactLeaf) and isinstance(criterion.test, LimitTest):
            start = criterion.test.steps[0].start
            return "" if start is None else start.isoformat()
        return ""
    end = window.end if window is not None and window.end is not None and window.end < day else None
    if end is None:
        test = activity.classes.get(cause.part)  # type: ignore[call-overload]
        end = None if test is None else test.until
    return "" if end is None else date.fromordinal(end.toordinal() + 1).isoformat()
