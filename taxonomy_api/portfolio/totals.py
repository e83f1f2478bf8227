"""Rows of totals: which they are, and whether they agree with the rows above them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from taxonomy_api.assessment.money import parse_amount
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.portfolio.amounts import Amounts
from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.headers import INDUSTRY_COLUMNS, ColumnPlan
from taxonomy_api.portfolio.money import NUMBER
from taxonomy_api.portfolio.report import Reporter
from taxonomy_api.portfolio.table import Cell
from taxonomy_api.portfolio.vocabulary import plain

#: Totals are stated with few digits, where anything in their column is stated with decimals.
_ROUNDING = Decimal("0.0001")
_WORDS = r"""(?:of|and|the|all|net|in|green|eligible|allocated|amounts?|balances?|loans?|advances|outstanding
    |portfolio|exposures?|allocations?|proceeds|assets|bonds?|projects?|facilit(?:y|ies)|drawn|commitments?|value
    |(?-i:[A-Z]{3})|bn|mn|m|million|billion)"""
#: What a row of totals calls itself; before it may stand what it is the total of, after it a remark in
#: brackets or behind a colon, a currency or a count. In English a name may well end with "total": only a
#: subtotal says of what; in German one may begin with "Gesamt", but nothing is called "Summe" of something.
_TOTAL = re.compile(
    rf"""(
        ((grand|overall|page|running|portfolio|loans?|column|sheet)\ )?totals?(\ {_WORDS}){{0,6}}
        | totals?\ (for|of|-|–|—)\ [^0-9.]{{1,40}} | sum(\ total)? | ttl
        | (.{{1,40}}[ -])?sub[ -]?totals?((\ (for|of)|\ ?[:–—-])\ ?.{{1,40}})?
        | (gesamt|zwischen|teil|end)?summen?([ -].{{1,40}})? | gesamt(betrag|kredite|portfolio)? | insgesamt
        | total\ (g[ée]n[ée]ral|geral) | sous-?total(\ .{{1,40}})? | soma
        | .{{0,20}}([合小总總総共累]\s*[计計]|[总總総][额額和]|[汇匯]\s*[总總])(金?[额額]|[数數])?
        | 共(?=\s*[0-9])
    )
    \s*(?::.{{1,40}})?\s*([0-9]{{1,9}}\s*([笔筆项項户戶]|loans?|projects?))? \s*(\([^()]{{1,40}}\))?""",
    re.IGNORECASE | re.VERBOSE,
)
#: Beside a total in Chinese this is enough to say it again.
_SAYS_TOTAL = re.compile(r"\b(sub-?totals?|totals?|sum|aggregate|overall|summe|gesamt|soma)\b", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+")
_AROUND = " :*=/|,;.。·_–—-"


def find_totals(reporter: Reporter, plan: ColumnPlan, usable: Sequence[Column]) -> frozenset[int]:
    """Rows of totals: they call themselves so and name no activity. Each is reported."""
    what = {("standard_column", key) for key in ("activity", *INDUSTRY_COLUMNS)}
    unnamed = np.ones(len(reporter.table.rows), dtype=bool)
    for match, cells, own in zip(plan.matches, usable, reporter.table.columns, strict=True):
        if match is not None and (match.role.kind, match.role.key) in what:
            # A merged cell over rows and their subtotal names the activity of the rows.
            unnamed &= (cells.codes == 0) | (own.codes == 0)
    rows = np.flatnonzero(unnamed)
    found: dict[int, int] = {}
    for column, cells in enumerate(usable):
        for place in cells.with_codes(cells.codes[rows]).where(str, holds=_says_total).tolist():
            found.setdefault(int(rows[place]), column)
    for row, column in sorted(found.items()):
        reporter.cell("info", "total_row", row, column, usable[column][row])
    return frozenset(found)


def _says_total(cell: Cell) -> bool:
    """In one language, or in Chinese and another one, whichever stands first and whatever parts them."""
    if not isinstance(cell, str):
        return False
    text = plain(cell).strip(_AROUND)
    if len(text) > 2 and text[0] in "([【" and _BRACKETS.fullmatch(text):
        text = text[1:-1].strip(_AROUND)
    if _TOTAL.fullmatch(text):
        return True
    bare = _BRACKETS.sub(" ", text)
    if not _CHINESE.search(bare):
        halves = [half.strip(_AROUND) for half in re.split("[/|]", bare)]
        return len(halves) > 1 and all(map(_TOTAL.fullmatch, halves))
    if not _WORD.search(bare):
        return _TOTAL.fullmatch(bare.strip(_AROUND)) is not None
    chinese = " ".join(_WORD.sub(" ", bare).split()).strip(_AROUND)
    other = _CHINESE.sub(" ", bare)
    return _TOTAL.fullmatch(chinese) is not None and _SAYS_TOTAL.search(other) is not None


def check_totals(
    reporter: Reporter,
    plan: ColumnPlan,
    totals: frozenset[int],
    money: Amounts,
    amount_unit: str | None,
) -> None:
    """Compare every total with the rows above it: all of them, or those since the total before."""
    amount = plan.column("amount")
    if amount is None or not totals or len(money.rows_by_currency()) > 1:
        return
    match = plan.matches[amount]
    unit = (match.unit if match is not None else None) or amount_unit
    cells = reporter.table.columns[amount]
    rounding = Decimal(0) if _are_whole(cells, totals, money) else _ROUNDING
    above = since = Decimal(0)
    for row, (cell, one) in enumerate(zip(cells, money, strict=True)):
        if row not in totals:
            above, since = (above + one.amount, since + one.amount) if one is not None else (above, since)
            continue
        try:
            stated = parse_amount(cell, unit)
        except ValueProblem:
            stated = None
        if stated is None:
            continue
        if not any(abs(stated.value - one) <= rounding * abs(one) for one in (above, since)):
            words = {"since": _digits(since), "above": _digits(above), "stated": _digits(stated.value)}
            reporter.cell("warning", "total_differs", row, amount, cell, **words)
        since = Decimal(0)


def _are_whole(cells: Column, totals: frozenset[int], money: Amounts) -> bool:
    """Whether all amounts and totals are written as whole numbers: then nothing in them is rounded."""
    rows = [row for row, one in enumerate(money) if one is not None or row in totals]
    written, _ = cells.with_codes(cells.codes[rows]).distinct()
    return all(cell is None or _is_whole(cell) for cell in written)


def _is_whole(cell: Cell) -> bool:
    if isinstance(cell, str):
        text = plain(cell)
        return "." not in text and NUMBER.fullmatch(text) is not None
    return isinstance(cell, int) or (isinstance(cell, float) and cell.is_integer())


def _digits(amount: Decimal) -> str:
    return f"{amount.normalize():,f}"
