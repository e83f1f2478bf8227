"""Taxonomies, activities, facts and documents as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from taxonomy_api.catalog.coverage import activity_state, class_states, coverage
from taxonomy_api.catalog.criteria import Criterion, Rows, walk
from taxonomy_api.catalog.criteria_json import citation_json, criterion_json, quantity_json
from taxonomy_api.catalog.industry_index import IndustryCandidate
from taxonomy_api.catalog.model import Activity, Applies, MappingRow, Release, Taxonomy
from taxonomy_api.catalog.terms import Fact, Language, Source, Text

Json = dict[str, Any]


def texts_json(text: Text) -> Json:
    """The languages that a text is on file in."""
    found = {"en": text.en, "zh-Hans": text.zh_hans, "zh-Hant": text.zh_hant}
    return {language: value for language, value in found.items() if value is not None}


def taxonomy_json(taxonomy: Taxonomy, language: Language) -> Json:
    """An edition in short, as lists show it."""
    covered = coverage(taxonomy)
    return {
        "id": taxonomy.id,
        "title": taxonomy.title.in_language(language),
        "titles": texts_json(taxonomy.title),
        "issuer": list(taxonomy.issuer),
        "jurisdiction": taxonomy.jurisdiction,
        "edition": taxonomy.edition,
        "published": taxonomy.published,
        "effective": taxonomy.effective,
        "supersedes": list(taxonomy.supersedes),
        "classes": list(taxonomy.classes),
        "components": dict(taxonomy.components),
        "status": taxonomy.status,
        "coverage": {
            "activities": covered.activities,
            "with_criteria": covered.criteria,
            "listing": covered.listing,
            "composite": covered.composite,
            "not_on_file": covered.not_on_file,
            "by_status": dict(covered.by_status),
            "official_activities": covered.official,
            "list_complete": taxonomy.list_complete,
        },
        "disclaimer": taxonomy.disclaimer.in_language(language),
    }


def taxonomy_detail(release: Release, taxonomy: Taxonomy, language: Language) -> Json:
    """An edition with its rules, holes, shared criteria and headings."""

    def optional(criterion: Criterion | None) -> Json | None:
        return None if criterion is None else criterion_json(criterion, taxonomy.id, language)

    instruments = taxonomy.instruments
    detail = {
        **taxonomy_json(taxonomy, language),
        "objectives": list(taxonomy.objectives),
        "levels": list(taxonomy.levels),
        "counts": dict(taxonomy.counts),
        "instruments": instruments
        and {
            "covered": instruments.covered and instruments.covered.in_language(language),
            "not_covered": instruments.not_covered and instruments.not_covered.in_language(language),
            "source": citation_json(instruments.source),
            "status": instruments.status,
        },
        "edition_rules": [
            {
                "id": rule.id,
                "text": rule.text.in_language(language),
                "source": citation_json(rule.source),
                "status": rule.status,
                "applies": [applies_json(part) for part in rule.applies],
            }
            for rule in taxonomy.edition_rules
        ],
        "residual_label": taxonomy.residual_label and taxonomy.residual_label.in_language(language),
        "holes": [hole.in_language(language) for hole in taxonomy.holes],
        "shared": {
            name: criterion_json(shared, taxonomy.id, language) for name, shared in taxonomy.shared.items()
        },
        "requires": optional(taxonomy.requires),
        "minimum_safeguards": optional(taxonomy.minimum_safeguards),
        "entries": [
            {
                "code": entry.code,
                "name": entry.name.in_language(language),
                "names": texts_json(entry.name),
                "level": entry.level,
                "parent": entry.parent,
                "status": entry.status,
            }
            for entry in taxonomy.entries
        ],
        "notes": [note.in_language(language) for note in taxonomy.notes],
        "source": citation_json(taxonomy.source),
    }
    return {**detail, "documents": documents_json(release, _cited(detail), language)}


def applies_json(part: Applies) -> Json:
    """A rule of an edition as it chooses between editions."""
    return {
        "answer": part.answer,
        "to": list(part.to),
        "when": [
            {
                "by": list(span.by),
                "from": span.start and span.start.isoformat(),
                "before": span.end and span.end.isoformat(),
            }
            for span in part.when
        ],
        "choice": list(part.choice),
        "proper_edition": None if part.proper_on_file else "not_on_file",
    }


def activity_json(activity: Activity, language: Language) -> Json:
    """An activity in short, as lists show it."""
    return {
        "id": activity.id,
        "taxonomy": activity.taxonomy,
        "code": activity.code,
        "code_status": activity.code_status,
        "name": activity.name.in_language(language),
        "names": texts_json(activity.name),
        "sector": activity.sector,
        "parent": activity.parent,
        "status": activity.status,
        "on_file": activity_state(activity),
        "classes": class_states(activity),
        "contribution": activity.contribution,
        "industry": _codes(activity.industry),
        "industry_derived": _codes(activity.industry_derived),
        "tags": list(activity.tags),
    }


def activity_detail(release: Release, activity: Activity, language: Language) -> Json:
    """An activity with its criteria, and every document that they cite."""
    composite = activity.composite
    detail = {
        **activity_json(activity, language),
        "translated": list(activity.translated),
        "aliases": list(activity.aliases),
        "scope": activity.scope and activity.scope.in_language(language),
        "objective": activity.objective,
        "notes": [note.in_language(language) for note in activity.notes],
        "source": citation_json(activity.source),
        "criteria": {
            name: {
                "until": test.until,
                "criterion": None
                if test.criterion is None
                else criterion_json(test.criterion, activity.id, language),
            }
            for name, test in activity.classes.items()
        },
        "rows": [row.id for row in _rows(activity)],
        "dnsh": {
            objective: None if criterion is None else criterion_json(criterion, activity.id, language)
            for objective, criterion in activity.dnsh.items()
        },
        "as_in": activity.as_in,
        "composite": composite
        and {
            "sides": {side: list(activities) for side, activities in composite.sides.items()},
            "complete": composite.complete,
            "scenario": composite.scenario,
            "included": composite.included,
            "source": citation_json(composite.source),
            "status": composite.status,
        },
        "mappings": [_mapping(row) for row in release.mappings if activity.id in (row.subject, row.object)],
    }
    return {**detail, "documents": documents_json(release, _cited(detail), language)}


def fact_json(fact: Fact, language: Language) -> Json:
    return {
        "id": fact.id,
        "kind": fact.kind,
        "unit": fact.unit,
        "name": fact.name.in_language(language),
        "names": texts_json(fact.name),
        "definition": fact.definition.in_language(language),
        "choices": [
            {"id": choice.id, "name": choice.name.in_language(language), "parent": choice.parent}
            for choice in fact.choices.values()
        ],
        "scale": list(fact.scale),
        "aliases": list(fact.aliases),
        "minimum": fact.minimum and quantity_json(fact.minimum),
        "maximum": fact.maximum and quantity_json(fact.maximum),
    }


def documents_json(release: Release, ids: Iterable[str], language: Language) -> Json:
    """The named documents of the register, by id."""
    return {id: _document(release.sources[id], language) for id in sorted(set(ids)) if id in release.sources}


def _document(source: Source, language: Language) -> Json:
    return {
        "title": source.title.in_language(language),
        "issuer": source.issuer,
        "kind": source.kind,
        "date": source.date,
        "edition": source.edition,
        "published_at": source.published_at,
    }


def _mapping(row: MappingRow) -> Json:
    return {
        "subject": row.subject,
        "object": row.object,
        "scope": row.scope,
        "negative": row.negative,
        "stringency": row.stringency,
        "scenario": row.scenario,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "status": row.status,
        "mapping_set": row.mapping_set,
        "source": citation_json(row.source),
    }


def why_json(why: str, through: IndustryCandidate | None) -> Json:
    """How a candidate was found; with the route where an industry code led to it through concordances."""
    if through is None:
        return {"why": why}
    return {
        "why": f"{why}: {through.why}",
        "route": list(through.route),
        "relation": through.relation,
        "status": through.status,
    }


def _codes(industry: Mapping[str, tuple[str, ...]]) -> Json:
    return {scheme: list(codes) for scheme, codes in industry.items()}


def _rows(activity: Activity) -> Iterable[Any]:
    """Each row once, though several classes may speak of it."""
    found = {
        row.id: row
        for test in activity.classes.values()
        if test.criterion is not None
        for part in walk(test.criterion)
        if isinstance(part, Rows)
        for row in part.rows
    }
    return found.values()


def _cited(value: object) -> Iterable[str]:
    """The ids of the documents cited anywhere in a JSON value."""
    if isinstance(value, dict):
        if value.keys() == {"document", "locator"}:
            yield value["document"]
        for child in value.values():
            yield from _cited(child)
    elif isinstance(value, list):
        for child in value:
            yield from _cited(child)
