"""Reads leaves: tests of facts, standards, attestations, references and named holes."""

from __future__ import annotations

from taxonomy_api.catalog.criteria import AttestLeaf, FactLeaf, MeetsLeaf, NotOnFile, StandardLeaf
from taxonomy_api.catalog.frame import Frame, Inherited, Link, NodeFields
from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.read_tests import OPERATORS, read_level, read_test
from taxonomy_api.catalog.terms import Citation, Status
from taxonomy_api.catalog.values import Record

#: The cure for a leaf whose source or status is only that of the whole record.
CITING = "source: [document, locator], status: verified, single-source, …"
LEAF_KINDS = ("fact", "standard", "attest", "meets", "not_on_file")


class LeafFields(NodeFields):
    """The fields of model.Leaf."""

    source: Citation
    status: Status


def leaf_ids(frame: Frame, kind: str, record: Record, inherited: Inherited) -> tuple[str, str]:
    """The id within the activity and the id within the row; only `not_on_file` may leave it out."""
    if kind == "not_on_file" and "id" not in record:
        return frame.claim(f"{inherited.path}.not_on_file", record.node), "not_on_file"
    local = frame.values.identifier(record.need("id", f" on this {kind} criterion"), "id")
    if local is None:
        return frame.remember(f"{inherited.path}.{kind}", record.node), kind
    return frame.claim(frame.in_row(local, inherited), record.node), local


def read_leaf(
    frame: Frame, kind: str, record: Record, local: str, inherited: Inherited, common: NodeFields
) -> FactLeaf | StandardLeaf | AttestLeaf | MeetsLeaf | NotOnFile | None:
    """The leaf of `kind`; `local` is its id within the row, `inherited` holds its source and status."""
    source = _clause(frame, record) if kind == "not_on_file" else inherited.citation
    report = frame.values.report
    if inherited.status is None:
        report.add(record.node, "missing-key", "no status stands here or above", "add status: …")
    if source is None and kind != "not_on_file":
        cure = "add source: [document, locator] here or above"
        report.add(record.node, "missing-key", "no source stands here or above", cure)
    elif kind != "not_on_file" and inherited.uncited:
        lacking = " and no ".join(inherited.uncited)
        message = f"{local} cites no {lacking} of its own, on its group, its class or its row"
        report.add(record.node, "leaf-uncited", message, "write where this test stands: " + CITING)
    # Without source or status the leaf is read on, so that its own findings come up as well.
    fields: LeafFields = {
        **common,
        "source": source or Citation("", ""),
        "status": inherited.status or "recalled",
    }
    if kind == "fact":
        return _fact(frame, record, fields)
    if kind == "standard":
        return _standard(frame, record, fields)
    if kind == "attest":
        return _attest(frame, record, frame.attestation(local, inherited), fields)
    if kind == "meets":
        return _meets(frame, record, frame.attestation(local, inherited), fields)
    return NotOnFile(**fields)


def _clause(frame: Frame, record: Record) -> Citation | None:
    clause = frame.values.record(record.get("not_on_file"))
    if clause is None:
        return None
    document = frame.values.document(clause.need("document"))
    locator = frame.values.scalar(clause.need("clause"))
    clause.done()
    return None if document is None or locator is None else Citation(document, locator)


def _fact(frame: Frame, record: Record, fields: LeafFields) -> FactLeaf | None:
    fact = frame.fact(record.get("fact"))
    if fact is None:
        for operator in OPERATORS:
            record.get(operator)
        return None
    test = read_test(record, fact, frame.values)
    return None if test is None else FactLeaf(**fields, fact=fact.id, test=test)


def _standard(frame: Frame, record: Record, fields: LeafFields) -> StandardLeaf | None:
    node, level_node = record.get("standard"), record.get("reaches")
    where_covered = frame.values.yes_no(record.get("where_covered"))
    name = frame.values.scalar(node)
    if name is None or node is None:
        return None
    standard = frame.register.standards.get(name)
    if standard is None:
        cure = did_you_mean(name, frame.register.standards) or "register it in standards.yaml"
        frame.values.report.add(node, "unknown-standard", f"{name} is not in standards.yaml", cure)
        return None
    level = read_level(level_node, standard.scale, name, frame.values)
    return StandardLeaf(**fields, standard=name, reaches=level, where_covered=where_covered)


def _attest(frame: Frame, record: Record, attestation: str, fields: LeafFields) -> AttestLeaf | None:
    cure = "add it: the question is put in all three languages"
    statement = frame.values.name(record.get("attest"), cure)
    evidence = frame.values.name(record.get("evidence"), cure)
    if "evidence" not in record:
        message = "nothing says what would show that this is true"
        cure = "name what a verifier would ask for: evidence: {en: Test report, zh-Hans: …, zh-Hant: …}"
        frame.values.report.add(record.node, "evidence-missing", message, cure)
    if statement is None:
        return None
    return AttestLeaf(**fields, attestation=attestation, statement=statement, evidence=evidence)


def _meets(frame: Frame, record: Record, attestation: str, fields: LeafFields) -> MeetsLeaf | None:
    node = record.get("meets")
    target = frame.values.scalar(node)
    name = frame.values.identifier(record.need("input"), "name of an input")
    if target is None or node is None or name is None:
        return None
    frame.links.append(Link(node, target))
    return MeetsLeaf(**fields, attestation=attestation, input=name, activity=target)
