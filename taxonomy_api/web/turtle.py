"""An activity as a SKOS concept in Turtle.

Of the mappings only positive ones that hold without a limit in time and rest on at least one source are
stated: SKOS has no place for a standing, a window or a denial. How many are left out is said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

from taxonomy_api.catalog.model import Activity, MappingRow, Release
from taxonomy_api.catalog.terms import Text

MEDIA_TYPE = "text/turtle"
_PREFIXES = (
    "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n"
)
#: Read subject -> object: a subject that lies inside the object has it as a broader match.
_FROM_SUBJECT = {
    "exact": "exactMatch",
    "narrower": "broadMatch",
    "broader": "narrowMatch",
    "overlap": "relatedMatch",
}
_FROM_OBJECT = {**_FROM_SUBJECT, "narrower": "narrowMatch", "broader": "broadMatch"}
_SOURCED = frozenset({"verified", "single-source"})


def activity_turtle(release: Release, activity: Activity) -> str:
    """The concept with names, notation, scope, notes, source and mappings."""
    scheme = f"<urn:taxonomy-api:taxonomy:{quote(activity.taxonomy, safe='')}>"
    statements = ["a skos:Concept", f"skos:inScheme {scheme}", f"skos:notation {_literal(activity.code)}"]
    statements += [f"skos:prefLabel {text}" for text in _texts(activity.name)]
    if activity.scope is not None:
        statements += [f"skos:scopeNote {text}" for text in _texts(activity.scope)]
    statements += [f"skos:note {text}" for note in activity.notes for text in _texts(note)]
    statements.append(f"dct:source {_literal(f'{activity.source.document}; {activity.source.locator}')}")
    own = [row for row in release.mappings if activity.id in (row.subject, row.object)]
    stated = [row for row in own if _is_plain(row)]
    statements += sorted({_match(row, activity.id) for row in stated})
    left_out = (
        f"# {len(own) - len(stated)} mappings are left out: denied, dated, or without a source.\n"
        if len(own) > len(stated)
        else ""
    )
    return f"{_PREFIXES}\n{left_out}{_address(activity.id)}\n    " + " ;\n    ".join(statements) + " .\n"


def _is_plain(row: MappingRow) -> bool:
    dated = row.valid_from is not None or row.valid_until is not None
    return not row.negative and not dated and row.status in _SOURCED


def _match(row: MappingRow, activity_id: str) -> str:
    if row.subject == activity_id:
        return f"skos:{_FROM_SUBJECT[row.scope]} {_address(row.object)}"
    return f"skos:{_FROM_OBJECT[row.scope]} {_address(row.subject)}"


def _texts(text: Text) -> Iterator[str]:
    for tag, words in (("en", text.en), ("zh-Hans", text.zh_hans), ("zh-Hant", text.zh_hant)):
        if words:
            yield f"{_literal(words)}@{tag}"


def _literal(text: str) -> str:
    # The escapes of JSON are escapes of Turtle, too.
    return json.dumps(text, ensure_ascii=False)


def _address(activity_id: str) -> str:
    return f"<urn:taxonomy-api:activity:{quote(activity_id, safe=':')}>"
