"""Reads taxonomy.yaml: what holds for a whole edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from msgspec.structs import replace

from taxonomy_api.catalog.criteria import Criterion
from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.frame import Frame, Inherited, Link, Register
from taxonomy_api.catalog.model import Activity, ClassName, ComponentState, Entry, Instruments, Taxonomy
from taxonomy_api.catalog.read_criteria import CriterionReader
from taxonomy_api.catalog.read_rules import read_rules
from taxonomy_api.catalog.terms import Citation, Status
from taxonomy_api.catalog.values import Record, Values
from taxonomy_api.catalog.yaml_tree import Node

CLASS_NAMES: tuple[ClassName, ...] = get_args(ClassName)
COMPONENT_STATES: tuple[ComponentState, ...] = get_args(ComponentState)
COMPONENTS = ("substantial_contribution", "dnsh", "minimum_safeguards")
#: Words that stand in place of a criterion.
RESERVED = ("none", "listing", "not_on_file")
CodeStatus = Literal["official", "local"]
CODE_STATUSES: tuple[CodeStatus, ...] = get_args(CodeStatus)


@dataclass(frozen=True, slots=True)
class Edition:
    """A taxonomy as its taxonomy.yaml states it, without activities yet; `code_status` is their default."""

    taxonomy: Taxonomy
    code_status: CodeStatus

    def with_activities(self, entries: Iterable[Entry], activities: Mapping[str, Activity]) -> Taxonomy:
        return replace(self.taxonomy, entries=tuple(entries), activities=activities)


def read_taxonomy(
    node: Node, folder: str, register: Register, links: list[Link], report: Report
) -> Edition | None:
    """The edition; None where what every edition states is missing. `folder` is the name of its folder."""
    values = report.values(register.sources)
    record = values.record(node)
    if record is None:
        return None
    id = _id(values, record, folder)
    title = values.name(record.need("title"))
    issuer = values.scalars(record.need("issuer"))
    jurisdiction = values.scalar(record.need("jurisdiction"))
    edition = values.scalar(record.need("edition"))
    published, effective = values.date(record.get("published")), values.date(record.get("effective"))
    supersedes = values.scalars(record.get("supersedes"))
    objectives = values.scalars(record.need("objectives"))
    classes = values.words(record.need("classes"), CLASS_NAMES, "class")
    components = _components(values, record)
    complete, complete_source = _list_complete(values, record)
    code_status = values.word(record.get("code_status"), CODE_STATUSES, "code status")
    levels = values.scalars(record.need("levels"))
    counts = _counts(values, record.get("counts"), levels)
    status, source = values.status(record.need("status")), values.citation(record.need("source"))
    instruments = _instruments(values, record.get("instruments"), source, status)
    rules = read_rules(values, record.get("edition_rules"), id, links)
    residual_label = values.text(record.get("residual_label"))
    disclaimer = values.name(record.need("disclaimer"))
    holes, notes = values.texts(record.get("holes")), values.texts(record.get("notes"))
    frame = Frame(values, register, folder, links)
    shared, requires, safeguards = _criteria(record, frame, source, status)
    _check_safeguards(values, record, components)
    record.done()
    if id is None or title is None or jurisdiction is None or edition is None or disclaimer is None:
        return None
    if source is None or status is None:
        return None
    taxonomy = Taxonomy(
        id=id,
        title=title,
        issuer=issuer,
        jurisdiction=jurisdiction,
        edition=edition,
        published=published,
        effective=effective,
        supersedes=supersedes,
        objectives=objectives,
        classes=classes,
        components=components,
        list_complete=complete,
        list_complete_source=complete_source,
        levels=levels,
        counts=counts,
        instruments=instruments,
        edition_rules=rules,
        residual_label=residual_label,
        disclaimer=disclaimer,
        holes=holes,
        shared=shared,
        requires=requires,
        minimum_safeguards=safeguards,
        status=status,
        source=source,
        notes=notes,
        entries=(),
        activities={},
    )
    return Edition(taxonomy, code_status or "official")


def _id(values: Values, record: Record, folder: str) -> str | None:
    node = record.need("id")
    id = values.identifier(node, "taxonomy id")
    if id is not None and node is not None and id != folder:
        values.report.add(node, "file-name", f"{id} stands in the folder {folder}", "rename one of them")
    return id


def _criteria(
    record: Record, frame: Frame, source: Citation | None, status: Status | None
) -> tuple[dict[str, Criterion], Criterion | None, Criterion | None]:
    """`shared`, `requires` and `minimum_safeguards`; a shared criterion may name those before it."""
    shared: dict[str, Criterion] = {}
    reader = CriterionReader(frame, shared)
    for key, node in frame.values.entries(record.get("shared")):
        name = frame.values.identifier(key, "name of a shared criterion")
        criterion = reader.read(node, Inherited(key.text, source, status))
        if name in RESERVED:
            frame.values.report.add(key, "bad-id", f"{name} has a meaning of its own", "name it otherwise")
        elif name is not None and criterion is not None:
            shared[name] = criterion
    requires, safeguards = (
        None if node is None else reader.read(node, Inherited(name, source, status))
        for name, node in ((name, record.get(name)) for name in ("requires", "minimum_safeguards"))
    )
    return shared, requires, safeguards


def _check_safeguards(values: Values, record: Record, components: Mapping[str, ComponentState]) -> None:
    state, stated = components.get("minimum_safeguards"), "minimum_safeguards" in record
    if state == "tested" and not stated:
        message = "minimum_safeguards is tested but not stated"
        values.report.add(record.node, "missing-key", message, "add minimum_safeguards: …")
    if state == "not_tested" and stated:
        message = "minimum_safeguards is not_tested under components"
        place = record.key("minimum_safeguards")
        values.report.add(place, "component-unlisted", message, "remove one of the two")


def _components(values: Values, record: Record) -> dict[str, ComponentState]:
    states: dict[str, ComponentState] = {}
    fields = values.record(record.need("components"))
    if fields is None:
        return states
    for name in COMPONENTS:
        state = values.word(fields.need(name), COMPONENT_STATES, "state of a component")
        if state is not None:
            states[name] = state
    fields.done()
    return states


def _list_complete(values: Values, record: Record) -> tuple[bool, Citation | None]:
    complete = values.yes_no(record.need("list_complete"))
    source = values.citation(record.get("list_complete_source"))
    if complete and "list_complete_source" not in record:
        why = "the list is said to be complete without a source"
        values.report.add(
            record.key("list_complete"), "missing-key", why, "add list_complete_source: [document, locator]"
        )
    return complete, source


def _counts(values: Values, node: Node | None, levels: tuple[str, ...]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key, entry in values.entries(node):
        if key.text not in levels:
            values.report.add(key, "bad-word", f"{key.text} is no level", "levels: " + ", ".join(levels))
        count = values.count(entry)
        if count is not None:
            counts[key.text] = count
    return counts


def _instruments(
    values: Values, node: Node | None, source: Citation | None, status: Status | None
) -> Instruments | None:
    record = values.record(node)
    if record is None:
        return None
    covered, not_covered = values.text(record.get("covered")), values.text(record.get("not_covered"))
    own_source = values.citation(record.get("source")) or source
    own_status = values.status(record.get("status")) or status
    record.done()
    if own_source is None or own_status is None:
        return None
    return Instruments(covered, not_covered, own_source, own_status)
