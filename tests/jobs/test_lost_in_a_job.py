"""What a job needs and loses in the middle: a sound upload, room on the disk, the database, the queue."""

from __future__ import annotations

import io
import multiprocessing
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import select

from taxonomy_api.jobs import ledger
from taxonomy_api.jobs.portfolios import Portfolios
from taxonomy_api.jobs.queue import open_queue
from taxonomy_api.jobs.worker import make_worker
from taxonomy_api.settings import Settings
from taxonomy_api.store.database import open_database
from taxonomy_api.store.files import FileStore
from taxonomy_api.store.keys import Identity, create_organisation
from taxonomy_api.store.models import AuditEntry, Portfolio
from tests.jobs.conftest import Bench
from tests.jobs.strikes import PATIENCE, work_and_wait, work_without_room, work_without_room_to_hold
from tests.web.private_servers import postgres, redis

OPTIONS = {"taxonomies": ["demo-a"], "as_of": "2026-11-22", "assume_not_excluded": True}
ROWS = 300
UPLOAD = "project id,activity,ghg_intensity\n" + "".join(
    f"A-{row},demo-a:1.10,{40 if row % 2 else 4000}\n" for row in range(ROWS)
)
PROCESSES = multiprocessing.get_context("spawn")


def submit(bench: Bench, content: bytes = UPLOAD.encode(), name: str = "a.csv") -> str:
    return bench.portfolios.submit(bench.who, name, io.BytesIO(content), OPTIONS).id


def left(files: FileStore, organisation_id: str, job_id: str) -> list[str]:
    folder = files.root / "portfolios" / organisation_id / job_id
    return sorted(path.name for path in folder.iterdir())


# An upload that is broken late


def broken_late(row: int) -> bytes:
    """A workbook of a million rows, the XML of whose sheet ends its elements wrongly in one of them."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        relation = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        for name, what, target in (
            ("_rels/.rels", "officeDocument", "xl/workbook.xml"),
            ("xl/_rels/workbook.xml.rels", "worksheet", "worksheets/sheet1.xml"),
        ):
            line = f'<Relationship Id="r1" Type="{kind}/{what}" Target="{target}"/>'
            book.writestr(name, f"{relation}{line}</Relationships>")
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{kind}"><sheets>'
            '<sheet name="Loans" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{main}"><sheetData>'.encode())
            text = '<c t="inlineStr"><is><t>%s</t></is></c>'
            sheet.write(("<row>" + text % "project id" + text % "activity" + "</row>").encode())
            activity = text % "demo-a:1.10"
            for start in range(2, 1_000_002, 100_000):
                lines = [f"<row><c><v>{one}</v></c>{activity}</row>" for one in range(start, start + 100_000)]
                if start <= row < start + 100_000:
                    lines[row - start] = "<row><c><v>1</c></v></row>"
                sheet.write("".join(lines).encode())
            sheet.write(b"</sheetData></worksheet>")
    return content.getvalue()


@pytest.mark.parametrize("broken", ["xml", "cut off", "bytes"])
def test_an_upload_that_is_broken_late_fails_and_shows_nothing(bench: Bench, broken: str) -> None:
    content = broken_late(900_000 if broken == "xml" else 0)
    if broken == "cut off":
        content = content[: len(content) * 9 // 10]
    elif broken == "bytes":
        place = len(content) * 9 // 10
        content = content[:place] + bytes(200) + content[place + 200 :]
    job_id = submit(bench, content, "loans.xlsx")
    settings = replace(bench.settings, max_portfolio_rows=1_000_000)
    assert make_worker(settings, bench.database, bench.stopping).queue.receive()
    stored = bench.portfolio(job_id)
    assert (stored.state, stored.summary) == ("failed", None)
    assert stored.problem is not None
    assert stored.problem["code"] == "damaged_workbook"
    assert stored.problem["detail"].startswith("loans.xlsx")
    assert stored.problem["cure"]
    assert left(bench.files, bench.organisation_id, job_id) == []


# No room


@pytest.mark.parametrize("writer", ["write_xlsx", "write_csv", "write_parquet"])
def test_results_without_room_fail_with_the_reason_and_the_next_try_succeeds(
    bench: Bench, writer: str
) -> None:
    job_id = submit(bench)
    process = PROCESSES.Process(target=work_without_room, args=(bench.settings, writer))
    process.start()
    process.join(PATIENCE)
    assert process.exitcode == 0
    stored = bench.portfolio(job_id)
    assert (stored.state, stored.summary) == ("failed", None)
    assert stored.problem is not None
    assert stored.problem["code"] == "no_room"
    assert left(bench.files, bench.organisation_id, job_id) == []
    again = submit(bench)
    assert make_worker(bench.settings, bench.database, bench.stopping).queue.receive()
    assert bench.portfolio(again).state == "done"
    assert left(bench.files, bench.organisation_id, again) == ["results-1"]


def test_an_upload_whose_cells_find_no_room_fails_with_the_reason(bench: Bench) -> None:
    job_id = submit(bench)
    settings = replace(bench.settings, low_memory=True)
    process = PROCESSES.Process(target=work_without_room_to_hold, args=(settings,))
    process.start()
    process.join(PATIENCE)
    assert process.exitcode == 0
    stored = bench.portfolio(job_id)
    assert stored.state == "failed" and stored.problem is not None
    assert stored.problem["code"] == "no_room"
    assert left(bench.files, bench.organisation_id, job_id) == []
    again = submit(bench)
    assert make_worker(settings, bench.database, bench.stopping).queue.receive()
    assert bench.portfolio(again).state == "done"
    assert left(bench.files, bench.organisation_id, again) == ["results-1"]


# The database or the queue goes away


@contextmanager
def waiting_worker(settings: Settings, folder: Path) -> Iterator[None]:
    process = PROCESSES.Process(target=work_and_wait, args=(settings, folder))
    process.start()
    try:
        wait_for(lambda: (folder / "waits").exists())
        yield
        assert process.is_alive()
    finally:
        process.kill()
        process.join()


def wait_for(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("lost", ["database", "queue"])
def test_what_goes_away_in_the_middle_of_a_job_costs_no_result(
    tmp_path: Path, settings_for: Callable[..., Settings], lost: str
) -> None:
    with postgres() as cluster, redis() as server:
        settings = settings_for(
            tmp_path / "store", DATABASE_URL=cluster.url, QUEUE_URL=server.url, JOB_LEASE_SECONDS="2"
        )
        database, files = open_database(settings), FileStore(settings.store)
        database.upgrade()
        with database.unit_of_work() as session:
            who = Identity(create_organisation(session, "Bank").id, "key", frozenset())
        portfolios = Portfolios(database, files, open_queue(settings), settings.max_upload_bytes)

        def hand_in() -> str:
            return portfolios.submit(who, "a.csv", io.BytesIO(UPLOAD.encode()), OPTIONS).id

        def stored(job_id: str) -> Portfolio:
            with database.reading() as session:
                return session.get_one(Portfolio, job_id)

        jobs = [hand_in()]
        with waiting_worker(settings, tmp_path):
            if lost == "database":
                cluster.stop("immediate")
                (tmp_path / "go on").touch()
                # The job cannot end now; what it wrote is a folder without a job that names it.
                folder = files.root / "portfolios" / who.organisation_id / jobs[0]
                wait_for(lambda: not (folder / "work-1").exists())
                cluster.start()
            else:
                server.kill()
                jobs.append(hand_in())
                (tmp_path / "go on").touch()
                wait_for(lambda: stored(jobs[0]).state == "done")
                server.start()
            wait_for(lambda: all(stored(one).state == "done" for one in jobs))
        assert [stored(one).attempt for one in jobs] == ([2] if lost == "database" else [1, 1])
        for job_id in jobs:
            attempt = stored(job_id).attempt
            assert left(files, who.organisation_id, job_id) == [f"results-{attempt}"]
            path = files.result(who.organisation_id, job_id, attempt, "results.parquet")
            ids = pq.read_table(path).column("project id").to_pylist()
            assert ids == [f"A-{row}" for row in range(ROWS)]
            with database.reading() as session:
                kinds = session.scalars(select(AuditEntry.kind).where(AuditEntry.subject == job_id)).all()
            assert kinds == ["portfolio.ended"]
        database.close()


def test_a_database_that_is_away_at_the_end_costs_a_second_run_and_no_result(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bool:
        raise ConnectionError("the database is away")

    job_id = bench.submit()
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "finish", away)
        with pytest.raises(ConnectionError):
            bench.jobs().run(job_id)
    assert bench.portfolio(job_id).state == "running"
    with bench.database.unit_of_work() as session:
        ledger.recover(session, timedelta(seconds=-1))
    bench.jobs().run(job_id)
    assert (bench.portfolio(job_id).state, bench.portfolio(job_id).attempt) == ("done", 2)
    assert bench.result(job_id) == "upload"


def test_a_queue_that_is_away_delays_a_job_and_loses_none(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: object, job_id: str) -> None:
        raise ConnectionError("the queue is away")

    with monkeypatch.context() as patch:
        patch.setattr(type(bench.queue), "send", away)
        job_id = submit(bench)
    worker = make_worker(bench.settings, bench.database, threading.Event())
    assert not worker.queue.receive()
    worker.recover()
    assert worker.queue.receive()
    assert bench.portfolio(job_id).state == "done"
