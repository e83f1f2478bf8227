"""The checks that every taxonomy with a record goes through; test_record_*.py name the taxonomies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import ClassVar

import yaml

from taxonomy_api.catalog.criteria import Criterion, Leaf, walk
from taxonomy_api.catalog.model import Taxonomy
from tests.catalog.data_side import criteria_of, release
from tests.catalog.reconcile import (
    Differences,
    above,
    differences,
    edition,
    misnamed,
    mistitled,
    renamed,
    uncited,
)
from tests.catalog.record_side import RECORD, Record, extract

KINDS = frozenset({"missing", "extra", "status", "document", "name", "title", "logic", "renamed"})
#: A consolidated text holds the acts that amended it.
PARTS_OF = {"eu-2021-2139": ("eu-2022-1214", "eu-2023-2485", "eu-2026-73")}


@cache
def deliberate(taxonomy: str) -> Differences:
    """The listed differences of a taxonomy, by kind and activity; a key may name several activities."""
    text = (RECORD / "differences.yaml").read_text(encoding="utf-8")
    found: Differences = {}
    for group in yaml.load(text, Loader=yaml.BaseLoader).get(taxonomy, ()):
        assert group["why"].strip(), group
        for kind in group.keys() - {"why"}:
            assert kind in KINDS, kind
            for codes, items in group[kind].items():
                for code in codes.split(", "):
                    listed = found.setdefault((kind, code), set())
                    assert not listed & set(items), f"listed twice: {kind} {code} {listed & set(items)}"
                    listed.update(items)
    return found


@cache
def compared(taxonomy: str) -> Differences:
    return differences(extract(taxonomy), release().taxonomies[taxonomy])


def _lines(found: Differences) -> set[str]:
    return {f"{kind} {code}: {item}" for (kind, code), items in found.items() for item in items}


def compare(section: str, kind: str, found: Differences) -> None:
    """What stands on one side only, and is not listed with a reason, fails; so does an unused reason."""
    listed = {key: items for key, items in deliberate(section).items() if key[0] == kind}
    actual = {key: items for key, items in found.items() if key[0] == kind}
    assert sorted(_lines(actual) - _lines(listed)) == [], "not listed in differences.yaml"
    assert sorted(_lines(listed) - _lines(actual)) == [], "listed, but no longer so"


class RecordChecks:
    """The checks of one taxonomy."""

    taxonomy: ClassVar[str]

    @property
    def edition(self) -> Taxonomy:
        return release().taxonomies[self.taxonomy]

    @property
    def record(self) -> Record:
        return extract(self.taxonomy)

    def compare(self, kind: str, found: Differences) -> None:
        compare(self.taxonomy, kind, found)

    def test_the_data_hold_what_the_record_holds(self) -> None:
        self.compare("missing", compared(self.taxonomy))

    def test_the_record_holds_what_the_data_hold(self) -> None:
        self.compare("extra", compared(self.taxonomy))

    def test_codes_and_names(self) -> None:
        found = misnamed(self.record, self.edition) | edition(self.record, self.edition)
        self.compare("name", found)

    def test_standards_bear_the_titles_of_the_record(self) -> None:
        self.compare("title", mistitled(self.record, release().standards))

    def test_quantities_are_tested_under_the_names_of_the_record(self) -> None:
        aliases = {fact.id: fact.aliases for fact in release().facts.values()}
        self.compare("renamed", renamed(self.record, self.edition, aliases))

    def test_no_status_is_above_that_of_the_record(self) -> None:
        found = above(self.record, self.edition) | edition(self.record, self.edition)
        self.compare("status", found)

    def test_leaves_cite_the_documents_of_their_criterion(self) -> None:
        self.compare("document", uncited(self.record, self.edition, PARTS_OF))

    def test_every_citation_has_a_registered_document_and_a_place_in_it(self) -> None:
        bad = [
            leaf.id
            for leaf in self._leaves()
            if leaf.source.document not in release().sources or not leaf.source.locator.strip()
        ]
        cited = [self.edition.source, *(entry.source for entry in self.edition.entries)]
        cited += [activity.source for activity in self.edition.activities.values()]
        cited += [rule.source for rule in self.edition.edition_rules]
        bad += [
            f"{source.document}, {source.locator}"
            for source in cited
            if source.document not in release().sources or not source.locator.strip()
        ]
        assert bad == []

    def _leaves(self) -> Iterator[Leaf]:
        tests: list[Criterion] = [*self.edition.shared.values()]
        tests += [one for one in (self.edition.requires, self.edition.minimum_safeguards) if one is not None]
        for activity in self.edition.activities.values():
            tests += criteria_of(activity)
        for test in tests:
            yield from (part for part in walk(test) if isinstance(part, Leaf))
