"""JSON Schemas of the data files, for editors: made of what the loader does with a specimen.

Nothing but the shape of scalars is written here. Which keys there are, which are needed, what may stand
where, and which words a place takes, comes from the readers (`catalog.watched`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from taxonomy_api.catalog import specimen
from taxonomy_api.catalog.curators import reviews_of
from taxonomy_api.catalog.format_words import described
from taxonomy_api.catalog.frame import Register
from taxonomy_api.catalog.read_activities import SectorReader
from taxonomy_api.catalog.read_facts import read_facts, read_standards
from taxonomy_api.catalog.read_industry import read_industry
from taxonomy_api.catalog.read_instruments import read_instruments
from taxonomy_api.catalog.read_sources import read_sources
from taxonomy_api.catalog.read_taxonomy import Edition, read_taxonomy
from taxonomy_api.catalog.values import CODE, COUNT, DATE, ID, NUMBER, QUANTITY
from taxonomy_api.catalog.watched import Asked, Form, Notes, WatchingReport
from taxonomy_api.catalog.yaml_tree import ListNode, MapNode, Node, ScalarNode, parse_tree

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"


def data_schemas() -> dict[str, Schema]:
    """The schemas by name: `facts`, `taxonomy`, `activities`, …

    Raises AssertionError where the specimen does not show everything that the loader asks for.
    """
    world = _World()
    return {
        "facts": world.schema("facts", (specimen.FACTS,), world.facts),
        "standards": world.schema("standards", (specimen.STANDARDS,), world.standards),
        "sources": world.schema("sources", (specimen.SOURCES,), world.sources),
        "taxonomy": world.schema("taxonomy", specimen.edition_files(), world.taxonomy),
        "activities": world.schema("activities", (specimen.sector_file(),), world.sector),
        "instruments": world.schema("instruments", (specimen.INSTRUMENTS,), world.instruments),
        "curators": world.schema("curators", (specimen.CURATORS,), world.curators),
        "industry": world.schema("industry", (specimen.INDUSTRY,), world.industry),
    }


class _World:
    """What the specimen's files hold, since each is read with those before it."""

    def __init__(self) -> None:
        self.register = Register({}, {}, {})
        self.edition: Edition | None = None

    def schema(self, name: str, texts: Sequence[str], read: Callable[[Node, WatchingReport], None]) -> Schema:
        report = WatchingReport()
        trees = [tree for text in texts if (tree := parse_tree(text, f"{name}.yaml", report)) is not None]
        for tree in trees:
            read(tree, report)
        assert not report.has_errors, [str(one) for one in report.findings if one.severity == "error"]
        return _Maker(report.notes, described(name)).schema(name, trees)

    def facts(self, node: Node, report: WatchingReport) -> None:
        self.register = Register(read_facts(node, report), {}, {})

    def standards(self, node: Node, report: WatchingReport) -> None:
        self.register = Register(self.register.facts, read_standards(node, report), {})

    def sources(self, node: Node, report: WatchingReport) -> None:
        sources = read_sources(node, report)
        self.register = Register(self.register.facts, self.register.standards, sources)

    def taxonomy(self, node: Node, report: WatchingReport) -> None:
        self.edition = read_taxonomy(node, "specimen", self.register, [], report)

    def sector(self, node: Node, report: WatchingReport) -> None:
        assert self.edition is not None
        SectorReader(self.edition, self.register, [], report).read(node)

    def instruments(self, node: Node, report: WatchingReport) -> None:
        assert self.edition is not None
        both = dict.fromkeys(("specimen", "older"), self.edition.taxonomy)
        read_instruments(node, both, self.register.sources, report)

    def curators(self, node: Node, report: WatchingReport) -> None:
        reviews_of(node, self.register.sources, report)

    def industry(self, node: Node, report: WatchingReport) -> None:
        read_industry(node, self.register.sources, report)


@dataclass(slots=True)
class _Maker:
    notes: Notes
    words: Mapping[str, str]
    definitions: dict[str, Schema] = field(default_factory=dict)

    def schema(self, name: str, roots: Sequence[Node]) -> Schema:
        readers: dict[str, list[Asked]] = {}
        for asked in self.notes.asked.values():
            readers.setdefault(asked.reader, []).append(asked)
        for reader, found in sorted(readers.items()):
            self.definitions[reader] = self._object(reader, found)
        return {
            "$schema": DRAFT,
            "title": name,
            "allOf": [self._at(roots)],
            "definitions": {**self.definitions, **_FORMS},
        }

    # Objects

    def _object(self, reader: str, found: Sequence[Asked]) -> Schema:
        """One object, or one for each set of keys that the reader asked for."""
        groups: dict[frozenset[str], list[Asked]] = {}
        for asked in found:
            groups.setdefault(frozenset(asked.keys), []).append(asked)
        shared = frozenset.intersection(*groups)
        telling = self._telling(list(groups.values()), shared)
        made = [self._variant(reader, group, shared, found, telling) for group in groups.values()]
        return made[0] if len(made) == 1 else {"type": "object", "anyOf": made}

    def _variant(
        self,
        reader: str,
        group: Sequence[Asked],
        shared: frozenset[str],
        found: Sequence[Asked],
        telling: str,
    ) -> Schema:
        keys = dict.fromkeys(key for asked in group for key in asked.keys)
        held = [asked.node.entries for asked in group]
        needed = [
            key
            for key in keys
            if all(asked.keys.get(key) for asked in group)
            # What tells this kind of object from others must be there.
            or (key not in shared and all(key in entries for entries in held))
        ]
        properties = {key: self._property(key, reader, group, found) for key in keys}
        if telling:
            texts = dict.fromkeys(_text(entries[telling]) for entries in held)
            properties[telling] = {**properties[telling], "enum": list(texts)}
        made: Schema = {"type": "object", "properties": properties}
        if needed:
            made["required"] = needed
        free = [entry for entries in held for key, entry in entries.items() if key not in keys]
        if all(asked.closed for asked in group):
            made["additionalProperties"] = False
        elif free:
            made["additionalProperties"] = self._at(free)
        return made

    def _telling(self, groups: Sequence[Sequence[Asked]], shared: frozenset[str]) -> str:
        """The key by whose word the groups are told apart; empty where there is none."""
        for key in sorted(shared) if len(groups) > 1 else ():
            if not all(key in asked.node.entries for group in groups for asked in group):
                continue
            said = [{_text(asked.node.entries[key]) for asked in group} for group in groups]
            forms = {
                form for group in groups for asked in group for form in self._forms(asked.node.entries[key])
            }
            words = {word for _, list_ in forms for word in list_}
            if words == set().union(*said) and sum(map(len, said)) == len(words):
                return key
        return ""

    def _property(self, key: str, reader: str, group: Sequence[Asked], found: Sequence[Asked]) -> Schema:
        """What may stand at a key: as in this group, else as in others of the reader, else as anywhere."""
        everywhere = list(self.notes.asked.values())
        for those in (group, found, everywhere):
            nodes = [asked.node.entries[key] for asked in those if key in asked.node.entries]
            if nodes:
                made = self._at(nodes)
                if key in self.words:
                    # Beside a reference, draft 7 reads nothing.
                    made = {"allOf": [made]} if "$ref" in made else dict(made)
                    made["description"] = self.words[key]
                return made
        raise AssertionError(f"{reader} asks for {key}, which the specimen does not show")

    # What stands at a place

    def _at(self, nodes: Sequence[Node]) -> Schema:
        alternatives: dict[str, Schema] = {}

        def add(schema: Schema) -> None:
            alternatives.setdefault(repr(schema), schema)

        plain = [node for node in nodes if isinstance(node, ScalarNode)]
        for form in sorted({form for node in nodes for form in self._forms(node)}):
            add(_form(form))
        fixed = dict.fromkeys(node.text for node in plain if not self._forms(node))
        if fixed:
            add({"enum": list(fixed)})
        for node in nodes:
            asked = self.notes.asked.get(id(node))
            if asked is not None and not self._forms(node):
                add({"$ref": f"#/definitions/{asked.reader}"})
        lists = [node for node in nodes if isinstance(node, ListNode) and not self._forms(node)]
        if lists:
            items = [item for node in lists for item in node.items]
            add({"type": "array", "items": self._at(items)} if items else {"type": "array"})
        maps = [node for node in nodes if isinstance(node, MapNode) and id(node) not in self.notes.asked]
        if maps:
            add(self._open(maps))
        found = list(alternatives.values())
        return found[0] if len(found) == 1 else {"anyOf": found}

    def _open(self, maps: Sequence[MapNode]) -> Schema:
        """A mapping whose keys are free."""
        made: Schema = {"type": "object"}
        entries = [entry for node in maps for entry in node.entries.values()]
        if entries:
            made["additionalProperties"] = self._at(entries)
        keys = {form for node in maps for key in node.keys.values() for form in self._forms(key)}
        if keys:
            named = [_form(form) for form in sorted(keys)]
            made["propertyNames"] = named[0] if len(named) == 1 else {"anyOf": named}
        return made

    def _forms(self, node: Node) -> set[Form]:
        return self.notes.forms.get(id(node), set())


def _text(node: Node) -> str:
    return node.text if isinstance(node, ScalarNode) else ""


def _form(form: Form) -> Schema:
    """How a value is written that `Values` reads under this name."""
    name, words = form
    if name == "word":
        return {"enum": [*words, *(int(word) for word in words if word.isdecimal())]}
    if name == "words":
        return {"type": "array", "items": _form(("word", words))}
    return {"$ref": f"#/definitions/{name}"}


def _whole(pattern: re.Pattern[str]) -> str:
    return f"^(?:{pattern.pattern})$"


#: YAML gives an editor numbers and truth values where the loader reads text.
_SCALAR: Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_FORMS: Mapping[str, Schema] = {
    "scalar": _SCALAR,
    "scalars": {"type": "array", "items": _SCALAR, "uniqueItems": True},
    "text": {"anyOf": [_SCALAR, {"$ref": "#/definitions/values.text"}]},
    "citation": {"type": "array", "items": _SCALAR, "minItems": 2, "maxItems": 2},
    "date": {"type": "string", "format": "date", "pattern": _whole(DATE)},
    "quantity": {"type": "string", "pattern": _whole(QUANTITY)},
    "identifier": {"type": ["string", "number"], "pattern": _whole(ID)},
    "code": {"type": ["string", "number"], "pattern": _whole(CODE)},
    "number": {"type": ["string", "number"], "pattern": _whole(NUMBER)},
    "count": {"type": ["string", "integer"], "pattern": _whole(COUNT), "minimum": 0},
}
