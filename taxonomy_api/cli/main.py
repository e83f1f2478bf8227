"""The command `taxonomy-api`.

Exit codes: 0 done, 1 the command found a problem (findings, refused input, missing file), 2 wrong usage.
A command is imported when it is used, and imports the service inside its functions: start-up counts in short
runs, and `--help` answers at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import click

from taxonomy_api.cli.common import refusal

#: By name: the module of each command here, and what the command is called there.
COMMANDS = {
    "assess": ("assess", "assess"),
    "audit": ("audit", "audit"),
    "changelog": ("changelog", "changelog"),
    "check": ("check", "check"),
    "coverage": ("coverage", "coverage"),
    "db": ("database", "db"),
    "diff": ("diff", "diff"),
    "explain": ("rules", "explain"),
    "export": ("export", "export"),
    "fmt": ("fmt", "fmt"),
    "impact": ("impact", "impact"),
    "import": ("import_", "import_classification"),
    "intake": ("intake", "intake"),
    "key": ("keys", "key"),
    "lint": ("lint", "lint"),
    "mapping": ("mapping", "mapping"),
    "new-edition": ("new_edition", "new_edition"),
    "org": ("organisations", "org"),
    "purge": ("purge", "purge"),
    "reload": ("serve", "reload"),
    "schema": ("schema", "schema"),
    "serve": ("serve", "serve"),
    "template": ("template", "template"),
    "test": ("scenarios", "test"),
    "worker": ("serve", "worker"),
}


class Imported(Mapping[str, click.Command]):
    """The commands by name, each imported when it is asked for."""

    def __getitem__(self, name: str) -> click.Command:
        module, attribute = COMMANDS[name]
        command: click.Command = getattr(import_module(f"taxonomy_api.cli.{module}"), attribute)
        return command

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class Commands(click.Group):
    """A group in which every failure ends in clear lines and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as problem:
            if ctx.params["traceback"]:
                raise
            raise refusal(problem) from problem


@click.group(
    cls=Commands,
    commands=Imported(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="taxonomy-api", prog_name="taxonomy-api")
@click.option("--traceback", is_flag=True, help="Show where an unexpected failure comes from.")
def cli(traceback: bool) -> None:
    """Check projects and portfolios against green-finance taxonomies.

    Says why, until when, and what is missing.
    """


def main() -> None:
    """Entry point of the installed command."""
    cli(prog_name="taxonomy-api")
