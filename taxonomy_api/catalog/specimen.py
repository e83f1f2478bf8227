"""Data in which every construct of the format stands once, for `catalog.schemas` to watch the loader.

It lists no keys: `catalog.schemas` fails if the loader asks for one that stands nowhere here. Parts that may
be left out are left out at least once.
"""

from __future__ import annotations

from collections.abc import Iterator

from taxonomy_api.catalog.model import OBJECTIVES

_TEXT = "{en: word, zh-Hans: 词, zh-Hant: 詞}"
_CITED = "source: [doc, place], status: verified"

FACTS = f"""
scales: {{classes: [best, good]}}
facts:
  power: {{kind: quantity, unit: kW, name: {_TEXT}, definition: {_TEXT}, aliases: [p],
    headers: [Power], range: {{min: 0 kW, max: 9 kW}}}}
  index: {{kind: quantity, unit: "1", name: {{en: index}}, definition: {_TEXT},
    range: {{min: "0", max: "9"}}}}
  speed: {{kind: quantity, unit: kW, name: {{en: speed}}, definition: {_TEXT}}}
  checked: {{kind: yes_no, name: {{en: checked}}, definition: {_TEXT}}}
  built: {{kind: date, name: {{en: built}}, definition: {_TEXT}}}
  grade: {{kind: level, scale: classes, name: {{en: grade}}, definition: {_TEXT}}}
  product:
    kind: choice
    name: {{en: product}}
    definition: {_TEXT}
    choices:
      door: {{name: {_TEXT}}}
      gate: {{name: plain, parent: door, aliases: [portal]}}
      wall: {{name: {_TEXT}}}
"""

STANDARDS = f"""
scales: {{steps: ["1", "2"]}}
standards: {{GB 1: {{name: {_TEXT}, scale: steps}}, GB 2: {{}}}}
"""

SOURCES = f"""
sources:
  doc: {{title: {_TEXT}, issuer: office, kind: law, date: 2020-01-01, edition: first, published_at: place}}
  draft: {{title: plain, issuer: office, kind: press}}
"""

_BINDING = f"requires: {{id: c2, attest: {_TEXT}, {_CITED}}}\nminimum_safeguards: common"
_BINDING_OTHERWISE = f"requires: common\nminimum_safeguards: {{id: c2, attest: {_TEXT}, {_CITED}}}"

_EDITION = f"""
id: specimen
title: {_TEXT}
issuer: [office]
jurisdiction: XX
edition: first
published: 2020-01-01
effective: 2020-01-01
supersedes: [older]
objectives: [climate_change_mitigation]
classes: [green, transition, excluded]
components: {{substantial_contribution: tested, dnsh: tested, minimum_safeguards: tested}}
list_complete: yes
list_complete_source: [doc, place]
code_status: official
levels: [sector, group, activity]
counts: {{sector: "1"}}
instruments: {{covered: {_TEXT}, not_covered: {_TEXT}, {_CITED}}}
edition_rules:
  - id: T1
    text: {_TEXT}
    source: [doc, place]
    status: verified
    applies:
      - answer: no
        to: [bond]
        when: [{{by: [filed_on], from: 2020-01-01, before: 2021-01-01}}]
        proper_edition: not_on_file
      - {{answer: choice, choice: [specimen, older]}}
residual_label: {_TEXT}
disclaimer: {_TEXT}
holes: [{_TEXT}, plain]
{_BINDING}
status: verified
source: [doc, place]
notes: [plain, {_TEXT}]
shared:
  common: {{id: all-over, attest: {_TEXT}, evidence: {_TEXT}, {_CITED}}}
"""

_PART = f"{{id: SUB, fact: checked, is: yes, {_CITED}}}"
_LIMITS = ("at_most", "below", "at_least", "above", "equals")
_DAYS = ("by", "before", "after", "on_or_after")
#: What a criterion can hold, without its braces; ID is its id, SUB that of a part.
_CRITERIA = (
    *(f"id: ID, fact: power, {operator}: 5 kW" for operator in _LIMITS),
    *(f"id: ID, fact: power, {operator}: {{2020-01-01: 5 kW, 2030-01-01: closed}}" for operator in _LIMITS),
    *(f'id: ID, fact: index, {operator}: "5"' for operator in _LIMITS),
    *(f'id: ID, fact: index, {operator}: {{2020-01-01: "5"}}' for operator in _LIMITS),
    "id: ID, fact: power, between: [1 kW, 5 kW]",
    "id: ID, fact: power, between: {2020-01-01: [1 kW, 5 kW], 2030-01-01: closed}",
    'id: ID, fact: index, between: ["1", "5"]',
    "id: ID, fact: checked, is: yes",
    "id: ID, fact: product, is: gate",
    "id: ID, fact: product, one_of: [gate, wall]",
    *(f"id: ID, fact: built, {operator}: 2020-01-01" for operator in _DAYS),
    "id: ID, fact: grade, reaches: good",
    'id: ID, standard: GB 1, reaches: "1", where_covered: yes',
    "id: ID, standard: GB 2",
    f"id: ID, attest: {_TEXT}, evidence: {_TEXT}",
    f"id: ID, attest: {_TEXT}",
    'id: ID, meets: "other:1", input: steel',
    "id: ID, not_on_file: {document: doc, clause: place}",
    "not_on_file: {document: doc, clause: place}",
    f"id: ID, all: [common, {_PART}]",
    f"any: [common, {_PART}]",
    f"all: [common, {_PART}]",
    f"id: ID, any: [common, {_PART}]",
    f"not: {_PART}",
    "id: ID, not: common",
    f'at_least_of: {{count: "1", of: [common, {_PART}]}}',
    f'id: ID, at_least_of: {{count: "1", of: [common, {_PART}]}}',
    f"first_that_applies: [{{id: SUB, standard: GB 2, where_covered: yes, {_CITED}}}, listing]",
    f"id: ID, first_that_applies: [common, {_PART}]",
    f"cases: {{by: product, gate: common, wall: {_PART}, else: not_met}}",
    "id: ID, cases: {by: product, gate: common, else: unknown}",
    f"cases: {{by: product, gate: common, else: {_PART}}}",
    "cases: {by: product, gate: common, else: common}",
    # What any of them may carry. A row has its own note.
    f"id: ID, attest: {_TEXT}, applies_if: {{id: SUB, fact: checked, is: yes}}, open: {{from: 2020-01-01}}, "
    "applies: {from: 2020-01-01, until: 2021-01-01}, contribution: enabling",
)
_NOTE = f", note: {_TEXT}"
_ROW = f'name: {_TEXT}, gbt4754: ["4413"], marks: {{"4413": direct}}, codes_are_examples: yes{_NOTE}'


def edition_files() -> tuple[str, str]:
    """taxonomy.yaml, with each criterion as a shared one; and once more, where what else may stand at a
    place stands there."""
    shared = (f"  s{number}: {{{body}{_NOTE}}}" for number, body in enumerate(_criteria("s")))
    full = "\n".join((_EDITION.rstrip(), *shared, "  rows:", *_rows("    "))) + "\n"
    return full, full.replace(_BINDING, _BINDING_OTHERWISE)


def sector_file() -> str:
    """The sector file, with each criterion as a class, as a part and as a row."""
    return "\n".join(_sector()) + "\n"


def _criteria(prefix: str) -> Iterator[str]:
    """Each criterion with ids of its own and its citation."""
    for number, body in enumerate(_CRITERIA):
        named = body.replace("ID", f"{prefix}{number}").replace("SUB", f"{prefix}{number}p")
        yield f"{named}, {_CITED}"


def _sector() -> Iterator[str]:
    yield f'sector: {{code: "1", name: {_TEXT}, translated: [zh-Hans], {_CITED}}}'
    yield f'groups: [{{code: "1.1", parent: "1", name: {_TEXT}, translated: [zh-Hans], {_CITED}}}]'
    yield "activities:"
    yield from _activity("full", name=_TEXT)
    yield '    parent: "1.1"\n    translated: [zh-Hans]\n    code_status: local\n    aliases: [other]'
    yield '    industry: {nace2: ["35.11"]}\n    industry_derived: {isic4: ["3510"]}'
    yield f"    scope: {_TEXT}\n    contribution: enabling\n    tags: [tag]\n    notes: [plain]"
    yield "    objective: climate_change_mitigation\n    excluded: none\n    transition: listing"
    yield "    green: common"
    yield from _activity("composite")
    yield f'    criteria_of: {{left: ["other:1"], complete: yes, {_CITED}}}'
    yield '    scenario: "1"\n    inclusion: on_file\n    transition: not_on_file'
    for number, others in enumerate((("listing", "common"), ("none", "listing"), ("common", "none"))):
        yield from _activity(f"o{number}", turn=number + 1)
        for name, stands in zip(("green", "excluded"), others, strict=True):
            yield f"    {name}: {stands}"
        yield f"    transition: {_PART.replace('SUB', 't1') if number else 'common'}"
    yield '    parent: "1"'
    yield from _activity("same")
    yield '    as_in: "other:1"'
    for number, (body, part) in enumerate(zip(_criteria("c"), _criteria("p"), strict=True)):
        yield from _activity(f"c{number}")
        yield f"    green: {{until: 2030-01-01, {body}{_NOTE}}}\n    transition: none"
        yield f"    excluded: {{any: [{{{part}{_NOTE}}}]}}"
    yield from _activity("rows")
    yield "    transition: none\n    green:\n      until: 2030-01-01"
    yield from _rows("      ")
    yield from _activity("rows-in-part")
    yield f"    transition: none\n    green: {{any: [{{rows: {{r1: {{{_ROW}}}}}, {_CITED}}}]}}"


def _activity(code: str, name: str = "plain", turn: int = 0) -> Iterator[str]:
    yield f"  - code: {code}\n    name: {name}\n    status: verified\n    source: [doc, place]\n    dnsh:"
    stands = ("common", "none", "not_on_file", _PART)
    for number, objective in enumerate(OBJECTIVES):
        one = stands[(number + turn) % len(stands)].replace("SUB", f"d{number}")
        yield f"      {objective}: {one}"


def _rows(indent: str) -> Iterator[str]:
    """The keys of a criterion that has a row without demands and one for each criterion."""
    yield f"{indent}source: [doc, place]\n{indent}status: verified\n{indent}rows:"
    yield f"{indent}  listed: {{{_ROW}, {_CITED}}}"
    for number, body in enumerate(_criteria("r")):
        yield f"{indent}  r{number}: {{{_ROW}, {body}}}"


INSTRUMENTS = f"""
instruments:
  bond:
    name: {_TEXT}
    definition: {_TEXT}
    form: bond
    use_of_proceeds: yes
    aliases: [note]
    taxonomies:
      specimen:
        covered: yes
        source: [doc, place]
        status: verified
        rules:
          - id: T1
            text: {_TEXT}
            share: 100 %
            marks: {{direct: met, enabling: unknown, none: not_met}}
            from: 2020-01-01
            source: [doc, place]
            status: verified
      older: {{rules_not_on_file: {{document: doc, clause: place}}}}
"""

CURATORS = f"""
curators: {{who: {{name: {_TEXT}, since: 2020-01-01}}}}
reviews:
  specimen: {{curator: who, on: 2020-01-01, covers: 1-abc, corroborated: {{doc: draft}}}}
  older:
    curator: who
    on: 2020-01-01
    covers: 1-abc
    accepted: [{{rule: name-differs, says: words, because: {_TEXT}, source: [doc, whole]}}]
"""

INDUSTRY = f"""
systems:
  isic4:
    title: {_TEXT}
    edition: first
    issuer: office
    licence: plain
    acknowledgement: plain
    counts: {{section: "1"}}
    official_counts: {{section: "1"}}
    list_complete: yes
    notes: [plain]
    source: [doc, place]
    status: verified
  isic5:
    {{title: plain, edition: first, issuer: office, licence: {_TEXT}, counts: {{section: "1"}},
    list_complete: no, {_CITED}}}
concordances:
  isic4--isic5: {{complete: yes, no_counterpart: ["1"], notes: [plain], {_CITED}}}
"""
