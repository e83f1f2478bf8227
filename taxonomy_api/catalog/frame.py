"""What all criteria of one owner share while they are read: register, inheritance, ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from msgspec import Struct
from msgspec.structs import replace

from taxonomy_api.catalog.criteria import Criterion, walk
from taxonomy_api.catalog.findings import Place
from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.terms import Citation, Fact, Source, Standard, Status, Text, Window
from taxonomy_api.catalog.values import Record, Values
from taxonomy_api.catalog.yaml_tree import Node


@dataclass(frozen=True, slots=True)
class Register:
    """What criteria may refer to."""

    facts: Mapping[str, Fact]
    standards: Mapping[str, Standard]
    sources: Mapping[str, Source]

    def fact_with_alias(self, alias: str) -> Fact | None:
        return next((fact for fact in self.facts.values() if alias in fact.aliases), None)


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to an activity of this or another taxonomy, checked when all files are read."""

    place: Place
    target: str


@dataclass(frozen=True, slots=True)
class EditionLink(Link):
    """A reference to a whole taxonomy, which must be on file."""


class Inherited(Struct, frozen=True):
    """What a criterion takes from above: the path for ids of groups, source, status and row.

    `uncited` names what no criterion, class or row has stated yet, so that `citation` or `status`
    are still those of the whole record; a guard may take them from wherever they come.
    """

    path: str
    citation: Citation | None
    status: Status | None
    row: str | None = None
    uncited: tuple[str, ...] = ("source", "status")

    def at(self, path: str) -> Inherited:
        return replace(self, path=path)

    def for_guard(self, path: str) -> Inherited:
        return replace(self, path=path, uncited=())


class NodeFields(TypedDict):
    """The fields of model.Node."""

    id: str
    applies_if: Criterion | None
    open: Window | None
    applies: Window | None
    contribution: str | None
    note: Text | None


@dataclass(slots=True)
class Frame:
    """One owner's criteria: an activity's, or those that a taxonomy states for all of its items.

    `owner` opens the ids of attestations (`taxonomy:code`, or `taxonomy`); `links` collects
    references to activities.
    """

    values: Values
    register: Register
    owner: str
    links: list[Link]
    _places: dict[str, Node] = field(default_factory=dict)
    _borrowed: dict[str, Node] = field(default_factory=dict)

    def inherit(self, record: Record, inherited: Inherited) -> Inherited:
        """What this criterion passes on: its own source and status before those from above."""
        citation = self.values.citation(record.get("source")) or inherited.citation
        status = self.values.status(record.get("status")) or inherited.status
        uncited = tuple(key for key in inherited.uncited if key not in record)
        return replace(inherited, citation=citation, status=status, uncited=uncited)

    # Ids

    def claim(self, id: str, place: Node) -> str:
        first = self._places.setdefault(id, place)
        if first is not place:
            message = f"the id {id} already stands in line {first.line}"
            self.values.report.add(place, "duplicate-id", message, "give every criterion an id of its own")
        return id

    def remember(self, id: str, place: Node) -> str:
        """The place of a criterion whose own id is missing or unreadable, which is reported elsewhere."""
        self._places.setdefault(id, place)
        return id

    def group_id(self, kind: str, record: Record, inherited: Inherited) -> str:
        """The stated id, or one made of the place: stable as long as the file's structure is."""
        stated = self.values.identifier(record.get("id"), "id")
        id = f"{inherited.path}.{kind}" if stated is None else self.in_row(stated, inherited)
        return self.claim(id, record.node)

    def in_row(self, id: str, inherited: Inherited) -> str:
        return id if inherited.row is None else f"{inherited.row}/{id}"

    def attestation(self, id: str, inherited: Inherited) -> str:
        """The full id under which a criterion is answered."""
        row = "" if inherited.row is None else f"#{inherited.row}"
        return f"{self.owner}{row}/{id}"

    def borrow(self, criterion: Criterion, place: Node) -> None:
        """Notes the ids of a shared criterion used at `place`."""
        for part in walk(criterion):
            self._borrowed.setdefault(part.id, place)

    def check_borrowed(self) -> None:
        """Own ids and those of the shared criteria in use are told apart."""
        for id, place in self._borrowed.items():
            if id in self._places:
                message = f"{id} is also an id of the shared criterion used in line {place.line}"
                self.values.report.add(self._places[id], "duplicate-id", message, "rename this one")

    def place_of(self, criterion: Criterion) -> Place:
        """Where a criterion of this owner stands (a shared one: where it is first used)."""
        return self._places.get(criterion.id) or self._borrowed[criterion.id]

    # Common values

    def fact(self, node: Node | None) -> Fact | None:
        """The registered fact that `node` names."""
        name = self.values.scalar(node)
        if name is None or node is None:
            return None
        fact = self.register.facts.get(name)
        if fact is None:
            meant = self.register.fact_with_alias(name)
            cure = f"write {meant.id}" if meant else did_you_mean(name, self.register.facts) or "register it"
            message = f"{name} is an alias" if meant else f"{name} is not in facts.yaml"
            self.values.report.add(node, "unknown-fact", message, cure)
        return fact

    def window(self, node: Node | None) -> Window | None:
        """`{from, until}`, at least one of them."""
        record = self.values.record(node)
        if record is None:
            return None
        start, end = self.values.date(record.get("from")), self.values.date(record.get("until"))
        record.done()
        if "from" not in record and "until" not in record:
            cure = "write from, until or both"
            self.values.report.add(record.node, "window-empty", "the window states no day", cure)
        elif start is not None and end is not None and start > end:
            message = f"the window ends on {end}, before it begins on {start}"
            self.values.report.add(record.node, "window-empty", message, "correct one of the days")
        return Window(start, end)
