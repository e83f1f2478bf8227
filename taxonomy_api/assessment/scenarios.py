"""Worked cases: what a maintainer expects of a project or an instrument, compared with what is answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.assessment.proceeds import assess_proceeds
from taxonomy_api.assessment.proceeds_intake import read_proceeds
from taxonomy_api.assessment.scenario_cases import AMONG, EXACT, Case, Json
from taxonomy_api.errors import InvalidInput


def run(engine: Engine, case: Case) -> tuple[str, ...]:
    """What differs from the expectation, then what was answered and why; empty where all is as expected."""
    try:
        wrong, answered = _compared(engine, case)
    except InvalidInput as refusal:
        return tuple(_refused(case, refusal))
    if "refused" in case.expect:
        return (f"refused: expected {case.expect['refused']}, but the request was answered",)
    return (*wrong, "", f"clause: {case.clause}", *answered) if wrong else ()


def _compared(engine: Engine, case: Case) -> tuple[list[str], list[str]]:
    """What differs, and the answer in words."""
    if case.of_proceeds:
        proceeds: Json = assess_proceeds(engine, read_proceeds(engine, case.body))
        if "refused" in case.expect:
            return [], []
        wrong = list(differences_of_proceeds(proceeds, case.taxonomy, case.expect))
        return wrong, list(described_proceeds(proceeds))
    answer: Json = assess(engine, read_request(engine, case.body))
    verdict = next((one for one in answer["verdicts"] if case.taxonomy in (None, one["taxonomy"])), None)
    if verdict is None:
        return [f"taxonomy: there is no verdict of {case.taxonomy}"], []
    return list(differences(verdict, case.expect)), list(described(verdict))


def _refused(case: Case, refusal: InvalidInput) -> Iterator[str]:
    codes = {problem.code for problem in refusal.problems}
    if "refused" not in case.expect:
        yield f"the request was refused: {', '.join(sorted(codes))}"
        yield from (f"  {problem.pointer}: {problem.message}" for problem in refusal.problems)
    elif codes != {case.expect["refused"]}:
        yield f"refused: expected {case.expect['refused']}, answered {', '.join(sorted(codes))}"


def differences(verdict: Json, expect: Json) -> Iterator[str]:
    answered = {
        **{key: verdict[key] for key in EXACT},
        "activity": verdict["activity"] and verdict["activity"]["id"],
        "provisional": verdict["provisional"] and verdict["provisional"]["verdict"],
        "route": passed(verdict["route"]),
        "nothing_missing": not verdict["missing"],
        "no_candidates": not verdict["candidates"],
    }
    yield from unequal(answered, expect)
    yield from unequal(verdict["components"], expect.get("components", {}))
    yield from lacking({key: {line[name] for line in verdict[key]} for key, name in AMONG.items()}, expect)
    listed = [frozenset(one) for one in verdict["missing"]]
    for one in expect.get("missing", []):
        if frozenset(one) not in listed:
            yield f"missing: {one} not among {verdict['missing']}"


def unequal(answered: Json, expect: Json) -> Iterator[str]:
    for key in [key for key in expect if key in answered]:
        if answered[key] != expect[key]:
            yield f"{key}: expected {expect[key]}, answered {answered[key]}"


def lacking(answered: Mapping[str, set[str]], expect: Json) -> Iterator[str]:
    for key, found in answered.items():
        if not_there := set(expect.get(key, ())) - found:
            yield f"{key}: {sorted(not_there)} not among {sorted(found)}"


def passed(route: list[Json]) -> list[str]:
    """The activities that a route passes, from the one named to the one judged."""
    return [step["from"] for step in route[:1]] + [step["to"] for step in route]


def differences_of_proceeds(answer: Json, taxonomy: str | None, expect: Json) -> Iterator[str]:
    under = next(one for one in answer["taxonomies"] if taxonomy in (None, one["taxonomy"]))
    rules = {
        rule["id"].partition("/")[2]: rule
        for rule in answer["rules"]
        if rule["taxonomy"] == under["taxonomy"]
    }
    verdicts = [
        next(one["verdict"] for one in allocation["verdicts"] if one["taxonomy"] == under["taxonomy"])
        for allocation in answer["allocations"]
    ]
    answered = {
        "shares": in_percent(under["shares"]),
        "verdicts": verdicts,
        "rules": {name: rule["outcome"] for name, rule in rules.items()},
        "binds": {name: rule["binds"] for name, rule in rules.items()},
        "covered": under["instrument_covered"],
        "edition_applies": under["edition_applies"],
        "aligned_by": in_percent(under.get("aligned_by")),
        "refinancing": in_percent(answer["instrument"]["refinancing"]),
        "counted_twice": [one["allocations"] for one in answer["double_counting"]["within_request"]],
    }
    yield from unequal(answered, expect)
    told = {"reasons": under["reasons"], "assumptions": answer["assumptions"]}
    yield from lacking({key: {line["code"] for line in lines} for key, lines in told.items()}, expect)


def in_percent(shares: Mapping[str, float] | None) -> dict[str, str] | None:
    """Shares as people write them, those of nothing left out; None where there are none."""
    if shares is None:
        return None
    written = {name: f"{share * 100:.4f}".rstrip("0").rstrip(".") for name, share in shares.items() if share}
    return {name: f"{number} %" for name, number in written.items()}


def described_proceeds(answer: Json) -> Iterator[str]:
    for number, allocation in enumerate(answer["allocations"]):
        for verdict in allocation["verdicts"]:
            codes = [reason["code"] for reason in verdict["reasons"]]
            yield f"  {number} {verdict['taxonomy']}: {verdict['verdict']} {codes}"
    for rule in answer["rules"]:
        yield f"  rule {rule['id']} ({rule['taxonomy']}): {rule['outcome']}, {rule['reasons']}"


def described(verdict: Json) -> Iterator[str]:
    """What the engine answered, for the reader of a failure."""
    components = ", ".join(
        f"{name.replace('_', ' ')} {outcome.replace('_', ' ')}"
        for name, outcome in verdict["components"].items()
    )
    yield f"answered: {verdict['verdict']} ({components})"
    for line in verdict["criteria"]:
        source = line.get("source") or {}
        where = f" ({source.get('document')}, {source.get('locator')})" if source else ""
        outcome, given = line["outcome"].replace("_", " "), line["given"] or "nothing"
        yield f"  {outcome:8} {line['id']}: given {given}, required {line['required']}{where}"
    for reason in verdict["reasons"]:
        yield f"  reason {reason['code']}: {reason['text']}"
    if verdict["missing"]:
        yield f"  missing {' or '.join(' and '.join(one) for one in verdict['missing'])}"
