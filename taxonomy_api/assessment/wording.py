"""Criteria and what was given, in words."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from taxonomy_api.assessment.compiling import in_fact_unit
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.messages import listed, say
from taxonomy_api.assessment.program import Compiled, CompiledLeaf, walk
from taxonomy_api.assessment.project import Project
from taxonomy_api.assessment.word_texts import WORDS
from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    DateTest,
    FactLeaf,
    Leaf,
    LevelTest,
    LimitStep,
    LimitTest,
    Listing,
    MeetsLeaf,
    StandardLeaf,
    YesNoTest,
)
from taxonomy_api.catalog.operators import SIGNS
from taxonomy_api.catalog.terms import Fact, Language, Window


def required(engine: Engine, leaf: Leaf, day: date, language: Language) -> str | None:
    """What a leaf asks for on `day`, such as "≤ 100 gCO2e/kWh"; None where nothing is on file."""
    if isinstance(leaf, StandardLeaf):
        if leaf.reaches is None:
            return say("standard_met", language, standard=leaf.standard)
        level = level_text(leaf.reaches, language)
        return say("standard_level", language, standard=leaf.standard, level=level)
    if isinstance(leaf, AttestLeaf | MeetsLeaf):
        return say("yes", language)
    if not isinstance(leaf, FactLeaf):
        return None
    test, fact = leaf.test, engine.release.facts[leaf.fact]
    if isinstance(test, LimitTest):
        step = step_on(test, day)
        return say("closed", language) if step is None else limit_text(test, step, language)
    if isinstance(test, DateTest):
        return f"{SIGNS[test.operator]} {test.day.isoformat()}"
    if isinstance(test, YesNoTest):
        return say("yes" if test.expected else "no", language)
    if isinstance(test, LevelTest):
        return say("level_or_better", language, level=test.level)
    names = choice_names(fact, test.values, language)
    return names if len(test.values) == 1 else say("one_of", language, values=names)


def dated(words: str, window: Window, language: Language) -> str:
    """What is asked for, with the days on which it is."""
    if window.start is None:
        return say("until_day", language, limit=words, day=f"{window.end}")
    if window.end is None:
        return say("from_day", language, limit=words, day=f"{window.start}")
    return say("between_days", language, limit=words, start=f"{window.start}", end=f"{window.end}")


def level_text(level: str, language: Language) -> str:
    """A level of a standard: one with a name by its name, others by their sign."""
    named = f"level_{level}"
    return say(named, language) if named in WORDS else say("level_given", language, level=level)


def limit_text(test: LimitTest, step: LimitStep, language: Language) -> str:
    if not step.limits:
        return say("closed", language)
    if test.operator == "between":
        return say("between", language, low=step.limits[0], high=step.limits[1])
    return f"{SIGNS[test.operator]} {step.limits[0]}"


def step_on(test: LimitTest, day: date) -> LimitStep | None:
    """The step of a limit that is in force on `day`; None before the first day."""
    current = None
    for step in test.steps:
        if step.start is None or step.start <= day:
            current = step
    return current


def later_step(test: LimitTest, day: date) -> LimitStep | None:
    return next((step for step in test.steps if step.start is not None and step.start > day), None)


def choice_names(fact: Fact, values: tuple[str, ...] | frozenset[str], language: Language) -> str:
    return listed((fact.choices[value].name.in_language(language) for value in sorted(values)), language)


def condition(engine: Engine, leaf: Leaf, day: date, language: Language) -> str:
    """A leaf as a condition in words."""
    if isinstance(leaf, AttestLeaf):
        return leaf.statement.in_language(language)
    if isinstance(leaf, FactLeaf):
        fact = engine.release.facts[leaf.fact]
        asked = required(engine, leaf, day, language)
        return say("of_a_fact", language, fact=fact.name.in_language(language), required=asked)
    if isinstance(leaf, MeetsLeaf):
        return say(
            "of_an_input", language, input=leaf.input, activity=_named(engine, leaf.activity, language)
        )
    if isinstance(leaf, Listing):
        listed_as = leaf.attestation.rpartition("/")[0]
        return say("in_scope", language, activity=_named(engine, listed_as, language))
    return required(engine, leaf, day, language) or leaf.id


def node_text(engine: Engine, node: Compiled, day: date, language: Language) -> str:
    """A criterion in a few words; a group by the first condition in it."""
    if isinstance(node, CompiledLeaf):
        return condition(engine, node.leaf, day, language)
    leaves = (below for below in walk(node) if isinstance(below, CompiledLeaf))
    first = next(leaves, None)
    if first is None:
        return node.frame.criterion.id
    words = condition(engine, first.leaf, day, language)
    return words if next(leaves, None) is None else say("and_more", language, first=words)


def _named(engine: Engine, name: str, language: Language) -> str:
    """An activity by its id and name."""
    activity = engine.activities.get(name.partition("#")[0])
    return name if activity is None else f"{name} {activity.name.in_language(language)}"


def given_text(engine: Engine, leaf: Leaf, project: Project, language: Language) -> str | None:
    """What the project says about a leaf, as people read it; None where it says nothing."""
    if isinstance(leaf, FactLeaf):
        given = project.facts.get(leaf.fact)
        if given is None:
            return None
        value = given.value.value
        if isinstance(value, bool):
            return say("yes" if value else "no", language)
        if isinstance(value, frozenset):
            return choice_names(engine.release.facts[leaf.fact], value, language)
        return given.value.given
    if isinstance(leaf, StandardLeaf):
        said = project.standards.get(leaf.standard)
        if said is None:
            return None
        if said.level is not None:
            return level_text(said.level, language)
        if said.covers is False:
            return say("not_covered_by_standard", language)
        return None if said.complies is None else say("yes" if said.complies else "no", language)
    if isinstance(leaf, AttestLeaf | MeetsLeaf | Listing):
        answer = project.attestations.get(leaf.attestation)
        if answer is not None:
            return say("yes" if answer.value else "no", language)
    if isinstance(leaf, Listing):
        listed_as = leaf.attestation.rpartition("/")[0]
        names = {name.partition("#")[0] for name in project.activities} | {*project.activities}
        return say("named_by_caller", language) if listed_as in names else None
    return None


def evidence_of(leaf: Leaf, project: Project) -> tuple[str | None, bool]:
    """The evidence named for a leaf's answer, and whether the figure is estimated."""
    if isinstance(leaf, FactLeaf):
        given = project.facts.get(leaf.fact)
        return (None, False) if given is None else (given.evidence, given.estimated)
    if isinstance(leaf, StandardLeaf):
        said = project.standards.get(leaf.standard)
        return (None if said is None else said.evidence), False
    if isinstance(leaf, AttestLeaf | MeetsLeaf | Listing):
        answer = project.attestations.get(leaf.attestation)
        return (None if answer is None else answer.evidence), False
    return None, False


def margin(engine: Engine, leaf: Leaf, project: Project, day: date) -> float | None:
    """How far a figure lies on the good side of its limit, relative to the limit; negative: short of it."""
    if not isinstance(leaf, FactLeaf) or not isinstance(leaf.test, LimitTest):
        return None
    given = project.facts.get(leaf.fact)
    step = step_on(leaf.test, day)
    if given is None or step is None or len(step.limits) != 1 or not isinstance(given.value.value, Fraction):
        return None
    limit = in_fact_unit(step.limits[0], engine.release.facts[leaf.fact])
    if limit == 0 or leaf.test.operator == "equals":
        return None
    distance = (given.value.value - limit) / abs(limit)
    if leaf.test.operator in ("at_most", "below"):
        distance = -distance
    return round(float(distance), 4)


def subject_of(leaf: Leaf) -> str | None:
    """The id of what a leaf asks: fact, standard or attestation."""
    if isinstance(leaf, FactLeaf):
        return leaf.fact
    if isinstance(leaf, StandardLeaf):
        return leaf.standard
    if isinstance(leaf, AttestLeaf | MeetsLeaf | Listing):
        return leaf.attestation
    return None
