"""Days that lost their format: in a workbook a day is a number, counted from the end of 1899."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from taxonomy_api.catalog.model import DEAL_DATES
from taxonomy_api.catalog.terms import Fact
from taxonomy_api.portfolio.column import Column, Listed
from taxonomy_api.portfolio.headers import ColumnPlan, Match
from taxonomy_api.portfolio.report import Reporter
from taxonomy_api.portfolio.table import Cell

_DAY_ZERO = date(1899, 12, 30)
#: From 1954-10-03 to 2099-12-31; other numbers (2025, 20250131) are no such days.
_SERIALS = range(20_000, 73_051)
_OF_DEALS = frozenset((*DEAL_DATES, "maturity"))


def read_serial_dates(
    reporter: Reporter, plan: ColumnPlan, usable: list[Column], facts: Mapping[str, Fact]
) -> None:
    """Turns numbers in columns of dates into the days they count, and tells each reading."""
    for place, match in enumerate(plan.matches):
        if match is None or not _is_of_dates(match, facts):
            continue
        rows = usable[place].where(int, float, holds=lambda cell: _day(cell) is not None)
        if not len(rows):
            continue
        for row in rows.tolist():
            cell = usable[place][row]
            reporter.cell("warning", "date_from_number", row, place, cell, day=_day(cell))
        cells, codes = usable[place].distinct()
        usable[place] = Column(Listed([_day(cell) or cell for cell in cells]), codes)


def _is_of_dates(match: Match, facts: Mapping[str, Fact]) -> bool:
    key = match.role.key
    if match.role.kind == "standard_column":
        return key in _OF_DEALS
    return match.role.kind == "fact" and key in facts and facts[key].kind == "date"


def _day(cell: Cell) -> date | None:
    if isinstance(cell, bool) or not isinstance(cell, int | float) or cell not in _SERIALS:
        return None
    return _DAY_ZERO + timedelta(days=int(cell))
