"""Projects that several instruments of one portfolio fund, and shares that add up to more than a whole.

Rows with one project id are one project. Several rows of a project are right as such (it may do several
things, and several loans may fund it): what is wrong shows beside its own amount, where there is a column of
that. Nothing here changes a verdict or a sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from taxonomy_api.portfolio.amounts import Money
from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.headers import ColumnPlan
from taxonomy_api.portfolio.issues import Severity
from taxonomy_api.portfolio.money import read_money
from taxonomy_api.portfolio.report import Reporter
from taxonomy_api.portfolio.table import shown
from taxonomy_api.portfolio.texts import label

#: Shares are written with few digits: three thirds may come to 100.02 %.
_ROUNDING = Decimal("0.001")
_MOST_NAMED = 10


class _Portfolio(Struct, frozen=True):
    """The rows as far as they say who funds what; `instruments` are empty without such a column."""

    reporter: Reporter
    projects: Sequence[str]
    instruments: Sequence[str]
    given: Sequence[Money | None]
    own: Sequence[Money | None]


def report_double_counting(
    reporter: Reporter,
    plan: ColumnPlan,
    usable: Sequence[Column],
    money: Sequence[Money | None],
    shares: Sequence[Decimal | None],
    amount_unit: str | None,
) -> None:
    """One issue per project that several instruments fund or that gets more than its own amount, and per
    instrument whose shares are more than the whole."""
    instruments, column = _texts(plan, usable, "instrument_id"), plan.column("instrument_id")
    if column is not None:
        _report_shares(reporter, column, instruments, shares)
    place = plan.column("id")
    if place is None or (column is None and plan.column("project_amount") is None):
        return
    given = [_financed(one, share) for one, share in zip(money, shares, strict=True)]
    own = read_money(reporter, plan, usable, amount_unit, "project_amount")
    found = _Portfolio(reporter, _texts(plan, usable, "id"), instruments, given, own)
    for rows in _groups(found.projects):
        _report_project(found, rows, place)


def _report_shares(
    reporter: Reporter, column: int, instruments: Sequence[str], shares: Sequence[Decimal | None]
) -> None:
    for rows in _groups(instruments):
        total = sum((share for row in rows if (share := shares[row]) is not None), Decimal(0))
        if len(rows) > 1 and total > 1 + _ROUNDING:
            words = {"share": f"{(total * 100).normalize():f} %", "rows": _rows(reporter, rows)}
            reporter.cell("warning", "shares_above_whole", rows[0], column, instruments[rows[0]], **words)


def _report_project(found: _Portfolio, rows: Sequence[int], column: int) -> None:
    instruments = list(dict.fromkeys(found.instruments[row] for row in rows if found.instruments[row]))
    total, own = _total(found.given[row] for row in rows), _one(found.own[row] for row in rows)
    exceeds = None if total is None or own is None or total[1] != own[1] else total[0] > own[0]
    if len(instruments) < 2 and not exceeds:
        return
    language = found.reporter.language
    comparison = label("project_amount_unknown", language)
    if exceeds is not None and own is not None:
        comparison = label("project_amount_above" if exceeds else "project_amount_within", language)
        comparison = comparison.format(amount=_amount(*own))
    words = {
        "rows": _rows(found.reporter, rows),
        "instruments": ", ".join(instruments[:_MOST_NAMED]) or label("none", language),
        "amounts": "; ".join(_sums(found.given[row] for row in rows)) or label("none", language),
        "comparison": comparison,
    }
    code = "project_amount_exceeded" if exceeds else "project_funded_twice"
    severity: Severity = "info" if exceeds is False else "warning"
    found.reporter.cell(severity, code, rows[0], column, found.projects[rows[0]], **words)


def _texts(plan: ColumnPlan, usable: Sequence[Column], key: str) -> list[str]:
    column = plan.column(key)
    if column is None:
        return [""] * max(map(len, usable), default=0)
    cells, which = usable[column].distinct()
    texts = [shown(cell).strip() for cell in cells]
    return [texts[place] for place in which.tolist()]


def _groups(names: Sequence[str]) -> Iterator[list[int]]:
    """The rows of each name, in order; rows without one are in none."""
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        if name:
            rows.setdefault(name, []).append(row)
    yield from rows.values()


def _financed(money: Money | None, share: Decimal | None) -> Money | None:
    """What of an instrument's amount goes to the project."""
    if money is None or share is None:
        return money
    return Money(money.amount * share, money.currency, money.approximate)


def _total(given: Iterable[Money | None]) -> tuple[Decimal, str] | None:
    """The sum of all amounts; None where one is not known or they are in several currencies."""
    known = list(given)
    currencies = {one.currency for one in known if one is not None}
    if None in known or len(currencies) != 1:
        return None
    return sum((one.amount for one in known if one is not None), Decimal(0)), currencies.pop()


def _one(own: Iterable[Money | None]) -> tuple[Decimal, str] | None:
    """The one amount that the rows of a project state for it."""
    stated = {(one.amount, one.currency) for one in own if one is not None}
    return stated.pop() if len(stated) == 1 else None


def _sums(given: Iterable[Money | None]) -> Iterator[str]:
    sums: dict[str, Decimal] = {}
    for one in given:
        if one is not None:
            sums[one.currency] = sums.get(one.currency, Decimal(0)) + one.amount
    yield from (_amount(amount, currency) for currency, amount in sums.items())


def _amount(amount: Decimal, currency: str) -> str:
    return f"{currency} {amount.normalize():,f}".strip()


def _rows(reporter: Reporter, rows: Sequence[int]) -> str:
    named = [str(reporter.table.rows[row]) for row in rows[:_MOST_NAMED]]
    return ", ".join(named) + (" …" if len(rows) > _MOST_NAMED else "")
