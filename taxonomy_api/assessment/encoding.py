"""From a project as given to the codes that programs read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Protocol

import numpy as np

from taxonomy_api.assessment.composites import scope_code
from taxonomy_api.assessment.decision import decide
from taxonomy_api.assessment.domains import (
    COMPLIES,
    FAILS,
    FIRST_LEVEL,
    NO,
    NOT_COVERED,
    UNKNOWN,
    YES,
    YES_WITH_EVIDENCE,
    Column,
    Subject,
    constant,
)
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.evaluation import Inputs, day_codes
from taxonomy_api.assessment.project import Given, GivenAnswer, GivenStandard, Project
from taxonomy_api.assessment.values import ParsedValue
from taxonomy_api.catalog.criteria import MeetsLeaf
from taxonomy_api.catalog.model import Activity
from taxonomy_api.catalog.terms import Fact, Standard


class Reads(Protocol):
    """What reads subjects: a program, or several together."""

    @property
    def subjects(self) -> tuple[Subject, ...]: ...


#: A code, and the choices that it stands for where a domain's codes are not fixed (`Column.values`).
Code = tuple[int, tuple[frozenset[str], ...]]


def encode_project(engine: Engine, program: Reads, project: Project, as_of: date) -> dict[Subject, Column]:
    """A column of one code for each subject of the program that the project tells something about."""
    told = told_codes(engine, program, project, as_of)
    return {subject: Column(constant(code, 1), values) for subject, (code, values) in told.items()}


def told_codes(engine: Engine, program: Reads, project: Project, as_of: date) -> dict[Subject, Code]:
    """The code of each subject of the program that the project tells something about, in their order."""
    codes: dict[Subject, Code] = {}
    for subject in program.subjects:
        if subject.kind == "fact":
            given = project.facts.get(subject.id)
            if given is not None:
                codes[subject] = _value(engine, engine.release.facts[subject.id], given.value)
        elif subject.kind == "standard":
            said = project.standards.get(subject.id)
            if said is not None:
                codes[subject] = standard_code(engine.release.standards[subject.id], said), ()
        elif subject.kind == "row":
            names = (*project.activities, *project.confirmed, *project.industry)
            if rows := rows_told(engine.activities[subject.id], names):
                codes[subject] = 1, (rows,)
        elif subject.kind == "named":
            if code := scope_code(subject.id, project.activities, project.confirmed):
                codes[subject] = code, ()
        elif (code := _attestation_code(engine, subject.id, project, as_of)) != UNKNOWN:
            codes[subject] = code, ()
    return codes


def _value(engine: Engine, fact: Fact, parsed: ParsedValue) -> Code:
    value = parsed.value
    return (1, (value,)) if isinstance(value, frozenset) else (value_code(engine, fact, value), ())


def value_code(engine: Engine, fact: Fact, value: Fraction | bool | str | date) -> int:
    """The code of a value of any kind of fact but a choice."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, str):
        return fact.scale.index(value) + 1
    if isinstance(value, date):
        return engine.domains[fact.id].code(Fraction(value.toordinal()))
    return engine.domains[fact.id].code(value)


def standard_code(standard: Standard, said: GivenStandard) -> int:
    if said.year is not None:
        return UNKNOWN  # which edition is in force is not on file, so another one may be meant
    if said.level is not None:
        conforms = len(standard.scale) if said.complies else 0
        return FIRST_LEVEL + conforms + standard.scale.index(said.level)
    if said.covers is False:
        return NOT_COVERED
    if said.complies is None:
        return UNKNOWN
    return COMPLIES if said.complies else FAILS


def answer_code(answer: GivenAnswer) -> int:
    if not answer.value:
        return NO
    return YES_WITH_EVIDENCE if answer.evidence else YES


def rows_told(activity: Activity, names: Iterable[str]) -> frozenset[str]:
    """The rows that names and industry codes tell; empty where they tell none.

    A row is named as `taxonomy:code#row`; a code `gbt4754:4413` tells it where the code occurs in one
    row only.
    """
    names = tuple(names)
    prefix = f"{activity.id}#"
    named = {name[len(prefix) :] for name in names if name.startswith(prefix)}
    codes = {name[8:] for name in names if name.startswith("gbt4754:")}
    if not named and not codes:
        return frozenset()
    rows = activity.rows
    if named:
        told = frozenset(named & {row.id for row in rows})
        return frozenset() if codes and contradicted(activity, told, codes) else told
    told = frozenset(row.id for row in rows if codes & set(row.gbt4754) and not row.codes_are_examples)
    return told if len(told) == 1 else frozenset()


def contradicted(activity: Activity, told: frozenset[str], codes: set[str]) -> bool:
    """Whether industry codes (GB/T 4754) belong to rows of the item, but to none of those told."""
    own = {row.id for row in activity.rows if codes & set(row.gbt4754)}
    return bool(told and own) and not told & own


def _attestation_code(engine: Engine, name: str, project: Project, as_of: date) -> int:
    """An attestation's answer; what a bought object meets may also be told by the object's own facts."""
    answer = project.attestations.get(name)
    if answer is not None:
        return answer_code(answer)
    leaf = engine.attestations.get(name)
    if isinstance(leaf, MeetsLeaf) and leaf.input in project.inputs:
        return _meets(engine, leaf, project.inputs[leaf.input], as_of)
    return UNKNOWN


def _meets(engine: Engine, leaf: MeetsLeaf, facts: Mapping[str, Given], as_of: date) -> int:
    """Whether an object with these facts meets the substantial contribution criteria of `leaf.activity`."""
    activity = engine.release.activity(leaf.activity.partition("/")[0])
    if activity is None or "/" in leaf.activity:
        return UNKNOWN
    program = engine.program(activity)
    columns = encode_project(engine, program, Project(activities=(activity.id,), facts=facts), as_of)
    today = day_codes(program, np.array([as_of.toordinal()]))
    # The scope of a mere listing is nobody's statement here: it would have to be confirmed.
    outcome = decide(Inputs(program, 1, columns, today), confirmed_scope=True).components[
        "substantial_contribution"
    ]
    if outcome.surely_met:
        return YES
    return NO if outcome.surely_not_met else UNKNOWN
