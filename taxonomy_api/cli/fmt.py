"""`fmt`: the one form of the data files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from taxonomy_api.cli.common import counted, data_in_use


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not in its form.")
def fmt(paths: tuple[Path, ...], check: bool) -> None:
    """Bring data files into their one form; without PATH, the data folder in use.

    Comments, the order of keys and what stands in brackets stay; what a file says never changes. A
    file that cannot be read is named with its findings and left as it is.
    """
    from taxonomy_api.catalog.fmt import format_paths

    drifted, refused, seen = 0, 0, 0
    for file in format_paths(list(paths) or [data_in_use()]):
        seen += 1
        if file.after is None:
            refused += 1
            for finding in file.findings:
                click.echo(str(finding), err=True)
        elif file.drifted:
            drifted += 1
            if check:
                click.echo(f"{file.path}:{file.first_line}:1: not in its form{file.unseen}")
            else:
                replace_text(file.path, file.after)
                click.echo(f"{file.path}")
    verb = "would be changed" if check else "changed"
    click.echo(f"{drifted} of {counted(seen, 'file')} {verb}.", err=True)
    if refused or (check and drifted):
        click.get_current_context().exit(1)


def replace_text(path: Path, text: str) -> None:
    """Writes the file in one step, so that a break in between leaves the old one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(name, path.stat().st_mode)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
