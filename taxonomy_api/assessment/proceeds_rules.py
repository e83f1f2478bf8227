"""The rules of an instrument about its proceeds, applied to verdicts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from taxonomy_api.assessment.answer import Json
from taxonomy_api.assessment.proceeds_intake import Allocation, Proceeds, amount_text
from taxonomy_api.assessment.proceeds_texts import tell
from taxonomy_api.catalog.model import ProceedsRule
from taxonomy_api.catalog.terms import Citation

RELIED_ON = ("verified", "single-source")

Outcome = Literal["met", "not_met", "unknown"]
Binds = Literal["yes", "no", "unknown"]
#: Shares are shown in millionths.
UNIT: int = 10**6


@dataclass(frozen=True, slots=True)
class Judged:
    """An allocation with its verdict under one taxonomy."""

    allocation: Allocation
    verdict: Json

    @property
    def left_out(self) -> bool:
        return self.verdict["edition_applies"] == "no"

    @property
    def part(self) -> str:
        """Which of PARTS its amount belongs to."""
        if self.left_out:
            return "edition_does_not_apply"
        verdict = str(self.verdict["verdict"])
        if verdict == "aligned":
            return "aligned:assumption" if self.assumed else f"aligned:{self.verdict['basis']}"
        if verdict == "undetermined":
            sure = self.verdict["at_least"] == "transition"
            return "undetermined:at_least_transition" if sure else "undetermined:open"
        return verdict

    @property
    def assumed(self) -> bool:
        """Whether the verdict rests on the assumption that nothing is excluded."""
        return "assumed_not_excluded" in self._assumptions

    @property
    def estimated(self) -> bool:
        return "rests_on_estimates" in self._assumptions

    @property
    def _assumptions(self) -> list[object]:
        found = self.verdict["assumptions"]
        return [one["code"] for one in found] if isinstance(found, list) else []


def applied(asked: Proceeds, taxonomy: str, rule: ProceedsRule, judged: Sequence[Judged]) -> Json:
    """A rule with what it comes to; `outcome` left_out where it does not bind the deal."""
    language = asked.language
    required = Fraction(rule.share.amount) / 100
    passing, failing = measured(rule, judged, asked.amount)
    outcome = decide_rule(rule, required, passing, failing)
    binds = binding(rule, asked.dates)
    left_out = bool(judged) and all(one.left_out for one in judged)
    reasons: list[str] = []
    if left_out:
        reasons = ["edition_left_out"]
    elif binds == "no":
        reasons = ["before_rule"]
    else:
        reasons = [f"share_{'open' if outcome == 'unknown' else outcome}"]
        reasons += ["weak_source"] if rule.status not in RELIED_ON else []
        reasons += ["rule_date_open"] if binds == "unknown" else []
    values = {
        "share": _percent(passing),
        "most": _percent(1 - failing),
        "open": _percent(1 - failing - passing),
        "required": _percent(required),
        "day": None if rule.start is None else rule.start.isoformat(),
    }
    return {
        "id": f"{asked.profile.id}/{rule.id}",
        "taxonomy": taxonomy,
        "text": rule.text.in_language(language),
        "outcome": "left_out" if left_out or binds == "no" else outcome,
        "binds": "no" if left_out else binds,
        "from": values["day"],
        "share": rounded_down(passing),
        "at_most": rounded_down(1 - failing),
        "required": rounded_down(required),
        "open_allocations": [
            number for number, one in enumerate(judged) if standing(rule, one) == "unknown" and not left_out
        ],
        "source": {**place_of(rule.source), "status": rule.status},
        "reasons": [{"code": code, "text": tell(code, language, **values)} for code in reasons],
    }


def decide_rule(rule: ProceedsRule, required: Fraction, passing: Fraction, failing: Fraction) -> Outcome:
    """Met if what passes reaches the share; not met only if no more than what fails rules it out."""
    if rule.status not in RELIED_ON:
        return "unknown"
    if passing >= required:
        return "met"
    return "not_met" if 1 - failing < required else "unknown"


def measured(rule: ProceedsRule, judged: Iterable[Judged], amount: Fraction) -> tuple[Fraction, Fraction]:
    """The shares of the amount that pass and that fail; the rest is open, unallocated money among it."""
    shares: dict[Outcome, Fraction] = {"met": Fraction(), "not_met": Fraction(), "unknown": Fraction()}
    for one in judged:
        shares[standing(rule, one)] += one.allocation.amount / amount
    return shares["met"], shares["not_met"]


def standing(rule: ProceedsRule, one: Judged) -> Outcome:
    """How one allocation counts: by its verdict, and where the rule speaks of marks by its mark, too.

    What is aligned only on the assumption that nothing is excluded proves nothing.
    """
    if one.left_out:
        return "unknown"
    verdict = one.verdict["verdict"]
    aligned: Outcome = (
        "unknown" if verdict == "undetermined" else "met" if verdict == "aligned" else "not_met"
    )
    if aligned == "met" and one.assumed:
        aligned = "unknown"
    if not rule.marks:
        return aligned
    marks = one.verdict["marks"]
    marked: Outcome = "unknown"
    if isinstance(marks, list) and len(marks) == 1:
        marked = rule.marks.get(marks[0], "unknown")
    if "not_met" in (aligned, marked):
        return "not_met"
    return "met" if aligned == marked == "met" else "unknown"


def binding(rule: ProceedsRule, dates: Mapping[str, date]) -> Binds:
    """Whether the rule binds the deal: all of its dates are of that time, or none is.

    Which of the dates decides is not on file, so those on both sides leave it open; so does none at all.
    """
    if rule.start is None:
        return "yes"
    later = {day >= rule.start for day in dates.values()}
    if len(later) != 1:
        return "unknown"
    return "yes" if later.pop() else "no"


def rounded_down(share: Fraction) -> float:
    """A share that is below a limit is never shown as the limit."""
    return math.floor(share * UNIT) / UNIT


def _percent(share: Fraction) -> str:
    """In %, rounded down, so that what is short of a limit does not read as the limit."""
    return f"{amount_text(Fraction(int(share * UNIT), UNIT // 100))} %"


def place_of(source: Citation) -> dict[str, object]:
    return {"document": source.document, "locator": source.locator}
