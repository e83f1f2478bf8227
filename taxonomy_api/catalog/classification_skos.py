"""Reads a classification from SKOS, in Turtle or JSON-LD, with rdflib (the extra `skos`).

The file may be anybody's: nothing that it names is fetched.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from taxonomy_api.catalog.classification import Classification, Item, Remark
from taxonomy_api.catalog.terms import Text

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

_MOST_NESTED = 200


class Unreadable(ValueError):
    """The document is none of its form, or would have to fetch something."""


def read_skos(text: str, form: Literal["turtle", "json-ld"]) -> tuple[Classification, list[Remark]]:
    """The classification, and what is wrong with its concepts. Raises Unreadable, and ImportError where
    rdflib is not installed."""
    return _Reader(_graph(text, form)).read()


def _graph(text: str, form: Literal["turtle", "json-ld"]) -> Graph:
    from rdflib import Graph

    if form == "json-ld":
        text = _without_fetching(text)
    with warnings.catch_warnings():
        # rdflib warns of its own classes, and of literals that are not what they say they are.
        warnings.simplefilter("ignore")
        try:
            return Graph().parse(data=text, format=form, publicID="urn:import:")
        except RecursionError:
            raise Unreadable("it is nested too deep") from None
        except Exception as problem:  # rdflib raises errors of many kinds for broken documents
            words = " ".join(str(problem).split())[:200]
            raise Unreadable(f"{_place(text, problem)}it cannot be read as {form}: {words}") from None


def _place(text: str, problem: Exception) -> str:
    """The line, where the error knows how far the document was read; rdflib's own count is too high."""
    read = getattr(problem, "_i", None)
    if not isinstance(read, int):
        return ""
    return f"line {text.encode()[:read].count(10) + 1}: "


def _without_fetching(text: str) -> str:
    """The JSON written anew, once nothing in it names a context that would have to be fetched."""
    try:
        content = json.loads(text)
    except RecursionError:
        raise Unreadable("it is nested too deep") from None
    except ValueError as problem:
        raise Unreadable(f"it is no JSON: {problem}") from None
    todo: list[tuple[Any, int]] = [(content, 0)]
    while todo:
        value, depth = todo.pop()
        if depth > _MOST_NESTED:
            raise Unreadable("it is nested too deep")
        if isinstance(value, Mapping):
            for key, entry in value.items():
                if key in ("@context", "@import"):
                    named = entry if isinstance(entry, list) else [entry]
                    away = next((one for one in named if isinstance(one, str)), None)
                    if away is not None:
                        raise Unreadable(
                            f"it needs {away[:200]!r}, and nothing is fetched; write it into the file"
                        )
                todo.append((entry, depth + 1))
        elif isinstance(value, list):
            todo += [(entry, depth + 1) for entry in value]
    return json.dumps(content)


class _Reader:
    """Takes the concepts of one graph."""

    def __init__(self, graph: Graph) -> None:
        from rdflib import Literal as RdfLiteral
        from rdflib.namespace import DC, DCTERMS, OWL, RDF, SKOS

        self._graph, self._literal, self._type = graph, RdfLiteral, RDF.type
        self._skos, self._terms, self._dc, self._owl = SKOS, DCTERMS, DC, OWL
        self._remarks: list[Remark] = []

    def read(self) -> tuple[Classification, list[Remark]]:
        skos, terms = self._skos, self._terms
        concepts = sorted(self._of_type(skos.Concept), key=str)
        schemes = sorted(self._of_type(skos.ConceptScheme), key=str)
        if len(schemes) > 1:
            names = ", ".join(map(str, schemes[:5]))
            self._remark(str(schemes[1]), f"{len(schemes)} schemes stand in the file: {names}", "keep one")
        scheme = schemes[0] if schemes else None
        codes = {concept: self._code(concept) for concept in concepts}
        levels = self._levels()
        items = [self._item(one, code, codes, levels[1]) for one, code in codes.items() if code is not None]
        found = [item for item in items if item is not None]
        found.sort(key=lambda item: _order(item.code))
        title = self._text(scheme, terms.title) or self._text(scheme, skos.prefLabel)
        publishers = [*self._plain(scheme, self._dc.publisher), *self._plain(scheme, terms.publisher)]
        issued = next(iter(self._plain(scheme, terms.issued)), None)
        return (
            Classification(
                found,
                levels[0],
                title,
                issuers=sorted(set(publishers)),
                edition=next(iter(self._plain(scheme, self._owl.versionInfo)), None),
                jurisdiction=next(iter(self._plain(scheme, self._dc.coverage)), None),
                published=issued if issued is not None and _is_date(issued) else None,
            ),
            self._remarks,
        )

    def _of_type(self, kind: Node) -> set[Node]:
        return set(self._graph.subjects(self._type, kind))

    def _code(self, concept: Node) -> str | None:
        found = sorted({" ".join(one.split()) for one in self._plain(concept, self._skos.notation)})
        if len(found) == 1:
            return found[0]
        message = "it has no notation" if not found else f"it has {len(found)} notations: {', '.join(found)}"
        self._remark(str(concept), message, "give it one skos:notation, its code")
        return None

    def _item(
        self, concept: Node, code: str, codes: Mapping[Node, str | None], levels: Mapping[Node, str]
    ) -> Item | None:
        skos = self._skos
        name = self._text(concept, skos.prefLabel)
        if name is None:
            self._remark(
                str(concept), f"{code} has no English skos:prefLabel", "add one with the language en"
            )
            return None
        return Item(
            place=str(concept),
            code=code,
            name=name,
            parent=self._parent(concept, code, codes),
            level=levels.get(concept),
            aliases=tuple(sorted(set(self._plain(concept, skos.altLabel)))),
            scope=self._text(concept, skos.scopeNote, several=True)
            or self._text(concept, skos.definition, several=True),
        )

    def _parent(self, concept: Node, code: str, codes: Mapping[Node, str | None]) -> str | None:
        graph, skos = self._graph, self._skos
        above = {*graph.objects(concept, skos.broader), *graph.subjects(skos.narrower, concept)}
        if len(above) > 1:
            names = ", ".join(sorted(codes.get(one) or str(one) for one in above))
            self._remark(str(concept), f"{code} stands under several: {names}", "keep one skos:broader")
        if not above:
            return None
        # A code that is not there is told as such by the check of the whole.
        return min(codes.get(one) or str(one) for one in above)

    def _levels(self) -> tuple[tuple[str, ...], dict[Node, str]]:
        """The collections that `export` names levels by, in the order of their numbers."""
        graph, skos = self._graph, self._skos
        numbered = []
        for one in self._of_type(skos.Collection):
            number = next(iter(self._plain(one, skos.notation)), "")
            name = next(iter(self._plain(one, skos.prefLabel)), "")
            if not str(one).startswith("urn:taxonomy-api:level:") or not number.isdecimal() or not name:
                return (), {}
            numbered.append((int(number), name, one))
        numbered.sort(key=lambda level: level[:2])
        members = {member: name for _, name, one in numbered for member in graph.objects(one, skos.member)}
        return tuple(name for _, name, _ in numbered), members

    def _text(self, subject: Node | None, predicate: Node, several: bool = False) -> Text | None:
        """The text by language; without English, none."""
        found: dict[str, set[str]] = {}
        for one in self._graph.objects(subject, predicate) if subject is not None else ():
            if isinstance(one, self._literal) and (words := " ".join(str(one).split())):
                found.setdefault(_script(one.language), set()).add(words)
        for language, words_in in found.items():
            if len(words_in) > 1 and language and not several:
                message = f"{len(words_in)} names in {language}: {'; '.join(sorted(words_in))}"
                self._remark(str(subject), message, "keep one per language")
        said = {language: " ".join(sorted(words_in)) for language, words_in in found.items()}
        en = said.get("en") or said.get("")
        return None if en is None else Text(en, said.get("zh-Hans"), said.get("zh-Hant"))

    def _plain(self, subject: Node | None, predicate: Node) -> Sequence[str]:
        if subject is None:
            return ()
        return [str(one) for one in self._graph.objects(subject, predicate) if isinstance(one, self._literal)]

    def _remark(self, place: str, message: str, cure: str) -> None:
        self._remarks.append(Remark(place, message, cure))


def _script(language: str | None) -> str:
    """`en`, `zh-Hans`, `zh-Hant`; empty for text without a language; other languages as they are."""
    tag = (language or "").lower()
    if tag.partition("-")[0] != "zh":
        return tag.partition("-")[0]
    traditional = any(part in ("hant", "tw", "hk", "mo") for part in tag.split("-"))
    return "zh-Hant" if traditional else "zh-Hans"


def _order(code: str) -> list[tuple[int, int, str]]:
    """Codes by their numbers: 1.2 before 1.10. A graph has no order of its own."""
    return list(_parts(code))


def _parts(code: str) -> Iterator[tuple[int, int, str]]:
    number, word = "", ""
    for sign in f"{code}\0":
        if sign.isdecimal() and sign.isascii():
            number += sign
            continue
        if number:
            yield 0, int(number[:18]), number
            number = ""
        word = sign
        yield 1, 0, word


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
