"""`org`: organisations, which own all stored things."""

from __future__ import annotations

import click

from taxonomy_api.cli.database import opened_database


@click.group()
def org() -> None:
    """Organisations; none sees another's data."""


@org.command()
@click.argument("name")
def create(name: str) -> None:
    """Make an organisation and print its id."""
    from taxonomy_api.store.keys import create_organisation

    with opened_database() as database, database.unit_of_work() as session:
        organisation_id = create_organisation(session, name).id
    click.echo(organisation_id)


@org.command("list")
def list_() -> None:
    """List organisations: id, made on, name."""
    from taxonomy_api.store.keys import list_organisations

    with opened_database() as database, database.reading() as session:
        for organisation in list_organisations(session):
            click.echo(f"{organisation.id}  {organisation.created:%Y-%m-%d}  {organisation.name}")
