"""`purge`: forget what is older than the settings say."""

from __future__ import annotations

import click

from taxonomy_api.cli.common import settings
from taxonomy_api.cli.database import opened_database


@click.command()
def purge() -> None:
    """Delete what is older than the settings say.

    Assessments, portfolios with their results, idempotency keys, releases that nothing refers to. A worker
    does the same once a day. Harmless when repeated.
    """
    from dataclasses import asdict

    from taxonomy_api.store.audit import OPERATOR
    from taxonomy_api.store.files import FileStore
    from taxonomy_api.store.retention import purge as run

    current = settings()
    with opened_database() as database:
        purged = run(database, FileStore(current.store), current, None, OPERATOR)
    for what, count in asdict(purged).items():
        click.echo(f"{what.replace('_', ' ')}: {count}")
