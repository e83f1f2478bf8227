"""The trail, purging, rotation and backup from the command line."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from tests.cli.test_cli_keys import scopes_of

Run = Callable[..., Result]


def test_a_sound_trail_verifies_and_a_changed_one_does_not(run: Run, tmp_path: Path) -> None:
    organisation = run("org", "create", "Bank").stdout.strip()
    run("key", "create")
    sound = run("audit", "verify")
    assert sound.exit_code == 0
    assert re.findall(
        r"^(\w+): 1 entries as they were sealed, head 1:\w{64}$", sound.stdout, re.MULTILINE
    ) == [
        organisation,
        "operator",
    ]
    (head,) = re.findall(r"head (\S+)", run("audit", "verify", "--org", "Bank").stdout)
    assert run("audit", "verify", "--anchor", head).exit_code == 0
    wrong = run("audit", "verify", "--anchor", f"2{head[1:]}")
    assert (wrong.exit_code, "no chain has the anchored entry" in wrong.stdout) == (1, True)
    assert "1 anchors, 2 chains" in wrong.stderr
    assert run("audit", "verify", "--anchor", "x").exit_code == 1
    with sqlite3.connect(tmp_path / "store" / "taxonomy-api.sqlite3") as database:
        database.execute("UPDATE audit_entries SET subject = 'x' WHERE chain = 'operator'")
    database.close()
    changed = run("audit", "verify")
    assert changed.exit_code == 1
    assert "operator: entry 1 is not as it was sealed" in changed.stdout
    assert run("audit", "verify", "--org", "Bank").exit_code == 0


def test_anchors_of_the_settings_are_compared(run: Run, tmp_path: Path) -> None:
    run("org", "create", "Bank")
    file = tmp_path / "anchors"
    file.write_text(f'{{"at": "", "chain": "operator", "seq": 2, "hash": "{"0" * 64}"}}\n')
    assert run("audit", "verify").exit_code == 0
    found = run("audit", "verify", TAXONOMY_API_AUDIT_ANCHORS=str(file))
    assert (found.exit_code, "the anchored entry 2:" in found.stdout) == (1, True)
    assert run("audit", "verify", "--anchors-file", file).exit_code == 1


def test_purging_says_how_much(run: Run) -> None:
    result = run("purge")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "assessments: 0",
        "portfolios: 0",
        "idempotency keys: 0",
        "releases: 0",
        "leftovers: 0",
    ]


def test_a_key_is_rotated_without_a_gap(run: Run, tmp_path: Path) -> None:
    run("org", "create", "Bank")
    old = run("key", "create", "--scopes", "read,assess").stdout.strip()
    key_id = old.split("_")[1]
    new = run("key", "rotate", key_id).stdout.strip()
    both = {scopes_of(tmp_path / "store", key) for key in (old, new)}
    assert both == {frozenset({"read", "assess"})}
    assert "active until" in run("key", "list").stdout
    last = run("key", "rotate", new.split("_")[1], "--overlap", "0").stdout.strip()
    assert scopes_of(tmp_path / "store", new) is None
    assert scopes_of(tmp_path / "store", last)
    again = run("key", "rotate", new.split("_")[1])
    assert again.exit_code == 1 and "no longer counts" in again.stderr
    assert run("key", "rotate", "nothing").exit_code == 1


def test_a_backup_is_a_database(run: Run, tmp_path: Path) -> None:
    run("org", "create", "Bank")
    target = tmp_path / "copy.sqlite3"
    assert run("db", "backup", target).exit_code == 0
    copied = run("org", "list", TAXONOMY_API_DATABASE_URL=f"sqlite:///{target}")
    assert copied.stdout.endswith("Bank\n")
    assert run("db", "backup", target).exit_code == 1
    assert run("db", "backup", tmp_path / "x", TAXONOMY_API_DATABASE_URL="postgresql://h/d").exit_code == 2
