"""What a caller is asked for an activity: one question per fact, standard, attestation and row."""

from __future__ import annotations

from collections.abc import Sequence

from taxonomy_api.assessment.domains import Subject
from taxonomy_api.assessment.engine import ONLY_MENTIONED, Engine
from taxonomy_api.assessment.messages import say
from taxonomy_api.assessment.wording import subject_of
from taxonomy_api.catalog.criteria import AttestLeaf, FactLeaf, Listing, MeetsLeaf, walk
from taxonomy_api.catalog.model import Activity
from taxonomy_api.catalog.terms import Fact, Language

Json = dict[str, object]


def questions(engine: Engine, activity_id: str, targets: Sequence[str], language: Language) -> list[Json]:
    """The questions for `activity_id` and for the further activities `targets`, each asked once.

    A question: `{id, kind, unit, choices, name, definition, needed_by}`; `needed_by` names the activities
    that ask it. Raises KeyError for an unknown activity.
    """
    asked: dict[Subject, list[str]] = {}
    activities = [engine.activities[name] for name in dict.fromkeys((activity_id, *targets))]
    for activity in activities:
        for subject in engine.program(activity).subjects:
            asked.setdefault(subject, []).append(activity.id)
    return [
        {**_question(engine, subject, activities, language), "needed_by": needed}
        for subject, needed in asked.items()
    ]


def _question(engine: Engine, subject: Subject, activities: Sequence[Activity], language: Language) -> Json:
    if subject.kind == "fact":
        return _fact(engine.release.facts[subject.id], language)
    if subject.kind == "standard":
        standard = engine.release.standards[subject.id]
        name = subject.id if standard.name is None else standard.name.in_language(language)
        return _line(subject.id, "standard", name, None, list(standard.scale))
    if subject.kind == "row":
        activity = engine.activities[subject.id]
        choices = [
            {"id": row.id, "name": row.name.in_language(language) if row.name else row.id}
            for row in activity.rows
        ]
        return _line(f"{subject.id}#row", "row", activity.name.in_language(language), None, choices)
    if subject.kind == "named":
        name = f"{subject.id} ({engine.activities[subject.id].name.in_language(language)})"
        return _line(subject.id, "activity", say("named_question", language, activity=name), None)
    leaf = engine.attestations.get(subject.id)
    if isinstance(leaf, AttestLeaf):
        evidence = None if leaf.evidence is None else leaf.evidence.in_language(language)
        return _line(subject.id, "attestation", leaf.statement.in_language(language), evidence)
    if isinstance(leaf, MeetsLeaf):
        words = say("meets_question", language, input=leaf.input, activity=leaf.activity)
        return {**_line(subject.id, "attestation", words, None), "input_facts": _input_facts(engine, leaf)}
    if isinstance(leaf, Listing):
        return _line(subject.id, "attestation", say("scope_question", language), None)
    code = "only_mentioned_question" if subject.id.endswith(ONLY_MENTIONED) else "scope_question"
    return _line(subject.id, "attestation", say(code, language), None)


def _fact(fact: Fact, language: Language) -> Json:
    choices: list[object] = [
        {"id": choice.id, "name": choice.name.in_language(language), "parent": choice.parent}
        for choice in fact.choices.values()
    ] or list(fact.scale)
    definition = fact.definition.in_language(language)
    return {
        **_line(fact.id, fact.kind, fact.name.in_language(language), definition, choices),
        "unit": fact.unit,
    }


def _line(name: str, kind: str, words: str, definition: str | None, choices: Sequence[object] = ()) -> Json:
    return {
        "id": name,
        "kind": kind,
        "unit": None,
        "choices": list(choices) or None,
        "name": words,
        "definition": definition,
    }


def _input_facts(engine: Engine, leaf: MeetsLeaf) -> list[str]:
    """The facts of the bought object that could answer instead (under `inputs`)."""
    activity = engine.release.activity(leaf.activity.partition("/")[0])
    if activity is None:
        return []
    found = {
        name: None
        for test in activity.classes.values()
        if test.criterion is not None
        for criterion in walk(test.criterion)
        if isinstance(criterion, FactLeaf) and (name := subject_of(criterion)) is not None
    }
    return list(found)
