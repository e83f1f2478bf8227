"""The integrity conditions of the SKOS reference, as checks over a graph. Each gives the offenders."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from rdflib import Graph, Literal
from rdflib.namespace import RDF, SKOS
from rdflib.term import Node

Pair = tuple[Any, Any]

LABELS = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)
#: Property -> those that say the same from the other end, and those that it is a kind of.
INVERSE = {
    SKOS.broader: SKOS.narrower,
    SKOS.broadMatch: SKOS.narrowMatch,
    SKOS.hasTopConcept: SKOS.topConceptOf,
}
SYMMETRIC = (SKOS.related, SKOS.relatedMatch, SKOS.exactMatch, SKOS.closeMatch)


def pairs(graph: Graph, *predicates: Any) -> set[Pair]:
    """The pairs of these properties, with what inverse and symmetric properties say."""
    found: set[Pair] = set()
    for predicate in predicates:
        found |= set(graph.subject_objects(predicate))
        for one, other in INVERSE.items():
            if predicate in (one, other):
                back = other if predicate == one else one
                found |= {(subject, object) for object, subject in graph.subject_objects(back)}
        if predicate in SYMMETRIC:
            found |= {(object, subject) for subject, object in graph.subject_objects(predicate)}
    return found


def closure(found: Iterable[Pair]) -> set[Pair]:
    """What is reached in one or more steps."""
    next_to = defaultdict(set)
    for subject, object in found:
        next_to[subject].add(object)
    reached: set[Pair] = set()
    for start in list(next_to):
        seen: set[Any] = set()
        todo = list(next_to[start])
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                todo += next_to[here]
        reached |= {(start, end) for end in seen}
    return reached


def of_type(graph: Graph, kind: Any) -> set[Node]:
    return set(graph.subjects(RDF.type, kind))


def s9(graph: Graph) -> set[Node]:
    """ConceptScheme is disjoint with Concept."""
    return of_type(graph, SKOS.ConceptScheme) & of_type(graph, SKOS.Concept)


def s13(graph: Graph) -> set[Pair]:
    """prefLabel, altLabel and hiddenLabel are disjoint."""
    return {
        pair
        for one, other in combinations(LABELS, 2)
        for pair in set(graph.subject_objects(one)) & set(graph.subject_objects(other))
    }


def s14(graph: Graph) -> set[Pair]:
    """At most one prefLabel per language."""
    count = Counter(
        (subject, label.language)
        for subject, label in graph.subject_objects(SKOS.prefLabel)
        if isinstance(label, Literal)
    )
    return {one for one, times in count.items() if times > 1}


def s27(graph: Graph) -> set[Pair]:
    """related is disjoint with broaderTransitive (relatedMatch and broadMatch are kinds of them)."""
    related = pairs(graph, SKOS.related, SKOS.relatedMatch)
    above = closure(pairs(graph, SKOS.broader, SKOS.broadMatch))
    return related & (above | {(end, start) for start, end in above})


def s37(graph: Graph) -> set[Node]:
    """Collection is disjoint with Concept and with ConceptScheme."""
    others = of_type(graph, SKOS.Concept) | of_type(graph, SKOS.ConceptScheme)
    return of_type(graph, SKOS.Collection) & others


def s46(graph: Graph) -> set[Pair]:
    """exactMatch (transitive) is disjoint with broadMatch and relatedMatch."""
    exact = closure(pairs(graph, SKOS.exactMatch))
    others = pairs(graph, SKOS.broadMatch, SKOS.relatedMatch)
    return exact & (others | {(end, start) for start, end in others})


RULES = (s9, s13, s14, s27, s37, s46)


def offences(graph: Graph) -> Iterator[str]:
    for rule in RULES:
        yield from (f"{rule.__name__}: {offender}" for offender in rule(graph))


def circles(graph: Graph) -> set[Node]:
    """Concepts above themselves: no condition of SKOS, but one of a classification."""
    return {start for start, end in closure(pairs(graph, SKOS.broader)) if start == end}
