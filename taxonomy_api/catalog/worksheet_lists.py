"""What may be chosen in the cells of a maintainer's workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.read_activities import OBJECTIVE_NAMES
from taxonomy_api.catalog.read_criteria import CONTRIBUTIONS
from taxonomy_api.catalog.read_mappings import SCENARIOS, SCOPES, STRINGENCIES
from taxonomy_api.catalog.read_tests import OPERATORS_OF
from taxonomy_api.catalog.terms import STATUSES, Fact
from taxonomy_api.catalog.units import spellings
from taxonomy_api.catalog.worksheet_cells import GROUPS, LEAVES

#: Kinds that a row may have; rows of items and `not` keep theirs.
KINDS = (*LEAVES, "step", *(kind for kind in GROUPS if kind != "rows"), "shared", "none", "listing", "row")


def lists(release: Release, subject: str) -> Mapping[str, tuple[str, ...]]:
    """The values to choose from by column, for a taxonomy or a mapping `a--b`."""
    documents = tuple(sorted(release.sources))
    operators = dict.fromkeys(operator for of_kind in OPERATORS_OF.values() for operator in of_kind)
    ends = subject.split("--")
    codes = [_codes(release, end) for end in ends]
    return {
        "kind": KINDS,
        "subject": (*sorted(release.facts), *sorted(release.standards)),
        "operator": (*operators, "else"),
        "unit": tuple(dict.fromkeys((*_fact_units(release), *spellings()))),
        "window": ("open", "applies"),
        "where covered": ("yes", "no"),
        "document": documents,
        "status": STATUSES,
        "objective": OBJECTIVE_NAMES,
        "contribution": CONTRIBUTIONS,
        "activity": codes[0] if len(ends) == 1 else (),
        "subject_id": tuple(f"{ends[0]}:{code}" for code in codes[0]),
        "object_id": ("sssom:NoTermFound", *(f"{ends[-1]}:{code}" for code in codes[-1])),
        "predicate_id": tuple(SCOPES),
        "predicate_modifier": ("Not",),
        "ext_stringency": STRINGENCIES,
        "ext_scenario": SCENARIOS,
        "ext_source": documents,
        "ext_status": STATUSES,
    }


def _codes(release: Release, taxonomy: str) -> tuple[str, ...]:
    edition = release.taxonomies.get(taxonomy)
    return () if edition is None else tuple(edition.activities)


def _fact_units(release: Release) -> Iterator[str]:
    return (fact.unit for fact in release.facts.values() if fact.unit not in (None, "1"))


def values_of(fact: Fact) -> str:
    """The unit of a fact, or what it may be."""
    if fact.kind == "quantity":
        return fact.unit or ""
    if fact.kind == "yes_no":
        return "yes | no"
    return " | ".join(fact.choices or fact.scale) if fact.kind in ("choice", "level") else "2030-01-01"
