"""Statements as RDF, written as Turtle and as JSON-LD; no more of either than a classification needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Iri:
    """An address, already without the signs that an address may not hold."""

    value: str

    def __add__(self, rest: str) -> Iri:
        return Iri(self.value + rest)


@dataclass(frozen=True, slots=True)
class Literal:
    """A text with a language or a datatype; with neither, plain text."""

    text: str
    language: str | None = None
    datatype: Iri | None = None


Term = Iri | Literal
Triple = tuple[Iri, Iri, Term]

RDF = Iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
SKOS = Iri("http://www.w3.org/2004/02/skos/core#")
DC = Iri("http://purl.org/dc/elements/1.1/")
DCT = Iri("http://purl.org/dc/terms/")
OWL = Iri("http://www.w3.org/2002/07/owl#")
XSD = Iri("http://www.w3.org/2001/XMLSchema#")
TYPE = RDF + "type"

PREFIXES: Mapping[str, Iri] = {"skos": SKOS, "dct": DCT, "dc": DC, "owl": OWL, "xsd": XSD}

Subjects = Mapping[Iri, Mapping[Iri, list[Term]]]


def turtle(triples: Iterable[Triple], comment: str = "") -> str:
    """A Turtle document: a block per subject, in the order in which subjects first occur."""
    head = "".join(f"@prefix {prefix}: <{iri.value}> .\n" for prefix, iri in PREFIXES.items())
    if comment:
        head += f"# {comment}\n"
    blocks = (
        f"{_turtle(subject)}\n    "
        + " ;\n    ".join(
            f"{'a' if predicate == TYPE else _turtle(predicate)} {', '.join(map(_turtle, objects))}"
            for predicate, objects in statements.items()
        )
        + " .\n"
        for subject, statements in _by_subject(triples).items()
    )
    return "\n".join((head, *blocks))


def json_ld(triples: Iterable[Triple]) -> str:
    """A JSON-LD document that needs nothing from elsewhere: its context stands in it."""
    graph = [
        {"@id": subject.value}
        | {
            "@type" if predicate == TYPE else _short(predicate) or predicate.value: [
                _typed(term) if predicate == TYPE else _json(term) for term in objects
            ]
            for predicate, objects in statements.items()
        }
        for subject, statements in _by_subject(triples).items()
    ]
    context = {prefix: iri.value for prefix, iri in PREFIXES.items()}
    return json.dumps({"@context": context, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def _by_subject(triples: Iterable[Triple]) -> Subjects:
    """Each statement once."""
    found: dict[Iri, dict[Iri, dict[Term, None]]] = {}
    for subject, predicate, term in triples:
        found.setdefault(subject, {}).setdefault(predicate, {})[term] = None
    return {
        subject: {predicate: list(terms) for predicate, terms in statements.items()}
        for subject, statements in found.items()
    }


def _short(iri: Iri) -> str | None:
    """`skos:broader`; None for an address under no prefix."""
    for prefix, space in PREFIXES.items():
        local = iri.value.removeprefix(space.value)
        if local != iri.value and local.isascii() and local.isalnum():
            return f"{prefix}:{local}"
    return None


def _turtle(term: Term) -> str:
    if isinstance(term, Iri):
        return _short(term) or f"<{term.value}>"
    # The escapes of JSON are escapes of Turtle, too.
    text = json.dumps(term.text, ensure_ascii=False)
    if term.language is not None:
        return f"{text}@{term.language}"
    return text if term.datatype is None else f"{text}^^{_turtle(term.datatype)}"


def _typed(term: Term) -> str:
    return (_short(term) or term.value) if isinstance(term, Iri) else term.text


def _json(term: Term) -> dict[str, Any]:
    if isinstance(term, Iri):
        return {"@id": term.value}
    if term.language is not None:
        return {"@value": term.text, "@language": term.language}
    if term.datatype is not None:
        return {"@value": term.text, "@type": _short(term.datatype) or term.datatype.value}
    return {"@value": term.text}
