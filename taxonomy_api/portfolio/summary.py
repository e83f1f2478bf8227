"""Counts and amounts by taxonomy and verdict, and the control totals that reconcile them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from taxonomy_api.portfolio.result_columns import RowState, TaxonomyResults
from taxonomy_api.portfolio.texts import VERDICTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from taxonomy_api.assessment.coded import Coded
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


class Money(Struct, frozen=True):
    """A row's amount in units of its currency; the currency "" is one that nobody stated."""

    amount: Decimal
    currency: str
    approximate: bool = False


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
    counted = np.array([state not in _ASIDE for state in states], dtype=np.bool_)
    amounts = _Amounts(money)
    stated = np.array([share is not None for share in shares], dtype=np.bool_)
    total = amounts.tally(counted)
    verdicts: dict[str, dict[str, Tally]] = {}
    parts: dict[str, dict[str, Tally]] = {}
    for result in results:
        left_out = counted & _holds(result.edition_applies, "no")
        inside = counted & ~left_out
        aligned = inside & _holds(result.verdict, "aligned")
        # A row in state error has no verdict of its own and counts as undetermined.
        rows_of = {name: inside & _holds(result.verdict, name) for name in VERDICTS}
        rows_of["undetermined"] |= inside & _holds(result.verdict, "")
        verdicts[result.taxonomy] = {name: amounts.tally(rows_of.get(name, left_out)) for name in LINES}
        by_basis = {name: _holds(result.basis, name.removeprefix("by_")) for name in BY_BASIS}
        parts_of = by_basis | {
            "by_assumption": _holds(result.by_assumption, True),
            "by_estimate": _holds(result.by_estimate, True),
        }
        own = {name: amounts.tally(aligned & rows) for name, rows in parts_of.items()}
        parts[result.taxonomy] = own | {"by_share": amounts.tally(aligned & stated, shares)}
    by_state = {state: states.count(state) for state in ("ok", "warning", "error", *_ASIDE)}
    return PortfolioSummary(
        release=identity.release,
        engine=identity.engine,
        as_of=identity.as_of,
        sheet=identity.sheet,
        header_row=identity.header_row,
        rows=len(states),
        rows_by_state={state: count for state, count in by_state.items() if state not in _ASIDE},
        total=total,
        rows_of_totals=by_state["total"],
        rows_of_notes=by_state["note"],
        rows_without_amount=int((counted & (amounts.currency == 0)).sum()),
        amount_column=amount_column,
        verdicts=verdicts,
        aligned_parts=parts,
        issues=issues,
    )


class _Amounts:
    """The rows' amounts, to be summed over sets of rows. `currency`: by number, 0 where there is none."""

    def __init__(self, money: Sequence[Money | None]) -> None:
        known: dict[str | None, int] = {None: 0}
        currencies = (None if one is None else one.currency for one in money)
        codes = [known.setdefault(currency, len(known)) for currency in currencies]
        self.currency = np.array(codes, dtype=np.int32)
        self._currencies = [*known]
        self._money = money

    def tally(self, rows: NDArray[np.bool_], shares: Sequence[Decimal | None] | None = None) -> Tally:
        """Of these rows, or of their shares; currencies in order of appearance."""
        chosen = np.flatnonzero(rows)
        present, first = np.unique(self.currency[chosen], return_index=True)
        sums: dict[str, Decimal] = {}
        for number in present[np.argsort(first)].tolist():
            currency = self._currencies[number]
            if currency is not None:
                here = chosen[self.currency[chosen] == number].tolist()
                sums[currency] = sum(self._of(here, shares), Decimal(0))
        return Tally(len(chosen), sums)

    def _of(self, rows: Sequence[int], shares: Sequence[Decimal | None] | None) -> Iterator[Decimal]:
        found = map(self._money.__getitem__, rows)
        if shares is None:
            return (one.amount for one in found if one is not None)
        of_rows = zip(found, map(shares.__getitem__, rows), strict=True)
        return (one.amount * part for one, part in of_rows if one is not None and part is not None)


def _holds(column: Coded[Any], value: object) -> NDArray[np.bool_]:
    """The rows with this value."""
    values, codes = column.distinct()
    found: NDArray[np.bool_] = np.array([one == value for one in values], dtype=np.bool_)[codes]
    return found


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
