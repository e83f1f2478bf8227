"""What a change of the data does to a portfolio, as JSON; the command and the service tell the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from taxonomy_api.portfolio.impact import Flip, Impact, Verdict

#: Rows and amounts by currency, by taxonomy and the verdicts before and after.
Sums = dict[tuple[str, str, str], tuple[int, dict[str, Decimal]]]


def sums_of(flips: Iterable[Flip]) -> Sums:
    """Rows and amounts of these flips, added by what they have in common."""
    sums: Sums = {}
    for flip in flips:
        key = (flip.taxonomy, flip.before.verdict, flip.after.verdict)
        count, amounts = sums.get(key, (0, {}))
        if flip.amount is not None:
            currency = flip.amount.currency
            amounts[currency] = amounts.get(currency, Decimal(0)) + flip.amount.amount
        sums[key] = (count + 1, amounts)
    return sums


def impact_json(found: Impact) -> dict[str, Any]:
    """The comparison without its rows; `totals` counts verdicts that differ, not those that only end on
    another day."""
    flips = [flip for flip in found.flips if flip.of_verdict]
    return {
        "before": found.difference.before,
        "after": found.difference.after,
        "changes": len(found.difference.changes),
        "rows": found.rows,
        "assessed": found.assessed,
        "differing": len(found.flips),
        "totals": list(_totals_json(sums_of(flips))),
    }


def flip_json(flip: Flip) -> dict[str, Any]:
    """One row whose verdict, or its last day, differs."""
    amount = flip.amount and {"value": str(flip.amount.amount), "currency": flip.amount.currency}
    return {
        "row": flip.row,
        "project": flip.project,
        "taxonomy": flip.taxonomy,
        "activity": flip.activity,
        "before": _verdict_json(flip.before),
        "after": _verdict_json(flip.after),
        "amount": amount,
        "because": [change.text for change in flip.because],
    }


def _totals_json(sums: Sums) -> Iterator[dict[str, Any]]:
    for (taxonomy, before, after), (count, amounts) in sums.items():
        by_currency = {currency: str(amount) for currency, amount in amounts.items()}
        yield {"taxonomy": taxonomy, "before": before, "after": after, "rows": count, "amounts": by_currency}


def _verdict_json(one: Verdict) -> dict[str, Any]:
    return {"verdict": one.verdict, "valid_until": str(one.valid_until) if one.valid_until else None}
