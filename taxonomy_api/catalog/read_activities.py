"""Reads a sector file: its headings and activities."""

from __future__ import annotations

from dataclasses import dataclass, field

from taxonomy_api.catalog.criteria import Criterion
from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.frame import Frame, Inherited, Link, Register
from taxonomy_api.catalog.industry_codes import INDUSTRY_SCHEMES
from taxonomy_api.catalog.model import OBJECTIVES, Activity, ClassName, ClassTest, Composite, Entry, Objective
from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.read_criteria import CONTRIBUTIONS, CriterionReader
from taxonomy_api.catalog.read_taxonomy import CLASS_NAMES, CODE_STATUSES, Edition
from taxonomy_api.catalog.terms import Citation, Status
from taxonomy_api.catalog.values import Record, Values
from taxonomy_api.catalog.yaml_tree import MapNode, Node, ScalarNode

SCENARIOS = ("not_on_file", "1", "2", "3", "4", "5", "6")
INCLUSIONS = ("not_on_file", "on_file")
OBJECTIVE_NAMES = ("climate_change_mitigation", *OBJECTIVES)


@dataclass(slots=True)
class SectorReader:
    """Reads the sector files of one edition, one after the other, into `entries` and `activities`."""

    edition: Edition
    register: Register
    links: list[Link]
    report: Report
    entries: dict[str, Entry] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)
    #: Where the `as_in` of an activity stands, by `taxonomy:code`.
    as_in: dict[str, Node] = field(default_factory=dict)
    _codes: dict[str, Node] = field(default_factory=dict)
    _values: Values = field(init=False)

    def __post_init__(self) -> None:
        self._values = self.report.values(self.register.sources)

    def read(self, node: Node) -> None:
        record = self._values.record(node)
        if record is None:
            return
        sector = self._heading(record.need("sector"), level=1, parent=None)
        levels = {sector: 1}
        for item in self._values.items(record.get("groups")):
            self._group(item, sector, levels)
        for item in self._values.items(record.need("activities")):
            self._activity(item, sector, levels)
        record.done()

    # Headings

    def _group(self, node: Node, sector: str, levels: dict[str, int]) -> None:
        parent = sector
        if isinstance(node, MapNode) and "parent" in node.entries:
            parent = self._parent(node.entries["parent"], levels) or sector
        code = self._heading(node, levels[parent] + 1, parent)
        levels.setdefault(code, levels[parent] + 1)

    def _heading(self, node: Node | None, level: int, parent: str | None) -> str:
        """Adds a sector or group and returns its code (empty after a finding)."""
        record = self._values.record(node)
        if record is None:
            return ""
        code = self._own_code(record)
        name = self._values.name(record.need("name"))
        translated = self._values.translated(record.get("translated"), name)
        status = self._values.status(record.need("status"))
        source = self._values.citation(record.need("source"))
        if level > 1:
            record.get("parent")
        record.done()
        if code is not None and name is not None and status is not None and source is not None:
            self.entries[code] = Entry(
                taxonomy=self.edition.taxonomy.id,
                code=code,
                name=name,
                level=level,
                parent=parent,
                status=status,
                source=source,
                translated=translated,
            )
        return code or ""

    def _parent(self, node: Node | None, levels: dict[str, int]) -> str | None:
        parent = self._values.code(node)
        if parent is not None and node is not None and parent not in levels:
            cure = did_you_mean(parent, levels)
            self.report.add(node, "unknown-parent", f"{parent} is no sector or group above", cure)
            return None
        return parent

    def _own_code(self, record: Record) -> str | None:
        node = record.need("code")
        code = self._values.code(node)
        if code is not None and node is not None:
            self._claim(code, node)
        return code

    def _claim(self, code: str, node: Node) -> None:
        first = self._codes.setdefault(code, node)
        if first is not node:
            message = f"{code} already stands at {first.file}:{first.line}"
            self.report.add(node, "duplicate-code", message, "give each entry a code of its own")

    # Activities

    def _activity(self, node: Node, sector: str, levels: dict[str, int]) -> None:
        values = self._values
        record = values.record(node)
        if record is None:
            return
        code = self._own_code(record)
        name = values.name(record.need("name"))
        status, source = values.status(record.need("status")), values.citation(record.need("source"))
        translated = values.translated(record.get("translated"), name)
        code_status = values.word(record.get("code_status"), CODE_STATUSES, "code status")
        parent = self._parent(record.get("parent"), levels)
        owner = f"{self.edition.taxonomy.id}:{code or '?'}"
        frame = Frame(values, self.register, owner, self.links)
        reader = CriterionReader(frame, self.edition.taxonomy.shared)
        composite = self._composite(record)
        as_in = self._as_in(record, owner)
        classes: dict[ClassName, ClassTest] = {}
        if as_in is None:
            classes = self._classes(record, reader, source, status, composite)
        dnsh = self._dnsh(record, reader, source, status)
        frame.check_borrowed()
        aliases = self._aliases(record.get("aliases"))
        industry = self._industry(record.get("industry"))
        industry_derived = self._industry(record.get("industry_derived"))
        scope = values.text(record.get("scope"))
        contribution = values.word(record.get("contribution"), CONTRIBUTIONS, "contribution")
        tags, notes = values.scalars(record.get("tags")), values.texts(record.get("notes"))
        objective = values.word(record.get("objective"), OBJECTIVE_NAMES, "objective")
        record.done()
        if code is None or name is None or status is None or source is None:
            return
        activity = Activity(
            taxonomy=self.edition.taxonomy.id,
            code=code,
            name=name,
            translated=translated,
            code_status=code_status or self.edition.code_status,
            aliases=aliases,
            sector=sector,
            parent=parent,
            industry=industry,
            industry_derived=industry_derived,
            scope=scope,
            status=status,
            source=source,
            contribution=contribution,
            tags=tags,
            objective=objective,
            notes=notes,
            classes=classes,
            dnsh=dnsh,
            composite=composite,
            as_in=as_in,
        )
        self.activities.setdefault(code, activity)

    def _aliases(self, node: Node | None) -> tuple[str, ...]:
        aliases = self._values.scalars(node)
        for item in self._values.items(node):
            if isinstance(item, ScalarNode) and item.text.strip():
                self._claim(item.text, item)
        return aliases

    def _industry(self, node: Node | None) -> dict[str, tuple[str, ...]]:
        codes: dict[str, tuple[str, ...]] = {}
        for key, entry in self._values.entries(node):
            if key.text not in INDUSTRY_SCHEMES:
                cure = did_you_mean(key.text, INDUSTRY_SCHEMES)
                self.report.add(key, "unknown-key", f"{key.text} is no industry classification", cure)
            codes[key.text] = self._values.scalars(entry)
        return codes

    # Classes

    def _classes(
        self,
        record: Record,
        reader: CriterionReader,
        source: Citation | None,
        status: Status | None,
        composite: Composite | None,
    ) -> dict[ClassName, ClassTest]:
        """A test for each class that the taxonomy lists; a composite makes `green` by itself."""
        classes: dict[ClassName, ClassTest] = {}
        for name in CLASS_NAMES:
            node = record.get(name)
            listed = name in self.edition.taxonomy.classes
            if node is None:
                if listed and name == "excluded":
                    classes[name] = ClassTest(None)
                elif listed and not (composite is not None and name == "green"):
                    message = f"{name} is not stated"
                    cure = f"add {name}: with its criteria, none or not_on_file"
                    self.report.add(record.node, "class-missing", message, cure)
                continue
            if not listed:
                message = f"the taxonomy has no class {name}"
                self.report.add(
                    record.key(name), "class-unlisted", message, "add it to classes in taxonomy.yaml"
                )
            elif composite is not None and name == "green":
                message = "green stands beside criteria_of, which defines it"
                self.report.add(record.key(name), "criterion-kind", message, "remove one of the two")
            test = self._class_test(node, name, reader, Inherited(name, source, status))
            if test is not None and listed:
                classes[name] = test
        return classes

    def _class_test(
        self, node: Node, name: str, reader: CriterionReader, inherited: Inherited
    ) -> ClassTest | None:
        if isinstance(node, ScalarNode) and node.text == "none":
            return ClassTest(None)
        criterion: Criterion | None
        until = None
        if isinstance(node, ScalarNode) and node.text == "listing":
            criterion = reader.listing(inherited)
        elif isinstance(node, MapNode) and (fields := self._values.record(node)) is not None:
            until = self._values.date(fields.get("until"))
            criterion = reader.read_record(fields, inherited, also=("until",))
        else:
            criterion = reader.read(node, inherited)
        return None if criterion is None else ClassTest(criterion, until)

    def _dnsh(
        self, record: Record, reader: CriterionReader, source: Citation | None, status: Status | None
    ) -> dict[Objective, Criterion | None]:
        state = self.edition.taxonomy.components.get("dnsh")
        node = record.get("dnsh")
        found: dict[Objective, Criterion | None] = {}
        if node is None:
            if state == "tested":
                cure = "add dnsh: with the five objectives"
                self.report.add(record.node, "dnsh-missing", "dnsh is not stated", cure)
            return found
        if state == "not_tested":
            message = "dnsh is not_tested under components of taxonomy.yaml"
            self.report.add(record.key("dnsh"), "component-unlisted", message, "remove one of the two")
        fields = self._values.record(node)
        if fields is None:
            return found
        for objective in OBJECTIVES:
            stated = fields.get(objective)
            if stated is None:
                cure = f"add {objective}: with its criteria, none or not_on_file"
                self.report.add(record.key("dnsh"), "dnsh-missing", f"{objective} is not stated", cure)
            elif isinstance(stated, ScalarNode) and stated.text == "none":
                found[objective] = None
            else:
                criterion = reader.read(stated, Inherited(f"dnsh_{objective}", source, status))
                if criterion is not None:
                    found[objective] = criterion
        fields.done()
        return found

    def _as_in(self, record: Record, owner: str) -> str | None:
        """The activity of another edition whose classes these are; `catalog.as_in` checks it later."""
        node = record.get("as_in")
        target = self._values.scalar(node)
        if node is None or target is None:
            return None
        self.as_in[owner] = node
        for key in (*CLASS_NAMES, "criteria_of"):
            if record.get(key) is not None:
                message = f"{key} stands beside as_in, which says it"
                self.report.add(record.key(key), "criterion-kind", message, "remove one of the two")
        return target

    # Composites

    def _composite(self, record: Record) -> Composite | None:
        node = record.get("criteria_of")
        if node is None:
            for word in ("scenario", "inclusion"):
                if record.get(word) is not None:
                    message = f"{word} stands without criteria_of"
                    self.report.add(record.key(word), "missing-key", message, "add criteria_of: …")
            return None
        scenario = self._scenario(record.need("scenario"))
        included = self._included(record.need("inclusion"), scenario)
        fields = self._values.record(node)
        if fields is None:
            return None
        complete = self._values.yes_no(fields.need("complete"))
        source = self._values.citation(fields.need("source"))
        status = self._values.status(fields.need("status"))
        sides: dict[str, tuple[str, ...]] = {}
        for key, entry in self._values.entries(fields.node):
            if key.text in ("complete", "source", "status"):
                continue
            sides[key.text] = self._values.scalars(entry)
            self.links.extend(
                Link(item, item.text) for item in self._values.items(entry) if isinstance(item, ScalarNode)
            )
        if source is None or status is None:
            return None
        return Composite(sides, complete, scenario, included, source, status)

    def _scenario(self, node: Node | None) -> int | None:
        word = self._values.word(node, SCENARIOS, "scenario")
        return None if word is None or word == "not_on_file" else int(word)

    def _included(self, node: Node | None, scenario: int | None) -> bool:
        word = self._values.word(node, INCLUSIONS, "inclusion")
        if node is not None and word == "not_on_file" and scenario is not None:
            message = f"scenario {scenario} says what the comparison made of the pair"
            self.report.add(node, "bad-word", message, "write on_file, or scenario: not_on_file")
        return word == "on_file"
