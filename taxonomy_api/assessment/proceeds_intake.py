"""From the body of POST /v1/proceeds to a typed instrument with its allocations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from msgspec.structs import replace

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import (
    PROJECT_KEYS,
    REQUEST_KEYS,
    language_of,
    read_amount,
    read_instrument,
    read_request,
)
from taxonomy_api.assessment.money import Amount
from taxonomy_api.assessment.project import Request
from taxonomy_api.assessment.reading import Reader
from taxonomy_api.catalog.model import DEAL_DATES, InstrumentProfile
from taxonomy_api.catalog.terms import Language
from taxonomy_api.errors import InvalidInput, Problem

OPTIONS = tuple(key for key in REQUEST_KEYS if key != "project")
#: What the instrument says for each of its projects, unless the project says otherwise itself.
SHARED = (*DEAL_DATES, "maturity", "edition_choice")
INSTRUMENT_KEYS = ("id", "name", "kind", "amount", *SHARED)
ALLOCATION_KEYS = ("project", "amount", "refinancing")
OTHER_KEYS = ("id", "name", "allocations")


@dataclass(frozen=True, slots=True)
class Allocation:
    """What goes to one project. `amount`: in the instrument's currency; `refinancing` None: not stated."""

    request: Request
    amount: Fraction
    refinancing: bool | None


@dataclass(frozen=True, slots=True)
class OtherAllocation:
    """What another instrument gives a project, which is known by its id or its name only."""

    instrument: str
    project_id: str | None
    project_name: str | None
    amount: Fraction
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proceeds:
    """An instrument and what its proceeds go to; the allocations are at most its `amount`.

    `given`: the kind as the caller named it; `dates`: those of the deal; `currency` None: none is stated.
    `others`: what the `instruments_compared`, further ones of the caller's, are allocated to.
    `currency_assumed`, `approximate`: allocations state no currency of their own, some amount is "about".
    """

    profile: InstrumentProfile
    given: str
    id: str | None
    name: str | None
    amount: Fraction
    currency: str | None
    dates: Mapping[str, date]
    allocations: tuple[Allocation, ...]
    instruments_compared: int
    others: tuple[OtherAllocation, ...]
    taxonomies: tuple[str, ...]
    as_of: date
    language: Language
    currency_assumed: bool
    approximate: bool


def read_proceeds(engine: Engine, body: object, *, today: date | None = None) -> Proceeds:
    """The instrument in `body` (the JSON of POST /v1/proceeds).

    Taxonomies that the body does not name are those of all its projects together. Raises InvalidInput with
    every problem found.
    """
    reader = Reader(language=language_of(body))
    top = reader.mapping(body, "", ("instrument", "allocations", "other_instruments", *OPTIONS))
    for key in ("instrument", "allocations"):
        if key not in top and isinstance(body, Mapping):
            reader.wrong(f"/{key}", "missing", given=key)
    raw = reader.mapping(top.get("instrument", {}), "/instrument", INSTRUMENT_KEYS)
    kind = _kind(engine, reader, raw, "instrument" in top)
    amount = _amount(reader, raw, "/instrument") if "instrument" in top else None
    dates: dict[str, date] = {
        name: day
        for name in DEAL_DATES
        if (day := reader.day(raw.get(name), f"/instrument/{name}")) is not None
    }
    id, name = (reader.text(raw.get(key), f"/instrument/{key}") for key in ("id", "name"))
    shared: dict[str, object] = {key: raw[key] for key in SHARED if raw.get(key) is not None}
    if kind is not None:
        shared["instrument"] = kind
    options = {key: top[key] for key in OPTIONS if key in top}
    items = reader.items(top.get("allocations"), "/allocations")
    day = today or date.today()
    found = [
        _allocation(engine, reader, one, f"/allocations/{number}", shared, options, day)
        for number, one in enumerate(items)
    ]
    if amount is not None:
        _refuse_other_currencies(reader, amount, [allocated for _, allocated, _ in found])
        _refuse_excess(reader, amount, [allocated for _, allocated, _ in found])
    instruments = reader.items(top.get("other_instruments"), "/other_instruments")
    others = [
        one
        for number, raw in enumerate(instruments)
        for one in _other(reader, raw, f"/other_instruments/{number}")
    ]
    # Without a project the options are read beside a stand-in.
    requests = [request for request, _, _ in found] or [_options_only(engine, reader, options, day)]
    if reader.problems or kind is None or amount is None:
        raise InvalidInput(*dict.fromkeys(reader.problems))
    whole = [request for request in requests if request is not None]
    taxonomies = tuple(dict.fromkeys(one for request in whole for one in request.taxonomies))
    return Proceeds(
        profile=engine.release.instruments[kind],
        given=str(raw["kind"]),
        id=id,
        name=name,
        amount=Fraction(amount.value),
        currency=amount.currency,
        dates=dates,
        allocations=tuple(
            Allocation(replace(request, taxonomies=taxonomies), Fraction(allocated.value), refinancing)
            for request, allocated, refinancing in found
            if request is not None and allocated is not None
        ),
        instruments_compared=len(instruments),
        others=tuple(others),
        taxonomies=taxonomies,
        as_of=whole[0].as_of,
        language=whole[0].language,
        currency_assumed=amount.currency is not None
        and any(allocated is not None and allocated.currency is None for _, allocated, _ in found),
        approximate=amount.approximate
        or any(allocated is not None and allocated.approximate for _, allocated, _ in found),
    )


def _kind(engine: Engine, reader: Reader, raw: Mapping[str, object], there: bool) -> str | None:
    kind = read_instrument(engine, reader, raw.get("kind"), "/instrument/kind")
    stated = raw.get("kind")
    if there and (stated is None or (isinstance(stated, str) and not stated.strip())):
        reader.wrong("/instrument/kind", "missing", allowed=tuple(engine.release.instruments), given="kind")
    return kind


def _amount(reader: Reader, raw: Mapping[str, object], at: str) -> Amount | None:
    """An amount above zero in at most one currency."""
    before = len(reader.problems)
    amount = read_amount(reader, raw.get("amount"), f"{at}/amount")
    if amount is None:
        if len(reader.problems) == before:
            reader.wrong(f"{at}/amount", "missing", given="amount")
        return None
    if amount.value <= 0:
        reader.wrong(f"{at}/amount", "amount_not_positive")
    if amount.currency_ambiguous:
        reader.wrong(f"{at}/amount", "currency_ambiguous")
    return amount


def _allocation(
    engine: Engine,
    reader: Reader,
    raw: object,
    at: str,
    shared: Mapping[str, object],
    options: Mapping[str, object],
    today: date,
) -> tuple[Request | None, Amount | None, bool | None]:
    source = reader.mapping(raw, at, ALLOCATION_KEYS)
    if not isinstance(raw, Mapping):
        return None, None, None
    project = source.get("project")
    if project is None:
        reader.wrong(f"{at}/project", "missing", given="project")
    elif not isinstance(project, Mapping):
        reader.wrong(f"{at}/project", "wrong_type", wanted="an object")
        project = None
    request = None
    if isinstance(project, Mapping):
        own = {key: value for key, value in project.items() if value is not None or key not in shared}
        inherited = shared.keys() - own.keys()
        try:
            request = read_request(engine, {**options, "project": {**shared, **own}}, today=today)
        except InvalidInput as problem:
            reader.problems += [_placed(one, at, inherited) for one in problem.problems]
        wanted = shared.get("instrument")
        if request is not None and wanted is not None and request.project.instrument not in (None, wanted):
            reader.wrong(
                f"{at}/project/instrument", "instruments_differ", given=own.get("instrument"), wanted=wanted
            )
    refinancing = reader.optional_flag(source.get("refinancing"), f"{at}/refinancing")
    return request, _amount(reader, source, at), refinancing


def _other(reader: Reader, raw: object, at: str) -> Iterator[OtherAllocation]:
    """The allocations of a further instrument. A project of it may be written as in `allocations`, but only
    its id and name count."""
    source = reader.mapping(raw, at, OTHER_KEYS)
    id, name = (reader.text(source.get(key), f"{at}/{key}") for key in ("id", "name"))
    if isinstance(raw, Mapping) and not (id or name):
        reader.wrong(f"{at}/id", "missing", given="id")
    for number, item in enumerate(reader.items(source.get("allocations"), f"{at}/allocations")):
        place = f"{at}/allocations/{number}"
        allocation = reader.mapping(item, place, ALLOCATION_KEYS)
        project = reader.mapping(allocation.get("project", {}), f"{place}/project", PROJECT_KEYS)
        known = [reader.text(project.get(key), f"{place}/project/{key}") for key in ("id", "name")]
        if not any(known):
            reader.wrong(f"{place}/project/id", "missing", given="id")
        amount = _amount(reader, allocation, place)
        if amount is not None:
            yield OtherAllocation(
                id or name or "", known[0], known[1], Fraction(amount.value), amount.currency
            )


def _placed(problem: Problem, at: str, inherited: set[str]) -> Problem:
    """The problem at its place in this body: in the project, or in the instrument that it comes from."""
    _, top, *rest = [*problem.pointer.split("/"), ""]
    if top != "project":
        return problem
    if rest[0] in inherited:
        return replace(problem, pointer=problem.pointer.replace("/project", "/instrument", 1))
    return replace(problem, pointer=f"{at}{problem.pointer}")


def _options_only(
    engine: Engine, reader: Reader, options: Mapping[str, object], today: date
) -> Request | None:
    stand_in = {"activities": list(engine.activities)[:1]}
    wanted = options if options.get("taxonomies") else {**options, "taxonomies": [*engine.release.taxonomies]}
    try:
        return read_request(engine, {**wanted, "project": stand_in}, today=today)
    except InvalidInput as problem:
        reader.problems += [one for one in problem.problems if not one.pointer.startswith("/project")]
        return None


def _refuse_other_currencies(reader: Reader, whole: Amount, parts: list[Amount | None]) -> None:
    """Shares of one amount need one currency; an allocation without one is in the instrument's."""
    for number, part in enumerate(parts):
        if part is not None and part.currency is not None and part.currency != whole.currency:
            reader.wrong(
                f"/allocations/{number}/amount",
                "currencies_differ",
                given=part.currency,
                wanted=whole.currency or "—",
            )


def _refuse_excess(reader: Reader, whole: Amount, parts: list[Amount | None]) -> None:
    total = sum((Fraction(part.value) for part in parts if part is not None), Fraction())
    if total > Fraction(whole.value):
        reader.wrong(
            "/allocations",
            "allocations_above_amount",
            given=amount_text(total),
            wanted=amount_text(Fraction(whole.value)),
        )


def amount_text(amount: Fraction) -> str:
    """An amount of money as exact decimal text; amounts are sums of decimals."""
    places = 0
    while amount * 10**places % 1:
        places += 1
    digits = str(int(amount * 10**places)).rjust(places + 1, "0")
    return digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}"
