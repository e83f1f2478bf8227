"""The reference of all commands, docs/cli.md, from the commands themselves.

Renew it with `python -m taxonomy_api.cli.reference > docs/cli.md`.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from taxonomy_api.cli.main import cli

PROGRAM = "taxonomy-api"
COLUMNS = 100

_OPENING = """\
# The command line

Exit codes: `0` done, `1` the command found a problem (findings, refused input, a missing file),
`2` wrong usage. Results go to standard output, notes and errors to standard error. Colours and
progress bars appear on a terminal only. Settings come from environment variables, see
[settings.md](settings.md).

This page is made from the commands themselves: `python -m taxonomy_api.cli.reference > docs/cli.md`.
"""


def reference() -> str:
    """The page as Markdown: one section per command, in the order of their names."""
    sections = (f"## {path}\n\n```\n{text}\n```\n" for path, text in helps(cli, PROGRAM))
    return "\n".join((_OPENING, *sections))


def helps(
    command: click.Command, path: str, parent: click.Context | None = None
) -> Iterator[tuple[str, str]]:
    """Name and help of the command and of those below it."""
    context_settings = {**command.context_settings, "terminal_width": COLUMNS}
    context = click.Context(command, parent, info_name=path.split()[-1], **context_settings)
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from helps(below, f"{path} {name}", context)


if __name__ == "__main__":
    click.echo(reference(), nl=False)
