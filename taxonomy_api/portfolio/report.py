"""Turns what was found in an upload into issues with place, reading and cure."""

from __future__ import annotations

from msgspec import Struct, field

from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.finding_texts import CURES
from taxonomy_api.portfolio.headers import ColumnPlan
from taxonomy_api.portfolio.issue_texts import ISSUES
from taxonomy_api.portfolio.issues import CellProblem, Issue, IssueLog, Severity
from taxonomy_api.portfolio.locate import Location
from taxonomy_api.portfolio.table import Book, Broken, Cell, MergedRange, SheetData, Table, letters, shown
from taxonomy_api.portfolio.texts import LABELS, label

_SHOWN = 200
_NEVER_READ = frozenset({"notes", "evidence"})


class Reporter(Struct):
    """Adds issues about one table, in the language asked for; remembers which rows they touch."""

    table: Table
    log: IssueLog
    language: Language
    touched: dict[int, Severity] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)

    def cell(
        self, severity: Severity, code: str, row: int, column: int | None, cell: Cell = None, **words: object
    ) -> None:
        """About one cell, or about a whole row where `column` is None; both are indexes into the table."""
        done, cure = self._sentences(code, words)
        self.raw(severity, code, row, column, shown(cell), done, cure)

    def raw(
        self, severity: Severity, code: str, row: int, column: int | None, read: str, done: str, cure: str
    ) -> None:
        """As `cell`, with the sentences given."""
        if severity == "error" or (severity == "warning" and row not in self.touched):
            self.touched[row] = severity
        table = self.table
        address = table.address(row, column) if column is not None else ""
        header = self._header(column) if column is not None else ""
        self.log.add(
            Issue(severity, code, table.sheet, address, table.rows[row], header, read[:_SHOWN], done, cure)
        )

    def message(self, problem: CellProblem, row: int, cell: Cell) -> None:
        """What the assessment says of a cell or row."""
        done, cure = problem.message, ""
        if problem.fatal:
            self.failed.add(row)
            done += " " + label("row_not_assessed", self.language)
        elif problem.unused:
            done += " " + label("value_not_used", self.language)
        if problem.nearest:
            cure = label("nearest", self.language).format(names=", ".join(problem.nearest))
        elif problem.severity != "info":
            cure = CURES.get(problem.code, LABELS["default_cure"]).in_language(self.language)
        self.raw(problem.severity, problem.code, row, problem.column, shown(cell), done, cure)

    def header(self, severity: Severity, code: str, column: int, **words: object) -> None:
        done, cure = self._sentences(code, words)
        table = self.table
        text = table.headers[column]
        # Each header is a cause of its own, so that none hides behind the cap.
        self.log.add(
            Issue(severity, code, table.sheet, table.header_address(column), table.header_row,
                  self._header(column), text[:_SHOWN], done, cure)
        )  # fmt: skip

    def sheet(self, severity: Severity, code: str, sheet: str, read: str = "", **words: object) -> None:
        done, cure = self._sentences(code, {"read": read, **words})
        self.log.add(Issue(severity, code, sheet, "", None, "", read[:_SHOWN], done, cure))

    def place(
        self, severity: Severity, code: str, sheet: str, cell: str, row: int | None, column: str, read: str,
        **words: object,
    ) -> None:  # fmt: skip
        """About any cell of the workbook, or what an option says; `column` is the header over it."""
        done, cure = self._sentences(code, {"read": read, **words})
        self.log.add(Issue(severity, code, sheet, cell, row, column, read[:_SHOWN], done, cure))

    def _header(self, column: int) -> str:
        return self.table.headers[column] or f"({letters(self.table.positions[column])})"

    def _sentences(self, code: str, words: dict[str, object]) -> tuple[str, str]:
        done, cure = ISSUES[code]
        return done.in_language(self.language).format(**words), cure.in_language(self.language).format(
            **words
        )


def explain_reading(reporter: Reporter, book: Book, location: Location, data: SheetData) -> None:
    """Which sheet and row were taken and why, and what a person would not see on the screen."""
    chosen = location.chosen
    reporter.sheet(
        "info", "sheet_chosen", chosen.sheet, name=chosen.sheet, row=chosen.header_row, known=chosen.known
    )
    for other in location.others:
        reporter.sheet("warning", "sheet_not_read", other.sheet)
    last = reporter.table.rows[-1]
    if data.numbers[-1] > last:
        row = next(number for number in data.numbers if number > last)
        reporter.sheet("warning", "second_table_not_read", chosen.sheet, row=row)
    blank = last - chosen.header_row - len(reporter.table.rows)
    if blank:
        reporter.sheet("info", "blank_rows", chosen.sheet, count=blank)
    for note in book.notes:
        reporter.sheet("info", note.code, chosen.sheet, note.read)
    if data.hidden_rows:
        rows = ", ".join(map(str, data.first_hidden))
        more = " …" if data.hidden_rows > len(data.first_hidden) else ""
        reporter.sheet("info", "hidden_rows", chosen.sheet, count=data.hidden_rows, rows=rows + more)
    for column, position in enumerate(reporter.table.positions):
        if position in data.hidden_columns:
            reporter.header("info", "hidden_column", column)


def explain_headers(reporter: Reporter, plan: ColumnPlan) -> None:
    """Columns that were not used, and why; those whose headers are not known are told apart."""
    for finding in plan.findings:
        if finding.code == "header_unknown":
            continue
        known = finding.code in {"header_duplicate", "header_outranked", "header_repeated"}
        names = ", ".join(finding.names) or label("none", reporter.language)
        nearest = finding.names[0] if known else names
        loud = {"header_ambiguous", "header_duplicate"}
        if plan.column("amount") is None:
            loud.add("header_equivalent")
        severity: Severity = "warning" if finding.code in loud else "info"
        reporter.header(severity, finding.code, finding.column, nearest=nearest)


def report_long_ids(reporter: Reporter, plan: ColumnPlan) -> None:
    """Ids that a spreadsheet program keeps as numbers lose their digits after the fifteenth."""
    column = plan.column("id")
    if column is None:
        return
    cells = reporter.table.columns[column]
    for row in cells.where(int, float, holds=_is_long).tolist():
        reporter.cell("warning", "id_digits", row, column, cells[row], read=shown(cells[row]))


def _is_long(cell: Cell) -> bool:
    return isinstance(cell, int | float) and abs(cell) >= 10**15


def take_out_broken(reporter: Reporter, plan: ColumnPlan) -> list[Column]:
    """The columns without cells that hold an error or an uncalculated formula; each is reported."""
    usable: list[Column] = []
    for column, cells in enumerate(reporter.table.columns):
        match = plan.matches[column]
        is_read = match is not None and match.role.key not in _NEVER_READ
        severity: Severity = "error" if is_read else "info"
        broken = cells.where(Broken)
        for row in broken.tolist():
            cell = cells[row]
            if isinstance(cell, Broken):
                reporter.cell(severity, cell.code, row, column, cell)
        usable.append(cells.emptied(broken) if len(broken) else cells)
    return usable


def fill_merged(
    reporter: Reporter, plan: ColumnPlan, usable: list[Column], merged: list[MergedRange]
) -> None:
    """Give every row under a merged cell its value; an amount stays in the first row alone.

    Only ranges of one column are filled: a block over several columns says nothing about any of them.
    """
    if not merged:
        return
    table = reporter.table
    index = {number: row for row, number in enumerate(table.rows)}
    places = {position: column for column, position in enumerate(table.positions)}
    amount = plan.column("amount")
    for block in merged:
        column = places.get(block.first_column)
        first = index.get(block.first_row)
        if column is None or first is None or block.first_column != block.last_column:
            continue
        if block.last_row == block.first_row or plan.matches[column] is None:
            continue
        value = usable[column][first]
        if value is None:
            continue
        if column == amount:
            reporter.cell("warning", "merged_amount", first, column, value)
            continue
        reporter.cell("info", "merged_filled", first, column, value)
        codes = usable[column].codes.copy()
        for number in range(block.first_row + 1, min(block.last_row, table.rows[-1]) + 1):
            row = index.get(number)
            if row is not None and codes[row] == 0:
                codes[row] = codes[first]
        usable[column] = usable[column].with_codes(codes)
