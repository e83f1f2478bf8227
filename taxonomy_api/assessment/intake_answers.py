"""The facts, standards and attestations of a request."""

from __future__ import annotations

import re
from collections.abc import Mapping

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.level_values import parse_level
from taxonomy_api.assessment.project import Given, GivenAnswer, GivenStandard
from taxonomy_api.assessment.reading import Reader, escape
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.assessment.values import ParsedValue, parse_value
from taxonomy_api.catalog.terms import Fact, Standard, Text

FACT_KEYS = ("value", "unit", "evidence", "observed_on", "estimated")
#: Prefix and number without year, such as GB/T 40060 or ISO 14067.
STANDARD_ID = re.compile(r"[A-Z]{2,8}(?:/[A-Z]{1,4})? [0-9]{1,6}(?:[.-][0-9]{1,3})?")
STANDARD_KEYS = ("id", "grade", "level", "complies", "covers", "year", "evidence")

#: An attestation is read as a yes/no fact.
ANSWER = Fact(
    id="attestation",
    kind="yes_no",
    name=Text("The answer", "答复", "答覆"),
    definition=Text("The answer to an attestation."),
)


def read_facts(engine: Engine, reader: Reader, raw: object, at: str) -> dict[str, Given]:
    """Facts by their present id. One fact under two ids with different values is a problem."""
    found: dict[str, Given] = {}
    for name, value in reader.mapping({} if raw is None else raw, at).items():
        pointer = f"{at}/{escape(name)}"
        fact = engine.facts.get(name)
        if fact is None:
            reader.wrong(pointer, "unknown_fact", near=reader.nearest(name, engine.facts), given=name)
            continue
        given = _fact(reader, fact, value, pointer)
        if given is None:
            continue
        if fact.id in found and found[fact.id].value.value != given.value.value:
            reader.wrong(pointer, "contradictory_answers", given=fact.id)
        found[fact.id] = given
    return found


def _fact(reader: Reader, fact: Fact, raw: object, pointer: str) -> Given | None:
    details: dict[str, object] = {}
    unit: str | None = None
    if isinstance(raw, Mapping):
        details = reader.mapping(raw, pointer, FACT_KEYS)
        if "value" not in details:
            reader.wrong(pointer, "missing", given="value")
            return None
        unit = reader.text(details.get("unit"), f"{pointer}/unit")
        raw, place = details["value"], f"{pointer}/value"
    else:
        place = pointer
    try:
        parsed: ParsedValue | None = parse_value(fact, raw, unit)
    except ValueProblem as problem:
        reader.value_problem(place, problem)
        return None
    if parsed is None:
        return None
    return Given(
        parsed,
        reader.text(details.get("evidence"), f"{pointer}/evidence"),
        reader.day(details.get("observed_on"), f"{pointer}/observed_on"),
        reader.flag(details.get("estimated"), f"{pointer}/estimated"),
    )


def read_answers(
    engine: Engine, reader: Reader, raw: object, at: str, facts: Mapping[str, Given]
) -> dict[str, GivenAnswer]:
    """Attestations by id: true, false, or an object with evidence."""
    found: dict[str, GivenAnswer] = {}
    for name, value in reader.mapping({} if raw is None else raw, at).items():
        pointer = f"{at}/{escape(name)}"
        if name not in engine.attestations and name not in engine.facts:
            reader.wrong(
                pointer, "unknown_attestation", near=reader.nearest(name, engine.attestations), given=name
            )
            continue
        details: dict[str, object] = {"value": value}
        if isinstance(value, Mapping):
            details = reader.mapping(value, pointer, ("value", "evidence"))
        try:
            parsed = parse_value(ANSWER, details.get("value"))
        except ValueProblem as problem:
            reader.value_problem(pointer, problem)
            continue
        if parsed is None:
            continue
        answer = parsed.value is True
        fact = engine.facts.get(name)
        if fact is not None:
            _refuse_contradiction(reader, fact, answer, facts, pointer)
            continue
        found[name] = GivenAnswer(answer, reader.text(details.get("evidence"), f"{pointer}/evidence"))
    return found


def _refuse_contradiction(
    reader: Reader, fact: Fact, answer: bool, facts: Mapping[str, Given], pointer: str
) -> None:
    """A fact answered among the attestations: fine where it repeats the fact, else a problem."""
    given = facts.get(fact.id)
    if given is None:
        reader.wrong(pointer, "unknown_attestation", near=(fact.id,), given=fact.id)
    elif given.value.value is not answer:
        reader.wrong(pointer, "contradictory_answers", given=fact.id)


def read_standards(engine: Engine, reader: Reader, raw: object, at: str) -> dict[str, GivenStandard]:
    """Standards by id, each with one of grade or level, complies, covers."""
    found: dict[str, GivenStandard] = {}
    for number, one in enumerate(reader.items(raw, at)):
        pointer = f"{at}/{number}"
        source = reader.mapping(one, pointer, STANDARD_KEYS)
        name = reader.text(source.get("id"), f"{pointer}/id")
        if name is None:
            reader.wrong(f"{pointer}/id", "missing", given="id")
            continue
        standard = engine.release.standards.get(" ".join(name.split()))
        if standard is None and STANDARD_ID.fullmatch(name.strip()):
            continue  # a standard that no criterion on file cites: see `uncited_standards`
        if standard is None:
            near = reader.nearest(name, engine.release.standards)
            reader.wrong(f"{pointer}/id", "unknown_standard", near=near, given=name)
            continue
        given = _standard(reader, standard, source, pointer)
        if given is None:
            continue
        if standard.id in found and found[standard.id] != given:
            reader.wrong(pointer, "contradictory_answers", given=standard.id)
        found[standard.id] = given
    return found


def uncited_standards(engine: Engine, raw: object) -> tuple[str, ...]:
    """The well-formed standards of a request that no criterion on file cites; they are told, not used."""
    if not isinstance(raw, list):
        return ()
    named = [one.get("id") for one in raw if isinstance(one, Mapping)]
    tidy = [" ".join(name.split()) for name in named if isinstance(name, str)]
    return tuple(
        name for name in tidy if STANDARD_ID.fullmatch(name) and name not in engine.release.standards
    )


def _standard(
    reader: Reader, standard: Standard, source: Mapping[str, object], pointer: str
) -> GivenStandard | None:
    level: str | None = None
    for key in ("grade", "level"):
        raw = source.get(key)
        if raw is None:
            continue
        if not standard.scale:
            reader.wrong(f"{pointer}/{key}", "no_levels", standard=standard.id)
            return None
        try:
            read = parse_level(standard.scale, raw)
        except ValueProblem as problem:
            reader.value_problem(f"{pointer}/{key}", problem)
            return None
        if level is not None and read != level:
            reader.wrong(pointer, "contradictory_answers", given=standard.id)
        level = read
    year = source.get("year")
    if year is not None and (isinstance(year, bool) or not isinstance(year, int)):
        reader.wrong(f"{pointer}/year", "wrong_type", wanted="a year")
        year = None
    complies = reader.optional_flag(source.get("complies"), f"{pointer}/complies")
    covers = reader.optional_flag(source.get("covers"), f"{pointer}/covers")
    if covers is False and (level is not None or complies is not None):
        reader.wrong(pointer, "contradictory_answers", given=standard.id)
    if complies is False and level is not None:
        reader.wrong(pointer, "contradictory_answers", given=standard.id)
    evidence = reader.text(source.get("evidence"), f"{pointer}/evidence")
    return GivenStandard(level, complies, covers, year if isinstance(year, int) else None, evidence)
