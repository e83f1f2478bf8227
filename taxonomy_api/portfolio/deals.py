"""What the rows of a table say of their deals, and which editions apply to them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from taxonomy_api.assessment.deal_kinds import kind_of
from taxonomy_api.assessment.editions import Deal, edition_of
from taxonomy_api.assessment.messages import say
from taxonomy_api.assessment.reading import WRONG
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.assessment.values import parse_value
from taxonomy_api.catalog.model import DEAL_DATES, Release, Taxonomy
from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.catalog.terms import Fact, Language, Text
from taxonomy_api.portfolio.headers import Match
from taxonomy_api.portfolio.issues import CellProblem
from taxonomy_api.portfolio.result_columns import TaxonomyResults
from taxonomy_api.portfolio.table import Cell, shown

_DATE = Fact(
    id="date", kind="date", name=Text("The date", "日期", "日期"), definition=Text("A date of the deal.")
)


@dataclass(frozen=True, slots=True)
class Deals:
    """The deals of a table: `places` tells per row which of the `distinct` ones it is."""

    places: Sequence[int]
    distinct: Sequence[Deal]

    def write(self, results: TaxonomyResults, taxonomy: Taxonomy, as_of: date, language: Language) -> None:
        """Whether the edition applies to each row, and why."""
        answers = [edition_of(taxonomy, deal, as_of) for deal in self.distinct]
        reasons = [answer.reason(language) for answer in answers]
        results.edition_applies = [answers[place].applies for place in self.places]
        results.edition_reason = [reasons[place] for place in self.places]

    def withhold(
        self,
        results: TaxonomyResults,
        taxonomy: Taxonomy,
        as_of: date,
        language: Language,
        failed: Container[int],
    ) -> None:
        """Leave open the rows whose proper edition is not on file: this one does not stand in for it.

        The `failed` rows keep the reason for which they have no verdict.
        """
        answers = [edition_of(taxonomy, deal, as_of) for deal in self.distinct]
        for row, place in enumerate(self.places):
            if answers[place].proper_on_file or row in failed:
                continue
            results.verdict[row] = "undetermined"
            results.activity[row] = results.basis[row] = results.sources[row] = ""
            results.valid_until[row] = None
            results.reason[row] = say("edition_not_on_file", language)
            results.by_assumption[row] = results.by_estimate[row] = False


def read_deals(
    release: Release,
    matches: Sequence[Match | None],
    columns: Sequence[Sequence[Cell]],
    size: int,
    language: Language,
) -> tuple[Deals, list[CellProblem]]:
    """The deals of `size` rows; a cell that cannot be read counts as not given and is told."""
    problems: list[CellProblem] = []
    read: dict[str, list[object]] = {}
    for key, column in _deal_columns(matches):
        read[key] = list(_cells(release, key, column, columns[column], language, problems))
    names = tuple(read)
    seen: dict[tuple[object, ...], int] = {}
    rows = zip(*read.values(), strict=True) if read else (() for _ in range(size))
    places = [seen.setdefault(row, len(seen)) for row in rows]
    return Deals(places, [_deal(dict(zip(names, row, strict=True))) for row in seen]), problems


def _deal_columns(matches: Sequence[Match | None]) -> Iterator[tuple[str, int]]:
    """The first column of each key that says something of the deal."""
    found: dict[str, int] = {}
    for column, match in enumerate(matches):
        if match is not None and match.role.kind == "standard_column":
            found.setdefault(match.role.key, column)
    for key in (*DEAL_DATES, "maturity", "instrument", "edition_choice"):
        if key in found:
            yield key, found[key]


def _cells(
    release: Release,
    key: str,
    column: int,
    cells: Sequence[Cell],
    language: Language,
    problems: list[CellProblem],
) -> Iterator[object]:
    for row, cell in enumerate(cells):
        if cell is None or cell == "":
            yield None
        elif key == "instrument":
            yield kind_of(shown(cell))
        elif key == "edition_choice":
            yield _choice(release, row, column, shown(cell).strip(), language, problems)
        else:
            day = _day(row, column, cell, language, problems)
            # The end of a deal decides between no editions.
            yield None if key == "maturity" else day


def _choice(
    release: Release, row: int, column: int, given: str, language: Language, problems: list[CellProblem]
) -> str | None:
    if not given or given in release.taxonomies:
        return given or None
    message = WRONG["unknown_taxonomy"].in_language(language).format(given=given[:80])
    near = nearest(given[:80], release.taxonomies)
    problems.append(CellProblem(row, column, "error", "unknown_taxonomy", message, near, unused=True))
    return None


def _day(row: int, column: int, cell: Cell, language: Language, problems: list[CellProblem]) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        parsed = parse_value(_DATE, cell)
    except ValueProblem as problem:
        near = problem.nearest or problem.allowed[:5]
        message = problem.message(language)
        problems.append(CellProblem(row, column, "error", problem.code, message, near, unused=True))
        return None
    return parsed.value if parsed is not None and isinstance(parsed.value, date) else None


def _deal(row: dict[str, object]) -> Deal:
    kind, choice = row.get("instrument"), row.get("edition_choice")
    dates: dict[str, date] = {key: day for key in DEAL_DATES if isinstance(day := row.get(key), date)}
    return Deal(
        "bond" if kind == "bond" else "loan" if kind == "loan" else None,
        dates,
        choice if isinstance(choice, str) else None,
    )
