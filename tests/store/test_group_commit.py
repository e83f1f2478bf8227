"""Waiting writes share a transaction, and no failure takes others with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from taxonomy_api.errors import Conflict
from taxonomy_api.store.database import Database
from taxonomy_api.store.keys import create_organisation, list_organisations
from tests.store.conftest import KEY

BANK = "b" * 32


def held_back(database: Database, works: list[Callable[[Session], object]]) -> list[object]:
    """Runs works that all came while another was being committed; their values or errors in order."""
    started, go = threading.Event(), threading.Event()

    def block(session: Session) -> None:
        started.set()
        go.wait(10)

    def run(work: Callable[[Session], object]) -> object:
        try:
            return database.grouped(BANK, work)
        except Exception as problem:
            return problem

    with ThreadPoolExecutor(len(works) + 1) as pool:
        first = pool.submit(run, block)
        started.wait(10)
        waiting = [pool.submit(run, work) for work in works]
        while len(database._group._waiting) < len(works):
            time.sleep(0.001)
        go.set()
        assert first.result() is None
        return [one.result() for one in waiting]


def test_those_who_wait_share_a_transaction(database: Database) -> None:
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    works = [lambda session, n=n: create_organisation(session, f"Bank {n}").name for n in range(8)]
    assert held_back(database, list(works)) == [f"Bank {n}" for n in range(8)]
    # The one that held the others back, and all of these.
    assert len(commits) == 2
    with database.reading() as session:
        assert len(list_organisations(session)) == 8


def test_those_who_come_while_another_process_writes_share_a_transaction(database: Database) -> None:
    """Also the one that was ready to write before the others came."""
    other = Database(database.engine.url.render_as_string(hide_password=False), KEY)
    commits: list[object] = []
    event.listen(other.engine, "commit", commits.append)
    started, go = threading.Event(), threading.Event()

    def block(session: Session) -> None:
        started.set()
        go.wait(10)

    with ThreadPoolExecutor(5) as pool:
        held = pool.submit(database.grouped, BANK, block)
        started.wait(10)
        made = [
            pool.submit(
                other.grouped, BANK, lambda session, n=n: create_organisation(session, f"Bank {n}").name
            )
            for n in range(4)
        ]
        while len(other._group._waiting) < 4:
            time.sleep(0.001)
        go.set()
        assert [one.result() for one in (held, *made)] == [None, *(f"Bank {n}" for n in range(4))]
    other.close()
    assert len(commits) == 1


def test_a_failure_is_told_to_whom_it_belongs(database: Database) -> None:
    def make(name: str) -> Callable[[Session], object]:
        return lambda session: create_organisation(session, name).name

    values = held_back(database, [make("Bank"), make("Bank"), make("Fund")])
    assert [value for value in values if isinstance(value, str)] in (["Bank", "Fund"],)
    assert sum(isinstance(value, Conflict) for value in values) == 1
    with database.reading() as session:
        assert [one.name for one in list_organisations(session)] == ["Bank", "Fund"]


def test_an_error_is_raised_to_the_caller(database: Database) -> None:
    def fail(_: Session) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.grouped(BANK, fail)
    assert database.grouped(BANK, lambda session: create_organisation(session, "Bank").name) == "Bank"
