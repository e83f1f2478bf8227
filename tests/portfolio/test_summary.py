"""The tallies of a portfolio, counted by hand."""

from __future__ import annotations

from decimal import Decimal

from taxonomy_api.assessment.coded import Coded
from taxonomy_api.portfolio.amounts import Money
from taxonomy_api.portfolio.result_columns import RowState, TaxonomyResults
from taxonomy_api.portfolio.summary import LEFT_OUT, LINES, PARTS, Identity, Tally, summarise

#: verdict, basis, by assumption, by estimate, edition applies, state, money, share
Row = tuple[str, str, bool, bool, str, RowState, Money | None, Decimal | None]
ROWS: list[Row] = [
    ("aligned", "criteria", False, False, "yes", "ok", Money(Decimal(10), "HKD"), Decimal("0.5")),
    ("aligned", "listing", True, False, "yes", "warning", Money(Decimal(20), "CNY"), None),
    ("aligned", "criteria", False, True, "no", "ok", Money(Decimal(40), "CNY"), Decimal(1)),
    ("", "", False, False, "", "error", Money(Decimal(80), ""), None),
    ("undetermined", "", False, False, "unknown", "ok", None, None),
    ("not_aligned", "criteria", False, True, "yes", "ok", Money(Decimal("0.3"), "HKD"), Decimal(1)),
    ("", "", False, False, "", "total", None, None),
    ("aligned", "criteria", True, True, "yes", "ok", None, Decimal("0.1")),
    ("aligned", "mapping", False, True, "yes", "ok", Money(Decimal("0.1"), "CNY"), Decimal("0.25")),
]


def test_lines_and_parts_are_counted_and_summed() -> None:
    verdict, basis, assumed, estimated, applies, states, money, shares = (
        list(c) for c in zip(*ROWS, strict=True)
    )
    one = TaxonomyResults(
        "t",
        verdict=Coded(verdict),
        basis=Coded(basis),
        by_assumption=Coded(assumed),
        by_estimate=Coded(estimated),
        edition_applies=Coded(applies),
    )
    found = summarise(Identity("r", "e", "2026-11-22", "S", 1), [one], states, money, shares, {})
    assert (found.rows, found.rows_of_totals, found.rows_without_amount) == (9, 1, 2)
    assert found.rows_by_state == {"ok": 6, "warning": 1, "error": 1}
    whole = {"HKD": Decimal("10.3"), "CNY": Decimal("60.1"), "": Decimal(80)}
    assert found.total == Tally(8, whole)
    assert found.currencies == ["HKD", "CNY", ""]
    none = Tally(0, {})
    assert found.verdicts["t"] == dict.fromkeys(LINES, none) | {
        "aligned": Tally(4, {"HKD": Decimal(10), "CNY": Decimal("20.1")}),
        "not_aligned": Tally(1, {"HKD": Decimal("0.3")}),
        "undetermined": Tally(2, {"": Decimal(80)}),
        LEFT_OUT: Tally(1, {"CNY": Decimal(40)}),
    }
    assert [*found.verdicts["t"]] == [*LINES]
    assert found.aligned_parts["t"] == dict.fromkeys(PARTS, none) | {
        "by_criteria": Tally(2, {"HKD": Decimal(10)}),
        "by_listing": Tally(1, {"CNY": Decimal(20)}),
        "by_mapping": Tally(1, {"CNY": Decimal("0.1")}),
        "by_assumption": Tally(2, {"CNY": Decimal(20)}),
        "by_estimate": Tally(2, {"CNY": Decimal("0.1")}),
        "by_share": Tally(3, {"HKD": Decimal(5), "CNY": Decimal("0.025")}),
    }
