"""`audit`: the audit trail, all chains of it."""

from __future__ import annotations

from pathlib import Path

import click

from taxonomy_api.cli.common import settings
from taxonomy_api.cli.database import opened_database


@click.group()
def audit() -> None:
    """The audit trail: a chain per organisation and the operator's."""


@audit.command()
@click.option("--org", "organisation", metavar="NAME|ID|operator", help="One chain.  [default: all of them]")
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    metavar="SEQ:HASH",
    help="A head that was kept elsewhere, from a Method sheet or a log; may be repeated.",
)
@click.option(
    "--anchors-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of heads.  [default: that of the settings]",
)
@click.option(
    "--entries-only", is_flag=True, help="Leave out the stored answers and results; many take a while."
)
def verify(
    organisation: str | None, anchors: tuple[str, ...], anchors_file: Path | None, entries_only: bool
) -> None:
    """Find what was changed, removed, reordered or cut off.

    Entries cut off at the end show only against heads that were kept elsewhere. Answers and results that are
    still stored are compared with the hashes in their entries. Exit code 1 where anything was found.
    """
    from taxonomy_api.store.anchors import parse_anchor, read_anchors
    from taxonomy_api.store.audit import OPERATOR
    from taxonomy_api.store.audit_key import audit_key
    from taxonomy_api.store.contents import Contents
    from taxonomy_api.store.files import FileStore
    from taxonomy_api.store.keys import find_organisation
    from taxonomy_api.store.verify import verify as check

    current = settings()
    kept = [*read_anchors(anchors_file or current.audit_anchors), *map(parse_anchor, anchors)]
    with opened_database() as database, database.reading() as session:
        only = organisation
        if organisation not in (None, OPERATOR):
            only = find_organisation(session, organisation).id
        contents = None if entries_only else Contents(session, FileStore(current.store))
        reports = check(session, audit_key(current), kept, only, contents)
    for report in reports:
        for finding in report.findings:
            click.echo(f"{report.chain or 'anchor'}: {finding}")
        if not report.findings:
            click.echo(f"{report.chain}: {report.entries} entries as they were sealed, head {report.head}")
    chains = sum(1 for report in reports if report.chain)
    click.echo(f"{len(kept)} anchors, {chains} chains", err=True)
    if any(report.findings for report in reports):
        raise click.exceptions.Exit(1)
