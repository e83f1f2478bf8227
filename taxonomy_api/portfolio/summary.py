"""Counts and amounts by taxonomy and verdict, and the control totals that reconcile them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from taxonomy_api.portfolio.result_columns import RowState, TaxonomyResults
from taxonomy_api.portfolio.texts import VERDICTS

if TYPE_CHECKING:
    from taxonomy_api.portfolio.exchange_summary import ExchangeSummary

#: Rows under an edition that does not apply to their deal; whatever it says of them is in no other line.
LEFT_OUT = "edition_does_not_apply"
#: The lines of a taxonomy; they do not overlap and add up to all rows.
LINES = (*VERDICTS, LEFT_OUT)
#: Parts of `aligned`, told apart; a row may be in several.
PARTS = (
    *("by_criteria", "by_listing", "by_composite", "by_mapping"),
    *("by_assumption", "by_estimate", "by_share"),
)


@dataclass(frozen=True, slots=True)
class Money:
    """A row's amount in units of its currency; the currency "" is one that nobody stated."""

    amount: Decimal
    currency: str
    approximate: bool = False


@dataclass(slots=True)
class Tally:
    """Number of rows, and the sum of their amounts by currency."""

    rows: int
    amounts: dict[str, Decimal]

    def add(self, money: Money | None, share: Decimal | None = None) -> None:
        self.rows += 1
        if money is not None:
            amount = money.amount if share is None else money.amount * share
            self.amounts[money.currency] = self.amounts.get(money.currency, Decimal(0)) + amount

    def as_json(self) -> dict[str, object]:
        return {"rows": self.rows, "amounts": {key: _plain(value) for key, value in self.amounts.items()}}


@dataclass(frozen=True, slots=True)
class PortfolioSummary:
    """What a portfolio comes to. `as_json` gives it with amounts as decimal strings."""

    release: str
    engine: str
    as_of: str
    sheet: str
    header_row: int
    rows: int
    #: Rows in state ok, warning and error; rows of totals are counted apart.
    rows_by_state: Mapping[str, int]
    rows_of_totals: int
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
            "rows_without_amount": self.rows_without_amount,
            "amounts": self.total.as_json()["amounts"],
            "taxonomies": taxonomies,
            "exchange": None if self.exchange is None else self.exchange.as_json(),
            "issues": dict(self.issues),
        }


@dataclass(frozen=True, slots=True)
class Identity:
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
    """Tallies over all rows but those of totals. `shares` are fractions; None where none is stated."""
    projects = [index for index, state in enumerate(states) if state != "total"]
    total = Tally(0, {})
    for index in projects:
        total.add(money[index])
    verdicts: dict[str, dict[str, Tally]] = {}
    parts: dict[str, dict[str, Tally]] = {}
    for result in results:
        verdicts[result.taxonomy] = tallies = {name: Tally(0, {}) for name in LINES}
        parts[result.taxonomy] = own = {name: Tally(0, {}) for name in PARTS}
        for index in projects:
            if result.edition_applies[index] == "no":
                tallies[LEFT_OUT].add(money[index])
                continue
            verdict = result.verdict[index]
            # A row in state error has no verdict of its own and counts as undetermined.
            tallies[verdict or "undetermined"].add(money[index])
            if verdict == "aligned":
                own[f"by_{result.basis[index]}"].add(money[index])
                if result.by_assumption[index]:
                    own["by_assumption"].add(money[index])
                if result.by_estimate[index]:
                    own["by_estimate"].add(money[index])
                share = shares[index]
                if share is not None:
                    own["by_share"].add(money[index], share)
    by_state = {state: sum(1 for one in states if one == state) for state in ("ok", "warning", "error")}
    return PortfolioSummary(
        release=identity.release,
        engine=identity.engine,
        as_of=identity.as_of,
        sheet=identity.sheet,
        header_row=identity.header_row,
        rows=len(states),
        rows_by_state=by_state,
        total=total,
        rows_of_totals=len(states) - len(projects),
        rows_without_amount=sum(1 for index in projects if money[index] is None),
        amount_column=amount_column,
        verdicts=verdicts,
        aligned_parts=parts,
        issues=issues,
    )


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
