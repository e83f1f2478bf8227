"""`impact`: which verdicts of a portfolio a change of the data flips, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from taxonomy_api.cli.common import (
    as_of_option,
    counted,
    mapping_option,
    mapping_text,
    settings,
    split_list,
)
from taxonomy_api.cli.database import opened_database
from taxonomy_api.cli.diff import REVISION, release_named
from taxonomy_api.cli.progress import ProgressBar

if TYPE_CHECKING:
    from taxonomy_api.catalog.model import Release
    from taxonomy_api.errors import ServiceError
    from taxonomy_api.portfolio.impact import Flip, Impact
    from taxonomy_api.portfolio.problem import PortfolioProblem

#: The limits of uploads are for strangers' files.
MOST_ROWS = 2_000_000


@click.command()
@click.argument(
    "portfolio", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False, default=None
)
@click.option("--from", "before", required=True, metavar=REVISION, help="The release before the change.")
@click.option("--to", "after", metavar=REVISION, help="The release after it.  [default: the data in use]")
@click.option(
    "--org",
    "organisation",
    metavar="NAME|ID",
    help="Instead of PORTFOLIO: all portfolios that the service stores for an organisation.",
)
@click.option("--taxonomies", metavar="A,B,…", help="Taxonomies to compare.  [default: all]")
@as_of_option
@mapping_option
@click.option("--rows", "most", type=click.IntRange(min=0), default=20, help="Rows to list.  [default: 20]")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object, with every row.")
def impact(
    portfolio: Path | None,
    before: str,
    after: str | None,
    organisation: str | None,
    taxonomies: str | None,
    as_of: date | None,
    mapping_file: Path | None,
    most: int,
    as_json: bool,
) -> None:
    """Tell which verdicts of PORTFOLIO a change of the data flips, and why.

    PORTFOLIO is a workbook, a CSV file, or results of `assess` as .parquet. Verdicts that stay but
    end on another day, and rows that stay undetermined for another reason, are told apart. Stored
    portfolios are compared with the options they were handed in with.
    """
    if (portfolio is None) == (organisation is None):
        raise click.UsageError("Name either a PORTFOLIO or --org.")
    raw = _options(taxonomies, as_of, mapping_file)
    if organisation is not None and raw:
        raise click.UsageError("Stored portfolios keep their own --taxonomies, --as-of and --mapping.")
    releases = release_named(before), release_named(after)
    if portfolio is not None:
        found = _of_file(portfolio, *releases, {"language": settings().language, **raw})
        if as_json:
            _show(_json(found))
        else:
            _print(_text(found, most))
        return
    compared = list(_of_organisation(organisation or "", *releases))
    if as_json:
        _show({"portfolios": [{**one.named, **_json(one.found)} for one in compared]})
    elif not compared:
        click.echo(f"No results of portfolios are stored for {organisation}.")
    else:
        for one in compared:
            _print(("  ".join(one.named.values()), "", *_text(one.found, most), ""))


def _options(taxonomies: str | None, as_of: date | None, mapping_file: Path | None) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    if taxonomies is not None:
        raw["taxonomies"] = split_list(taxonomies)
    if as_of is not None:
        raw["as_of"] = as_of.isoformat()
    if mapping_file is not None:
        raw["mapping"] = mapping_text(mapping_file)
    return raw


def _show(content: dict[str, Any]) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _of_file(portfolio: Path, before: Release, after: Release, raw: dict[str, Any]) -> Impact:
    from taxonomy_api.assessment.engine import Engine
    from taxonomy_api.portfolio.impact import impact as compare
    from taxonomy_api.portfolio.options import read_options
    from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
    from taxonomy_api.portfolio.run import Progress
    from taxonomy_api.portfolio.uploads import open_rows

    try:
        options = read_options(after, raw)
        rows = open_rows(portfolio, after, options, Limits(rows=MOST_ROWS))
        with ProgressBar(sys.stderr) as bar:

            def show(step: Progress) -> None:
                bar.show(step.phase, step.rows_assessed, step.rows_total)

            return compare(Engine(before), Engine(after), rows, options, show)
    except PortfolioProblem as problem:
        raise click.ClickException(f"{problem} [{problem.code}]") from None


@dataclass(frozen=True, slots=True)
class _Compared:
    """A stored portfolio by its id and file name, with what differs or why that is not known."""

    named: Mapping[str, str]
    found: Impact | ServiceError | PortfolioProblem


def _of_organisation(organisation: str, before: Release, after: Release) -> Iterator[_Compared]:
    """Each stored portfolio, newest first."""
    from taxonomy_api.assessment.engine import Engine
    from taxonomy_api.errors import ServiceError
    from taxonomy_api.jobs.stored_impact import stored_impact
    from taxonomy_api.portfolio.problem import PortfolioProblem
    from taxonomy_api.store.files import FileStore
    from taxonomy_api.store.keys import find_organisation
    from taxonomy_api.store.repository import Repository

    engines, files = (Engine(before), Engine(after)), FileStore(settings().store)
    with opened_database() as database, database.reading() as session:
        repository, last = Repository(session, find_organisation(session, organisation).id), None
        while stored := repository.portfolios(last, 50, "done"):
            for one in stored:
                named = {"portfolio": one.id, "file": one.file_name}
                try:
                    yield _Compared(named, stored_impact(files, one, *engines))
                except (ServiceError, PortfolioProblem) as problem:
                    yield _Compared(named, problem)
            last = stored[-1].id


def _json(found: Impact | ServiceError | PortfolioProblem) -> dict[str, Any]:
    from taxonomy_api.portfolio.impact_json import flip_json, impact_json

    if isinstance(found, Exception):
        return {"problem": {"code": found.code, "detail": found.detail}}
    still_open = [
        {**flip_json(flip), "reasons": {"before": flip.before.reason, "after": flip.after.reason}}
        for flip in found.still_open
    ]
    return {
        **impact_json(found),
        "flips": [flip_json(flip) for flip in found.flips],
        "still_open": still_open,
    }


def _text(found: Impact | ServiceError | PortfolioProblem, most: int) -> Iterator[str]:
    if isinstance(found, Exception):
        yield f"{found} [{found.code}]"
        return
    changes, rows = len(found.difference.changes), counted(found.rows, "row")
    reach = f"{counted(changes, 'change')} of the data {'reaches' if changes == 1 else 'reach'}"
    yield f"{reach} {found.assessed:,} of {rows}."
    yield from _part("Verdicts that differ", [flip for flip in found.flips if flip.of_verdict], most)
    yield from _part(
        "Same verdict, another last day", [flip for flip in found.flips if not flip.of_verdict], most
    )
    if found.still_open:
        yield from _part("Still undetermined, for another reason", found.still_open, most)


def _part(title: str, flips: Sequence[Flip], most: int) -> Iterator[str]:
    """What flips alike stands together, with its cause once and the first `most` rows of all."""
    from taxonomy_api.portfolio.impact_json import sums_of

    yield f"\n{title}: {len(flips):,}"
    alike: dict[tuple[str, ...], list[Flip]] = {}
    for flip in flips:
        alike.setdefault(_kind(flip), []).append(flip)
    for group in alike.values():
        ((taxonomy, before, after), (count, amounts)) = next(iter(sums_of(group).items()))
        change = f"{before} → {after}" if before != after else before
        money = [f"{amount:,f} {currency or '(no currency)'}" for currency, amount in amounts.items()]
        yield f"  {', '.join((f'{taxonomy}: {change}: ' + counted(count, 'row'), *money))}"
        yield from (f"  because: {one.text}" for one in group[0].because)
        yield from (f"  {when}: {reason}" for when, reason in _reasons(group[0]))
        yield from (_row(flip) for flip in group[:most])
        if len(group) > most:
            yield f"    and {len(group) - most:,} more; --rows shows more, --json all"
        most = max(0, most - len(group))


def _kind(flip: Flip) -> tuple[str, ...]:
    causes = (change.text for change in flip.because)
    reasons = (reason for _, reason in _reasons(flip))
    return flip.taxonomy, flip.before.verdict, flip.after.verdict, *reasons, *causes


def _reasons(flip: Flip) -> tuple[tuple[str, str], ...]:
    """The reasons before and after, where nothing else differs."""
    return (("was", flip.before.reason), ("now", flip.after.reason)) if flip.before == flip.after else ()


def _row(flip: Flip) -> str:
    days = [str(one.valid_until or "no known end") for one in (flip.before, flip.after)]
    amount = [f"{flip.amount.amount:,f} {flip.amount.currency}"] if flip.amount else []
    until = [f"until {days[0]} → {days[1]}"] if days[0] != days[1] else []
    return f"    {', '.join((f'row {flip.row} {flip.project}: {flip.activity}', *until, *amount))}"
