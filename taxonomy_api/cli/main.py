"""The command `taxonomy-api`.

Exit codes: 0 done, 1 the command found a problem (findings, refused input, missing file), 2 wrong usage.
Command modules import the service inside their functions, so that `--help` answers at once.
"""

from __future__ import annotations

from typing import Any

import click

from taxonomy_api.cli.assess import assess
from taxonomy_api.cli.audit import audit
from taxonomy_api.cli.changelog import changelog
from taxonomy_api.cli.check import check
from taxonomy_api.cli.common import refusal
from taxonomy_api.cli.coverage import coverage
from taxonomy_api.cli.database import db
from taxonomy_api.cli.diff import diff
from taxonomy_api.cli.export import export
from taxonomy_api.cli.fmt import fmt
from taxonomy_api.cli.impact import impact
from taxonomy_api.cli.import_ import import_classification
from taxonomy_api.cli.intake import intake
from taxonomy_api.cli.keys import key
from taxonomy_api.cli.lint import lint
from taxonomy_api.cli.mapping import mapping
from taxonomy_api.cli.new_edition import new_edition
from taxonomy_api.cli.organisations import org
from taxonomy_api.cli.purge import purge
from taxonomy_api.cli.rules import explain
from taxonomy_api.cli.scenarios import test
from taxonomy_api.cli.schema import schema
from taxonomy_api.cli.serve import reload, serve, worker
from taxonomy_api.cli.template import template


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


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="taxonomy-api", prog_name="taxonomy-api")
@click.option("--traceback", is_flag=True, help="Show where an unexpected failure comes from.")
def cli(traceback: bool) -> None:
    """Check projects and portfolios against green-finance taxonomies.

    Says why, until when, and what is missing.
    """


COMMANDS = (
    *(serve, worker, reload, assess, check, template, mapping),
    *(lint, explain, fmt, diff, impact, test, changelog, new_edition, intake, coverage),
    *(export, import_classification, schema),
    *(org, key, purge, audit, db),
)
for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Entry point of the installed command."""
    cli(prog_name="taxonomy-api")
