"""`mapping`: what the headers of a bank's files stand for."""

from __future__ import annotations

from pathlib import Path

import click

from taxonomy_api.cli.common import check_free, current_release, settings


@click.group()
def mapping() -> None:
    """Save what the headers of your workbooks stand for."""


@mapping.command("suggest")
@click.argument("portfolio", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="mapping.yaml"
)
@click.option("--sheet", metavar="NAME", help="Sheet that holds the portfolio.  [default: found]")
@click.option("--header-row", type=int, metavar="N", help="Row of the header, as numbered in the sheet.")
@click.option("--force", is_flag=True, help="Overwrite the output.")
def suggest_(portfolio: Path, output: Path, sheet: str | None, header_row: int | None, force: bool) -> None:
    """Write a mapping for a portfolio's headers.

    Check it, then pass it to `assess --mapping`. Known headers are stated; those merely alike are comments
    that you confirm.
    """
    check_free(output, force)
    from taxonomy_api.portfolio.column_mapping import suggest
    from taxonomy_api.portfolio.problem import OWN_FILE, PortfolioProblem
    from taxonomy_api.portfolio.reading_process import ReadingProcess
    from taxonomy_api.portfolio.vocabulary import build_vocabulary

    vocabulary = build_vocabulary(current_release(settings()))
    try:
        book = ReadingProcess(portfolio, OWN_FILE)
        try:
            text = suggest(book, vocabulary, OWN_FILE, sheet, header_row)
        finally:
            book.close()
    except PortfolioProblem as problem:
        raise click.ClickException(f"{problem} [{problem.code}]") from None
    output.write_text(text, encoding="utf-8")
    click.echo(f"Mapping written to {output}; check it, then pass it to assess with --mapping.")
