"""Keys: made once, stored as hashes, ended at will."""

from __future__ import annotations

import base64
import dataclasses
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from taxonomy_api.errors import Conflict, InvalidInput, NotFound
from taxonomy_api.settings import Settings
from taxonomy_api.store.database import Database, open_database
from taxonomy_api.store.ids import now
from taxonomy_api.store.keys import (
    SCOPES,
    Identity,
    create_key,
    create_organisation,
    ensure_first_key,
    find_organisation,
    identify,
    is_loopback,
    list_keys,
    list_organisations,
    revoke_key,
)
from taxonomy_api.store.models import ApiKey
from tests.store.conftest import KEY

LONG_ENOUGH = "a-key-of-our-own-with-32-letters-or-more"


def who(database: Database, key: str) -> Identity | None:
    with database.looking_up() as connection:
        return identify(connection, key)


def make(database: Database, *scopes: str, expires: datetime | None = None) -> str:
    with database.unit_of_work() as session:
        organisations = list_organisations(session) or [create_organisation(session, "Bank")]
        return create_key(session, organisations[0].id, scopes or SCOPES, expires=expires)[1]


def test_a_key_opens_its_organisation_with_its_scopes(database: Database) -> None:
    key = make(database, "read", "assess")
    with database.reading() as session:
        bank = list_organisations(session)[0].id
    identity = who(database, key)
    assert identity is not None
    assert (identity.organisation_id, identity.scopes) == (bank, {"read", "assess"})
    assert key.startswith(f"ta_{identity.key_id}_")


def test_the_secret_has_256_bits_and_is_not_stored(database: Database) -> None:
    key = make(database)
    secret = key.split("_", 2)[2]
    assert len(base64.urlsafe_b64decode(secret + "=")) == 32
    with database.reading() as session:
        stored = session.scalars(select(ApiKey)).one()
    values = [str(getattr(stored, column.key)) for column in ApiKey.__table__.columns]
    assert not any(secret in value for value in values)


@pytest.mark.parametrize(
    "wrong", ["", "ta_", "nonsense", "ta_0000000000000000_" + "x" * 43, "x" * 5000, "钥匙", "\ud800"]
)
def test_what_is_no_key_opens_nothing(database: Database, wrong: str) -> None:
    make(database)
    assert who(database, wrong) is None


def test_the_right_public_part_with_another_secret_opens_nothing(database: Database) -> None:
    key = make(database)
    other = key[:-1] + ("A" if key[-1] != "A" else "B")
    assert who(database, other) is None


def test_a_key_ends_when_revoked_or_expired(database: Database) -> None:
    revoked, expiring = make(database), make(database, expires=now() + timedelta(hours=1))
    identity = who(database, revoked)
    assert identity is not None
    assert who(database, expiring) is not None
    with database.unit_of_work() as session:
        first = revoke_key(session, identity.key_id).revoked
        assert revoke_key(session, identity.key_id).revoked == first
        for stored in session.scalars(select(ApiKey).where(ApiKey.expires.is_not(None))):
            stored.expires = now() - timedelta(seconds=1)
    assert (who(database, revoked), who(database, expiring)) == (None, None)


def test_a_key_of_another_organisation_cannot_be_revoked_by_this_one(database: Database) -> None:
    identity = who(database, make(database))
    assert identity is not None
    with database.unit_of_work() as session, pytest.raises(NotFound):
        revoke_key(session, identity.key_id, create_organisation(session, "Other").id)


@pytest.mark.parametrize("scopes", [("everything",), ("read", "write")])
def test_unknown_scopes_are_refused_with_the_known_ones(database: Database, scopes: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        make(database, *scopes)
    assert refused.value.problems[0].allowed == SCOPES


def test_a_key_cannot_expire_in_the_past_or_without_time_zone(database: Database) -> None:
    for moment in (now() - timedelta(days=1), datetime(2999, 1, 1)):
        with pytest.raises(InvalidInput):
            make(database, expires=moment)


def test_organisations_have_one_name_each(database: Database) -> None:
    with database.unit_of_work() as session:
        bank = create_organisation(session, " Bank ")
        assert find_organisation(session, "Bank").id == find_organisation(session, bank.id).id
        with pytest.raises(Conflict):
            create_organisation(session, "Bank")
        with pytest.raises(NotFound, match="Known: Bank"):
            find_organisation(session, "Bonk")
        for name in ("", " ", "x" * 201, "a\nb"):
            with pytest.raises(InvalidInput):
                create_organisation(session, name)


def embedded(tmp_path: Path, **changes: str) -> tuple[Database, Settings]:
    settings = dataclasses.replace(Settings(store=tmp_path), **changes)
    database = open_database(settings)
    database.upgrade()
    return database, settings


def test_the_first_key_is_handed_out_once(tmp_path: Path) -> None:
    database, settings = embedded(tmp_path)
    key = ensure_first_key(database, settings, "127.0.0.1")
    assert key is not None
    identity = who(database, key)
    assert identity is not None
    assert identity.scopes == set(SCOPES)
    assert ensure_first_key(database, settings, "127.0.0.1") is None
    with database.unit_of_work() as session:
        revoke_key(session, identity.key_id)
    assert ensure_first_key(database, settings, "127.0.0.1") is None
    database.close()


def test_no_first_key_is_printed_for_an_address_that_others_reach(tmp_path: Path) -> None:
    database, settings = embedded(tmp_path)
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):
        assert ensure_first_key(database, settings, host) is None
    with database.reading() as session:
        assert list_organisations(session) == []
    database.close()


def test_no_first_key_is_printed_on_a_database_that_is_not_embedded(postgres_url: str) -> None:
    database = Database(postgres_url, KEY)
    database.upgrade()
    assert ensure_first_key(database, Settings(database_url=postgres_url), "127.0.0.1") is None
    settings = Settings(database_url=postgres_url, bootstrap_key=LONG_ENOUGH)
    assert ensure_first_key(database, settings, "0.0.0.0") is None
    assert who(database, LONG_ENOUGH) is not None
    database.close()


def test_a_bootstrap_key_is_the_first_key_and_never_printed(tmp_path: Path) -> None:
    database, settings = embedded(tmp_path, bootstrap_key=LONG_ENOUGH)
    assert ensure_first_key(database, settings, "127.0.0.1") is None
    identity = who(database, LONG_ENOUGH)
    assert identity is not None
    assert identity.scopes == set(SCOPES)
    database.close()


def test_a_bootstrap_key_is_ignored_once_any_key_exists_even_a_revoked_one(tmp_path: Path) -> None:
    database, settings = embedded(tmp_path)
    first = ensure_first_key(database, settings, "127.0.0.1")
    assert first is not None
    identity = who(database, first)
    assert identity is not None
    with database.unit_of_work() as session:
        revoke_key(session, identity.key_id)
    later = dataclasses.replace(settings, bootstrap_key=LONG_ENOUGH)
    assert ensure_first_key(database, later, "127.0.0.1") is None
    assert who(database, LONG_ENOUGH) is None
    with database.reading() as session:
        assert len(list_keys(session, identity.organisation_id)) == 1
    database.close()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_time_does_not_tell_what_is_wrong_with_a_key(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole hashes are compared in constant time, also where no key has the public part."""
    compared: list[tuple[str, str]] = []

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return one == other

    key = make(database)
    monkeypatch.setattr("taxonomy_api.store.keys.hmac.compare_digest", compare)
    for tried in (key, key[:-1] + ("A" if key[-1] != "A" else "B"), "ta_nobody_" + "x" * 43):
        assert (who(database, tried) is not None) == (tried == key)
    assert len(compared) == 3
    assert {len(text) for pair in compared for text in pair} == {64}
