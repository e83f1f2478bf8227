"""What the rows of a table say of their deals, and which editions apply to them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from taxonomy_api.assessment.answer import outside_reason
from taxonomy_api.assessment.deal_kinds import kind_of
from taxonomy_api.assessment.editions import Deal, edition_of
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.messages import say
from taxonomy_api.assessment.reading import WRONG
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.assessment.values import parse_value
from taxonomy_api.catalog.instruments import folded, outside
from taxonomy_api.catalog.model import DEAL_DATES, DealKind, Release, Taxonomy
from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.catalog.terms import Fact, Language, Text
from taxonomy_api.portfolio.headers import Match
from taxonomy_api.portfolio.issue_texts import FINDINGS
from taxonomy_api.portfolio.issues import CellProblem, Severity
from taxonomy_api.portfolio.result_columns import TaxonomyResults
from taxonomy_api.portfolio.table import Cell, shown

_DATE = Fact(
    id="date", kind="date", name=Text("The date", "日期", "日期"), definition=Text("A date of the deal.")
)


@dataclass(frozen=True, slots=True)
class Deals:
    """The deals of a table: `places` tells per row which of the `distinct` ones it is.

    `instruments`: per distinct deal the id of its kind of instrument, None where none is told or known.
    """

    places: Sequence[int]
    distinct: Sequence[Deal]
    instruments: Sequence[str | None]

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
        if all(answer.proper_on_file for answer in answers):
            return
        reason = say("edition_not_on_file", language)
        for row, place in enumerate(self.places):
            if not answers[place].proper_on_file and row not in failed:
                results.replace(row, "undetermined", reason)

    def shut_out(
        self, results: TaxonomyResults, release: Release, language: Language, failed: Container[int]
    ) -> None:
        """Answer `not_covered` for the rows whose kind of instrument the edition does not cover.

        The `failed` rows keep the reason for which they have no verdict.
        """
        found = [outside(release, instrument, results.taxonomy) for instrument in self.instruments]
        if not any(found):
            return
        told = [None if one is None else str(outside_reason(one, language)["text"]) for one in found]
        for row, place in enumerate(self.places):
            one, reason = found[place], told[place]
            if one is not None and reason is not None and row not in failed:
                results.replace(row, "not_covered", reason, sources=one.status or "")


def read_deals(
    engine: Engine,
    matches: Sequence[Match | None],
    columns: Sequence[Sequence[Cell]],
    size: int,
    language: Language,
) -> tuple[Deals, list[CellProblem]]:
    """The deals of `size` rows; a cell that cannot be read counts as not given and is told."""
    problems: list[CellProblem] = []
    read: dict[str, list[object]] = {}
    for key, column in _deal_columns(matches):
        read[key] = list(_cells(engine, key, column, columns[column], language, problems))
    names = tuple(read)
    seen: dict[tuple[object, ...], int] = {}
    rows = zip(*read.values(), strict=True) if read else (() for _ in range(size))
    places = [seen.setdefault(row, len(seen)) for row in rows]
    deals = [dict(zip(names, row, strict=True)) for row in seen]
    kinds = [deal.get("instrument") for deal in deals]
    instruments = [kind.id if isinstance(kind, _Kind) else None for kind in kinds]
    return Deals(places, [_deal(deal) for deal in deals], instruments), problems


def _deal_columns(matches: Sequence[Match | None]) -> Iterator[tuple[str, int]]:
    """The first column of each key that says something of the deal."""
    found: dict[str, int] = {}
    for column, match in enumerate(matches):
        if match is not None and match.role.kind == "standard_column":
            found.setdefault(match.role.key, column)
    for key in (*DEAL_DATES, "maturity", "instrument", "edition_choice"):
        if key in found:
            yield key, found[key]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of instrument: its id, and what rules of editions ask of it; None where not known."""

    id: str | None
    deal: DealKind | None


def _cells(
    engine: Engine,
    key: str,
    column: int,
    cells: Sequence[Cell],
    language: Language,
    problems: list[CellProblem],
) -> Iterator[object]:
    kinds: dict[str, tuple[_Kind, CellProblem | None]] = {}
    for row, cell in enumerate(cells):
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            yield None
        elif key == "instrument":
            given = shown(cell)
            if given not in kinds:
                kinds[given] = _kind(engine, column, given, language)
            kind, problem = kinds[given]
            problems += [] if problem is None else [replace(problem, row=row)]
            yield kind
        elif key == "edition_choice":
            yield _choice(engine.release, row, column, shown(cell).strip(), language, problems)
        else:
            day = _day(row, column, cell, language, problems)
            # The end of a deal decides between no editions.
            yield None if key == "maturity" else day


def _kind(engine: Engine, column: int, given: str, language: Language) -> tuple[_Kind, CellProblem | None]:
    """The kind that is named by id, alias or name.

    Of another only what its last word says is read, and it is told; the problem names no row yet.
    """
    profile = engine.instruments.get(folded(given))
    if profile is not None:
        return _Kind(profile.id, kind_of(profile.id)), None
    deal = kind_of(given)
    code = "unknown_instrument" if deal is None else "instrument_read_in_part"
    message = FINDINGS[code].in_language(language).format(given=given[:80], kind=deal)
    near = dict.fromkeys(engine.instruments[one].id for one in nearest(given[:80], engine.instruments))
    severity: Severity = "warning" if deal is None else "info"
    problem = CellProblem(0, column, severity, code, message, tuple(near), unused=deal is None)
    return _Kind(None, deal), problem


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
        kind.deal if isinstance(kind, _Kind) else None,
        dates,
        choice if isinstance(choice, str) else None,
    )
