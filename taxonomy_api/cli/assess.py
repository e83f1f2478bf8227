"""`assess`: a portfolio, without a server."""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from taxonomy_api.cli.common import (
    as_of_option,
    current_release,
    language_option,
    mapping_option,
    mapping_text,
    settings,
    split_list,
)
from taxonomy_api.cli.progress import ProgressBar

if TYPE_CHECKING:
    from taxonomy_api.catalog.model import Release
    from taxonomy_api.portfolio.reading_process import BegunReading

FORMATS = ("xlsx", "csv", "parquet")


@click.command()
@click.argument("portfolio", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="RESULT",
    help="Where the result goes.  [default: PORTFOLIO's name with .assessed.xlsx]",
)
@click.option(
    "--taxonomies", metavar="A,B,…", help="Taxonomies to test against.  [default: those that apply]"
)
@as_of_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="Format of RESULT.  [default: by its name, else xlsx]",
)
@click.option(
    "--options",
    "options_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="JSON file with options as POST /v1/portfolios takes them.",
)
@click.option("--sheet", metavar="NAME", help="Sheet that holds the portfolio.  [default: found]")
@click.option("--header-row", type=int, metavar="N", help="Row of the header, as numbered in the sheet.")
@mapping_option
@click.option(
    "--fx",
    "fx_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Rates for totals in one currency: .xlsx or .csv with the columns currency, rate, date.",
)
@click.option(
    "--annotated",
    is_flag=True,
    help="Make RESULT an annotated copy of the sheet instead: its own cells and looks, verdicts beside them, "
    "notes on cells with issues. From .xlsx and .xlsm, up to 20,000 rows.",
)
@click.option(
    "--low-memory",
    is_flag=True,
    help="Hold the cells of PORTFOLIO in a file beside RESULT instead of in memory. RESULT is the same. "
    "[default: TAXONOMY_API_LOW_MEMORY]",
)
@language_option
def assess(
    portfolio: Path,
    output: Path | None,
    taxonomies: str | None,
    as_of: date | None,
    format_: str | None,
    options_file: Path | None,
    sheet: str | None,
    header_row: int | None,
    mapping_file: Path | None,
    fx_file: Path | None,
    annotated: bool,
    low_memory: bool,
    language: str | None,
) -> None:
    """Assess a portfolio, a workbook or CSV file.

    Writes the result beside it and prints a summary. The input is never overwritten.
    """
    # One file, then the process ends: nearly all that is made stays to the end, and looking for cyclic
    # garbage costs a seventh of the time (measured) and finds nothing.
    gc.disable()
    click.get_current_context().call_on_close(_collect_again)
    raw = _options(options_file)
    if annotated:
        raw["annotated"] = True
    target, kind = _target(portfolio, output, format_, raw.get("annotated") is True)
    if taxonomies is not None:
        raw["taxonomies"] = split_list(taxonomies)
    if as_of is not None:
        raw["as_of"] = as_of.isoformat()
    mapping = None if mapping_file is None else mapping_text(mapping_file)
    given = {"sheet": sheet, "header_row": header_row, "mapping": mapping}
    raw.update((name, value) for name, value in given.items() if value is not None)
    # The process that opens the file is begun before all else is loaded, which takes as long as it needs for
    # some thousand rows.
    from taxonomy_api.portfolio.problem import OWN_FILE
    from taxonomy_api.portfolio.reading_process import BegunReading

    named = raw.get("sheet") if isinstance(raw.get("sheet"), str) else None
    with BegunReading(portfolio, OWN_FILE, ahead=True, sheet=named, folder=target.parent) as begun:
        current = settings()
        raw["language"] = language or raw.get("language") or current.language
        low_memory = low_memory or current.low_memory
        summary = _run(portfolio, target, kind, current_release(current), raw, fx_file, begun, low_memory)
    from taxonomy_api.cli.portfolio_report import report

    for line in report(summary, raw["language"]):
        click.echo(line)
    click.echo(f"\n{target}")


def _collect_again() -> None:
    # All that was made would be searched at once, and again at the end of the process (0.1 s each).
    gc.freeze()
    gc.enable()


def _run(
    portfolio: Path,
    target: Path,
    kind: str,
    release: Release,
    raw_options: dict[str, Any],
    fx_file: Path | None,
    begun: BegunReading,
    low_memory: bool,
) -> Mapping[str, Any]:
    """Assesses into a temporary folder beside the target and moves the finished file into place."""
    from msgspec.structs import replace

    from taxonomy_api.assessment.engine import Engine
    from taxonomy_api.portfolio.exchange_sheet import read_rate_file
    from taxonomy_api.portfolio.options import read_options
    from taxonomy_api.portfolio.problem import OWN_FILE, PortfolioProblem
    from taxonomy_api.portfolio.run import Progress, assess_portfolio

    with (
        tempfile.TemporaryDirectory(prefix=".taxonomy-api-", dir=target.parent) as folder,
        ProgressBar(sys.stderr) as bar,
    ):

        def show(step: Progress) -> None:
            done = {"reading": step.rows_read, "assessing": step.rows_assessed}.get(
                step.phase, step.rows_written
            )
            bar.show(step.phase, done, step.rows_total)

        try:
            if fx_file is not None:
                raw_options["fx"] = read_rate_file(fx_file, release, OWN_FILE)
            options = read_options(release, raw_options, [kind])
            if options.annotated:
                options = replace(options, formats=())
            summary = assess_portfolio(
                portfolio,
                Engine(release),
                options,
                Path(folder),
                show,
                limits=OWN_FILE,
                opener=begun.open,
                low_memory=low_memory,
            )
        except PortfolioProblem as problem:
            nearest = f" Nearest: {', '.join(problem.nearest)}." if problem.nearest else ""
            raise click.ClickException(f"{problem}{nearest} [{problem.code}]") from None
        os.replace(Path(folder) / ("annotated.xlsx" if options.annotated else f"results.{kind}"), target)
    return summary.as_json()


def _target(portfolio: Path, output: Path | None, wanted: str | None, annotated: bool) -> tuple[Path, str]:
    """Where the result goes, and its format."""
    kind = wanted or (output.suffix.lower().removeprefix(".") if output is not None else "") or "xlsx"
    if kind not in FORMATS:
        raise click.UsageError(f"{output}: name the result .xlsx, .csv or .parquet, or pass --format")
    if annotated and kind != "xlsx":
        raise click.UsageError("an annotated copy is an .xlsx file; leave out --format, or --annotated")
    word = "annotated" if annotated else "assessed"
    target = output or portfolio.with_name(f"{portfolio.stem}.{word}.{kind}")
    if target.exists() and target.samefile(portfolio):
        raise click.UsageError(f"{target} is the portfolio itself; the input is never overwritten")
    if not target.parent.is_dir():
        raise click.ClickException(f"{target.parent}: no such folder")
    return target, kind


def _options(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        options = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as problem:
        raise click.ClickException(f"{path}: not JSON: {problem}") from None
    if not isinstance(options, dict):
        raise click.ClickException(f"{path}: options are a JSON object")
    return options
