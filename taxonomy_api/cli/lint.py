"""`lint`: checks data files."""

from __future__ import annotations

import json
from pathlib import Path

import click

from taxonomy_api.cli.common import counted, data_in_use


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
@click.option(
    "--fix", is_flag=True, help="First mend what leaves nothing to decide; names the files changed."
)
@click.option("--all", "show_all", is_flag=True, help="Show the warnings that a review accepts, too.")
@click.option("--json", "as_json", is_flag=True, help="Findings as one JSON object.")
def lint(paths: tuple[Path, ...], fix: bool, show_all: bool, as_json: bool) -> None:
    """Check data files; without PATH, the data folder in use.

    Every finding is a line `file:line:column: rule: message`, errors first; the message of a
    warning begins with `[warning]`. `taxonomy-api explain RULE` tells more. Exit 1 if any is an error.
    A warning that nobody can mend may be accepted in curators.yaml; it is counted, and shown with --all.
    """
    from taxonomy_api.catalog.lint import lint as check_files
    from taxonomy_api.catalog.unread import UNREAD
    from taxonomy_api.crosswalk.checks import check

    given = list(paths) or [data_in_use()]
    if fix:
        _mend(given)
    found = check_files(given, check)
    # What cannot be read comes first: what it holds may be what the others lack.
    findings = sorted(found, key=lambda finding: (finding.severity != "error", finding.rule not in UNREAD))
    errors = sum(finding.severity == "error" for finding in findings)
    accepted = sum(bool(finding.accepted) for finding in findings)
    shown = findings if show_all else [finding for finding in findings if not finding.accepted]
    if as_json:
        answer = {
            "findings": [finding.to_json() for finding in shown],
            "errors": errors,
            "accepted": accepted,
        }
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        for finding in shown:
            click.echo(str(finding))
        warnings = counted(len(findings) - errors - accepted, "warning")
        more = f", {accepted} accepted" if accepted else ""
        click.echo(f"{counted(errors, 'error')}, {warnings}{more}.", err=True)
    if errors:
        click.get_current_context().exit(1)


def _mend(paths: list[Path]) -> None:
    from taxonomy_api.catalog.fix import fixes
    from taxonomy_api.catalog.lint import data_folder_of, lint_folder, stands_in
    from taxonomy_api.cli.fmt import replace_text

    for path in paths:
        folder = data_folder_of(path)
        found = (finding for finding in lint_folder(folder) if stands_in(finding, path, folder))
        for file in fixes(folder, found):
            if file.after is not None:
                replace_text(file.path, file.after)
                click.echo(f"{file.path} mended.", err=True)
