"""`impact`: which verdicts of a portfolio a change of the data flips, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from taxonomy_api.cli.common import as_of_option, settings, split_list
from taxonomy_api.cli.diff import REVISION, release_named
from taxonomy_api.cli.progress import ProgressBar

if TYPE_CHECKING:
    from taxonomy_api.portfolio.impact import Flip, Impact

#: The limits of uploads are for strangers' files.
MOST_ROWS = 2_000_000
Sums = dict[tuple[str, str, str], tuple[int, dict[str, Decimal]]]


@click.command()
@click.argument("portfolio", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "before", required=True, metavar=REVISION, help="The release before the change.")
@click.option("--to", "after", metavar=REVISION, help="The release after it.  [default: the data in use]")
@click.option("--taxonomies", metavar="A,B,…", help="Taxonomies to compare.  [default: all]")
@as_of_option
@click.option("--rows", "most", type=click.IntRange(min=0), default=20, help="Rows to list.  [default: 20]")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object, with every row.")
def impact(
    portfolio: Path,
    before: str,
    after: str | None,
    taxonomies: str | None,
    as_of: date | None,
    most: int,
    as_json: bool,
) -> None:
    """Tell which verdicts of PORTFOLIO a change of the data flips, and why.

    PORTFOLIO is a workbook, a CSV file, or results of `assess` as .parquet. Verdicts that stay but
    end on another day are told apart.
    """
    raw: dict[str, Any] = {"language": settings().language}
    if taxonomies is not None:
        raw["taxonomies"] = split_list(taxonomies)
    if as_of is not None:
        raw["as_of"] = as_of.isoformat()
    found = _run(portfolio, before, after, raw)
    if as_json:
        click.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=2))
    else:
        for line in _text(found, most):
            click.echo(line)


def _run(portfolio: Path, before: str, after: str | None, raw: dict[str, Any]) -> Impact:
    from taxonomy_api.assessment.engine import Engine
    from taxonomy_api.portfolio.impact import impact as compare
    from taxonomy_api.portfolio.options import read_options
    from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
    from taxonomy_api.portfolio.run import Progress
    from taxonomy_api.portfolio.uploads import open_rows

    releases = release_named(before), release_named(after)
    try:
        options = read_options(releases[1], raw)
        rows = open_rows(portfolio, releases[1], options, Limits(rows=MOST_ROWS))
        with ProgressBar(sys.stderr) as bar:

            def show(step: Progress) -> None:
                bar.show(step.phase, step.rows_assessed, step.rows_total)

            return compare(Engine(releases[0]), Engine(releases[1]), rows, options, show)
    except PortfolioProblem as problem:
        raise click.ClickException(f"{problem} [{problem.code}]") from None


def _sums(flips: Iterable[Flip]) -> Sums:
    """Rows and amounts by currency, by taxonomy and the two verdicts."""
    sums: Sums = {}
    for flip in flips:
        key = (flip.taxonomy, flip.before.verdict, flip.after.verdict)
        count, amounts = sums.get(key, (0, {}))
        if flip.amount is not None:
            currency = flip.amount.currency
            amounts[currency] = amounts.get(currency, Decimal(0)) + flip.amount.amount
        sums[key] = (count + 1, amounts)
    return sums


def _text(found: Impact, most: int) -> Iterator[str]:
    flips = [flip for flip in found.flips if flip.of_verdict]
    others = [flip for flip in found.flips if not flip.of_verdict]
    yield f"{len(found.difference.changes)} changes of the data reach {found.assessed} of {found.rows} rows."
    for title, of_kind in (("Verdicts that differ", flips), ("Same verdict, another last day", others)):
        yield f"\n{title}: {len(of_kind)}"
        for (taxonomy, before, after), (count, amounts) in _sums(of_kind).items():
            change = f"{before} → {after}" if before != after else before
            money = [f"{amount:,f} {currency or '(no currency)'}" for currency, amount in amounts.items()]
            yield f"  {', '.join((f'{taxonomy}: {change}: {count} rows', *money))}"
        for flip in of_kind[:most]:
            yield from _lines(flip)
        if len(of_kind) > most:
            yield f"  and {len(of_kind) - most} more; --json lists all"


def _lines(flip: Flip) -> Iterator[str]:
    days = [str(one.valid_until or "no known end") for one in (flip.before, flip.after)]
    verdicts = f"{flip.before.verdict} → {flip.after.verdict}"
    said = verdicts if flip.of_verdict else f"{flip.after.verdict}, until {days[0]} → {days[1]}"
    amount = f", {flip.amount.amount:,f} {flip.amount.currency}" if flip.amount else ""
    yield f"  row {flip.row} {flip.project}: {flip.activity}: {said}{amount}"
    for change in flip.because:
        yield f"      {change.text}"


def _as_json(found: Impact) -> dict[str, object]:
    return {
        "before": found.difference.before,
        "after": found.difference.after,
        "changes": len(found.difference.changes),
        "rows": found.rows,
        "assessed": found.assessed,
        "totals": list(_totals_json(_sums(flip for flip in found.flips if flip.of_verdict))),
        "flips": [_flip_json(flip) for flip in found.flips],
    }


def _totals_json(sums: Sums) -> Iterator[dict[str, object]]:
    for (taxonomy, before, after), (count, amounts) in sums.items():
        by_currency = {currency: str(amount) for currency, amount in amounts.items()}
        yield {"taxonomy": taxonomy, "before": before, "after": after, "rows": count, "amounts": by_currency}


def _flip_json(flip: Flip) -> dict[str, object]:
    sides = {
        name: {"verdict": one.verdict, "valid_until": str(one.valid_until) if one.valid_until else None}
        for name, one in (("before", flip.before), ("after", flip.after))
    }
    amount = flip.amount and {"value": str(flip.amount.amount), "currency": flip.amount.currency}
    return {
        "row": flip.row,
        "project": flip.project,
        "taxonomy": flip.taxonomy,
        "activity": flip.activity,
        **sides,
        "amount": amount,
        "because": [change.text for change in flip.because],
    }
