"""`diff`: what changed between two releases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import click

from taxonomy_api.cli.common import counted, settings

if TYPE_CHECKING:
    from taxonomy_api.catalog.diff import Change, Difference
    from taxonomy_api.catalog.model import Release

REVISION = "RELEASE_OR_REF"


@click.command()
@click.argument("before", metavar=REVISION)
@click.argument("after", metavar=f"[{REVISION}]", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "markdown")),
    default="text",
    help="[default: text]",
)
def diff(before: str, after: str | None, form: str) -> None:
    """Tell what changed from one release to another, by activity, limit and mapping.

    A release is a data folder, a git tag, branch or commit, or a release id. Without the second, the
    data folder in use.
    """
    from taxonomy_api.catalog.diff import diff as compare

    found = compare(release_named(before), release_named(after))
    if form == "json":
        click.echo(json.dumps(as_json(found), ensure_ascii=False, indent=2))
    else:
        lines = _markdown(found) if form == "markdown" else (change.text for change in found.changes)
        for line in lines:
            click.echo(line)
    if form == "text":
        click.echo(f"{counted(len(found.changes), 'change')} from {found.before} to {found.after}.", err=True)


def release_named(name: str | None) -> Release:
    """The release of that name (None: of the data folder in use); one that does not load ends the command."""
    from taxonomy_api.catalog.cache import open_release
    from taxonomy_api.catalog.revisions import UnknownRevision, open_revision

    used = settings()
    try:
        result = open_revision(name, used.data, used.cache) if name else open_release(used.data, used.cache)
    except UnknownRevision as problem:
        raise click.ClickException(str(problem)) from None
    if result.release is None:
        for finding in result.findings:
            click.echo(str(finding), err=True)
        raise click.ClickException(
            f"the data files of {name or used.data} do not load; see the findings above"
        )
    return result.release


def as_json(found: Difference) -> dict[str, object]:
    changes = [
        {name: _plain(getattr(change, name)) for name in change.__struct_fields__} for change in found.changes
    ]
    return {"before": found.before, "after": found.after, "changes": changes}


def _plain(value: object) -> object:
    return value if isinstance(value, str | None) else str(value)


def _markdown(found: Difference) -> Iterator[str]:
    """For a pull request: a heading per taxonomy, a list of changes, limits first."""
    yield f"{counted(len(found.changes), 'change')} from `{found.before[:19]}` to `{found.after[:19]}`."
    for taxonomy, changes in groupby(_by_taxonomy(found.changes), key=lambda change: change.taxonomy):
        yield f"\n### {taxonomy or 'Registers'}\n"
        for change in changes:
            sign = "**" if change.about in ("limit", "date") else ""
            yield f"- {sign}{_escaped(change.text)}{sign}"


def _by_taxonomy(changes: Iterable[Change]) -> list[Change]:
    order = ("limit", "date", "criterion", "activity", "edition", "mapping", "status", "register")
    return sorted(changes, key=lambda change: (change.taxonomy or "~", order.index(change.about)))


def _escaped(text: str) -> str:
    for sign in "\\*_<`|[]#":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
