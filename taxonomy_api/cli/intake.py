"""`intake`: a workbook for what is not on file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from taxonomy_api.cli.common import current_release, language_option, settings, split_list

if TYPE_CHECKING:
    from taxonomy_api.catalog.model import Release
    from taxonomy_api.catalog.terms import Language
    from taxonomy_api.catalog.worksheet_model import SheetRow


@click.group()
def intake() -> None:
    """Fill in what is not on file, in a workbook."""


@intake.command("export")
@click.argument("subject", metavar="TAXONOMY|MAPPING")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE.xlsx"
)
@click.option("--activities", metavar="CODE,…", help="Only these activities of the taxonomy.")
@language_option
@click.option("--force", is_flag=True, help="Overwrite FILE.xlsx.")
def export_(subject: str, output: Path, activities: str | None, language: str | None, force: bool) -> None:
    """Write the workbook of a taxonomy or mapping.

    One row per activity and criterion of a taxonomy (hk-phase-2a), or per row of a mapping file
    (hk-phase-2a--hk-phase-1). What is missing is yellow, what is edited in the files only is grey.
    """
    if output.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{output}: this is a workbook; name it something.xlsx")
    if output.exists() and not force:
        raise click.ClickException(f"{output} exists already; choose another name or pass --force")
    from taxonomy_api.portfolio.write_worksheet import Contents, write_worksheet

    current = settings()
    release = current_release(current)
    spoken = cast("Language", language or current.language)
    rows = rows_of(subject, release, current.data, spoken, split_list(activities))
    write_worksheet(output, Contents(subject, release, rows, spoken))
    holes = sum(bool(row.holes) for row in rows)
    click.echo(f"{output}: {len(rows)} rows, something is missing in {holes} of them.")


def rows_of(
    subject: str, release: Release, data: Path, language: Language, codes: list[str]
) -> list[SheetRow]:
    """The rows of a taxonomy or mapping on file; an unknown one ends the command."""
    from taxonomy_api.catalog.nearest import did_you_mean
    from taxonomy_api.catalog.worksheet_mapping import mapping_rows
    from taxonomy_api.catalog.worksheet_rows import sector_files, taxonomy_rows

    mappings = {path.name.removesuffix(".sssom.tsv"): path for path in data.glob("mappings/*--*.sssom.tsv")}
    if subject in mappings:
        path = mappings[subject]
        text = path.read_text(encoding="utf-8")
        return mapping_rows(text, path.relative_to(data).as_posix(), release, language)
    if subject not in release.taxonomies:
        nearest = did_you_mean(subject, [*release.taxonomies, *mappings])
        raise click.ClickException(f"no taxonomy or mapping {subject} is on file{nearest and '; ' + nearest}")
    known = release.taxonomies[subject].activities
    unknown = [code for code in codes if code not in known]
    if unknown:
        nearest = did_you_mean(unknown[0], known)
        raise click.ClickException(f"{subject} has no activity {unknown[0]}{nearest and '; ' + nearest}")
    return taxonomy_rows(sector_files(data, subject), language, codes or None)
