"""`intake`: a workbook for what is not on file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from taxonomy_api.cli.common import (
    check_free,
    counted,
    current_data,
    current_release,
    language_option,
    settings,
    split_list,
)

if TYPE_CHECKING:
    from taxonomy_api.catalog.model import Release
    from taxonomy_api.catalog.terms import Language
    from taxonomy_api.catalog.worksheet_import import Outcome
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
    check_free(output, force)
    from taxonomy_api.portfolio.write_worksheet import Contents, write_worksheet

    current = settings()
    release = current_release(current)
    spoken = cast("Language", language or current.language)
    rows = rows_of(subject, release, current.data, spoken, split_list(activities))
    write_worksheet(output, Contents(subject, release, rows, spoken))
    holes = sum(bool(row.holes) for row in rows)
    click.echo(f"{output}: {counted(len(rows), 'row')}, something is missing in {holes} of them.")


def rows_of(
    subject: str, release: Release, data: Path, language: Language, codes: list[str]
) -> list[SheetRow]:
    """The rows of a taxonomy or mapping on file; an unknown one ends the command."""
    from taxonomy_api.catalog.nearest import did_you_mean
    from taxonomy_api.catalog.places import mapping_files
    from taxonomy_api.catalog.worksheet_mapping import mapping_rows
    from taxonomy_api.catalog.worksheet_rows import sector_files, taxonomy_rows

    mappings = mapping_files(data)
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


@intake.command("import")
@click.argument(
    "file", metavar="FILE.xlsx", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
)
@click.option("--curator", metavar="NAME", help="Who of curators.yaml answers for what is called verified.")
@click.option("--write", is_flag=True, help="Write the files; without it they are only shown.")
@click.option("--json", "as_json", is_flag=True, help="Findings, changes and patch as one JSON object.")
def import_(file: Path, curator: str | None, write: bool, as_json: bool) -> None:
    """Turn a filled workbook into changes of the data files.

    Shows what changes in words and as a patch, with all findings by their cell. Files that changed since
    the export are never overwritten: both values are shown. Exit 1 if a finding is an error; then nothing
    is written.
    """
    from taxonomy_api.catalog.worksheet_curators import Curator
    from taxonomy_api.catalog.worksheet_import import read_back
    from taxonomy_api.cli.fmt import replace_text
    from taxonomy_api.crosswalk.checks import check
    from taxonomy_api.portfolio.problem import PortfolioProblem
    from taxonomy_api.portfolio.read_worksheet import read_worksheet

    current = settings()
    release, loaded = current_data(current)
    try:
        filled, report = read_worksheet(file)
    except PortfolioProblem as problem:
        raise click.ClickException(f"{problem} [{problem.code}]") from None
    outcome = read_back(current.data, loaded, filled, report, Curator(curator, date.today()), check)
    writes = write and not outcome.has_errors
    if as_json:
        click.echo(json.dumps(_as_json(outcome, written=writes), ensure_ascii=False, indent=2))
    else:
        for finding in sorted(outcome.findings, key=lambda finding: finding.severity != "error"):
            click.echo(str(finding))
        for line in _told(outcome):
            click.echo(line)
    if filled.release != release.id:
        click.echo("The files changed since the workbook was made; only its own changes are taken.", err=True)
    if writes:
        for name, (_, after) in outcome.texts.items():
            replace_text(current.data / name, after)
    click.echo(_end(outcome, writes), err=True)
    if outcome.has_errors:
        click.get_current_context().exit(1)


def _told(outcome: Outcome) -> Iterator[str]:
    """The changes in words, then the patch."""
    if outcome.difference is not None:
        yield from (change.text for change in outcome.difference.changes)
    yield from _patch(outcome)


def _patch(outcome: Outcome) -> Iterator[str]:
    for name, (before, after) in outcome.texts.items():
        old, new = before.splitlines(), after.splitlines()
        yield from unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm="", n=2)


def _as_json(outcome: Outcome, *, written: bool) -> dict[str, object]:
    from taxonomy_api.cli.diff import as_json

    return {
        "findings": [finding.to_json() for finding in outcome.findings],
        "changes": as_json(outcome.difference)["changes"] if outcome.difference is not None else [],
        "patch": "\n".join(_patch(outcome)),
        "files": list(outcome.texts),
        "written": written,
    }


def _end(outcome: Outcome, written: bool) -> str:
    errors = sum(finding.severity == "error" for finding in outcome.findings)
    if errors:
        return f"{counted(errors, 'error')}; nothing is written."
    if not outcome.texts:
        return "The workbook changes nothing."
    files = f"{len(outcome.texts)} files" if len(outcome.texts) > 1 else next(iter(outcome.texts))
    if written:
        return f"{files} written; git diff shows it, taxonomy-api changelog --write drafts its line."
    return f"{files} would change; nothing is written. Add --write to write."
