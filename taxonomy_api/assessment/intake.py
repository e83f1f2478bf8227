"""From the body of a request to a typed Request; the same reading for REST and the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from taxonomy_api.assessment.editions import deal_of, editions_that_apply
from taxonomy_api.assessment.encoding import contradicted
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake_answers import (
    read_answers,
    read_facts,
    read_standards,
    uncited_standards,
)
from taxonomy_api.assessment.money import Amount, parse_amount, parse_share
from taxonomy_api.assessment.project import Given, GivenAnswer, Project, Request
from taxonomy_api.assessment.reading import Reader, escape
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.catalog.industry_codes import WRITTEN_SCHEMES, IndustryCodeError, is_industry_code
from taxonomy_api.catalog.instruments import folded
from taxonomy_api.catalog.model import DEAL_DATES, Activity
from taxonomy_api.catalog.terms import LANGUAGES, Language
from taxonomy_api.errors import InvalidInput

REQUEST_KEYS = ("project", "taxonomies", "as_of", "language", "assume_not_excluded", "confirm")
PROJECT_KEYS = (
    "id",
    "name",
    "country",
    "activities",
    "facts",
    "inputs",
    "standards",
    "attestations",
    "amount",
    "share_of_proceeds",
    "instrument",
    "maturity",
    "edition_choice",
    *DEAL_DATES,
)


def read_request(engine: Engine, body: object, *, today: date | None = None) -> Request:
    """The request in `body` (the JSON of POST /v1/assessments).

    `today` is the day of assessment where the body names none (default: the present day). Raises
    InvalidInput with every problem found.
    """
    reader = Reader(language=language_of(body))
    top = reader.mapping(body, "", REQUEST_KEYS)
    if "project" not in top and isinstance(body, Mapping):
        reader.wrong("/project", "missing", given="project")
    project = read_project(engine, reader, top.get("project", {}))
    as_of = reader.day(top.get("as_of"), "/as_of") or today or date.today()
    if project.maturity is not None and project.maturity < as_of:
        reader.wrong("/project/maturity", "maturity_before_as_of")
    asked = _taxonomies(engine, reader, top.get("taxonomies"))
    request = Request(
        project=project,
        taxonomies=_called_for(engine, project, as_of) if asked is None else asked,
        editions_left_open=asked is None,
        as_of=as_of,
        language=_language(reader, top.get("language")),
        assume_not_excluded=reader.flag(top.get("assume_not_excluded"), "/assume_not_excluded"),
        confirm=tuple(
            name
            for number, raw in enumerate(reader.items(top.get("confirm"), "/confirm"))
            if (name := _confirmed(engine, reader, raw, f"/confirm/{number}")) is not None
        ),
    )
    if reader.problems:
        raise InvalidInput(*reader.problems)
    return request


def read_project(engine: Engine, reader: Reader, raw: object, at: str = "/project") -> Project:
    """The project in `raw`; problems go to the reader."""
    source = reader.mapping(raw, at, PROJECT_KEYS)
    named = [
        name
        for number, one in enumerate(reader.items(source.get("activities"), f"{at}/activities"))
        if (name := _activity(engine, reader, one, f"{at}/activities/{number}")) is not None
    ]
    if isinstance(raw, Mapping) and not source.get("activities"):
        reader.wrong(f"{at}/activities", "no_activity")
    activities = tuple(dict.fromkeys(name for name in named if not is_industry_code(name)))
    given = reader.mapping({} if source.get("facts") is None else source["facts"], f"{at}/facts")
    # An attestation may also stand among the facts.
    answers = {name: value for name, value in given.items() if name in engine.attestations}
    given = {name: value for name, value in given.items() if name not in answers}
    facts = read_facts(engine, reader, given, f"{at}/facts")
    attestations = read_answers(engine, reader, source.get("attestations"), f"{at}/attestations", facts)
    for name, answer in read_answers(engine, reader, answers, f"{at}/facts", facts).items():
        if attestations.setdefault(name, answer).value != answer.value:
            reader.wrong(f"{at}/facts/{escape(name)}", "contradictory_answers", given=name)
    _refuse_contradicted_rows(engine, reader, activities, named, f"{at}/activities")
    _refuse_denied_scope(engine, reader, activities, attestations, at)
    inputs: dict[str, dict[str, Given]] = {}
    for name, one in reader.mapping(source.get("inputs") or {}, f"{at}/inputs").items():
        place = f"{at}/inputs/{escape(name)}"
        if name not in engine.inputs:
            near = reader.nearest(name, engine.inputs)
            reader.wrong(place, "unknown_input", allowed=engine.inputs, near=near, given=name)
            continue
        inner = reader.mapping(one, place, ("facts",))
        inputs[name] = read_facts(engine, reader, inner.get("facts"), f"{place}/facts")
    return Project(
        id=reader.text(source.get("id"), f"{at}/id"),
        name=reader.text(source.get("name"), f"{at}/name"),
        country=reader.text(source.get("country"), f"{at}/country"),
        activities=activities,
        industry=tuple(dict.fromkeys(name for name in named if is_industry_code(name))),
        facts=facts,
        inputs=inputs,
        uncited_standards=uncited_standards(engine, source.get("standards")),
        standards=read_standards(engine, reader, source.get("standards"), f"{at}/standards"),
        attestations=attestations,
        amount=read_amount(reader, source.get("amount"), f"{at}/amount"),
        share_of_proceeds=_share(reader, source.get("share_of_proceeds"), f"{at}/share_of_proceeds"),
        instrument=read_instrument(engine, reader, source.get("instrument"), f"{at}/instrument"),
        dates={
            name: day
            for name in DEAL_DATES
            if (day := reader.day(source.get(name), f"{at}/{name}")) is not None
        },
        maturity=reader.day(source.get("maturity"), f"{at}/maturity"),
        edition_choice=_edition_choice(engine, reader, source.get("edition_choice"), f"{at}/edition_choice"),
    )


def language_of(body: object) -> Language:
    """The language in which problems are told, as far as the body states one."""
    wanted = body.get("language") if isinstance(body, Mapping) else None
    return next((language for language in LANGUAGES if language == wanted), "en")


def _language(reader: Reader, raw: object) -> Language:
    text = reader.text(raw, "/language")
    for language in LANGUAGES:
        if text in (None, language):
            return language
    reader.wrong("/language", "unknown_language", allowed=LANGUAGES, given=text)
    return "en"


def _called_for(engine: Engine, project: Project, as_of: date) -> tuple[str, ...]:
    """The editions that apply to the deal, those of the activities named first."""
    named = (name.partition(":")[0] for name in project.activities)
    return editions_that_apply(engine.release, deal_of(project), as_of, named)


def _taxonomies(engine: Engine, reader: Reader, raw: object) -> tuple[str, ...] | None:
    """The taxonomies asked about; None where that is left open."""
    known = engine.release.taxonomies
    if raw is None or raw == []:
        return None
    found: list[str] = []
    for number, one in enumerate(reader.items(raw, "/taxonomies")):
        name = reader.text(one, f"/taxonomies/{number}")
        if name is None:
            continue
        if name in known:
            found.append(name)
        else:
            _unknown_taxonomy(engine, reader, name, f"/taxonomies/{number}")
    return tuple(dict.fromkeys(found))


def _edition_choice(engine: Engine, reader: Reader, raw: object, pointer: str) -> str | None:
    name = reader.text(raw, pointer)
    if name is not None and name not in engine.release.taxonomies:
        _unknown_taxonomy(engine, reader, name, pointer)
        return None
    return name


def _unknown_taxonomy(engine: Engine, reader: Reader, name: str, pointer: str) -> None:
    known = engine.release.taxonomies
    near = reader.nearest(name, known)
    reader.wrong(pointer, "unknown_taxonomy", allowed=tuple(known), near=near, given=name)


def _activity(engine: Engine, reader: Reader, raw: object, pointer: str) -> str | None:
    """The canonical `taxonomy:code[#row]`, or an industry code in its one writing."""
    name = reader.text(raw, pointer)
    if name is None:
        if raw is None:
            reader.wrong(pointer, "wrong_type", wanted="text")
        return None
    name = re.sub(r"\s+", " ", name).strip()
    if is_industry_code(name):
        try:
            return engine.industry.locate(name)[1]
        except IndustryCodeError as problem:
            reader.wrong(pointer, "unknown_industry_code", near=problem.nearest, given=name)
            return None
    base, _, row = name.partition("#")
    activity = engine.activities.get(base)
    if activity is None:
        taxonomy = base.partition(":")[0]
        if ":" in base and taxonomy not in engine.release.taxonomies:
            known: tuple[str, ...] = (*engine.release.taxonomies, *WRITTEN_SCHEMES)
            reader.wrong(pointer, "unknown_taxonomy", near=reader.nearest(taxonomy, known), given=taxonomy)
        else:
            reader.wrong(
                pointer, "unknown_activity", near=reader.nearest(base, engine.activities), given=name
            )
        return None
    if not row:
        return activity.id
    rows = tuple(one.id for one in activity.rows)
    if row not in rows:
        reader.wrong(pointer, "unknown_row", allowed=rows, near=reader.nearest(row, rows), given=name)
        return None
    return f"{activity.id}#{row}"


def _confirmed(engine: Engine, reader: Reader, raw: object, pointer: str) -> str | None:
    """An activity that is confirmed; an industry code names none."""
    name = _activity(engine, reader, raw, pointer)
    if name is not None and is_industry_code(name):
        reader.wrong(pointer, "unknown_activity", given=name)
        return None
    return name


def _refuse_contradicted_rows(
    engine: Engine, reader: Reader, activities: tuple[str, ...], named: list[str], at: str
) -> None:
    """A row and an industry code that belongs to other rows of the item cannot both be right."""
    codes = {name[8:] for name in named if name.startswith("gbt4754:")}
    for base in {name.partition("#")[0] for name in activities}:
        told = frozenset(name.partition("#")[2] for name in activities if name.startswith(f"{base}#"))
        if contradicted(engine.activities[base], told, codes):
            reader.wrong(at, "contradictory_answers", given=f"{base}#row")


def _refuse_denied_scope(
    engine: Engine, reader: Reader, activities: tuple[str, ...], answers: Mapping[str, GivenAnswer], at: str
) -> None:
    for name in activities:
        activity: Activity = engine.activities[name.partition("#")[0]]
        named = name.replace(activity.id, activity.answered_as)
        for asked in {f"{named}/scope", f"{activity.answered_as}/scope"}:
            answer = answers.get(asked)
            if answer is not None and not answer.value:
                reader.wrong(f"{at}/attestations/{escape(asked)}", "scope_denied", activity=name, given=asked)


def read_instrument(engine: Engine, reader: Reader, raw: object, pointer: str) -> str | None:
    """The id of the kind of instrument that is named by id, alias or name."""
    name = reader.text(raw, pointer)
    if name is None or not name.strip():
        return None
    profile = engine.instruments.get(folded(name))
    if profile is None:
        near = tuple(
            dict.fromkeys(engine.instruments[one].id for one in reader.nearest(name, engine.instruments))
        )
        known = tuple(engine.release.instruments)
        reader.wrong(pointer, "unknown_instrument", allowed=known, near=near, given=name)
        return None
    return profile.id


def read_amount(reader: Reader, raw: object, pointer: str) -> Amount | None:
    """An amount of money, a number, text or `{value, currency}`; problems go to the reader."""
    if raw is None:
        return None
    hint: str | None = None
    if isinstance(raw, Mapping):
        inner = reader.mapping(raw, pointer, ("value", "currency"))
        hint = reader.text(inner.get("currency"), f"{pointer}/currency")
        raw, pointer = inner.get("value"), f"{pointer}/value"
    try:
        return parse_amount(raw, hint)
    except ValueProblem as problem:
        reader.value_problem(pointer, problem)
        return None


def _share(reader: Reader, raw: object, pointer: str) -> Fraction | None:
    try:
        return parse_share(raw)
    except ValueProblem as problem:
        reader.value_problem(pointer, problem)
        return None
