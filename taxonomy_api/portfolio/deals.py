"""What the rows of a table say of their deals, and which editions apply to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from taxonomy_api.assessment.answer import outside_reason
from taxonomy_api.assessment.coded import Coded, combinations
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
from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.finding_texts import FINDINGS
from taxonomy_api.portfolio.headers import Match
from taxonomy_api.portfolio.issues import CellProblem
from taxonomy_api.portfolio.result_columns import TaxonomyResults
from taxonomy_api.portfolio.suggestions import Suggestions
from taxonomy_api.portfolio.table import Cell, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DATE = Fact(
    id="date", kind="date", name=Text("The date", "日期", "日期"), definition=Text("A date of the deal.")
)


class Deals(Struct, frozen=True):
    """The deals of a table: `places` tells per row which of the `distinct` ones it is.

    `instruments`: per distinct deal the id of its kind of instrument, None where none is told or known;
    `not_on_file`: whether it tells a kind that is not on file.
    """

    places: NDArray[np.int32]
    distinct: Sequence[Deal]
    instruments: Sequence[str | None]
    not_on_file: Sequence[bool]

    def write(self, results: TaxonomyResults, taxonomy: Taxonomy, as_of: date, language: Language) -> None:
        """Whether the edition applies to each row, and why."""
        answers = [edition_of(taxonomy, deal, as_of) for deal in self.distinct]
        reasons = [answer.reason(language) for answer in answers]
        results.edition_applies = Coded([answer.applies for answer in answers], self.places)
        results.edition_reason = Coded(reasons, self.places)

    def withhold(
        self,
        results: TaxonomyResults,
        taxonomy: Taxonomy,
        as_of: date,
        language: Language,
        failed: Sequence[int],
    ) -> None:
        """Leave open the rows whose proper edition is not on file: this one does not stand in for it.

        The `failed` rows keep the reason for which they have no verdict.
        """
        answers = [edition_of(taxonomy, deal, as_of) for deal in self.distinct]
        if all(answer.proper_on_file for answer in answers):
            return
        withheld = np.array([not answer.proper_on_file for answer in answers])[self.places]
        withheld[failed] = False
        results.replace(np.flatnonzero(withheld), "undetermined", say("edition_not_on_file", language))

    def shut_out(
        self, results: TaxonomyResults, release: Release, language: Language, failed: Sequence[int]
    ) -> None:
        """Answer `not_covered` for the rows whose kind of instrument the edition does not cover.

        The `failed` rows keep the reason for which they have no verdict.
        """
        found = [outside(release, instrument, results.taxonomy) for instrument in self.instruments]
        for place, one in enumerate(found):
            if one is not None:
                here = self.places == place
                here[failed] = False
                reason = str(outside_reason(one, language)["text"])
                results.replace(np.flatnonzero(here), "not_covered", reason, sources=one.status or "")

    def leave_open(self, results: TaxonomyResults, language: Language) -> None:
        """Answer `undetermined` for the decided rows that tell a kind of instrument which is not on file.

        It may be one that no edition covers, as a loan for general purposes: a verdict on the activity
        alone would pass over what the row says. One that tells no kind is answered for its activity.
        """
        if not any(self.not_on_file):
            return
        verdicts, codes = results.verdict.distinct()
        decided = np.array([verdict not in ("undetermined", "not_covered") for verdict in verdicts])[codes]
        told = np.array(self.not_on_file)[self.places]
        reason = say("instrument_not_on_file", language)
        results.replace(np.flatnonzero(decided & told), "undetermined", reason)


def read_deals(
    engine: Engine,
    suggestions: Suggestions,
    matches: Sequence[Match | None],
    columns: Mapping[int, Column],
    size: int,
    language: Language,
) -> tuple[Deals, list[CellProblem]]:
    """The deals of `size` rows; a cell that cannot be read counts as not given and is told."""
    problems: list[CellProblem] = []
    read: dict[str, tuple[list[object], NDArray[np.int32]]] = {}
    for key, place in _deal_columns(matches):
        values, codes = _cells(engine, suggestions, key, place, columns[place], language, problems)
        read[key] = values, codes
    names = tuple(read)
    first, numbers = combinations([codes for _, codes in read.values()] or [np.zeros(size, dtype=np.int32)])
    seen: dict[tuple[object, ...], int] = {}
    places = np.empty(len(first), dtype=np.int32)
    for number in np.argsort(first).tolist():
        row = first[number]
        told = tuple(values[codes[row]] for values, codes in read.values())
        places[number] = seen.setdefault(told, len(seen))
    deals = [dict(zip(names, row, strict=True)) for row in seen]
    kinds = [deal.get("instrument") for deal in deals]
    instruments = [kind.id if isinstance(kind, _Kind) else None for kind in kinds]
    not_on_file = [isinstance(kind, _Kind) and kind.id is None for kind in kinds]
    return Deals(places[numbers], [_deal(deal) for deal in deals], instruments, not_on_file), problems


def _deal_columns(matches: Sequence[Match | None]) -> Iterator[tuple[str, int]]:
    """The first column of each key that says something of the deal."""
    found: dict[str, int] = {}
    for column, match in enumerate(matches):
        if match is not None and match.role.kind == "standard_column":
            found.setdefault(match.role.key, column)
    for key in (*DEAL_DATES, "maturity", "instrument", "edition_choice"):
        if key in found:
            yield key, found[key]


class _Kind(Struct, frozen=True):
    """A kind of instrument: its id, and what rules of editions ask of it; None where not known."""

    id: str | None
    deal: DealKind | None


def _cells(
    engine: Engine,
    suggestions: Suggestions,
    key: str,
    place: int,
    column: Column,
    language: Language,
    problems: list[CellProblem],
) -> tuple[list[object], NDArray[np.int32]]:
    """What each distinct cell says, and which of them every row holds."""
    cells, codes = column.distinct()
    values: list[object] = []
    told: dict[int, CellProblem] = {}
    for number, cell in enumerate(cells):
        value, problem = _value(engine, suggestions, key, place, cell, language)
        values.append(value)
        if problem is not None:
            told[number] = problem
    if told:
        at_fault = np.zeros(len(cells), dtype=np.bool_)
        at_fault[[*told]] = True
        rows = np.flatnonzero(at_fault[codes])
        found = zip(rows.tolist(), codes[rows].tolist(), strict=True)
        problems += [told[number].at(row) for row, number in found]
    return values, codes


def _value(
    engine: Engine, suggestions: Suggestions, key: str, column: int, cell: Cell, language: Language
) -> tuple[object, CellProblem | None]:
    """What one cell says of a deal; a problem names no row yet."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None, None
    if key == "instrument":
        return _kind(engine, suggestions, column, shown(cell), language)
    if key == "edition_choice":
        return _choice(engine.release, suggestions, column, shown(cell).strip(), language)
    day, problem = _day(column, cell, language)
    # The end of a deal decides between no editions.
    return (None if key == "maturity" else day), problem


def _kind(
    engine: Engine, suggestions: Suggestions, column: int, given: str, language: Language
) -> tuple[_Kind, CellProblem | None]:
    """The kind that is named by id, alias or name.

    Of another only what its last word says is read, for the choice of edition; it is told, and
    `Deals.leave_open` answers it. The problem names no row yet.
    """
    profile = engine.instruments.get(folded(given))
    if profile is not None:
        return _Kind(profile.id, kind_of(profile.id)), None
    deal = kind_of(given)
    code = "unknown_instrument" if deal is None else "instrument_read_in_part"
    message = FINDINGS[code].in_language(language).format(given=given[:80], kind=deal)
    close = nearest(given[:80], engine.instruments) if suggestions.spend(column) else ()
    near = dict.fromkeys(engine.instruments[one].id for one in close)
    problem = CellProblem(0, column, "warning", code, message, tuple(near))
    return _Kind(None, deal), problem


def _choice(
    release: Release, suggestions: Suggestions, column: int, given: str, language: Language
) -> tuple[str | None, CellProblem | None]:
    if not given or given in release.taxonomies:
        return given or None, None
    message = WRONG["unknown_taxonomy"].in_language(language).format(given=given[:80])
    near = nearest(given[:80], release.taxonomies) if suggestions.spend(column) else ()
    return None, CellProblem(0, column, "error", "unknown_taxonomy", message, near, unused=True)


def _day(column: int, cell: Cell, language: Language) -> tuple[date | None, CellProblem | None]:
    if isinstance(cell, datetime):
        return cell.date(), None
    if isinstance(cell, date):
        return cell, None
    try:
        parsed = parse_value(_DATE, cell)
    except ValueProblem as problem:
        near = problem.nearest or problem.allowed[:5]
        message = problem.message(language)
        return None, CellProblem(0, column, "error", problem.code, message, near, unused=True)
    return (parsed.value if parsed is not None and isinstance(parsed.value, date) else None), None


def _deal(row: dict[str, object]) -> Deal:
    kind, choice = row.get("instrument"), row.get("edition_choice")
    dates: dict[str, date] = {key: day for key in DEAL_DATES if isinstance(day := row.get(key), date)}
    return Deal(
        kind.deal if isinstance(kind, _Kind) else None,
        dates,
        choice if isinstance(choice, str) else None,
    )
