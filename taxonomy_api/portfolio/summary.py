"""Counts and amounts by taxonomy and verdict, and the control totals that reconcile them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from taxonomy_api.assessment.coded import Coded
from taxonomy_api.portfolio.amounts import Amounts, Money
from taxonomy_api.portfolio.result_columns import RowState, TaxonomyResults
from taxonomy_api.portfolio.texts import VERDICTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from taxonomy_api.portfolio.exchange_summary import ExchangeSummary

#: Rows under an edition that does not apply to their deal; whatever it says of them is in no other line.
LEFT_OUT = "edition_does_not_apply"
#: The lines of a taxonomy; they do not overlap and add up to all rows.
LINES = (*VERDICTS, LEFT_OUT)
#: Parts of `aligned`, told apart; a row may be in several.
BY_BASIS = ("by_criteria", "by_listing", "by_composite", "by_mapping")
PARTS = (*BY_BASIS, "by_assumption", "by_estimate", "by_share")
#: States of rows that are no projects.
_ASIDE = ("total", "note")


class Tally(Struct):
    """Number of rows, and the sum of their amounts by currency."""

    rows: int
    amounts: dict[str, Decimal]

    def as_json(self) -> dict[str, object]:
        return {"rows": self.rows, "amounts": {key: _plain(value) for key, value in self.amounts.items()}}


class PortfolioSummary(Struct, frozen=True):
    """What a portfolio comes to. `as_json` gives it with amounts as decimal strings."""

    release: str
    engine: str
    as_of: str
    sheet: str
    header_row: int
    rows: int
    #: Rows in state ok, warning and error; rows of totals and notes below the table are counted apart.
    rows_by_state: Mapping[str, int]
    rows_of_totals: int
    rows_of_notes: int
    total: Tally
    rows_without_amount: int
    #: Header of the amount column, and the sum of its cells that are plain numbers, as the sheet shows it.
    amount_column: tuple[str, Decimal] | None
    #: By taxonomy and line (`LINES`).
    verdicts: Mapping[str, Mapping[str, Tally]]
    aligned_parts: Mapping[str, Mapping[str, Tally]]
    issues: Mapping[str, int]
    #: Totals in one currency, where there are rates.
    exchange: ExchangeSummary | None = None

    @property
    def currencies(self) -> list[str]:
        """The currencies met, those with most rows of amounts first in order of appearance."""
        return list(self.total.amounts)

    def as_json(self) -> dict[str, object]:
        taxonomies = {
            taxonomy: {
                "verdicts": {name: tally.as_json() for name, tally in tallies.items()},
                "aligned_parts": {
                    name: tally.as_json() for name, tally in self.aligned_parts[taxonomy].items()
                },
            }
            for taxonomy, tallies in self.verdicts.items()
        }
        return {
            "release": self.release,
            "engine": self.engine,
            "as_of": self.as_of,
            "sheet": self.sheet,
            "header_row": self.header_row,
            "rows": self.rows,
            "rows_by_state": dict(self.rows_by_state),
            "rows_of_totals": self.rows_of_totals,
            "rows_of_notes": self.rows_of_notes,
            "rows_without_amount": self.rows_without_amount,
            "amounts": self.total.as_json()["amounts"],
            "taxonomies": taxonomies,
            "exchange": None if self.exchange is None else self.exchange.as_json(),
            "issues": dict(self.issues),
        }


class Identity(Struct, frozen=True):
    """What a run stands on, as told in its summary."""

    release: str
    engine: str
    as_of: str
    sheet: str
    header_row: int


def summarise(
    identity: Identity,
    results: Sequence[TaxonomyResults],
    states: Sequence[RowState],
    money: Sequence[Money | None],
    shares: Sequence[Decimal | None],
    issues: Mapping[str, int],
    amount_column: tuple[str, Decimal] | None = None,
) -> PortfolioSummary:
    """Tallies over all rows but those of totals and notes. `shares` are fractions; None where none is."""
    states = states if isinstance(states, Coded) else Coded(states)
    aside = {name: _holds(states, name) for name in _ASIDE}
    counted = ~np.logical_or.reduce([*aside.values()])
    amounts = Amounts.of(money)
    stated = np.array([share is not None for share in shares], dtype=np.bool_)
    total = _tally(amounts, counted)
    verdicts: dict[str, dict[str, Tally]] = {}
    parts: dict[str, dict[str, Tally]] = {}
    for result in results:
        left_out = counted & _holds(result.edition_applies, "no")
        inside = counted & ~left_out
        aligned = inside & _holds(result.verdict, "aligned")
        # A row in state error has no verdict of its own and counts as undetermined.
        rows_of = {name: inside & _holds(result.verdict, name) for name in VERDICTS}
        rows_of["undetermined"] |= inside & _holds(result.verdict, "")
        verdicts[result.taxonomy] = {name: _tally(amounts, rows_of.get(name, left_out)) for name in LINES}
        by_basis = {name: _holds(result.basis, name.removeprefix("by_")) for name in BY_BASIS}
        parts_of = by_basis | {
            "by_assumption": _holds(result.by_assumption, True),
            "by_estimate": _holds(result.by_estimate, True),
        }
        own = {name: _tally(amounts, aligned & rows) for name, rows in parts_of.items()}
        parts[result.taxonomy] = own | {"by_share": _tally_of_shares(amounts, aligned & stated, shares)}
    by_state = {name: int(_holds(states, name).sum()) for name in ("ok", "warning", "error")}
    return PortfolioSummary(
        release=identity.release,
        engine=identity.engine,
        as_of=identity.as_of,
        sheet=identity.sheet,
        header_row=identity.header_row,
        rows=len(states),
        rows_by_state=by_state,
        total=total,
        rows_of_totals=int(aside["total"].sum()),
        rows_of_notes=int(aside["note"].sum()),
        rows_without_amount=int((counted & amounts.missing).sum()),
        amount_column=amount_column,
        verdicts=verdicts,
        aligned_parts=parts,
        issues=issues,
    )


def _tally(amounts: Amounts, counted: NDArray[np.bool_]) -> Tally:
    """Of these rows; currencies in order of appearance."""
    rows = np.flatnonzero(counted)
    found = amounts.by_currency(rows)
    return Tally(len(rows), {currency: amounts.total(here) for currency, here in found.items()})


def _tally_of_shares(amounts: Amounts, counted: NDArray[np.bool_], shares: Sequence[Decimal | None]) -> Tally:
    """Of what these rows' shares of their amounts come to."""
    rows = np.flatnonzero(counted)
    sums: dict[str, Decimal] = {}
    for currency, here in amounts.by_currency(rows).items():
        parts = zip(amounts.at(here.tolist()), map(shares.__getitem__, here.tolist()), strict=True)
        sums[currency] = sum(
            (one.amount * share for one, share in parts if one is not None and share is not None), Decimal(0)
        )
    return Tally(len(rows), sums)


def _holds(column: Coded[Any], value: object) -> NDArray[np.bool_]:
    """The rows with this value."""
    values, codes = column.distinct()
    found: NDArray[np.bool_] = np.array([one == value for one in values], dtype=np.bool_)[codes]
    return found


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
