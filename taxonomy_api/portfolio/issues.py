"""What there is to say about an upload, cell by cell, grouped by cause and capped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


class Issue(Struct, frozen=True):
    """One thing found. `row` is the row number in the sheet, `cell` the sheet's own address."""

    severity: Severity
    code: str
    sheet: str
    cell: str
    row: int | None
    column: str
    read: str
    done: str
    cure: str


class CellProblem(Struct, frozen=True):
    """Something wrong with a cell (or a row, without `column`) of a block; both are indexes.

    `fatal`: the row could not be assessed; `unused`: it was, without this cell.
    """

    row: int
    column: int | None
    severity: Severity
    code: str
    message: str
    nearest: tuple[str, ...] = ()
    fatal: bool = False
    unused: bool = False

    def at(self, row: int) -> CellProblem:
        """The same of another row."""
        return CellProblem(
            row,
            self.column,
            self.severity,
            self.code,
            self.message,
            self.nearest,
            self.fatal,
            self.unused,
        )


class Cause(Struct, frozen=True):
    """All issues of one code in one column: the first ones in full, and how many there are."""

    severity: Severity
    code: str
    column: str
    listed: tuple[Issue, ...]
    count: int


#: Issues that are kept in full, of all causes together; of every further cause the first one still is.
MOST_LISTED = 20_000


class IssueLog:
    """Collects issues; of one cause at most `cap` are kept in full, of all about `most`. All are counted."""

    def __init__(self, cap: int, most: int = MOST_LISTED) -> None:
        self.cap = cap
        self.most = most
        self._listed = 0
        self._kept: dict[tuple[Severity, str, str], list[Issue]] = {}
        self._counts: dict[tuple[Severity, str, str], int] = {}

    def add(self, issue: Issue) -> None:
        key = (issue.severity, issue.code, issue.column)
        count = self._counts.get(key, 0)
        self._counts[key] = count + 1
        if not count or (count < self.cap and self._listed < self.most):
            self._kept.setdefault(key, []).append(issue)
            self._listed += 1

    def causes(self) -> Iterator[Cause]:
        """Errors first, then by code and column in the order in which they came up."""
        order = {key: number for number, key in enumerate(self._counts)}
        for key in sorted(self._counts, key=lambda key: (SEVERITIES.index(key[0]), key[1], order[key])):
            yield Cause(*key, tuple(self._kept[key]), self._counts[key])

    def counts(self) -> dict[str, int]:
        """How many issues of each code."""
        counts: dict[str, int] = {}
        for (_, code, _), count in self._counts.items():
            counts[code] = counts.get(code, 0) + count
        return counts

    def count(self, severity: Severity) -> int:
        return sum(count for (found, _, _), count in self._counts.items() if found == severity)
