"""What the proceeds of an instrument go to: shares of its amount by verdict, and its rules applied.

All arithmetic is exact; only what is shown is rounded. What is undetermined is never in a numerator and
never leaves the denominator, which is the whole amount of the instrument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from taxonomy_api.assessment.answer import Json, assess, outside_reason
from taxonomy_api.assessment.double_counting import double_counting
from taxonomy_api.assessment.engine import ENGINE_VERSION, Engine
from taxonomy_api.assessment.messages import say
from taxonomy_api.assessment.proceeds_intake import Proceeds, amount_text
from taxonomy_api.assessment.proceeds_rules import (
    RELIED_ON,
    UNIT,
    Judged,
    applied,
    place_of,
    rounded_down,
)
from taxonomy_api.assessment.proceeds_texts import tell
from taxonomy_api.catalog.instruments import folded, outside
from taxonomy_api.catalog.model import InstrumentScope

#: The parts of an amount under one taxonomy; they do not overlap and add up to the whole.
BASES = ("criteria", "listing", "composite", "mapping")
ALIGNED_PARTS = tuple(f"aligned:{way}" for way in (*BASES, "assumption"))
UNDETERMINED_PARTS = ("undetermined:at_least_transition", "undetermined:open")
OTHER_LINES = ("transition", "not_aligned", "excluded", "not_covered")
PARTS = (*ALIGNED_PARTS, *OTHER_LINES, *UNDETERMINED_PARTS, "edition_does_not_apply", "unallocated")
#: The lines that are told; `aligned` and `undetermined` are sums of parts.
LINES = (
    *("aligned", "transition", "not_aligned", "excluded", "undetermined", "not_covered"),
    *("edition_does_not_apply", "unallocated"),
)


def assess_proceeds(engine: Engine, asked: Proceeds) -> Json:
    """The answer to POST /v1/proceeds, as docs/api.md describes it."""
    answers = [assess(engine, allocation.request)["verdicts"] for allocation in asked.allocations]
    judged: dict[str, list[Judged]] = {taxonomy: [] for taxonomy in asked.taxonomies}
    for allocation, verdicts in zip(asked.allocations, answers, strict=True):
        assert isinstance(verdicts, list)
        for verdict in verdicts:
            judged[verdict["taxonomy"]].append(Judged(allocation, verdict))
    allocated = sum((one.amount for one in asked.allocations), Fraction())
    return {
        "release": engine.release.id,
        "engine": ENGINE_VERSION,
        "as_of": asked.as_of.isoformat(),
        "disclaimer": say("disclaimer", asked.language),
        "instrument": _instrument(asked, allocated),
        "allocations": [
            {
                "project": one.request.project.id,
                "name": one.request.project.name,
                "amount": _money(one.amount, asked.currency),
                "share": rounded_down(one.amount / asked.amount),
                "refinancing": one.refinancing,
                "verdicts": verdicts,
            }
            for one, verdicts in zip(asked.allocations, answers, strict=True)
        ],
        "taxonomies": [_under(engine, asked, taxonomy, judged[taxonomy]) for taxonomy in asked.taxonomies],
        "rules": [
            rule
            for taxonomy in asked.taxonomies
            for rule in _rules(engine, asked, taxonomy, judged[taxonomy])
        ],
        "double_counting": double_counting(asked),
        "rounding": tell("rounding", asked.language),
        "assumptions": _assumptions(asked),
    }


def _instrument(asked: Proceeds, allocated: Fraction) -> Json:
    ways: tuple[tuple[str, bool | None], ...] = (
        ("refinanced", True),
        ("newly_financed", False),
        ("not_stated", None),
    )
    amounts = {
        way: sum((one.amount for one in asked.allocations if one.refinancing is said), Fraction())
        for way, said in ways
    }
    shares = add_up(
        {
            **{way: amount / asked.amount for way, amount in amounts.items()},
            "unallocated": 1 - allocated / asked.amount,
        }
    )
    return {
        "kind": asked.profile.id,
        "given": asked.given,
        "id": asked.id,
        "title": asked.name,
        "name": asked.profile.name.in_language(asked.language),
        "definition": asked.profile.definition.in_language(asked.language),
        "amount": _money(asked.amount, asked.currency),
        "allocated": _money(allocated, asked.currency),
        "unallocated": _money(asked.amount - allocated, asked.currency),
        "refinancing": shares,
    }


# Shares


def parts_of(judged: Iterable[Judged], amount: Fraction) -> dict[str, Fraction]:
    """The share of the `amount` in each of PARTS; they add up to 1."""
    parts: dict[str, Fraction] = dict.fromkeys(PARTS, Fraction())
    for one in judged:
        parts[one.part] += one.allocation.amount / amount
    parts["unallocated"] = Fraction(1) - sum(parts.values())
    return parts


def add_up(parts: Mapping[str, Fraction]) -> dict[str, float]:
    """Parts that add up to 1, rounded so that they still do: the largest remainders are rounded up."""
    whole = {name: int(part * UNIT) for name, part in parts.items()}
    short = UNIT - sum(whole.values())
    by_remainder = sorted(parts, key=lambda name: whole[name] - parts[name] * UNIT)
    for name in by_remainder[:short]:
        whole[name] += 1
    return {name: number / UNIT for name, number in whole.items()}


def _under(engine: Engine, asked: Proceeds, taxonomy: str, judged: Sequence[Judged]) -> Json:
    """The shares of the amount under one taxonomy."""
    language = asked.language
    shut_out = outside(engine.release, asked.profile.id, taxonomy)
    scope = asked.profile.taxonomies.get(taxonomy)
    applies = {str(one.verdict["edition_applies"]) for one in judged} or {"unknown"}
    frame: Json = {
        "taxonomy": taxonomy,
        "edition_applies": applies.pop() if len(applies) == 1 else "differs",
        "instrument_covered": _covered(scope, shut_out is not None),
        "rules": _rules_on_file(scope, shut_out is not None),
        "reasons": [],
    }
    if shut_out is not None:
        # The instrument as a whole is outside, whatever its proceeds go to.
        parts = {**dict.fromkeys(PARTS, Fraction()), "not_covered": Fraction(1)}
        frame["reasons"] = [outside_reason(shut_out, language)]
    else:
        parts = parts_of(judged, asked.amount)
        if judged and all(one.left_out for one in judged):
            reason = {"code": "edition_left_out", "text": tell("edition_left_out", language)}
            return {**frame, "shares": None, "amounts": None, "reasons": [reason]}
        if scope is None or not scope.rules:
            frame["reasons"] = [{"code": "rules_not_on_file", "text": tell("rules_not_on_file", language)}]
    shown = add_up(parts)
    estimated = (one.allocation.amount for one in judged if one.estimated and one.part in ALIGNED_PARTS)
    return {
        **frame,
        "shares": {line: _sum(shown, line) for line in LINES},
        "amounts": {
            line: amount_text(sum((parts[name] for name in _parts_in(line)), Fraction()) * asked.amount)
            for line in LINES
        },
        "aligned_by": {name.partition(":")[2]: shown[name] for name in ALIGNED_PARTS},
        "aligned_on_estimates": rounded_down(sum(estimated, Fraction()) / asked.amount),
        "at_least_transition": shown["undetermined:at_least_transition"],
    }


def _parts_in(line: str) -> list[str]:
    return [name for name in PARTS if name.partition(":")[0] == line]


def _sum(shown: Mapping[str, float], line: str) -> float:
    return round(sum(shown[name] for name in _parts_in(line)), 6)


def _covered(scope: InstrumentScope | None, shut_out: bool) -> str:
    if shut_out:
        return "no"
    said = None if scope is None or scope.status not in RELIED_ON else scope.covered
    return "not_on_file" if said is None else ("yes" if said else "no")


def _rules_on_file(scope: InstrumentScope | None, shut_out: bool) -> list[str] | Json:
    """Ids of the rules in force for the instrument; or where they stand that are not on file."""
    if scope is None or shut_out:
        return []
    if scope.rules_stand_in is not None:
        return {"not_on_file": place_of(scope.rules_stand_in)}
    return [rule.id for rule in scope.rules]


# Rules


def _rules(engine: Engine, asked: Proceeds, taxonomy: str, judged: Sequence[Judged]) -> list[Json]:
    scope = asked.profile.taxonomies.get(taxonomy)
    if scope is None or outside(engine.release, asked.profile.id, taxonomy) is not None:
        return []
    return [applied(asked, taxonomy, rule, judged) for rule in scope.rules]


# What is told


def _assumptions(asked: Proceeds) -> list[Json]:
    language, found = asked.language, []
    if folded(asked.given) != folded(asked.profile.id):
        name, definition = (
            text.in_language(language) for text in (asked.profile.name, asked.profile.definition)
        )
        found.append(("kind_read_as", {"given": asked.given, "instrument": name, "definition": definition}))
    if asked.currency_assumed:
        found.append(("currency_assumed", {"currency": asked.currency or ""}))
    if asked.approximate:
        found.append(("amount_approximate", {}))
    return [{"code": code, "text": tell(code, language, **values)} for code, values in found]


def _money(amount: Fraction, currency: str | None) -> Json:
    return {"value": amount_text(amount), "currency": currency}
