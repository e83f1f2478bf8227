"""A portfolio from upload to result files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from taxonomy_api.assessment.coded import Coded
from taxonomy_api.assessment.engine import ENGINE_VERSION, Engine
from taxonomy_api.portfolio.activities import ActivityReader
from taxonomy_api.portfolio.amounts import Amounts
from taxonomy_api.portfolio.assess import Answer, Assessor, Block, assess_block, choose_taxonomies
from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.double_counting import report_double_counting
from taxonomy_api.portfolio.exchange import RateTable
from taxonomy_api.portfolio.exchange_choice import choose_rates, rates_beside
from taxonomy_api.portfolio.exchange_summary import in_one_currency
from taxonomy_api.portfolio.headers import ColumnPlan, plan_columns
from taxonomy_api.portfolio.held import Held, InFile, InMemory
from taxonomy_api.portfolio.issues import IssueLog
from taxonomy_api.portfolio.locate import locate, read_table
from taxonomy_api.portfolio.method import method_lines
from taxonomy_api.portfolio.money import column_sum, read_money, read_shares
from taxonomy_api.portfolio.notes_below import find_notes
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.pace import Writing
from taxonomy_api.portfolio.problem import Limits
from taxonomy_api.portfolio.reading_process import ReadingProcess
from taxonomy_api.portfolio.report import (
    Reporter,
    explain_headers,
    explain_reading,
    fill_merged,
    report_long_ids,
    take_out_broken,
)
from taxonomy_api.portfolio.result_columns import (
    SOURCE_ROW,
    ResultColumn,
    RowState,
    TaxonomyResults,
    result_columns,
)
from taxonomy_api.portfolio.serial_dates import read_serial_dates
from taxonomy_api.portfolio.summary import Identity, PortfolioSummary, summarise
from taxonomy_api.portfolio.table import FROM_1904, Book, MergedRange, Table
from taxonomy_api.portfolio.texts import label
from taxonomy_api.portfolio.totals import check_totals, find_totals
from taxonomy_api.portfolio.unknown_headers import explain_unknown_headers
from taxonomy_api.portfolio.vocabulary import build_vocabulary

if TYPE_CHECKING:
    from taxonomy_api.portfolio.annotated import Copied

#: Rows assessed at once: what a group of like rows costs at least is as much as a hundred of its rows.
ROWS_PER_BLOCK = 100_000
_STATES: tuple[RowState, ...] = ("ok", "warning", "error", "total", "note")


#: Opens an upload; the function is called now and then while it is read, with the number of rows so far, and
#: may raise `Cancelled`. What is read may be held where the last argument holds it.
Opener = Callable[[Path, Limits, Callable[[int], None], Held], Book]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `phase`: reading, assessing, writing or done; `rows_total` None until read.

    `rows_written` of several files: rows of all of them together.
    """

    phase: str
    rows_read: int = 0
    rows_assessed: int = 0
    rows_written: int = 0
    rows_total: int | None = None


@dataclass(slots=True)
class Reading:
    """The table of an upload, what its columns mean, their usable cells, its rows of totals and notes, the
    rates for totals in one currency, and its sheet for an annotated copy."""

    table: Table
    plan: ColumnPlan
    usable: list[Column]
    reporter: Reporter
    totals: frozenset[int]
    notes: frozenset[int] = frozenset()
    rates: RateTable | None = None
    copy: Copied | None = None

    @property
    def aside(self) -> frozenset[int]:
        """The rows that are no projects."""
        return self.totals | self.notes


def assess_portfolio(
    source: Path,
    engine: Engine,
    options: PortfolioOptions,
    target: Path,
    progress: Callable[[Progress], None],
    *,
    limits: Limits | None = None,
    opener: Opener = ReadingProcess,
    assessor: Assessor = assess_block,
    audit_anchor: str | None = None,
    name: str | None = None,
    low_memory: bool = False,
) -> PortfolioSummary:
    """Assess the upload `source` and write `results.<format>` for each format of the options into the
    existing folder `target`; with the option `annotated` also `annotated.xlsx`.

    `opener` opens the upload, by default in a process of its own with limits.
    `progress` may raise `Cancelled`. Raises `PortfolioProblem` where the upload cannot be assessed at
    all; problems of single rows are told in the results. What is in `target` after an exception is
    unfinished: the caller removes it, or makes the folder final by renaming it after a normal return.
    `audit_anchor` is printed on the Method sheet, and `name` as the file's where it is stored under another.
    With `low_memory` the cells of the upload are held in a file of `target` that has no name; the results
    are the same.
    """
    limits = limits or Limits()
    progress(Progress("reading"))
    _load_writers(options.formats)
    with closing(InFile(target) if low_memory else InMemory()) as held:

        def open_source() -> Book:
            return opener(source, limits, lambda rows: progress(Progress("reading", rows)), held)

        reading = _read(source, engine, options, limits, open_source)
    total = len(reading.table.rows)
    progress(Progress("assessing", total, rows_total=total))
    results = assess_rows(engine, reading, options, assessor, progress)
    assessed = Progress("assessing", total, total, rows_total=total)
    # Each of these steps takes seconds with a million rows; between them a cancel is heard.
    money = read_money(reading.reporter, reading.plan, reading.usable, options.amount_unit)
    progress(assessed)
    check_totals(reading.reporter, reading.plan, reading.totals, money, options.amount_unit)
    shares = read_shares(reading.reporter, reading.plan, reading.usable)
    progress(assessed)
    report_double_counting(reading.reporter, reading.plan, reading.usable, money, shares, options.amount_unit)
    states = _states(reading, total)
    progress(Progress("writing", total, total, rows_total=total))
    amount_column = column_sum(reading.table, reading.plan, reading.totals)
    summary = _summarise(engine, reading, options, results, states, money, shares, amount_column)
    columns = result_columns(reading.table, results, states)
    _write(target, columns, engine, reading, options, results, summary, progress, audit_anchor, name)
    progress(Progress("done", total, total, total, total))
    return summary


def _load_writers(formats: Sequence[str]) -> None:
    """Import what writes these formats and nothing else: start-up counts in short runs.

    Before the reading, as another process may be at that already, for which this one has to wait.
    """
    for kind in formats:
        import_module(f"taxonomy_api.portfolio.write_{kind}")


def _read(
    source: Path, engine: Engine, options: PortfolioOptions, limits: Limits, opener: Callable[[], Book]
) -> Reading:
    vocabulary = build_vocabulary(engine.release)
    sheet, header_row = options.sheet, options.header_row
    if options.mapping is not None:
        vocabulary = options.mapping.apply(vocabulary)
        sheet, header_row = sheet or options.mapping.sheet, header_row or options.mapping.header_row
    book = opener()
    try:
        location = locate(book, vocabulary, limits, sheet, header_row)
        table, data = read_table(book, location, source, limits, vocabulary)
        beside = rates_beside(book, table.sheet, engine.release, options)
        copy = _copy(book, table, limits) if options.annotated else None
    finally:
        book.close()
    plan = plan_columns(table.headers, vocabulary)
    reporter = Reporter(table, IssueLog(limits.issues_per_cause), options.language)
    explain_reading(reporter, book, location, data)
    reading = interpret(table, plan, reporter, data.merged)
    if not any(note.code == FROM_1904 for note in book.notes):
        read_serial_dates(reporter, plan, reading.usable, engine.release.facts)
    reading.rates = choose_rates(reporter, beside, options)
    reading.copy = copy
    return reading


def _copy(book: Book, table: Table, limits: Limits) -> Copied:
    from taxonomy_api.portfolio.annotated import read_copy

    return read_copy(book, table, limits)


def interpret(table: Table, plan: ColumnPlan, reporter: Reporter, merged: list[MergedRange]) -> Reading:
    """The usable cells of a table and its rows that are no projects; what is wrong goes to `reporter`."""
    explain_headers(reporter, plan)
    report_long_ids(reporter, plan)
    usable = take_out_broken(reporter, plan)
    fill_merged(reporter, plan, usable, merged)
    totals = find_totals(reporter, plan, usable)
    notes = find_notes(reporter, plan, totals)
    if totals or notes:
        # What such a row holds answers nothing about any project.
        usable = [cells.emptied(sorted(totals | notes)) for cells in usable]
    return Reading(table, plan, usable, reporter, totals, notes)


def assess_rows(
    engine: Engine,
    reading: Reading,
    options: PortfolioOptions,
    assessor: Assessor,
    progress: Callable[[Progress], None],
    taxonomies: Sequence[str] = (),
) -> list[TaxonomyResults]:
    """The verdicts of all rows, block by block, by these taxonomies (none: those that the rows ask for)."""
    total, plan = len(reading.table.rows), reading.plan
    reader = ActivityReader(engine.release, (), suggestions=0)
    taxonomies = (
        taxonomies
        or options.taxonomies
        or choose_taxonomies(engine.release, reader, plan.matches, reading.usable, options.confirm)
    )
    explain_unknown_headers(reading.reporter, plan, reading.usable, reader, engine.release)
    reader = reader.preferring(taxonomies)
    results = [TaxonomyResults(taxonomy) for taxonomy in taxonomies]

    def assessed(start: int, size: int, taxonomies: int) -> None:
        """Smaller blocks would cost more; the taxonomies of one are done one after the other."""
        rows = start + size * taxonomies // len(results)
        progress(Progress("assessing", total, rows, rows_total=total))

    for start in range(0, total, ROWS_PER_BLOCK):
        stop = min(start + ROWS_PER_BLOCK, total)
        columns = [cells[start:stop] for cells in reading.usable]
        told = partial(assessed, start, stop - start)
        block = Block(stop - start, plan.matches, columns, taxonomies, options, reader, told)
        answer = assessor(engine, block)
        _collect(results, answer, reading, start)
        progress(Progress("assessing", total, stop, rows_total=total))
    if reader.suggestions.exhausted:
        sheet, most = reading.table.sheet, reader.suggestions.most
        reading.reporter.sheet("info", "suggestions_exhausted", sheet, most=most)
    for rows, reason in ((reading.totals, "row_of_totals"), (reading.notes, "row_of_notes")):
        places = sorted(rows)
        for result in results if places else ():
            for column in (result.verdict, result.edition_applies, result.edition_reason):
                column.put(places, "")
            result.reason.put(places, label(reason, options.language))
    return results


def _collect(results: list[TaxonomyResults], answer: Answer, reading: Reading, start: int) -> None:
    for whole, part in zip(results, answer.results, strict=True):
        whole.extend(part)
    for problem in answer.problems:
        row = start + problem.row
        if row not in reading.aside:
            cell = None if problem.column is None else reading.table.columns[problem.column][row]
            reading.reporter.message(problem, row, cell)


def _states(reading: Reading, total: int) -> Coded[RowState]:
    reporter = reading.reporter
    codes = np.zeros(total, dtype=np.int8)
    codes[[*reporter.touched]] = _STATES.index("warning")
    codes[[row for row in reporter.touched if row in reporter.failed]] = _STATES.index("error")
    codes[sorted(reading.totals)] = _STATES.index("total")
    codes[sorted(reading.notes)] = _STATES.index("note")
    return Coded(_STATES, codes)


def _summarise(
    engine: Engine,
    reading: Reading,
    options: PortfolioOptions,
    results: Sequence[TaxonomyResults],
    states: Coded[RowState],
    money: Amounts,
    shares: Sequence[Decimal | None],
    amount_column: tuple[str, Decimal] | None,
) -> PortfolioSummary:
    table = reading.table
    identity = Identity(
        engine.release.id, ENGINE_VERSION, options.as_of.isoformat(), table.sheet, table.header_row
    )
    counts = reading.reporter.log.counts()
    summary = summarise(identity, results, states, money, shares, counts, amount_column)
    if reading.rates is None:
        return summary
    return replace(summary, exchange=in_one_currency(reading.rates, summary, money.rows_by_currency()))


def _write(
    target: Path,
    columns: Sequence[ResultColumn],
    engine: Engine,
    reading: Reading,
    options: PortfolioOptions,
    results: Sequence[TaxonomyResults],
    summary: PortfolioSummary,
    progress: Callable[[Progress], None],
    audit_anchor: str | None,
    name: str | None,
) -> None:
    total = len(reading.table.rows)
    files = [*options.formats, *([] if reading.copy is None else ["annotated"])]
    writing = Writing(files, total, lambda rows: progress(Progress("writing", total, total, rows, total)))

    log, language = reading.reporter.log, options.language
    method: list[tuple[str, str]] = []
    if "xlsx" in options.formats or reading.copy is not None:
        method = method_lines(
            engine.release,
            reading.table,
            reading.plan,
            options,
            results,
            _digest(reading.table),
            audit_anchor,
            reading.rates,
            name,
        )
    if "xlsx" in options.formats:
        from taxonomy_api.portfolio.shell import Report
        from taxonomy_api.portfolio.write_xlsx import write_xlsx

        report = Report(summary, log, method, language)
        write_xlsx(target / "results.xlsx", columns, report, writing.next("xlsx"))
    if reading.copy is not None:
        from taxonomy_api.portfolio.annotated import Annotations, write_annotated

        # The copy holds the input's own columns, and its rows where they were.
        added = [one for one in columns[len(reading.table.headers) :] if one.header != SOURCE_ROW]
        notes = Annotations(reading.table, added, log, method, language)
        write_annotated(target / "annotated.xlsx", reading.copy, notes)
        writing.next("annotated")(total)
    if "csv" in options.formats:
        from taxonomy_api.portfolio.write_csv import write_csv

        write_csv(target / "results.csv", columns, writing.next("csv"))
    if "parquet" in options.formats:
        from taxonomy_api.portfolio.write_parquet import write_parquet

        write_parquet(target / "results.parquet", columns, writing.next("parquet"))


def _digest(table: Table) -> str:
    with table.source.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
