"""What another release changes in the verdicts of a portfolio, and because of which changes.

Only rows that name an activity which the change can reach are assessed, by both releases; all others answer
as before. So a portfolio of a million rows costs what reading it costs, unless the change reaches it all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from taxonomy_api.assessment.coded import Coded
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.reach import because, reached
from taxonomy_api.catalog.diff import Change, Difference, diff
from taxonomy_api.catalog.model import Release
from taxonomy_api.portfolio.activities import ActivityReader
from taxonomy_api.portfolio.amounts import Money
from taxonomy_api.portfolio.assess import assess_block
from taxonomy_api.portfolio.headers import ColumnPlan, plan_columns
from taxonomy_api.portfolio.issues import IssueLog
from taxonomy_api.portfolio.money import read_money
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.report import Reporter
from taxonomy_api.portfolio.result_columns import TaxonomyResults
from taxonomy_api.portfolio.run import Progress, Reading, assess_rows, interpret
from taxonomy_api.portfolio.serial_dates import read_serial_dates
from taxonomy_api.portfolio.table import Cell, Table, shown
from taxonomy_api.portfolio.uploads import Rows
from taxonomy_api.portfolio.vocabulary import build_vocabulary

#: In place of a verdict: the release before had no such taxonomy.
NOT_ON_FILE = "not_on_file"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer: the verdict, its last day, where one is known, and its reason in words. `verdict` is
    `not_on_file` where the release has no such taxonomy."""

    verdict: str
    valid_until: date | None
    reason: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Flip:
    """A row whose verdict, or its last day, differs. `row` counts as in the sheet; `because` are the changes
    of the data that reach its activity."""

    row: int
    project: str
    taxonomy: str
    activity: str
    before: Verdict
    after: Verdict
    amount: Money | None
    because: tuple[Change, ...]

    @property
    def of_verdict(self) -> bool:
        return self.before.verdict != self.after.verdict


@dataclass(frozen=True, slots=True)
class Impact:
    """How many rows the portfolio has and how many were assessed by both releases; what differs, by row.

    `still_open`: rows that are undetermined by both releases, for another reason or in another activity.
    """

    difference: Difference
    rows: int
    assessed: int
    flips: tuple[Flip, ...]
    still_open: tuple[Flip, ...] = ()


def impact(
    before: Engine,
    after: Engine,
    rows: Rows,
    options: PortfolioOptions,
    progress: Callable[[Progress], None] = lambda _: None,
    most: int | None = None,
) -> Impact:
    """Assesses what the change can reach with both releases and compares.

    Raises PortfolioProblem (`impact_too_large`) where that is more than `most` rows.
    """
    difference = diff(before.release, after.release)
    plans = [_plan(rows, engine.release, options) for engine in (before, after)]
    touched = reached(before.release, after.release)
    reads = before.release, after.release
    chosen = range(rows.size) if options.confirm else _rows_reached(rows, plans, touched, *reads)
    taxonomies = _taxonomies(touched, after, options)
    if not chosen or not taxonomies or not difference.changes:
        return Impact(difference, rows.size, 0, ())
    if most is not None and len(chosen) > most:
        raise PortfolioProblem(
            "impact_too_large",
            f"The change reaches {len(chosen)} rows; at most {most} are compared here.",
            "Compare releases that differ in less, or run `taxonomy-api impact` on results.parquet.",
        )
    table = rows.take(chosen)
    answers = [
        _answers(engine, table, plan, options, taxonomies, progress)
        for engine, plan in zip((before, after), plans, strict=True)
    ]
    found = _flips(difference, after, answers, table, plans[1], options)
    flips = tuple(one for one in found if one.before != one.after)
    still_open = tuple(one for one in found if one.before == one.after)
    return Impact(difference, rows.size, len(chosen), flips, still_open)


def _plan(rows: Rows, release: Release, options: PortfolioOptions) -> ColumnPlan:
    vocabulary = build_vocabulary(release)
    if options.mapping is not None:
        vocabulary = options.mapping.apply(vocabulary)
    return plan_columns(list(rows.headers), vocabulary)


def _taxonomies(touched: frozenset[str], after: Engine, options: PortfolioOptions) -> tuple[str, ...]:
    """The editions that the change reaches, of those asked for."""
    editions = {name.partition(":")[0] for name in touched}
    asked = options.taxonomies or tuple(after.release.taxonomies)
    return tuple(id for id in after.release.taxonomies if id in editions and id in asked)


def _rows_reached(
    rows: Rows, plans: Sequence[ColumnPlan], touched: frozenset[str], before: Release, after: Release
) -> Sequence[int]:
    """The rows that name an activity which the change reaches, or that the two releases read differently."""
    if plans[0].matches != plans[1].matches:
        return range(rows.size)
    column = plans[1].column("activity")
    if column is None or plans[1].column("confirm") is not None:
        return range(rows.size)
    readers = [ActivityReader(release, (), suggestions=0) for release in (before, after)]
    known: dict[tuple[type, Cell], bool] = {}
    chosen: list[int] = []
    for row, cell in enumerate(rows.cells(column)):
        key = (type(cell), cell)
        is_reached = known.get(key)
        if is_reached is None:
            names = [reader.read(cell).names for reader in readers]
            ids = {name.partition("#")[0] for name in (*names[0], *names[1])}
            is_reached = known[key] = names[0] != names[1] or not touched.isdisjoint(ids)
        if is_reached:
            chosen.append(row)
    return chosen


def _answers(
    engine: Engine,
    table: Table,
    plan: ColumnPlan,
    options: PortfolioOptions,
    taxonomies: tuple[str, ...],
    progress: Callable[[Progress], None],
) -> tuple[Reading, list[TaxonomyResults]]:
    reporter = Reporter(table, IssueLog(Limits().issues_per_cause), options.language)
    reading = interpret(table, plan, reporter, [])
    read_serial_dates(reporter, plan, reading.usable, engine.release.facts)
    on_file = tuple(id for id in taxonomies if id in engine.release.taxonomies)
    assessed = assess_rows(engine, reading, options, assess_block, progress, on_file) if on_file else []
    by_id = {one.taxonomy: one for one in assessed}
    return reading, [by_id.get(id) or _not_on_file(id, len(table.rows)) for id in taxonomies]


def _not_on_file(taxonomy: str, rows: int) -> TaxonomyResults:
    return TaxonomyResults(
        taxonomy,
        verdict=Coded.same(NOT_ON_FILE, rows),
        activity=Coded.same("", rows),
        valid_until=Coded.same(None, rows),
        reason=Coded.same("", rows),
    )


def _flips(
    difference: Difference,
    after: Engine,
    answers: Sequence[tuple[Reading, list[TaxonomyResults]]],
    table: Table,
    plan: ColumnPlan,
    options: PortfolioOptions,
) -> Sequence[Flip]:
    reading = answers[1][0]
    money: Sequence[Money | None] | None = None
    reasons: dict[str, tuple[Change, ...]] = {}
    found: list[Flip] = []
    for old, new in zip(answers[0][1], answers[1][1], strict=True):
        said = (zip(one.verdict, one.valid_until, strict=True) for one in (old, new))
        for row, (was, now) in enumerate(zip(*said, strict=True)):
            if was == now and (was[0] != "undetermined" or _reasoned_alike(old, new, row)):
                continue
            if was[0] == NOT_ON_FILE and not new.activity[row]:
                continue  # the row is none of the new taxonomy's business
            if money is None:
                money = read_money(reading.reporter, plan, reading.usable, options.amount_unit)
            name = new.activity[row] or old.activity[row]
            if name not in reasons:
                activity = after.release.activity(name.partition("#")[0])
                reasons[name] = () if activity is None else because(difference, activity)
            found.append(
                Flip(
                    row=table.rows[row],
                    project=_project(table, plan, row),
                    taxonomy=new.taxonomy,
                    activity=name,
                    before=Verdict(was[0], was[1], old.reason[row]),
                    after=Verdict(now[0], now[1], new.reason[row]),
                    amount=money[row],
                    because=reasons[name],
                )
            )
    return sorted(found, key=lambda flip: flip.row)


def _reasoned_alike(old: TaxonomyResults, new: TaxonomyResults, row: int) -> bool:
    return old.reason[row] == new.reason[row] and old.activity[row] == new.activity[row]


def _project(table: Table, plan: ColumnPlan, row: int) -> str:
    columns = [column for key in ("id", "name") if (column := plan.column(key)) is not None]
    return next((text for column in columns if (text := shown(table.columns[column][row]))), "")
