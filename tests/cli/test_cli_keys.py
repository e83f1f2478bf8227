"""Organisations, keys and the database from the command line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from taxonomy_api.settings import load
from taxonomy_api.store.database import open_database
from taxonomy_api.store.keys import identify

Run = Callable[..., Result]


def scopes_of(store: Path, key: str) -> frozenset[str] | None:
    database = open_database(load({"TAXONOMY_API_STORE": str(store)}))
    try:
        with database.looking_up() as connection:
            identity = identify(connection, key)
    finally:
        database.close()
    return None if identity is None else identity.scopes


def test_the_database_is_made_and_upgrading_again_changes_nothing(run: Run, tmp_path: Path) -> None:
    for _ in range(2):
        result = run("db", "upgrade")
        assert (result.exit_code, result.stdout) == (0, "The database is up to date.\n")
    assert list((tmp_path / "store").glob("*.sqlite3"))


def test_organisations(run: Run) -> None:
    made = run("org", "create", "Bank of Examples")
    assert made.exit_code == 0
    listed = run("org", "list").stdout
    assert listed.startswith(made.stdout.strip())
    assert listed.endswith("Bank of Examples\n")
    again = run("org", "create", "Bank of Examples")
    assert again.exit_code == 1
    assert "already" in again.stderr


def test_a_key_from_making_to_revoking(run: Run, tmp_path: Path) -> None:
    run("org", "create", "Bank")
    made = run("key", "create", "--scopes", "read,assess", "--name", "reporting")
    key = made.stdout.strip()
    assert made.exit_code == 0
    assert scopes_of(tmp_path / "store", key) == {"read", "assess"}

    listed = run("key", "list").stdout
    key_id = listed.split()[0]
    assert "active" in listed
    assert "reporting" in listed
    assert key not in listed

    assert run("key", "revoke", key_id).exit_code == 0
    assert scopes_of(tmp_path / "store", key) is None
    assert "revoked" in run("key", "list").stdout


def test_the_key_alone_goes_to_standard_output(run: Run) -> None:
    run("org", "create", "Bank")
    made = run("key", "create")
    assert len(made.stdout.split()) == 1
    assert "shown this once" in made.stderr


def test_a_key_with_an_end(run: Run) -> None:
    run("org", "create", "Bank")
    assert run("key", "create", "--expires", "2999-12-31").exit_code == 0
    assert "active until 2999-12-31" in run("key", "list").stdout
    assert run("key", "create", "--expires", "2020-01-01").exit_code == 1


def test_the_organisation_must_be_clear(run: Run) -> None:
    none = run("key", "create")
    assert none.exit_code == 1
    assert "org create" in none.stderr
    run("org", "create", "One")
    run("org", "create", "Two")
    several = run("key", "list")
    assert several.exit_code == 2
    assert "One, Two" in several.stderr
    assert run("key", "create", "--org", "Two").exit_code == 0
    assert run("key", "list", "--org", "One").stdout == ""
    unknown = run("key", "list", "--org", "Three")
    assert unknown.exit_code == 1
    assert "One, Two" in unknown.stderr


def test_unknown_scopes_and_keys_are_refused(run: Run) -> None:
    run("org", "create", "Bank")
    refused = run("key", "create", "--scopes", "read,all")
    assert refused.exit_code == 1
    assert "Allowed: read, assess, portfolio, admin" in refused.stderr
    assert run("key", "create", "--scopes", "").exit_code == 1
    assert run("key", "revoke", "0000").exit_code == 1


def test_a_key_of_another_organisation_is_not_revoked_by_mistake(run: Run) -> None:
    run("org", "create", "One")
    run("org", "create", "Two")
    run("key", "create", "--org", "One")
    key_id = run("key", "list", "--org", "One").stdout.split()[0]
    assert run("key", "revoke", key_id, "--org", "Two").exit_code == 1
    assert "active" in run("key", "list", "--org", "One").stdout


def test_a_database_that_does_not_answer(run: Run) -> None:
    result = run("org", "list", TAXONOMY_API_DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert result.exit_code == 1
    assert "does not answer" in result.stderr


def test_a_key_is_named_by_its_id_or_by_how_it_begins(run: Run, tmp_path: Path) -> None:
    run("org", "create", "Bank")
    key = run("key", "create").stdout.strip()
    begins = key.rpartition(key.split("_", 2)[2])[0].rstrip("_")
    rotated = run("key", "rotate", begins, "--overlap", "5")
    assert rotated.exit_code == 0, rotated.stderr
    # Until an hour of a day, not until its end.
    old, _ = run("key", "list").stdout.splitlines()
    assert re.search(r"active until \d{4}-\d\d-\d\d \d\d:\d\d UTC ", old)
    assert run("key", "revoke", rotated.stdout.strip()).exit_code == 0
    assert scopes_of(tmp_path / "store", rotated.stdout.strip()) is None
    assert scopes_of(tmp_path / "store", key) is not None


def test_an_end_that_is_past_is_named(run: Run) -> None:
    run("org", "create", "Bank")
    refused = run("key", "create", "--expires", "2020-01-01")
    assert (refused.exit_code, "2020-01-01 23:59 is past" in refused.stderr) == (1, True)
