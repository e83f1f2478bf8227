"""`changelog`: is every change of the data named in a line?"""

from __future__ import annotations

import click

from taxonomy_api.cli.common import counted, data_in_use
from taxonomy_api.cli.diff import REVISION, release_named
from taxonomy_api.cli.fmt import replace_text


@click.command()
@click.option(
    "--since", metavar=REVISION, help="Compare with this.  [default: the last release of the changelog]"
)
@click.option("--write", is_flag=True, help="Add the missing lines as a draft.")
@click.option("--publish", "name", metavar="NAME", help="Put the lines under a heading: NAME and release id.")
def changelog(since: str | None, write: bool, name: str | None) -> None:
    """Check that taxonomies/CHANGELOG.md names every change of the data.

    Each change needs a line with its code and the first day that it concerns, or the words `at once`.
    Lines that are missing are shown as a draft. Exit 1 if any is; then nothing is published. A line
    that names no change is told, since what it speaks of may have been taken back.
    """
    from taxonomy_api.catalog.changelog import (
        draft,
        idle,
        last_release,
        open_lines,
        published,
        strays,
        unnamed,
        with_lines,
    )
    from taxonomy_api.catalog.diff import diff
    from taxonomy_api.catalog.revisions import CHANGELOG

    if write and name is not None:
        raise click.UsageError("Put the draft into your own words first, then --publish.")
    path = data_in_use() / CHANGELOG
    if not path.is_file():
        raise click.ClickException(f"{path} is missing; it holds the changes of the data, newest first")
    text = path.read_text(encoding="utf-8")
    stray = list(strays(text))
    if stray:
        told = "; ".join(f"line {number}: {line}" for number, line in stray[:3])
        raise click.ClickException(f"{path}: only lines that begin with '- ' stand under Unreleased; {told}")
    current = release_named(None)
    base = since or last_release(text)
    if base is None:
        raise click.ClickException(f"no section of {path} names a release in its heading; pass --since")
    named = open_lines(text)
    difference = diff(current if base == current.id else release_named(base), current)
    missing = unnamed(difference, named)
    for line in idle(difference, named):
        click.echo(f"{path}: this line names no change; remove it, or correct code and day: {line}", err=True)
    if not missing and name is not None:
        try:
            replace_text(path, published(text, name, current.id))
        except ValueError as problem:
            raise click.ClickException(f"{path}: {problem}; there is nothing to publish") from None
        click.echo(f"{path}: {name} is release {current.id}.", err=True)
        return
    if not missing:
        click.echo("Every change of the data is named.", err=True)
        return
    lines = list(draft(missing))
    if write:
        replace_text(path, with_lines(text, lines))
        click.echo(f"{path}: {counted(len(lines), 'line')} drafted; put it into your own words.", err=True)
        return
    for line in lines:
        click.echo(line)
    missed = "1 line is" if len(lines) == 1 else f"{len(lines):,} lines are"
    click.echo(f"{missed} missing in {path}; --write adds a draft.", err=True)
    click.get_current_context().exit(1)
