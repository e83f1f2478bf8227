"""Kinds of instruments as JSON."""

from __future__ import annotations

from taxonomy_api.catalog.catalogue_json import Json, texts_json
from taxonomy_api.catalog.criteria_json import citation_json
from taxonomy_api.catalog.model import InstrumentProfile, InstrumentScope, ProceedsRule
from taxonomy_api.catalog.terms import Language

NOT_ON_FILE = "not_on_file"


def instrument_json(profile: InstrumentProfile, language: Language) -> Json:
    """A kind with its names and what each taxonomy asks of its proceeds."""
    return {
        "id": profile.id,
        "name": profile.name.in_language(language),
        "names": texts_json(profile.name),
        "aliases": list(profile.aliases),
        "definition": profile.definition.in_language(language),
        "form": profile.form,
        "use_of_proceeds": _word(profile.use_of_proceeds),
        "taxonomies": {id: _scope(scope, language) for id, scope in profile.taxonomies.items()},
    }


def _scope(scope: InstrumentScope, language: Language) -> Json:
    stand_in = scope.rules_stand_in
    return {
        "covered": _word(scope.covered),
        "source": None if scope.source is None else citation_json(scope.source),
        "status": scope.status,
        "rules": [_rule(rule, language) for rule in scope.rules] or NOT_ON_FILE,
        "rules_stand_in": None if stand_in is None else citation_json(stand_in),
    }


def _rule(rule: ProceedsRule, language: Language) -> Json:
    return {
        "id": rule.id,
        "text": rule.text.in_language(language),
        "share": str(rule.share),
        "marks": dict(rule.marks),
        "from": rule.start,
        "source": citation_json(rule.source),
        "status": rule.status,
    }


def _word(value: bool | None) -> str:
    return NOT_ON_FILE if value is None else ("yes" if value else "no")
