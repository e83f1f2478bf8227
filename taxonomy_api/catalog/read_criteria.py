"""Reads criteria: groups, cases and rows down to their leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from msgspec.structs import replace

from taxonomy_api.catalog.check_groups import check_group
from taxonomy_api.catalog.criteria import (
    Case,
    Cases,
    Criterion,
    Group,
    GroupKind,
    Listing,
    NotOnFile,
    Row,
    Rows,
)
from taxonomy_api.catalog.frame import Frame, Inherited, NodeFields
from taxonomy_api.catalog.guards import is_within
from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.read_leaves import LEAF_KINDS, leaf_ids, read_leaf
from taxonomy_api.catalog.read_tests import OPERATORS, read_choice
from taxonomy_api.catalog.terms import Fact
from taxonomy_api.catalog.values import Record, Values
from taxonomy_api.catalog.yaml_tree import ListNode, MapNode, Node, ScalarNode

KINDS = (*LEAF_KINDS, "all", "any", "not", "at_least_of", "first_that_applies", "cases", "rows")
#: Keys that make more of a row than a listing.
DEMANDS = (*KINDS, *OPERATORS)
#: Keys that any criterion may carry beside those of its kind.
COMMON_KEYS = ("id", "applies_if", "open", "applies", "contribution", "note", "source", "status")
CONTRIBUTIONS = ("own_performance", "enabling", "transitional", "own_performance_or_transitional")
MARKS = ("direct", "enabling", "none")


@dataclass(slots=True)
class CriterionReader:
    """Reads the criteria of one owner; a plain text names one of the `shared` criteria."""

    frame: Frame
    shared: Mapping[str, Criterion] = field(default_factory=dict)

    @property
    def _values(self) -> Values:
        return self.frame.values

    def read(self, node: Node, inherited: Inherited) -> Criterion | None:
        """The criterion at `node`; None after a finding."""
        if isinstance(node, ScalarNode):
            return self._named(node, inherited)
        record = self._values.record(node)
        return None if record is None else self.read_record(record, inherited)

    def read_record(
        self, record: Record, inherited: Inherited, also: tuple[str, ...] = ()
    ) -> Criterion | None:
        """The criterion whose keys `record` holds, beside the keys `also`, which the caller has read."""
        kinds = record.which(KINDS)
        if len(kinds) != 1:
            self._report_kinds(kinds, record, also)
            return None
        kind = kinds[0]
        inherited = self.frame.inherit(record, inherited)
        criterion: Criterion | None
        if kind in LEAF_KINDS:
            id, local = leaf_ids(self.frame, kind, record, inherited)
            common = self._common(id, record, inherited, also)
            criterion = read_leaf(self.frame, kind, record, local, inherited, common)
        else:
            id = self.frame.group_id(kind, record, inherited)
            common = self._common(id, record, inherited, also)
            if kind == "cases":
                criterion = self._cases(record, common, inherited)
            elif kind == "rows":
                criterion = self._rows(record, common, inherited)
            else:
                criterion = self._group(cast(GroupKind, kind), record, common, inherited)
        record.done()
        return criterion

    def listing(self, inherited: Inherited) -> Listing | None:
        """No test beyond the scope; None where source or status are missing above."""
        if inherited.citation is None or inherited.status is None:
            return None
        return Listing(
            id=self.frame.in_row("scope", inherited),
            source=inherited.citation,
            status=inherited.status,
            attestation=self.frame.attestation("scope", inherited),
        )

    def _named(self, node: ScalarNode, inherited: Inherited) -> Criterion | None:
        name = self._values.scalar(node)
        if name is None:
            return None
        if name == "not_on_file":
            return self._plain_not_on_file(node, inherited)
        criterion = self.shared.get(name)
        if criterion is None:
            cure = (
                did_you_mean(name, self.shared) or "define it under shared in taxonomy.yaml, before its use"
            )
            self._values.report.add(node, "unknown-shared", f"{name} is no shared criterion", cure)
            return None
        self.frame.borrow(criterion, node)
        return criterion

    def _plain_not_on_file(self, node: ScalarNode, inherited: Inherited) -> NotOnFile | None:
        """Without a clause of its own the source from above says where the test stands."""
        id = self.frame.claim(f"{inherited.path}.not_on_file", node)
        if inherited.citation is None or inherited.status is None:
            return None
        return NotOnFile(id=id, source=inherited.citation, status=inherited.status)

    def _report_kinds(self, kinds: list[str], record: Record, also: tuple[str, ...]) -> None:
        if kinds:
            message, cure = f"{' and '.join(kinds)} stand side by side", "join them with all or any"
        else:
            known = (*COMMON_KEYS, *OPERATORS, *also)
            strange = next((key for key in record if key not in known), None)
            message = (
                "no kind of criterion stands here"
                if strange is None
                else f"{strange} is no kind of criterion"
            )
            cure = (did_you_mean(strange, KINDS) if strange else "") or "write one of " + ", ".join(KINDS)
        self._values.report.add(record.node, "criterion-kind", message, cure)

    def _common(self, id: str, record: Record, inherited: Inherited, also: tuple[str, ...]) -> NodeFields:
        guard = record.get("applies_if")
        within = inherited.for_guard(f"{inherited.path}.if")
        return {
            "id": id,
            "applies_if": None if guard is None else self.read(guard, within),
            "open": self.frame.window(record.get("open")),
            "applies": self.frame.window(record.get("applies")),
            "contribution": self._values.word(record.get("contribution"), CONTRIBUTIONS, "contribution"),
            # A row has read the note as its own.
            "note": None if "note" in also else self._values.text(record.get("note")),
        }

    # Groups

    def _group(
        self, kind: GroupKind, record: Record, common: NodeFields, inherited: Inherited
    ) -> Group | None:
        nodes, count = self._part_nodes(kind, record)
        parts = [
            self._part(kind, node, inherited.at(f"{common['id']}.{i}"))
            for i, node in enumerate(nodes, start=1)
        ]
        if kind in ("all", "not"):
            self._refuse_open(kind, nodes)
        found = tuple(part for part in parts if part is not None)
        if len(found) != len(nodes) or not found:
            return None
        group = Group(**common, kind=kind, parts=found, count=count)
        check_group(group, self.frame.register.facts, self.frame.place_of, self._values.report)
        return group

    def _part(self, kind: GroupKind, node: Node, inherited: Inherited) -> Criterion | None:
        if kind == "first_that_applies" and isinstance(node, ScalarNode) and node.text == "listing":
            return self.listing(inherited)
        return self.read(node, inherited)

    def _part_nodes(self, kind: GroupKind, record: Record) -> tuple[list[Node], int]:
        node = record.get(kind)
        if node is None:
            return [], 0
        if kind == "not":
            return [node], 0
        if kind == "at_least_of":
            return self._counted(node)
        nodes = self._values.items(node)
        if kind == "first_that_applies":
            self._check_order(nodes)
        if isinstance(node, ListNode) and not nodes:
            self._values.report.add(node, "empty-value", f"{kind} joins nothing", "list its criteria")
        return nodes, 0

    def _check_order(self, nodes: list[Node]) -> None:
        """A listing always applies, so that nothing after it could come up."""
        for node in nodes[:-1]:
            if isinstance(node, ScalarNode) and node.text == "listing":
                message = "a listing always applies, so that the parts after it never count"
                self._values.report.add(node, "criterion-kind", message, "put it last")

    def _counted(self, node: Node) -> tuple[list[Node], int]:
        fields = self._values.record(node)
        if fields is None:
            return [], 0
        count_node = fields.need("count")
        count, nodes = self._values.count(count_node), self._values.items(fields.need("of"))
        fields.done()
        if count is not None and count_node is not None and not 1 <= count <= len(nodes):
            message = f"{count} of {len(nodes)} parts are asked for"
            self._values.report.add(count_node, "bad-number", message, "ask for at least one and at most all")
        return nodes, count or 0

    def _refuse_open(self, kind: str, nodes: list[Node]) -> None:
        for node in nodes:
            if isinstance(node, MapNode) and "open" in node.entries:
                cure = "write applies for a condition that binds for a time, or put open on the whole group"
                message = f"open stands on a part of {kind}"
                self._values.report.add(node.keys["open"], "open-on-condition", message, cure)

    # Cases

    def _cases(self, record: Record, common: NodeFields, inherited: Inherited) -> Cases | None:
        table = self._values.record(record.get("cases"))
        if table is None:
            return None
        fact = self._selector(table)
        otherwise = self._otherwise(table, inherited.at(f"{common['id']}.else"))
        keys = [key for key in table.node.keys.values() if key.text not in ("by", "else")]
        if not keys:
            self._values.report.add(table.node, "empty-value", "no case is stated", "write value: criterion")
        cases: list[Case] = []
        for key in keys:
            case = self._case(key, table.node.entries[key.text], fact, inherited, common["id"])
            if case is not None and fact is not None:
                self._check_served(key, case, cases, fact)
                cases.append(case)
        if fact is None or otherwise is None or not keys or len(cases) != len(keys):
            return None
        return Cases(**common, by=fact.id, cases=tuple(cases), otherwise=otherwise)

    def _selector(self, table: Record) -> Fact | None:
        node = table.need("by")
        fact = self.frame.fact(node)
        if fact is not None and node is not None and fact.kind != "choice":
            message = f"{fact.id} is a {fact.kind} fact"
            self._values.report.add(node, "operator", message, "cases are told apart by a choice fact")
            return None
        return fact

    def _otherwise(
        self, table: Record, inherited: Inherited
    ) -> Criterion | Literal["not_met", "unknown"] | None:
        node = table.get("else")
        if node is None:
            return "unknown"
        if isinstance(node, ScalarNode) and node.text in ("not_met", "unknown"):
            return "not_met" if node.text == "not_met" else "unknown"
        return self.read(node, inherited)

    def _case(
        self, key: ScalarNode, node: Node, fact: Fact | None, inherited: Inherited, group: str
    ) -> Case | None:
        words = [word.strip() for word in key.text.split("|")]
        criterion = self.read(node, inherited.at(f"{group}.{'|'.join(words)}"))
        if fact is None:
            return None
        places = [ScalarNode(key.file, key.line, key.column, word) for word in words]
        read = (read_choice(place, fact, self._values) for place in places)
        choices = tuple(choice for choice in read if choice is not None)
        if criterion is None or len(choices) != len(words):
            return None
        return Case(values=choices, criterion=criterion)

    def _check_served(self, key: ScalarNode, case: Case, earlier: list[Case], fact: Fact) -> None:
        served = [value for other in earlier for value in other.values]
        for value in case.values:
            for other in served:
                if is_within(value, other, fact) or is_within(other, value, fact):
                    message = f"{value} is already served by the case {other}"
                    self._values.report.add(key, "case-overlap", message, "serve every value by one case")
            served.append(value)

    # Rows

    def _rows(self, record: Record, common: NodeFields, inherited: Inherited) -> Rows | None:
        if inherited.row is not None:
            message = "rows stand within a row"
            self._values.report.add(
                record.key("rows"), "criterion-kind", message, "make them rows of the item"
            )
        table = record.get("rows")
        rows = [self._row(key, node, inherited) for key, node in self._values.entries(table)]
        if isinstance(table, MapNode) and not rows:
            self._values.report.add(table, "empty-value", "no row is stated", "write r1: …")
        found = tuple(row for row in rows if row is not None)
        if len(found) != len(rows) or not found:
            return None
        return Rows(**common, rows=found)

    def _row(self, key: ScalarNode, node: Node, inherited: Inherited) -> Row | None:
        id = self._values.identifier(key, "row")
        record = self._values.record(node)
        if record is None or id is None:
            return None
        in_class = inherited.path.rpartition("/")[2]
        inner = replace(self.frame.inherit(record, inherited), row=id, path=f"{id}/{in_class}")
        name = self._values.name(record.get("name"))
        codes = self._values.scalars(record.get("gbt4754"))
        marks = self._marks(record.get("marks"), codes)
        examples = self._values.yes_no(record.get("codes_are_examples"))
        note = self._values.text(record.get("note"))
        criterion: Criterion | None
        if record.which(DEMANDS):
            criterion = self.read_record(record, inner, also=("note",))
        else:
            criterion = self.listing(inner)
            record.done(also=KINDS)
        if inner.citation is None or inner.status is None or criterion is None:
            return None
        return Row(
            id=id,
            name=name,
            gbt4754=codes,
            marks=marks,
            criterion=criterion,
            codes_are_examples=examples,
            status=inner.status,
            source=inner.citation,
            note=note,
        )

    def _marks(self, node: Node | None, codes: tuple[str, ...]) -> dict[str, str]:
        marks: dict[str, str] = {}
        for key, entry in self._values.entries(node):
            mark = self._values.word(entry, MARKS, "mark")
            if key.text != "-" and key.text not in codes:
                message = f"{key.text} is no code of this row"
                self._values.report.add(
                    key, "bad-word", message, "list it under gbt4754, or write - for no code"
                )
            if mark is not None:
                marks[key.text] = mark
        return marks
