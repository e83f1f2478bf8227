"""The loader watched while it reads: which keys it asks for, and how it reads what stands there.

Nothing of the format is written down here. A `WatchingReport` hands out values that note what the readers
do with each node; `catalog.schemas` makes JSON Schemas of the notes.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from types import FrameType

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.terms import LANGUAGES, STATUSES, Citation, Language, Quantity, Status, Text
from taxonomy_api.catalog.values import Record, Values, Word
from taxonomy_api.catalog.yaml_tree import MapNode, Node

Form = tuple[str, tuple[str, ...]]


@dataclass(slots=True)
class Asked:
    """A mapping as one reader took it: the keys it asked for, and those it cannot do without."""

    reader: str
    node: MapNode
    keys: dict[str, bool] = field(default_factory=dict)
    closed: bool = False


@dataclass(slots=True)
class Notes:
    """What was done with the nodes, by their identity; `kept` holds the nodes, so that it stays theirs."""

    forms: dict[int, set[Form]] = field(default_factory=dict)
    asked: dict[int, Asked] = field(default_factory=dict)
    kept: list[Node] = field(default_factory=list)

    def form(self, node: Node | None, name: str, words: Collection[str] = ()) -> None:
        if node is not None:
            self.kept.append(node)
            self.forms.setdefault(id(node), set()).add((name, tuple(words)))


class WatchingReport(Report):
    """A report whose values note what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.notes = Notes()

    def values(self, sources: Collection[str] = ()) -> Values:
        return _WatchedValues(self, sources, self.notes)


class _WatchedRecord(Record):
    def __init__(self, node: MapNode, report: Report, asked: Asked) -> None:
        super().__init__(node, report)
        self._seen = asked

    def get(self, key: str) -> Node | None:
        self._seen.keys.setdefault(key, False)
        return super().get(key)

    def need(self, key: str, why: str = "") -> Node | None:
        self._seen.keys[key] = True
        return super().need(key, why)

    def done(self, also: Collection[str] = ()) -> None:
        self._seen.closed = True
        super().done(also)


class _WatchedValues(Values):
    """Each value is noted as what its reader takes it for, not as what that is made of in turn."""

    def __init__(self, report: Report, sources: Collection[str], notes: Notes) -> None:
        super().__init__(report, sources)
        self._notes = notes
        self._within = 0

    def _take(self, node: Node | None, name: str, words: Collection[str] = ()) -> _Within:
        if not self._within:
            self._notes.form(node, name, words)
        return _Within(self)

    # Shapes

    def record(self, node: Node | None) -> Record | None:
        if self._within or not isinstance(node, MapNode):
            return super().record(node)
        self._notes.kept.append(node)
        asked = self._notes.asked.setdefault(id(node), Asked(_name(sys._getframe(1)), node))
        return _WatchedRecord(node, self.report, asked)

    # Values

    def scalar(self, node: Node | None) -> str | None:
        with self._take(node, "scalar"):
            return super().scalar(node)

    def scalars(self, node: Node | None) -> tuple[str, ...]:
        with self._take(node, "scalars"):
            return super().scalars(node)

    def word(self, node: Node | None, words: Collection[Word], what: str) -> Word | None:
        with self._take(node, "word", words):
            return super().word(node, words, what)

    def words(self, node: Node | None, words: Collection[Word], what: str) -> tuple[Word, ...]:
        with self._take(node, "words", words):
            return super().words(node, words, what)

    def yes_no(self, node: Node | None, default: bool = False) -> bool:
        with self._take(node, "word", ("yes", "no")):
            return super().yes_no(node, default)

    def identifier(self, node: Node | None, what: str) -> str | None:
        with self._take(node, "identifier"):
            return super().identifier(node, what)

    def code(self, node: Node | None) -> str | None:
        with self._take(node, "code"):
            return super().code(node)

    def date(self, node: Node | None) -> date | None:
        with self._take(node, "date"):
            return super().date(node)

    def count(self, node: Node | None) -> int | None:
        with self._take(node, "count"):
            return super().count(node)

    def quantity(self, node: Node | None, fact_unit: str) -> Quantity | None:
        with self._take(node, "number" if fact_unit == "1" else "quantity"):
            return super().quantity(node, fact_unit)

    def text(self, node: Node | None) -> Text | None:
        """Noted as a text; a text in several languages is looked into, too."""
        if isinstance(node, MapNode):
            self._notes.form(node, "text")
            return super().text(node)
        with self._take(node, "text"):
            return super().text(node)

    def translated(self, node: Node | None, name: Text | None) -> tuple[Language, ...]:
        with self._take(node, "words", LANGUAGES):
            return super().translated(node, name)

    def status(self, node: Node | None) -> Status | None:
        with self._take(node, "word", STATUSES):
            return super().status(node)

    def citation(self, node: Node | None) -> Citation | None:
        with self._take(node, "citation"):
            return super().citation(node)

    def document(self, node: Node | None) -> str | None:
        with self._take(node, "scalar"):
            return super().document(node)


class _Within:
    """While a value is read, its parts are not noted."""

    def __init__(self, values: _WatchedValues) -> None:
        self._values = values

    def __enter__(self) -> None:
        self._values._within += 1

    def __exit__(self, *failure: object) -> None:
        self._values._within -= 1


def _name(frame: FrameType) -> str:
    """The reader that took a record: `activities.class_test` for SectorReader._class_test."""
    module = frame.f_globals["__name__"].rpartition(".")[2].removeprefix("read_")
    return f"{module}.{frame.f_code.co_qualname.rpartition('.')[2].strip('_')}"
