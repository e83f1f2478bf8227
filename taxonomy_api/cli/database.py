"""`db`: the database, and how the other commands open it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from taxonomy_api.cli.common import settings

if TYPE_CHECKING:
    from taxonomy_api.store.database import Database


@contextmanager
def opened_database() -> Iterator[Database]:
    """The configured database, closed at the end; an embedded one is brought up to date first.

    A database that does not answer or lacks its tables ends the command with the cure.
    """
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from taxonomy_api.store.database import open_database

    current = settings()
    database = open_database(current)
    try:
        if current.is_embedded:
            database.upgrade()
        yield database
    except OperationalError as problem:
        raise click.ClickException(f"the database does not answer: {problem.orig}") from problem
    except ProgrammingError as problem:
        raise click.ClickException(
            f"the database refused: {problem.orig} — if it is new, run `taxonomy-api db upgrade` first"
        ) from problem
    finally:
        database.close()


@click.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the tables up to date; harmless when they are."""
    with opened_database() as database:
        database.upgrade()
    click.echo("The database is up to date.")


@db.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def backup(target: Path) -> None:
    """Copy the embedded database to a new file TARGET, while it is in use.

    For PostgreSQL use pg_dump.
    """
    import os

    if not settings().is_embedded:
        raise click.UsageError("this is for the embedded database; use pg_dump for PostgreSQL")
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with opened_database() as database:
        database.copy_to(target)
    click.echo(f"The database is copied to {target}.")
