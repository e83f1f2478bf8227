"""The trail: numbered, keyed, chained; every kind of tampering is found, on both kinds of database."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from taxonomy_api.errors import ConfigurationError, InvalidInput
from taxonomy_api.settings import Settings
from taxonomy_api.store.anchors import Anchors, parse_anchor, read_anchors
from taxonomy_api.store.audit import GENESIS, Head, entries, entry_hash, head_of, record
from taxonomy_api.store.audit_key import audit_key
from taxonomy_api.store.database import Database
from taxonomy_api.store.models import AuditEntry, AuditHead
from taxonomy_api.store.verify import verify
from tests.store.conftest import KEY

BANK, FUND = "b" * 32, "f" * 32


def fill(database: Database, count: int = 6, chain: str = BANK) -> None:
    for number in range(count):
        with database.unit_of_work() as session:
            record(session, chain, "assessment.created", "key", f"{number}", answer="0" * 64)


def found(database: Database, *anchors: Head) -> dict[str, tuple[str, ...]]:
    with database.reading() as session:
        return {report.chain: report.findings for report in verify(session, KEY, anchors)}


def anchor(database: Database, chain: str = BANK) -> Head:
    with database.reading() as session:
        head = head_of(session, chain)
    assert head is not None
    return head


def test_entries_are_numbered_per_chain_and_follow_each_other(database: Database) -> None:
    fill(database, 3)
    with database.unit_of_work() as session:
        record(session, FUND, "key.created", "operator", "k", scopes="read")
        record(session, BANK, "key.revoked", "operator", "k")
        record(session, BANK, "key.revoked", "operator", "l")
    with database.reading() as session:
        newest_first = entries(session, BANK, None, 10)
        assert [entry.seq for entry in newest_first] == [5, 4, 3, 2, 1]
        assert [entry.seq for entry in entries(session, BANK, 4, 2)] == [3, 2]
        (only,) = entries(session, FUND, None, 10)
    first = newest_first[-1]
    content = (first.chain, first.seq, first.at, first.kind, first.actor, first.subject, first.detail)
    assert first.hash == entry_hash(KEY, GENESIS, *content)
    assert (only.seq, only.detail) == (1, '{"scopes":"read"}')
    assert found(database) == {BANK: (), FUND: ()}


def test_what_is_not_committed_leaves_no_entry(database: Database) -> None:
    def fails() -> None:
        with database.unit_of_work() as session:
            record(session, BANK, "key.created", "operator", "k")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert found(database) == {}


def change(session: Session) -> None:
    session.execute(update(AuditEntry).where(AuditEntry.seq == 3).values(subject="another"))


def redate(session: Session) -> None:
    session.execute(text("UPDATE audit_entries SET at = '2020-01-01 00:00:00' WHERE seq = 3"))


def remove(session: Session) -> None:
    session.execute(delete(AuditEntry).where(AuditEntry.seq == 3))


def remove_and_renumber(session: Session) -> None:
    remove(session)
    for seq in (4, 5, 6):
        session.execute(update(AuditEntry).where(AuditEntry.seq == seq).values(seq=seq - 1))
    session.execute(update(AuditHead).values(seq=5))


def reorder(session: Session) -> None:
    for before, after in ((3, 99), (4, 3), (99, 4)):
        session.execute(update(AuditEntry).where(AuditEntry.seq == before).values(seq=after))


def move_to_another_chain(session: Session) -> None:
    session.execute(update(AuditEntry).values(chain=FUND))
    session.execute(update(AuditHead).values(chain=FUND))


def cut_off(session: Session) -> None:
    session.execute(delete(AuditEntry).where(AuditEntry.seq > 4))


def append(session: Session) -> None:
    last = session.scalars(select(AuditEntry).where(AuditEntry.seq == 6)).one()
    row = {
        name: getattr(last, name) for name in ("chain", "at", "kind", "actor", "subject", "detail", "hash")
    }
    session.execute(insert(AuditEntry).values(seq=7, **row))


def lose_the_head(session: Session) -> None:
    session.execute(delete(AuditHead))


@pytest.mark.parametrize(
    "tamper",
    [
        change,
        redate,
        remove,
        remove_and_renumber,
        reorder,
        move_to_another_chain,
        cut_off,
        append,
        lose_the_head,
    ],
)
def test_tampering_is_found(database: Database, tamper: Callable[[Session], None]) -> None:
    fill(database)
    assert found(database) == {BANK: ()}
    with database.unit_of_work() as session:
        tamper(session)
    assert any(found(database).values())


def test_with_another_secret_that_is_what_is_told(database: Database) -> None:
    """Not a line per entry, as if each had been changed."""
    fill(database, 30)
    with database.reading() as session:
        (report,) = verify(session, b"another secret than that of the entries")
    (finding,) = report.findings
    assert "another secret" in finding
    with database.unit_of_work() as session:
        change(session)
    (finding,) = found(database)[BANK]
    assert "entry 3 is not as it was sealed" in finding


def cut_off_with_the_head(session: Session) -> None:
    cut_off(session)
    kept = session.scalars(select(AuditEntry.hash).where(AuditEntry.seq == 4)).one()
    session.execute(update(AuditHead).values(seq=4, hash=kept))


def cut_off_everything(session: Session) -> None:
    session.execute(delete(AuditEntry))
    session.execute(delete(AuditHead))


@pytest.mark.parametrize("tamper", [cut_off_with_the_head, cut_off_everything])
@pytest.mark.parametrize("is_named", [True, False])
def test_truncation_is_found_by_an_anchor(
    database: Database, tamper: Callable[[Session], None], is_named: bool
) -> None:
    fill(database)
    kept = anchor(database)
    if not is_named:
        kept = parse_anchor(str(kept))
    assert found(database, kept) == {BANK: ()}
    with database.unit_of_work() as session:
        tamper(session)
    assert not any(found(database).values())
    assert any(found(database, kept).values())


def test_nobody_without_the_secret_can_go_on_with_a_chain(
    database: Database, request: pytest.FixtureRequest
) -> None:
    fill(database)
    other = Database(database.engine.url.render_as_string(hide_password=False), b"another key" * 4)
    with pytest.raises(ConfigurationError, match="TAXONOMY_API_AUDIT_KEY"):
        fill(other, 1)
    other.close()
    assert found(database) == {BANK: ()}


def test_writers_at_once_make_one_chain(database: Database) -> None:
    """Two databases stand for two processes; each has several threads."""
    url = database.engine.url.render_as_string(hide_password=False)
    opened = [database, Database(url, KEY)]
    failures: list[BaseException] = []

    def write(one: Database) -> None:
        try:
            for number in range(10):
                one.grouped(BANK, lambda session, n=number: record(session, BANK, "t", "k", str(n)))
                one.grouped(FUND, lambda session, n=number: record(session, FUND, "t", "k", str(n)))
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(one,)) for one in opened for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    opened[1].close()
    assert failures == []
    assert (anchor(database).seq, anchor(database, FUND).seq) == (80, 80)
    assert found(database) == {BANK: (), FUND: ()}


def test_heads_go_to_a_file_when_they_have_moved(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "anchors.jsonl"
    anchors = Anchors(database, file)
    assert anchors.write() == 0
    fill(database, 2)
    fill(database, 1, FUND)
    assert (anchors.write(), anchors.write()) == (2, 0)
    fill(database, 1)
    assert anchors.write() == 1
    with file.open("a") as cut_off:
        cut_off.write('{"at": "2026')
    kept = list(read_anchors(file))
    assert [(one.chain, one.seq) for one in kept] == [(BANK, 2), (FUND, 1), (BANK, 3)]
    assert found(database, *kept) == {BANK: (), FUND: ()}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "5", "x:" + "0" * 64, "5:abc", "²:" + "0" * 64])
def test_what_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="SEQ:HASH"):
        parse_anchor(text)


def test_the_secret_is_made_once_and_private(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path / "store")
    made = audit_key(settings)
    assert len(made) >= 43
    assert audit_key(settings) == made
    file = tmp_path / "store" / "audit.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["audit.key"]
    assert audit_key(Settings(store=tmp_path, audit_key="from the settings")) == b"from the settings"
    file.chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        audit_key(settings)
