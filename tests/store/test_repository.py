"""One organisation never sees or changes what belongs to another."""

from __future__ import annotations

from datetime import date

import pytest

from taxonomy_api.errors import NotFound
from taxonomy_api.store.database import Database
from taxonomy_api.store.ids import new_id, now
from taxonomy_api.store.keys import create_organisation
from taxonomy_api.store.models import StoredRelease
from taxonomy_api.store.repository import NewAssessment, Repository, StoredFile

FILE = StoredFile("贷款.xlsx", "0" * 64, 10)


@pytest.fixture
def organisations(database: Database) -> tuple[str, str]:
    with database.unit_of_work() as session:
        return create_organisation(session, "Bank").id, create_organisation(session, "Other").id


def test_an_assessment_comes_back_as_it_was(database: Database, organisations: tuple[str, str]) -> None:
    request, answer = '{"b":1,"a":"发电 \U0001f331","half":"\\ud800"}', '{"verdicts":[{"x":null}]}'
    with database.unit_of_work() as session:
        session.add(StoredRelease(id="sha256:0", created=now(), content=None, counts={}))
        session.flush()
        kept = NewAssessment(new_id(), "sha256:0", "1.0.0", date(2026, 11, 22), request, answer)
        Repository(session, organisations[0]).add_assessments([kept])
    with database.reading() as session:
        stored = Repository(session, organisations[0]).assessment(kept.id)
    assert (stored.request, stored.answer, stored.as_of) == (request, answer, date(2026, 11, 22))


def test_another_organisation_finds_nothing(database: Database, organisations: tuple[str, str]) -> None:
    own, other = organisations
    with database.unit_of_work() as session:
        mine = Repository(session, own)
        session.add(StoredRelease(id="sha256:0", created=now(), content=None, counts={}))
        session.flush()
        assessment = new_id()
        mine.add_assessments([NewAssessment(assessment, "sha256:0", "1.0.0", date(2026, 1, 1), "{}", "{}")])
        portfolio = mine.add_portfolio(new_id(), FILE, {}).id
    with database.unit_of_work() as session:
        theirs = Repository(session, other)
        assert theirs.portfolios() == []
        for step in (
            lambda: theirs.assessment(assessment),
            lambda: theirs.delete_assessment(assessment),
            lambda: theirs.portfolio(portfolio),
            lambda: theirs.delete_portfolio(portfolio),
        ):
            with pytest.raises(NotFound):
                step()
    with database.reading() as session:
        assert Repository(session, own).assessment(assessment).id == assessment
        assert [one.id for one in Repository(session, own).portfolios()] == [portfolio]


def test_portfolios_come_newest_first_in_pages(database: Database, organisations: tuple[str, str]) -> None:
    ids = [f"{number:032x}" for number in range(5)]
    with database.unit_of_work() as session:
        for each in ids:
            Repository(session, organisations[0]).add_portfolio(each, FILE, {"sheet": None})
    with database.reading() as session:
        repository = Repository(session, organisations[0])
        first = [one.id for one in repository.portfolios(limit=3)]
        rest = [one.id for one in repository.portfolios(before=first[-1], limit=3)]
        assert repository.portfolios(state="done") == []
    assert first + rest == ids[::-1]


def test_ids_are_distinct_and_in_order_of_time() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert [each[:12] for each in ids] == sorted(each[:12] for each in ids)
