"""Reading RDF in tests."""

from __future__ import annotations

import warnings

from rdflib import Graph


def parsed(text: str, form: str) -> Graph:
    """The graph of a document in `turtle` or `json-ld`."""
    with warnings.catch_warnings():
        # rdflib's own JSON-LD reader uses a class that rdflib calls outdated.
        warnings.filterwarnings("ignore", "ConjunctiveGraph is deprecated", DeprecationWarning)
        return Graph().parse(data=text, format=form)
