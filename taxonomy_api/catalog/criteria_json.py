"""Criteria as JSON trees."""

from __future__ import annotations

from datetime import date
from typing import Any

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
    LimitStep,
    LimitTest,
    Listing,
    MeetsLeaf,
    NotOnFile,
    Row,
    Rows,
    StandardLeaf,
    Test,
    YesNoTest,
)
from taxonomy_api.catalog.terms import Citation, Language, Quantity, Text, Window

_SIGNS = {"at_most": "≤", "below": "<", "at_least": "≥", "above": ">", "equals": "="}
Json = dict[str, Any]


def criterion_json(criterion: Criterion, owner: str, language: Language) -> Json:
    """`id`, `kind` and what the kind has; parts below `parts`, `cases` or `rows`.

    `owner` is the activity or taxonomy that the criterion stands in; answers name criteria the same way.
    """
    node = {"id": f"{owner}/{criterion.id}", **_kind(criterion, owner, language)}
    if isinstance(criterion, Leaf):
        node |= {"source": citation_json(criterion.source), "status": criterion.status}
    if criterion.applies_if is not None:
        node["applies_if"] = criterion_json(criterion.applies_if, owner, language)
    for key, window in (("open", criterion.open), ("applies", criterion.applies)):
        if window is not None:
            node[key] = _window(window)
    if criterion.contribution is not None:
        node["contribution"] = criterion.contribution
    if criterion.note is not None:
        node["note"] = criterion.note.in_language(language)
    return node


def citation_json(citation: Citation) -> Json:
    return {"document": citation.document, "locator": citation.locator}


def quantity_json(quantity: Quantity) -> Json:
    """The amount as decimal text, so that nothing of it is lost on the way."""
    return {"amount": format(quantity.amount, "f"), "unit": quantity.unit}


def _kind(criterion: Criterion, owner: str, language: Language) -> Json:
    def text(value: Text | None) -> str | None:
        return None if value is None else value.in_language(language)

    match criterion:
        case FactLeaf(fact=fact, test=test):
            return {"kind": "fact", "fact": fact, **_test(test)}
        case StandardLeaf(standard=standard, reaches=reaches, where_covered=where_covered):
            return {
                "kind": "standard",
                "standard": standard,
                "reaches": reaches,
                "where_covered": where_covered,
            }
        case AttestLeaf(attestation=attestation, statement=statement, evidence=evidence):
            said = {"statement": text(statement), "evidence": text(evidence)}
            return {"kind": "attestation", "attestation": attestation, **said}
        case MeetsLeaf(attestation=attestation, input=of, activity=activity):
            return {"kind": "meets", "attestation": attestation, "input": of, "activity": activity}
        case NotOnFile():
            return {"kind": "not_on_file"}
        case Listing(attestation=attestation):
            return {"kind": "listing", "attestation": attestation}
        case Group(kind=kind, parts=parts, count=count):
            how_many = {"count": count} if kind == "at_least_of" else {}
            return {
                "kind": kind,
                **how_many,
                "parts": [criterion_json(part, owner, language) for part in parts],
            }
        case Cases():
            return {"kind": "cases", **_cases(criterion, owner, language)}
        case Rows(rows=rows):
            return {"kind": "rows", "rows": [_row(row, owner, language) for row in rows]}


def _test(test: Test) -> Json:
    match test:
        case LimitTest(operator=operator, steps=steps):
            return {"operator": operator, "limits": [_step(operator, step) for step in steps]}
        case ChoiceTest(values=values):
            return {"operator": "one_of", "values": list(values)}
        case YesNoTest(expected=expected):
            return {"operator": "is", "value": expected}
        case DateTest(operator=operator, day=day):
            return {"operator": operator, "value": day.isoformat()}
        case LevelTest(level=level):
            return {"operator": "reaches", "value": level}


def _step(operator: str, step: LimitStep) -> Json:
    """One dated limit; `required` puts it in words and is null where the step is closed."""
    shown = [str(limit) for limit in step.limits]
    required = None
    if shown:
        required = " … ".join(shown) if operator == "between" else f"{_SIGNS[operator]} {shown[0]}"
    return {
        "from": _day(step.start),
        "required": required,
        "limits": [quantity_json(limit) for limit in step.limits],
    }


def _cases(criterion: Cases, owner: str, language: Language) -> Json:
    otherwise = criterion.otherwise
    return {
        "by": criterion.by,
        "cases": [
            {"values": list(case.values), "criterion": criterion_json(case.criterion, owner, language)}
            for case in criterion.cases
        ],
        "else": otherwise if isinstance(otherwise, str) else criterion_json(otherwise, owner, language),
    }


def _row(row: Row, owner: str, language: Language) -> Json:
    return {
        "id": row.id,
        "name": None if row.name is None else row.name.in_language(language),
        "gbt4754": list(row.gbt4754),
        "codes_are_examples": row.codes_are_examples,
        "marks": dict(row.marks),
        "criterion": criterion_json(row.criterion, owner, language),
        "status": row.status,
        "source": citation_json(row.source),
        "note": None if row.note is None else row.note.in_language(language),
    }


def _window(window: Window) -> Json:
    return {"from": _day(window.start), "until": _day(window.end)}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
