"""`new-edition`: a draft of the next edition."""

from __future__ import annotations

import click

from taxonomy_api.cli.common import counted, data_in_use, write_edition


@click.command("new-edition")
@click.argument("old")
@click.argument("new")
def new_edition(old: str, new: str) -> None:
    """Make a draft of the edition NEW from OLD, in the data folder in use.

    Every status becomes `recalled`, so that the draft decides nothing; dates, counts and rules of the
    edition become holes; NEW supersedes OLD. Scenarios and mappings stay with OLD.
    """
    from taxonomy_api.catalog.new_edition import NotScaffolded
    from taxonomy_api.catalog.new_edition import new_edition as draft

    data = data_in_use()
    try:
        files = draft(data, old, new)
    except NotScaffolded as problem:
        raise click.ClickException(str(problem)) from problem
    folder = data / "taxonomies" / new
    errors = write_edition(folder, files)
    made = f"{counted(len(files), 'file')}, {counted(errors, 'error')}"
    click.echo(f"{made}; begin with {folder / 'taxonomy.yaml'}.", err=True)
    if errors:
        click.get_current_context().exit(1)
