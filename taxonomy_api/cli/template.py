"""`template`: the workbook to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from taxonomy_api.cli.common import check_free, current_release, language_option, settings, split_list

if TYPE_CHECKING:
    from taxonomy_api.catalog.terms import Language


@click.command()
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE.xlsx"
)
@click.option(
    "--activities", metavar="A,B,…", help="Only the columns that these activities (taxonomy:code) need."
)
@language_option
@click.option("--force", is_flag=True, help="Overwrite FILE.xlsx.")
def template(output: Path, activities: str | None, language: str | None, force: bool) -> None:
    """Write the upload template.

    A workbook with drop-down lists and an instruction sheet.
    """
    if output.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{output}: the template is a workbook; name it something.xlsx")
    check_free(output, force)
    from taxonomy_api.portfolio.template import write_template

    current = settings()
    release = current_release(current)
    wanted = split_list(activities)
    unknown = [activity for activity in wanted if release.activity(activity) is None]
    if unknown:
        raise click.ClickException(f"no such activity on file: {', '.join(unknown)}")
    write_template(release, output, cast("Language", language or current.language), wanted)
    click.echo(f"Template written to {output}")
