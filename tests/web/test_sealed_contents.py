"""What is stored is compared with what the trail seals, on both kinds of database; anchors in workbooks."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy import delete, insert, select, update

from taxonomy_api.cli.main import cli
from taxonomy_api.jobs.worker import make_worker
from taxonomy_api.settings import Settings
from taxonomy_api.store.audit import walk
from taxonomy_api.store.contents import Contents
from taxonomy_api.store.models import Assessment, AuditEntry, AuditHead, Portfolio
from taxonomy_api.store.retention import _rows
from taxonomy_api.web.services import Services, make_services
from tests.web.conftest import BATCH, LOANS, PROJECT, Caller, bank_of

AUDIT_KEY = "a-secret-of-the-trail-of-these-tests"
PATH = "/v1/assessments"


@pytest.fixture(params=["sqlite", "postgresql"])
def made(
    request: pytest.FixtureRequest, tmp_path: Path, settings_for: Callable[..., Settings]
) -> Iterator[Services]:
    more = {"AUDIT_KEY": AUDIT_KEY}
    if request.param == "postgresql":
        more["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    services = make_services(settings_for(tmp_path / "store", **more))
    services.database.upgrade()
    yield services
    services.database.close()


@pytest.fixture
def bank(made: Services) -> Caller:
    return bank_of(made)


@pytest.fixture
def verify(made: Services) -> Callable[..., Result]:
    """`taxonomy-api audit verify` with further arguments."""
    environment = {
        "TAXONOMY_API_STORE": str(made.settings.store),
        "TAXONOMY_API_DATABASE_URL": made.settings.database_url,
        "TAXONOMY_API_AUDIT_KEY": AUDIT_KEY,
    }

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["audit", "verify", *arguments], env=environment)

    return run


def assessed_loans(bank: Caller, made: Services) -> str:
    """The address of a portfolio that is done."""
    file = {"file": (io.BytesIO(LOANS), "loans.csv")}
    address = str(bank("POST", "/v1/portfolios", data=file).headers["Location"])
    worker = make_worker(made.settings, made.database, threading.Event())
    while worker.queue.receive():
        pass
    assert bank("GET", address).get_json()["status"] == "done"
    return address


def change(made: Services, assessment_id: str, **values: Any) -> None:
    with made.database.unit_of_work() as session:
        session.execute(update(Assessment).where(Assessment.id == assessment_id).values(**values))


def test_a_stored_answer_that_was_changed_is_found(
    bank: Caller, made: Services, verify: Callable[..., Result]
) -> None:
    single = bank("POST", PATH, json=PROJECT).get_json()["id"]
    batched = bank("POST", f"{PATH}/batch", json=BATCH).get_json()["results"]["A-1"]["assessment"]["id"]
    assert verify().exit_code == 0
    with made.database.reading() as session:
        stored = {one.id: (one.request, one.answer) for one in session.scalars(select(Assessment))}
    for one, part in ((single, "answer"), (single, "request"), (batched, "answer")):
        request, answer = stored[one]
        changed = {"request": request, "answer": answer}
        changed[part] = changed[part].replace("demo-a", "demo-b")
        assert changed[part] != stored[one][part == "answer"]
        change(made, one, **changed)
        found = verify()
        assert found.exit_code == 1
        assert f"{bank.organisation_id}: the stored {part} of assessment {one} is not" in found.stdout
        # The entries themselves are as they were.
        assert verify("--entries-only").exit_code == 0
        change(made, one, request=request, answer=answer)
    assert verify().exit_code == 0


def test_a_stored_answer_without_an_entry_is_found(
    bank: Caller, made: Services, verify: Callable[..., Result]
) -> None:
    single = bank("POST", PATH, json=PROJECT).get_json()["id"]
    bank("POST", f"{PATH}/batch", json=BATCH)
    assert verify().exit_code == 0
    forged = "f" * 32
    with made.database.unit_of_work() as session:
        row = session.execute(select(Assessment.__table__).where(Assessment.id == single)).mappings().one()
        session.execute(insert(Assessment).values({**row, "id": forged}))
    found = verify()
    assert found.exit_code == 1
    assert f"{bank.organisation_id}: assessment {forged} is stored, and no entry tells of it" in found.stdout
    assert verify("--entries-only").exit_code == 0


def test_what_is_written_while_the_trail_is_checked_is_no_finding(bank: Caller, made: Services) -> None:
    """Its entry comes after the last one that was looked at."""
    bank("POST", PATH, json=PROJECT)
    with made.database.reading() as session:
        entries = list(walk(session, bank.organisation_id))
    bank("POST", PATH, json=PROJECT)
    bank("POST", f"{PATH}/batch", json=BATCH)
    with made.database.reading() as session:
        contents = Contents(session, made.files)
        assert list(contents.differences(bank.organisation_id, entries)) == []


def test_what_was_deleted_is_no_finding(bank: Caller, made: Services, verify: Callable[..., Result]) -> None:
    single = bank("POST", PATH, json=PROJECT).get_json()["id"]
    results = bank("POST", f"{PATH}/batch", json=BATCH).get_json()["results"]
    address = assessed_loans(bank, made)
    for one in (f"{PATH}/{single}", f"{PATH}/{results['A-1']['assessment']['id']}", address):
        assert bank("DELETE", one).status_code == 204
    assert verify().exit_code == 0


def removed(made: Services, table: type[Assessment] | type[Portfolio], one: str) -> None:
    with made.database.unit_of_work() as session:
        session.execute(delete(table).where(table.id == one))


def test_what_was_removed_from_the_database_is_found(
    bank: Caller, made: Services, verify: Callable[..., Result]
) -> None:
    single = bank("POST", PATH, json=PROJECT).get_json()["id"]
    kept = bank("POST", f"{PATH}/batch", json=BATCH).get_json()["results"]["A-1"]["assessment"]["id"]
    portfolio = assessed_loans(bank, made).rpartition("/")[2]
    assert bank("DELETE", f"{PATH}/{kept}").status_code == 204
    assert verify().exit_code == 0
    removed(made, Assessment, single)
    removed(made, Portfolio, portfolio)
    found = verify()
    assert found.exit_code == 1
    assert found.stdout.count("is no longer there, and no entry tells of its deletion") == 2
    assert f"assessment {single} is no longer there" in found.stdout
    assert f"portfolio {portfolio} is no longer there" in found.stdout
    assert verify("--entries-only").exit_code == 0


def test_what_was_removed_beside_a_purge_is_counted(
    bank: Caller, made: Services, verify: Callable[..., Result]
) -> None:
    """The entry of a purge holds no list of ids."""
    old = sorted(bank("POST", PATH, json=PROJECT).get_json()["id"] for _ in range(3))
    removed(made, Assessment, old[0])
    with made.database.unit_of_work() as session:
        _rows(session, Assessment, Assessment.id <= old[2], "worker")
    young = bank("POST", PATH, json=PROJECT).get_json()["id"]
    found = verify()
    assert found.exit_code == 1
    assert f"3 assessments up to {old[2]} are no longer there, and entries tell of 2" in found.stdout
    removed(made, Assessment, young)
    assert f"assessment {young} is no longer there" in verify().stdout


def test_a_purge_is_no_finding(bank: Caller, made: Services, verify: Callable[..., Result]) -> None:
    last = max(bank("POST", PATH, json=PROJECT).get_json()["id"] for _ in range(2))
    with made.database.unit_of_work() as session:
        _rows(session, Assessment, Assessment.id < last, "worker")
    assert verify().exit_code == 0


def test_what_is_deleted_while_the_trail_is_checked_is_no_finding(bank: Caller, made: Services) -> None:
    """Its entry comes after the last one that was looked at."""
    single = bank("POST", PATH, json=PROJECT).get_json()["id"]
    with made.database.reading() as session:
        entries = list(walk(session, bank.organisation_id))
    bank("DELETE", f"{PATH}/{single}")
    with made.database.reading() as session:
        contents = Contents(session, made.files)
        assert list(contents.differences(bank.organisation_id, entries)) == []


def test_a_result_file_that_was_changed_or_removed_is_found(
    bank: Caller, made: Services, verify: Callable[..., Result]
) -> None:
    portfolio = assessed_loans(bank, made).rpartition("/")[2]
    assert verify().exit_code == 0
    (file,) = made.settings.store.glob(f"portfolios/*/{portfolio}/results-*/results.csv")
    sound = file.read_bytes()
    file.write_bytes(sound.replace(b"A-2", b"A-9"))
    assert f"results.csv of portfolio {portfolio} is not the one that was sealed" in verify().stdout
    file.unlink()
    gone = verify()
    assert (gone.exit_code, gone.stdout.count("is no longer there")) == (1, 1)
    file.write_bytes(sound)
    assert verify().exit_code == 0


def test_results_that_are_handed_out_again_have_their_entry(bank: Caller, made: Services) -> None:
    portfolio = assessed_loans(bank, made).rpartition("/")[2]
    file = {"file": (io.BytesIO(LOANS), "again.csv")}
    assert bank("POST", "/v1/portfolios", data=file).get_json()["reused"] is True
    newest, ended = bank("GET", "/v1/audit").get_json()["entries"][:2]
    assert (newest["kind"], newest["subject"]) == ("portfolio.reused", portfolio)
    assert newest["detail"] == {name: ended["detail"][name] for name in ("input", "release")}


def test_the_anchor_of_a_method_sheet_finds_a_trail_that_was_cut_off(
    bank: Caller, made: Services, verify: Callable[..., Result]
) -> None:
    """Read from the workbook as a verifier would: SEQ:HASH beside its heading."""
    first, *_ = [bank("POST", PATH, json=PROJECT).get_json()["id"] for _ in range(3)]
    content = bank("GET", f"{assessed_loans(bank, made)}/results.xlsx").data
    lines = load_workbook(io.BytesIO(content), read_only=True)["Method"].iter_rows(values_only=True)
    (anchor,) = (str(line[1]) for line in lines if line[0] == "Audit anchor")
    # The key and three answers stand before the portfolio.
    assert anchor.startswith("4:")
    head = json.loads(bank("GET", "/v1/audit").data)["head"]
    assert head["seq"] == 5
    sound = verify("--anchor", anchor)
    assert (sound.exit_code, sound.stderr) == (0, "1 anchors, 2 chains\n")
    with made.database.unit_of_work() as session:
        own = AuditEntry.chain == bank.organisation_id
        kept = session.scalars(select(AuditEntry.hash).where(own, AuditEntry.seq == 2)).one()
        session.execute(delete(AuditEntry).where(own, AuditEntry.seq > 2))
        of_bank = update(AuditHead).where(AuditHead.chain == bank.organisation_id)
        session.execute(of_bank.values(seq=2, hash=kept))
    # By itself the shorter chain is whole: with its answers gone, too, only the workbook knows better.
    assert "is stored, and no entry tells of it" in verify().stdout
    with made.database.unit_of_work() as session:
        session.execute(delete(Assessment).where(Assessment.id != first))
    assert verify().exit_code == 0
    cut = verify("--anchor", anchor)
    assert (cut.exit_code, f"no chain has the anchored entry {anchor}" in cut.stdout) == (1, True)
