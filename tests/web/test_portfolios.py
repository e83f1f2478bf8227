"""A workbook by REST, from handing in to results."""

from __future__ import annotations

import dataclasses
import gc
import io
import json
import resource
import tempfile
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from taxonomy_api.jobs.worker import make_worker
from taxonomy_api.portfolio.options import NAMES
from taxonomy_api.web.services import Services
from tests.web.conftest import HYDRO, LOANS, Caller, MakeCaller, assert_problem
from tests.web.live import multipart

PATH = "/v1/portfolios"
FORMATS = ("xlsx", "csv", "parquet")
Work = Callable[[], None]


def hand_in(
    bank: Caller, content: bytes = LOANS, name: str = "loans.csv", options: object = None, **more: str
) -> TestResponse:
    form: dict[str, Any] = {"file": (io.BytesIO(content), name), **more}
    if options is not None:
        form["options"] = options if isinstance(options, str) else json.dumps(options)
    return bank("POST", PATH, data=form)


@pytest.fixture
def done(bank: Caller, work: Work) -> str:
    """The address of an assessed portfolio."""
    location = hand_in(bank, options={"taxonomies": ["demo-a"], "as_of": "2026-11-22"}).headers["Location"]
    work()
    assert bank("GET", location).get_json()["status"] == "done", bank("GET", location).text
    return location


def test_a_portfolio_waits_then_is_done(bank: Caller, work: Work, services: Services) -> None:
    answer = hand_in(bank, options={"taxonomies": ["demo-a"]})
    assert answer.status_code == 202
    body = answer.get_json()
    assert answer.headers["Location"] == f"{PATH}/{body['id']}"
    assert (body["status"], body["summary"], body["problem"]) == ("queued", None, None)
    assert body["file"]["name"] == "loans.csv"
    counts = {"rows_read", "rows_assessed", "rows_written", "rows_total"}
    assert body["progress"].keys() == {"phase", "seconds_left", *counts}
    work()
    body = bank("GET", answer.headers["Location"]).get_json()
    assert body["status"] == "done"
    assert body["progress"] | {"phase": ""} == {
        "phase": "",
        "rows_read": 2,
        "rows_assessed": 2,
        "rows_written": 2,
        "rows_total": 2,
        "seconds_left": None,
    }
    assert body["summary"]["rows"] == 2
    assert body["release"] == services.current.get().release.id


@pytest.mark.parametrize("name", ["绿色贷款 2026.csv", "input.csv", "book.v2.csv"])
def test_the_sheet_of_a_text_file_is_called_as_its_sender_calls_the_file(
    name: str, bank: Caller, work: Work
) -> None:
    location = hand_in(bank, name=name).headers["Location"]
    work()
    assert bank("GET", location).get_json()["summary"]["sheet"] == Path(name).stem
    opened = load_workbook(io.BytesIO(bank("GET", f"{location}/results.xlsx").data))
    sheets = {row[2] for row in opened["Issues"].iter_rows(min_row=2, values_only=True)}
    assert sheets == {Path(name).stem}


def test_every_wrong_option_has_its_place(bank: Caller) -> None:
    answer = hand_in(bank, options={"as_off": "2026-11-22", "taxonomies": ["demo"]})
    problem = assert_problem(answer, 422, "option_unknown")
    told = [(one["pointer"], one["code"]) for one in problem["errors"]]  # type: ignore[attr-defined]
    assert told == [("/options/as_off", "option_unknown"), ("/options/taxonomies", "taxonomy_unknown")]


def test_the_options_are_kept_as_they_took_effect(bank: Caller) -> None:
    bank.headers["Accept-Language"] = "zh-HK"
    options = hand_in(bank, options={"taxonomies": ["demo-a"]}).get_json()["options"]
    assert options["language"] == "zh-Hant"
    assert options["as_of"]
    assert hand_in(bank, options={"language": "en"}).get_json()["options"]["language"] == "en"


def test_rows_come_with_verdicts_and_in_pages(bank: Caller, done: str) -> None:
    body = bank("GET", f"{done}/rows").get_json()
    assert [row["input"]["project id"] for row in body["rows"]] == ["A-1", "A-2"]
    assert [row["row"] for row in body["rows"]] == [2, 3]
    for row in body["rows"]:
        result = row["results"]["demo-a"]
        assert result.keys() == {
            *("verdict", "activity", "basis", "sources", "valid_until", "reason"),
            *("edition_applies", "edition_reason"),
        }
    first = bank("GET", f"{done}/rows?limit=1").get_json()
    rest = bank("GET", f"{done}/rows?limit=1&cursor={first['next_cursor']}").get_json()
    assert first["rows"] + rest["rows"] == body["rows"]
    assert rest["next_cursor"] is None


def test_rows_are_chosen_by_verdict(bank: Caller, done: str) -> None:
    every = bank("GET", f"{done}/rows").get_json()["rows"]
    for verdict in ("aligned", "transition", "not_aligned", "excluded", "not_covered", "undetermined"):
        expected = [row for row in every if row["results"]["demo-a"]["verdict"] == verdict]
        assert bank("GET", f"{done}/rows?verdict={verdict}&taxonomy=demo-a").get_json()["rows"] == expected
        assert bank("GET", f"{done}/rows?verdict={verdict}").get_json()["rows"] == expected


@pytest.mark.parametrize("query", ["verdict=alined", "taxonomy=demo-b", "cursor=x", "limit=0", "color=1"])
def test_rows_cannot_be_chosen_by_what_is_not_there(bank: Caller, done: str, query: str) -> None:
    assert_problem(bank("GET", f"{done}/rows?{query}"), 422)


def test_the_results_are_three_files(bank: Caller, done: str) -> None:
    book = bank("GET", f"{done}/results.xlsx")
    assert book.content_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert "attachment" in book.headers["Content-Disposition"]
    opened = load_workbook(io.BytesIO(book.data))
    assert {"Results", "Summary", "Issues", "Method"} <= set(opened.sheetnames)
    # The file as the bank knows it, not as it is stored.
    assert ("Input file", "loans.csv") in opened["Method"].iter_rows(values_only=True)
    text = bank("GET", f"{done}/results.csv")
    assert text.content_type.startswith("text/csv")
    assert "demo-a verdict" in text.text
    table = pq.read_table(io.BytesIO(bank("GET", f"{done}/results.parquet").data))
    assert table.num_rows == 2
    assert_problem(bank("GET", f"{done}/results.pdf"), 404)


def test_there_are_no_results_before_the_end(bank: Caller) -> None:
    location = hand_in(bank).headers["Location"]
    for path in ("rows", "results.xlsx", "results.csv", "results.parquet"):
        assert_problem(bank("GET", f"{location}/{path}"), 409, "no_results")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"not a workbook", "loans.xlsx"),
        (b"PK\x03\x04broken", "loans.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "loans.xls"),
        (b"a,b\n1,2\n", "loans.csv"),
        (b"%PDF-1.7 \0\1\2", "loans.pdf"),
        (b"\0" * 1000, "loans.csv"),
    ],
)
def test_a_file_that_cannot_be_assessed_says_why_and_how_to_mend_it(
    bank: Caller, work: Work, content: bytes, name: str
) -> None:
    location = hand_in(bank, content, name).headers["Location"]
    work()
    body = bank("GET", location).get_json()
    assert body["status"] == "failed"
    assert body["problem"]["code"] != "internal_error"
    assert body["problem"]["detail"]
    assert body["problem"]["cure"]


def test_a_portfolio_over_the_limit_of_rows_says_so(bank: Caller, services: Services) -> None:
    location = hand_in(bank).headers["Location"]
    settings = dataclasses.replace(services.settings, max_portfolio_rows=1)
    worker = make_worker(settings, services.database, threading.Event())
    while worker.queue.receive():
        pass
    body = bank("GET", location).get_json()
    assert body["status"] == "failed"
    assert "rows" in body["problem"]["detail"]
    assert body["problem"]["code"] != "internal_error"


@pytest.mark.parametrize(
    ("setting", "told", "value", "code"),
    [
        ("max_upload_bytes", "upload_bytes", 100, "file_too_large"),
        ("max_portfolio_rows", "portfolio_rows", 1, "too_many_rows"),
        ("max_unpacked_bytes", "unpacked_bytes", 1_000, "workbook_too_large"),
        ("max_workbook_parts", "workbook_parts", 3, "workbook_too_large"),
        ("reading_memory_bytes", "reading_memory_bytes", 2**20, "reading_failed"),
        ("reading_seconds", "reading_seconds", 0, "reading_took_too_long"),
    ],
)
def test_each_limit_of_reading_is_a_setting_is_told_and_is_kept(
    bank: Caller, services: Services, setting: str, told: str, value: int, code: str
) -> None:
    name, content = "a.xlsx", workbook([["id", "activity"], ["1", HYDRO], ["2", HYDRO]])
    if setting == "reading_memory_bytes":
        rows = "".join(f"{row:0200},{HYDRO}\n" for row in range(2_000))
        name, content = "a.csv", f"id,activity\n{rows}".encode()
    location = hand_in(bank, content, name).headers["Location"]
    limits = bank("GET", "/v1/limits").get_json()["limits"]
    assert limits[told] == getattr(services.settings, setting)
    settings = dataclasses.replace(services.settings, **{setting: value})
    worker = make_worker(settings, services.database, threading.Event())
    while worker.queue.receive():
        pass
    body = bank("GET", location).get_json()
    assert (body["status"], body["problem"]["code"]) == ("failed", code)
    assert body["problem"]["cure"]


def workbook(rows: list[list[str]]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ('{"sheet": "a", "sheet": "b"}', 400),
        ({"taxonomies": ["demo-x"]}, 422),
        ({"shet": "a"}, 422),
        ({"as_of": "never"}, 422),
        ({"language": "de"}, 422),
        ({"header_row": 0}, 422),
    ],
)
def test_wrong_options_are_refused_before_anything_is_kept(
    bank: Caller, options: object, status: int
) -> None:
    assert_problem(hand_in(bank, options=options), status)
    assert bank("GET", PATH).get_json()["portfolios"] == []


def test_a_form_needs_one_file(bank: Caller) -> None:
    assert_problem(bank("POST", PATH, data={"options": "{}"}, content_type="multipart/form-data"), 422)
    assert_problem(hand_in(bank, b""), 422)
    assert_problem(hand_in(bank, colour="red"), 422)
    two = {"file": [(io.BytesIO(b"a"), "a.csv"), (io.BytesIO(b"b"), "b.csv")]}
    assert_problem(bank("POST", PATH, data=two), 422)
    assert_problem(bank("POST", PATH, data=LOANS, content_type="text/csv"), 415)
    assert_problem(bank("POST", PATH, data=b"x", content_type="multipart/form-data"), 422)


def test_portfolios_are_listed_newest_first_in_pages(bank: Caller) -> None:
    ids = [hand_in(bank).get_json()["id"] for _ in range(3)]
    first = bank("GET", f"{PATH}?limit=2").get_json()
    rest = bank("GET", f"{PATH}?limit=2&cursor={first['next_cursor']}").get_json()
    assert [one["id"] for one in first["portfolios"] + rest["portfolios"]] == sorted(ids, reverse=True)
    assert rest["next_cursor"] is None
    assert bank("GET", f"{PATH}?status=done").get_json()["portfolios"] == []


def test_a_waiting_portfolio_is_cancelled(bank: Caller, work: Work) -> None:
    location = hand_in(bank).headers["Location"]
    answer = bank("POST", f"{location}/cancel")
    assert (answer.status_code, answer.get_json()["status"]) == (202, "cancelled")
    work()
    assert bank("GET", location).get_json()["status"] == "cancelled"


def test_a_finished_portfolio_cannot_be_cancelled(bank: Caller, done: str) -> None:
    assert_problem(bank("POST", f"{done}/cancel"), 409, "already_finished")


def test_a_deleted_portfolio_leaves_no_file(bank: Caller, done: str, services: Services) -> None:
    folder = services.settings.store / "portfolios" / bank.organisation_id
    assert len(list(folder.iterdir())) == 1
    gone = bank("DELETE", done)
    assert (gone.status_code, gone.data, gone.headers.get("Content-Type")) == (204, b"", None)
    assert list(folder.iterdir()) == []
    for path in ("", "/rows", "/results.csv"):
        assert_problem(bank("GET", done + path), 404, "unknown_portfolio")


def test_a_faulty_row_is_never_lost(bank: Caller, work: Work) -> None:
    content = LOANS + f"A-3,demo-a:9.9,40\nA-4,{HYDRO},NaN\n,,\nA-5,{HYDRO},40 MW\n".encode()
    location = hand_in(bank, content, options={"taxonomies": ["demo-a"]}).headers["Location"]
    work()
    rows = bank("GET", f"{location}/rows").get_json()["rows"]
    assert [row["input"]["project id"] for row in rows] == ["A-1", "A-2", "A-3", "A-4", "A-5"]
    assert {row["state"] for row in rows[2:]} <= {"error", "warning"}


def test_the_same_content_again_is_answered_with_the_first_results(
    bank: Caller, done: str, services: Services
) -> None:
    options: dict[str, Any] = {"taxonomies": ["demo-a"], "as_of": "2026-11-22"}
    answer = hand_in(bank, name="copy.csv", options=options)
    assert (answer.status_code, answer.headers["Location"]) == (202, done)
    assert (answer.get_json()["reused"], answer.get_json()["status"]) == (True, "done")
    # The caller knows the file by its own name; the portfolio that answers keeps that of the first.
    assert answer.get_json()["file"]["name"] == "copy.csv"
    assert bank("GET", done).get_json()["file"]["name"] == "loans.csv"
    assert len(bank("GET", PATH).get_json()["portfolios"]) == 1
    folder = services.settings.store / "portfolios" / bank.organisation_id
    assert [path.name for path in folder.iterdir()] == [done.rpartition("/")[2]]


@pytest.mark.parametrize(
    "other",
    [
        {"reuse": False},
        {"as_of": "2026-11-21"},
        {"taxonomies": ["demo-b"]},
        {"fx": {"HKD": {"rate": 1}}},
    ],
)
def test_another_question_is_a_new_run(bank: Caller, done: str, other: dict[str, Any]) -> None:
    options = {"taxonomies": ["demo-a"], "as_of": "2026-11-22", **other}
    body = hand_in(bank, options=options).get_json()
    assert (body["reused"], body["status"]) == (False, "queued")


def test_rates_are_part_of_the_question_and_kept(bank: Caller, work: Work) -> None:
    content = (
        f"id,activity,ghg_intensity,amount,currency\nA-1,{HYDRO},40,100,CNY\nA-2,{HYDRO},40,5,USD\n".encode()
    )
    options: dict[str, Any] = {"taxonomies": ["demo-a"], "as_of": "2026-11-22"}
    options["fx"] = {"HKD": {"rate": 1}, "CNY": {"rate": "1.0900", "date": "2026-06-30"}}
    location = hand_in(bank, content, options=options).headers["Location"]
    work()
    body = bank("GET", location).get_json()
    assert body["options"]["fx"] == {"HKD": {"rate": "1"}, "CNY": {"rate": "1.09", "date": "2026-06-30"}}
    exchange = body["summary"]["exchange"]
    assert (exchange["amount"], exchange["left_out"], exchange["rows_left_out"]) == ("109", ["USD"], 1)
    options["fx"]["CNY"]["rate"] = 1.09
    assert hand_in(bank, content, options=options).get_json()["reused"] is True
    options["fx"]["CNY"]["rate"] = "1.0901"
    assert hand_in(bank, content, options=options).get_json()["reused"] is False


def test_rates_without_a_currency_of_the_totals_are_refused_at_once(bank: Caller) -> None:
    answer = hand_in(bank, options={"fx": {"CNY": {"rate": "1.09"}}})
    assert_problem(answer, 422, "fx_no_base")


def test_the_document_describes_the_options_that_are_read(bank: Caller) -> None:
    form = bank("GET", "/openapi.json").get_json()["paths"]["/v1/portfolios"]["post"]["requestBody"][
        "content"
    ]
    options = form["multipart/form-data"]["schema"]["properties"]["options"]
    assert options["contentMediaType"] == "application/json"
    assert options["contentSchema"]["properties"].keys() == set(NAMES)


def test_an_annotated_copy_where_it_was_asked_for(bank: Caller, work: Work, done: str) -> None:
    assert_problem(bank("GET", f"{done}/annotated.xlsx"), 404, "not_annotated")
    assert "annotated" not in bank("GET", done).get_json()["links"]
    book, content = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in [["id", "activity", "ghg_intensity"], ["A-1", HYDRO, 40]]:
        book.active.append(row)
    book.save(content)
    options = {"taxonomies": ["demo-a"], "as_of": "2026-11-22", "annotated": True}
    location = hand_in(bank, content.getvalue(), "loans.xlsx", options=options).headers["Location"]
    assert_problem(bank("GET", f"{location}/annotated.xlsx"), 409, "no_results")
    work()
    answer = bank("GET", bank("GET", location).get_json()["links"]["annotated"])
    assert (answer.status_code, answer.headers["Content-Disposition"][:10]) == (200, "attachment")
    page = load_workbook(io.BytesIO(answer.data))["Sheet"]
    verdict = bank("GET", f"{location}/rows").get_json()["rows"][0]["results"]["demo-a"]["verdict"]
    assert [cell.value for cell in page[2]][:4] == ["A-1", HYDRO, 40, verdict]
    assert (
        hand_in(bank, content.getvalue(), options=options | {"annotated": False}).get_json()["reused"]
        is False
    )


def test_an_annotated_copy_of_text_is_refused(bank: Caller, work: Work) -> None:
    location = hand_in(bank, options={"taxonomies": ["demo-a"], "annotated": True}).headers["Location"]
    work()
    problem = bank("GET", location).get_json()["problem"]
    assert problem["code"] == "annotated_unsupported"
    assert problem["detail"].startswith("loans.csv is no .xlsx")


def test_results_that_are_gone_or_not_ones_own_are_not_reused(
    bank: Caller, done: str, caller: Callable[..., Caller]
) -> None:
    options = {"taxonomies": ["demo-a"], "as_of": "2026-11-22"}
    assert hand_in(caller(), options=options).get_json()["reused"] is False
    assert hand_in(bank, LOANS + b"\n", options=options).get_json()["reused"] is False
    bank("DELETE", done)
    assert hand_in(bank, options=options).get_json()["reused"] is False


# The library that reads forms leaves closing what it could not write to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("size", "room"),
    [
        pytest.param(3_000_000, 1_000_000, id="while the form is read"),
        pytest.param(400_000, 100_000, id="while the upload is stored"),
    ],
)
def test_a_full_disk_is_told_and_leaves_nothing_behind(
    bank: Caller, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, room: int
) -> None:
    """The system itself refuses to let any file grow beyond `room` bytes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = bank("GET", "/v1/audit").get_json()["head"]
    content = LOANS + b"A-3,demo-a:1.10,40\n" * (size // 19)
    form, kind = multipart(content)
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, usual[1]))
    try:
        answer = bank("POST", PATH, data=form, content_type=kind)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    gc.collect()
    assert_problem(answer, 507, "no_room")
    assert list(tmp_path.iterdir()) == []
    folder = services.settings.store / "portfolios" / bank.organisation_id
    assert not folder.exists() or list(folder.iterdir()) == []
    assert bank("GET", PATH).get_json()["portfolios"] == []
    assert bank("GET", "/v1/audit").get_json()["head"] == before
    assert hand_in(bank, content).status_code == 202


@pytest.mark.parametrize("left_out", [0, 20, 4_000_000], ids=["whole", "no end", "half"])
def test_a_large_upload_leaves_no_file_open(bank: Caller, left_out: int) -> None:
    """Neither one that breaks off: it is on the disk by then."""
    form, kind = multipart(b"project id,activity\n" + b"A-1,demo-a:1.10\n" * 500_000)
    with warnings.catch_warnings(record=True) as noticed:
        warnings.simplefilter("always", ResourceWarning)
        sent = form[: len(form) - left_out]
        answer = bank(
            "POST", PATH, input_stream=io.BytesIO(sent), content_length=len(form), content_type=kind
        )
        assert answer.status_code == (422 if left_out else 202)
        gc.collect()
    assert [str(one.message) for one in noticed] == []


def test_what_is_final_is_not_sent_twice(bank: Caller, done: str) -> None:
    for path in (done, f"{done}/rows?verdict=aligned", *(f"{done}/results.{kind}" for kind in FORMATS)):
        first = bank("GET", path)
        tag = first.headers["ETag"]
        assert not tag.startswith("W/")
        again = bank("GET", path, headers={"If-None-Match": tag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "no-store"
        assert bank("GET", path, headers={"If-None-Match": '"another"'}).data == first.data
    assert bank("GET", f"{done}/rows").headers["ETag"] != bank("GET", f"{done}/rows?limit=1").headers["ETag"]


def test_a_portfolio_is_sent_again_once_it_is_another(bank: Caller, work: Work) -> None:
    path = hand_in(bank).headers["Location"]
    waiting = {"If-None-Match": bank("GET", path).headers["ETag"]}
    assert bank("GET", path, headers=waiting).status_code == 304
    work()
    assert bank("GET", path, headers=waiting).get_json()["status"] == "done"


def test_a_tag_opens_nothing_to_others(bank: Caller, caller: MakeCaller, done: str) -> None:
    """Nor to the same organisation without the scope, or once it is deleted."""
    paths = (done, f"{done}/rows", *(f"{done}/results.{kind}" for kind in FORMATS))
    tags = {path: bank("GET", path).headers["ETag"] for path in paths}
    stranger = caller()
    reader = caller("read", organisation_id=bank.organisation_id)
    for path, tag in tags.items():
        known = {"If-None-Match": tag}
        assert_problem(stranger("GET", path, headers=known), 404, "unknown_portfolio")
        assert_problem(reader("GET", path, headers=known), 403, "scope_missing")
        assert_problem(bank.client.get(path, headers=known), 401, "key_missing")
    assert bank("DELETE", done).status_code == 204
    for path, tag in tags.items():
        assert_problem(bank("GET", path, headers={"If-None-Match": tag}), 404, "unknown_portfolio")
