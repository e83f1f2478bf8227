"""Random but plausible projects for every loaded activity."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

from taxonomy_api.assessment.compiling import in_fact_unit
from taxonomy_api.assessment.domains import Subject
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.model import Activity
from taxonomy_api.catalog.terms import Fact


def value_of(engine: Engine, fact: Fact, chance: random.Random) -> object:
    """A value below, at, between or above the limits on file."""
    if fact.kind == "yes_no":
        return chance.random() < 0.7
    if fact.kind == "choice":
        return chance.choice(sorted(fact.choices))
    if fact.kind == "level":
        return chance.choice(fact.scale)
    domain = engine.domains[fact.id]
    number = domain.representative(chance.randrange(1, len(domain)))
    if fact.kind == "date":
        return date.fromordinal(int(number)).isoformat()
    least = None if fact.minimum is None else in_fact_unit(fact.minimum, fact)
    most = None if fact.maximum is None else in_fact_unit(fact.maximum, fact)
    if least is not None:
        number = max(number, least)
    if most is not None:
        number = min(number, most)
    return f"{_decimal(number)} {fact.unit}" if fact.unit != "1" else str(_decimal(number))


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def project_of(
    engine: Engine, activity: Activity, chance: random.Random, known: float = 0.8
) -> dict[str, object]:
    """A project under `activity`; each thing it could tell is told with probability `known`."""
    named = {activity.id: ""}
    facts: dict[str, object] = {}
    attestations: dict[str, object] = {}
    standards: list[object] = []
    for subject in engine.program(activity).subjects:
        if chance.random() > known:
            continue
        if subject.kind == "fact":
            facts[subject.id] = value_of(engine, engine.release.facts[subject.id], chance)
        elif subject.kind == "attestation":
            answer = subject.id.endswith("/scope") or chance.random() < 0.9
            attestations[subject.id] = answer
        elif subject.kind == "standard":
            standards.append(_standard(engine, subject, chance))
        elif subject.kind == "row":
            rows = [f"#{row.id}" for row in engine.activities[subject.id].rows]
            if subject.id in named:
                named[subject.id] = chance.choice(rows)
        elif chance.random() < 0.1 or not any(_edition(name) == _edition(subject.id) for name in named):
            named[subject.id] = ""  # an activity of a composite's side; rarely several of one edition
    activities = [name + row for name, row in named.items()]
    return {"activities": activities, "facts": facts, "attestations": attestations, "standards": standards}


def _edition(activity: str) -> str:
    return activity.partition(":")[0]


def _standard(engine: Engine, subject: Subject, chance: random.Random) -> dict[str, object]:
    scale = engine.release.standards[subject.id].scale
    if scale and chance.random() < 0.7:
        return {"id": subject.id, "level": chance.choice(scale)}
    return {"id": subject.id, "complies": chance.random() < 0.7}
