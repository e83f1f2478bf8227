"""Typed reading of nodes: records with known keys, and the common values of docs/data-format.md.

Every function returns None (or an empty value) after reporting what is wrong, so that a single
pass finds everything.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar, cast

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.terms import LANGUAGES, STATUSES, Citation, Language, Quantity, Status, Text
from taxonomy_api.catalog.units import find_unit
from taxonomy_api.catalog.yaml_tree import ListNode, MapNode, Node, ScalarNode

Word = TypeVar("Word", bound=str)

#: How scalars are written.
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)
QUANTITY = re.compile(r"(-?\d{1,30}(?:\.\d{1,30})?) (\S.*)", re.ASCII)
COUNT = re.compile(r"\d{1,9}", re.ASCII)
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
CODE = re.compile(r"[^\s:#/|,]+")


def base_amount(quantity: Quantity) -> Fraction:
    """The exact amount in the base unit of the quantity's dimension; raises KeyError for an unknown unit."""
    unit = find_unit(quantity.unit)
    if unit is None:
        raise KeyError(quantity.unit)
    return Fraction(quantity.amount) * unit.factor


def _exact(number: str) -> Decimal:
    """The amount without trailing zeros, so that equal amounts are written alike; never rounded."""
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return Decimal(number) or Decimal(0)


class Record:
    """A mapping read key by key; `done` reports the keys that nobody asked for."""

    def __init__(self, node: MapNode, report: Report) -> None:
        self.node = node
        self._report = report
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self.node.entries

    def get(self, key: str) -> Node | None:
        self._asked.add(key)
        return self.node.entries.get(key)

    def need(self, key: str, why: str = "") -> Node | None:
        found = self.get(key)
        if found is None:
            self._report.add(self.node, "missing-key", f"{key} is missing{why}", f"add {key}: …")
        return found

    def key(self, key: str) -> ScalarNode:
        """The place of a key that is there."""
        return self.node.keys[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.node.entries)

    def which(self, keys: Iterable[str]) -> list[str]:
        """Those of `keys` that are there, in the order given."""
        entries = self.node.entries
        return [key for key in keys if key in entries]

    def done(self, also: Collection[str] = ()) -> None:
        if self.node.keys.keys() <= self._asked:
            return
        known = self._asked.union(also)
        for key, place in self.node.keys.items():
            if key not in known:
                self._report.add(
                    place, "unknown-key", f"{key} is no key of this object", did_you_mean(key, known)
                )


class Values:
    """Reads the common values; `sources` are the ids that a citation may name."""

    def __init__(self, report: Report, sources: Collection[str] = ()) -> None:
        self.report = report
        self._sources = sources

    # Shapes

    def record(self, node: Node | None) -> Record | None:
        if node is None:
            return None
        if isinstance(node, MapNode):
            return Record(node, self.report)
        self._shape(node, "a mapping")
        return None

    def items(self, node: Node | None) -> list[Node]:
        if node is None:
            return []
        if isinstance(node, ListNode):
            return node.items
        self._shape(node, "a list")
        return []

    def entries(self, node: Node | None) -> Iterator[tuple[ScalarNode, Node]]:
        """Key and value of a mapping whose keys are free."""
        if isinstance(node, MapNode):
            for key, place in node.keys.items():
                yield place, node.entries[key]
        elif node is not None:
            self._shape(node, "a mapping")

    def scalar(self, node: Node | None) -> str | None:
        if node is None:
            return None
        if not isinstance(node, ScalarNode):
            self._shape(node, "text")
            return None
        if not node.text.strip():
            self.report.add(node, "empty-value", "nothing stands here", "write the value or remove the key")
            return None
        return node.text

    def scalars(self, node: Node | None) -> tuple[str, ...]:
        """A list of distinct texts."""
        found: list[str] = []
        for item in self.items(node):
            text = self.scalar(item)
            if text is None:
                continue
            if text in found:
                self.report.add(item, "duplicate-id", f"{text} stands twice in this list", "keep one")
            else:
                found.append(text)
        return tuple(found)

    def _shape(self, node: Node, wanted: str) -> None:
        if isinstance(node, ScalarNode) and not node.text.strip():
            self.report.add(node, "empty-value", "nothing stands here", f"write {wanted} or remove the key")
            return
        is_ = {ScalarNode: "text", ListNode: "a list", MapNode: "a mapping"}[type(node)]
        self.report.add(node, "shape", f"{is_} stands where {wanted} belongs", f"write {wanted}")

    # Words

    def word(self, node: Node | None, words: Collection[Word], what: str) -> Word | None:
        """One word of a closed list; `what` names the list in the finding."""
        text = self.scalar(node)
        if text is None or node is None:
            return None
        if text in words:
            return cast(Word, text)
        self.report.add(node, "bad-word", f"{text} is no {what}", "write " + ", ".join(sorted(words)))
        return None

    def words(self, node: Node | None, words: Collection[Word], what: str) -> tuple[Word, ...]:
        read = (self.word(item, words, what) for item in self.items(node))
        return tuple(word for word in read if word is not None)

    def yes_no(self, node: Node | None, default: bool = False) -> bool:
        word = self.word(node, ("yes", "no"), "yes/no value")
        return default if word is None else word == "yes"

    def identifier(self, node: Node | None, what: str) -> str | None:
        text = self.scalar(node)
        if text is not None and node is not None and not ID.fullmatch(text):
            cure = "use letters, digits, dot, hyphen and underscore"
            self.report.add(node, "bad-id", f"{text!r} is no {what}", cure)
            return None
        return text

    def code(self, node: Node | None) -> str | None:
        """An activity's, group's or sector's code: no blanks and none of the signs of addresses."""
        text = self.scalar(node)
        if text is not None and node is not None and not CODE.fullmatch(text):
            self.report.add(
                node, "bad-id", f"{text!r} is no code", "leave out blanks and the signs : # / | ,"
            )
            return None
        return text

    # Typed scalars

    def date(self, node: Node | None) -> date | None:
        text = self.scalar(node)
        if text is None or node is None:
            return None
        if DATE.fullmatch(text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                pass
        self.report.add(node, "bad-date", f"{text} is no date", "write an existing day as YYYY-MM-DD")
        return None

    def count(self, node: Node | None) -> int | None:
        text = self.scalar(node)
        if text is None or node is None:
            return None
        if COUNT.fullmatch(text):
            return int(text)
        self.report.add(node, "bad-number", f"{text} is no whole number", "write digits only")
        return None

    def quantity(self, node: Node | None, fact_unit: str) -> Quantity | None:
        """A quantity of the dimension of `fact_unit`; a fact of unit `1` takes a bare number."""
        text = self.scalar(node)
        if text is None or node is None:
            return None
        if fact_unit == "1":
            if NUMBER.fullmatch(text):
                return Quantity(_exact(text), "1")
            self.report.add(
                node, "bad-quantity", f"{text} is no bare number", "the fact has no unit: write a number"
            )
            return None
        match = QUANTITY.fullmatch(text)
        if match is None:
            cure = f"write a number, a blank and a unit, as in 100 {fact_unit}"
            self.report.add(node, "bad-quantity", f"{text} is no quantity", cure)
            return None
        amount, unit = match.groups()
        if not self._same_dimension(node, unit, fact_unit):
            return None
        return Quantity(_exact(amount), unit)

    def _same_dimension(self, node: Node, unit: str, fact_unit: str) -> bool:
        found, wanted = find_unit(unit), find_unit(fact_unit)
        if found is None:
            self.report.add(
                node, "unit-unknown", f"{unit} is no known unit", f"use {fact_unit} or a unit of its kind"
            )
            return False
        # A fact of unknown unit is reported where the fact stands.
        if wanted is not None and found.dimension != wanted.dimension:
            message = f"{unit} is {found.dimension}, the fact is {wanted.dimension} ({fact_unit})"
            self.report.add(node, "unit-dimension", message, f"state the limit in {fact_unit}")
            return False
        return True

    # Texts, sources

    def text(self, node: Node | None) -> Text | None:
        """A text in one to three languages; a plain string is English."""
        if node is None:
            return None
        if isinstance(node, ScalarNode):
            plain = self.scalar(node)
            return None if plain is None else Text(plain)
        record = self.record(node)
        if record is None:
            return None
        en = self.scalar(record.need("en"))
        hans, hant = self.scalar(record.get("zh-Hans")), self.scalar(record.get("zh-Hant"))
        record.done()
        return None if en is None else Text(en, hans, hant)

    def name(
        self, node: Node | None, cure: str = "add it; list own renderings under translated"
    ) -> Text | None:
        """A text that is shown as a name or question: missing Chinese is a warning."""
        text = self.text(node)
        if text is not None and node is not None:
            named = {"zh-Hans": text.zh_hans, "zh-Hant": text.zh_hant}
            missing = [language for language, value in named.items() if value is None]
            if missing:
                message = f"{text.en!r} has no {' and no '.join(missing)}"
                self.report.add(node, "name-untranslated", message, cure)
        return text

    def texts(self, node: Node | None) -> tuple[Text, ...]:
        read = (self.text(item) for item in self.items(node))
        return tuple(text for text in read if text is not None)

    def translated(self, node: Node | None, name: Text | None) -> tuple[Language, ...]:
        languages = self.words(node, LANGUAGES, "language")
        for language in languages:
            has = {"en": name, "zh-Hans": name and name.zh_hans, "zh-Hant": name and name.zh_hant}[language]
            if name is not None and node is not None and has is None:
                self.report.add(node, "bad-word", f"the name has no {language}", "remove it from translated")
        return languages

    def status(self, node: Node | None) -> Status | None:
        return self.word(node, STATUSES, "status")

    def citation(self, node: Node | None) -> Citation | None:
        """`[document, locator]`, the document being registered."""
        if node is None:
            return None
        if not isinstance(node, ListNode) or len(node.items) != 2:
            self.report.add(node, "shape", "a source is a list of two", "write [document, locator]")
            return None
        document = self.document(node.items[0])
        locator = self.scalar(node.items[1])
        return None if document is None or locator is None else Citation(document, locator)

    def document(self, node: Node | None) -> str | None:
        """The id of a registered document."""
        text = self.scalar(node)
        if text is not None and node is not None and text not in self._sources:
            cure = did_you_mean(text, self._sources) or "register it in sources.yaml"
            self.report.add(node, "unknown-source", f"{text} is not in sources.yaml", cure)
            return None
        return text
