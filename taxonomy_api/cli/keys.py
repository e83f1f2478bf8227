"""`key`: API keys of an organisation."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from taxonomy_api.cli.common import day, split_list
from taxonomy_api.cli.database import opened_database

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from taxonomy_api.store.models import ApiKey

_organisation_option = click.option(
    "--org", "organisation", metavar="NAME|ID", help="The organisation.  [default: the only one]"
)


@click.group()
def key() -> None:
    """API keys of an organisation."""


@key.command()
@_organisation_option
@click.option(
    "--scopes", metavar="SCOPE,…", help="Of read, assess, portfolio, admin.  [default: read,assess,portfolio]"
)
@click.option("--name", default="", help="What the key is for.")
@click.option("--expires", type=day, metavar="DATE", help="Last day (UTC) on which the key counts.")
def create(organisation: str | None, scopes: str | None, name: str, expires: date | None) -> None:
    """Make a key and print it, this once only."""
    from taxonomy_api.store.keys import create_key

    wanted = split_list(scopes) if scopes is not None else ["read", "assess", "portfolio"]
    end = None if expires is None else datetime.combine(expires, time.max, UTC)
    with opened_database() as database, database.unit_of_work() as session:
        made, secret = create_key(session, _organisation_id(session, organisation), wanted, name, end)
        note = f"Key {made.id}, scopes {made.scopes}. It is shown this once; only a hash of it is kept."
    click.echo(note, err=True)
    click.echo(secret)


@key.command("list")
@_organisation_option
def list_(organisation: str | None) -> None:
    """List keys, revoked ones too: id, made on, state, scopes, name."""
    from taxonomy_api.store.keys import list_keys

    with opened_database() as database, database.reading() as session:
        for stored in list_keys(session, _organisation_id(session, organisation)):
            made_on, state = f"{stored.created:%Y-%m-%d}", _state(stored)
            click.echo(f"{stored.id}  {made_on}  {state}  {stored.scopes}  {stored.name}".rstrip())


@key.command()
@click.argument("key_id")
@_organisation_option
def revoke(key_id: str, organisation: str | None) -> None:
    """End a key at once; KEY_ID as `key list` shows it, or as the key itself begins."""
    from taxonomy_api.store.keys import find_organisation, revoke_key

    key_id = _public_id(key_id)
    with opened_database() as database, database.unit_of_work() as session:
        owner = None if organisation is None else find_organisation(session, organisation).id
        revoke_key(session, key_id, owner)
    click.echo(f"Key {key_id} is revoked.")


@key.command()
@click.argument("key_id")
@_organisation_option
@click.option(
    "--overlap",
    type=click.IntRange(0, 24 * 365),
    default=24,
    show_default=True,
    metavar="HOURS",
    help="How long the old key goes on counting.",
)
def rotate(key_id: str, organisation: str | None, overlap: int) -> None:
    """Make a key like KEY_ID and print it, this once only; the old one ends after an overlap."""
    from taxonomy_api.store.keys import find_organisation, rotate_key

    key_id = _public_id(key_id)
    with opened_database() as database, database.unit_of_work() as session:
        owner = None if organisation is None else find_organisation(session, organisation).id
        made, secret = rotate_key(session, key_id, timedelta(hours=overlap), owner)
        note = f"Key {made.id} takes the place of {key_id}, which counts for {overlap} more hours."
    click.echo(note, err=True)
    click.echo(secret)


def _organisation_id(session: Session, name: str | None) -> str:
    """The organisation of this name or id; without one, the only one there is."""
    from taxonomy_api.store.keys import find_organisation, list_organisations

    if name is not None:
        return find_organisation(session, name).id
    known = list_organisations(session)
    if len(known) == 1:
        return known[0].id
    if not known:
        raise click.ClickException(
            "there is no organisation yet; make one with `taxonomy-api org create NAME`"
        )
    raise click.UsageError(f"name the organisation with --org: {', '.join(each.name for each in known)}")


def _public_id(name: str) -> str:
    """`ID`, also from `ta_ID`, or from the whole key."""
    return name.removeprefix("ta_").partition("_")[0]


def _state(stored: ApiKey) -> str:
    if stored.revoked is not None:
        return f"revoked {stored.revoked:%Y-%m-%d}"
    if stored.expires is None:
        return "active"
    word = "expired" if stored.expires <= datetime.now(UTC) else "active until"
    # A day that was named counts to its end; the end of an overlap is an hour of its day.
    end_of_day = stored.expires.time() == time.max
    return (
        f"{word} {stored.expires:%Y-%m-%d}" if end_of_day else f"{word} {stored.expires:%Y-%m-%d %H:%M} UTC"
    )
