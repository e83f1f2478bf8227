"""Batch, replay, releases, idempotent repeats and the trail, by REST on both kinds of database."""

from __future__ import annotations

import io
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from taxonomy_api.assessment import engine as engine_module
from taxonomy_api.settings import Settings
from taxonomy_api.store import assessments as assessments_module
from taxonomy_api.store import idempotency as idempotency_module
from taxonomy_api.store.audit import sha256
from taxonomy_api.store.idempotency import LEASE, StillRunning
from taxonomy_api.store.ids import now
from taxonomy_api.store.models import Assessment, IdempotencyKey, StoredRelease
from taxonomy_api.store.verify import verify
from taxonomy_api.web.services import Services, make_services
from tests.store.conftest import KEY
from tests.web.conftest import BATCH, HYDRO, PROCEEDS, PROJECT, Caller, assert_problem, bank_of

PATH = "/v1/assessments"


@pytest.fixture(params=["sqlite", "postgresql"])
def made(
    request: pytest.FixtureRequest, tmp_path: Path, settings_for: Callable[..., Settings], minimal_data: Path
) -> Iterator[Services]:
    """Services of their own, on a copy of the minimal data."""
    shutil.copytree(minimal_data, tmp_path / "data")
    more = {"DATA": str(tmp_path / "data"), "AUDIT_KEY": KEY.decode().replace(" ", "-")}
    if request.param == "postgresql":
        more["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    services = make_services(settings_for(tmp_path / "store", **more))
    services.database.upgrade()
    yield services
    services.database.close()


@pytest.fixture
def bank(made: Services) -> Caller:
    return bank_of(made)


def change_data(made: Services) -> None:
    """A stricter limit, so that another release is in use."""
    file = made.settings.data / "taxonomies" / "demo-a" / "1-energy.yaml"
    file.write_text(file.read_text().replace("0.1 kgCO2e/kWh", "60 gCO2e/kWh"))
    before = made.current.get().release.id
    made.current.reload()
    assert made.current.get().release.id != before


def trail(bank: Caller) -> list[dict[str, Any]]:
    return list(reversed(bank("GET", "/v1/audit?limit=200").get_json()["entries"]))


def test_an_answer_is_in_the_trail_with_its_hash(bank: Caller, made: Services) -> None:
    kept = bank("POST", PATH, json=PROJECT).get_json()
    entry = trail(bank)[-1]
    assert (entry["kind"], entry["subject"]) == ("assessment.created", kept["id"])
    with made.database.reading() as session:
        stored = session.scalars(select(Assessment)).one()
        assert verify(session, made.settings.audit_key.encode())[0].findings == ()
    assert entry["detail"] == {
        "release": kept["release"],
        "request": sha256(stored.request),
        "answer": sha256(stored.answer),
    }
    bank("DELETE", f"{PATH}/{kept['id']}")
    assert trail(bank)[-1]["kind"] == "assessment.deleted"
    assert "Hydropower" not in json.dumps(trail(bank))


def test_the_trail_comes_in_pages(bank: Caller) -> None:
    for _ in range(4):
        bank("POST", PATH, json=PROJECT)
    seen, cursor = [], ""
    while cursor is not None:
        page = bank("GET", f"/v1/audit?limit=2{cursor and '&cursor=' + cursor}").get_json()
        seen += [entry["seq"] for entry in page["entries"]]
        cursor = page["next_cursor"]
    assert seen == [5, 4, 3, 2, 1]
    assert_problem(bank("GET", "/v1/audit?cursor=eA"), 422)


def test_a_release_is_written_once_when_an_answer_first_uses_it(bank: Caller, made: Services) -> None:
    writes: list[str] = []

    def listen(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if "INTO releases" in statement or "UPDATE releases" in statement:
            writes.append(statement)

    event.listen(made.database.engine, "before_cursor_execute", listen)
    for _ in range(3):
        assert bank("POST", PATH, json=PROJECT).status_code == 201
    bank("POST", f"{PATH}/batch", json=BATCH)
    assert len(writes) == 1
    change_data(made)
    for _ in range(2):
        bank("POST", PATH, json=PROJECT)
    assert len(writes) == 2
    listed = bank("GET", "/v1/releases").get_json()["releases"]
    assert [one["current"] for one in listed] == [True, False]
    old = bank("GET", f"/v1/releases/{listed[1]['id']}").get_json()
    assert old["taxonomies"] == listed[0]["taxonomies"]


def test_the_list_of_releases_tells_nothing_of_who_used_them_or_when(bank: Caller, made: Services) -> None:
    """It is open to all: another organisation's first answer changes nothing in it."""
    before = bank.client.get("/v1/releases").get_json()
    bank("POST", PATH, json=PROJECT)
    assert bank.client.get("/v1/releases").get_json() == before
    change_data(made)
    bank("POST", PATH, json=PROJECT)
    current, earlier = bank.client.get("/v1/releases").get_json()["releases"]
    assert earlier["id"] == before["releases"][0]["id"]
    assert "since" in current and "since" not in earlier
    assert not any("used" in name or "created" in name for name in {*current, *earlier})


def test_the_original_is_reproduced_byte_for_byte(bank: Caller, made: Services) -> None:
    bank.headers["Accept-Language"] = "zh-HK"
    first = bank("POST", PATH, json={"project": PROJECT["project"]}).get_json()
    change_data(made)
    same = bank("POST", f"{PATH}/{first['id']}/replay", json={"release": "original"})
    assert same.status_code == 200
    found = same.get_json()
    assert (found["reproduced"], found["differences"]) == (True, [])
    assert {"id": first["id"], **found["answer"]} == first
    # As a process that never saw that release in use.
    made.releases._held.clear()
    by_id = bank("POST", f"{PATH}/{first['id']}/replay", json={"release": first["release"]}).get_json()
    assert by_id == found


def test_a_replay_from_the_release_in_use_lists_what_differs(bank: Caller, made: Services) -> None:
    first = bank("POST", PATH, json=PROJECT).get_json()
    change_data(made)
    found = bank("POST", f"{PATH}/{first['id']}/replay", json={}).get_json()
    assert not found["reproduced"] and not found["engine_changed"]
    changed = {one["path"]: one for one in found["differences"]}
    for path, one in changed.items():
        assert (at(first, path), at(found["answer"], path)) == (one.get("before"), one.get("after"))
    assert any(path.startswith("/verdicts/") for path in changed)
    assert changed["/release"]["after"] == made.current.get().release.id == found["release"]
    assert trail(bank)[-1]["kind"] == "assessment.replayed"


def test_a_replay_without_a_body_is_from_the_release_in_use(bank: Caller, made: Services) -> None:
    first = bank("POST", PATH, json=PROJECT).get_json()
    address = f"{PATH}/{first['id']}/replay"
    asked = bank("POST", address, json={"release": "current"}).get_json()
    assert bank("POST", address).get_json() == asked
    assert bank("POST", address, data=b"", content_type="application/json").get_json() == asked
    assert_problem(bank("POST", address, data=b" ", content_type="application/json"), 400, "not_json")


def test_what_changed_between_a_kept_release_and_the_one_in_use(bank: Caller, made: Services) -> None:
    old = bank("POST", PATH, json=PROJECT).get_json()["release"]
    change_data(made)
    new = made.current.get().release.id
    path = f"/v1/releases/{old}/diff/current"
    found = bank("GET", path).get_json()
    assert (found["before"], found["after"], found["total"]) == (old, new, len(found["changes"]))
    limits = [one for one in found["changes"] if one["about"] == "limit"]
    limit = next(one for one in limits if one["subject"] == HYDRO)
    assert limit["taxonomy"] == "demo-a"
    assert "0.1 kgCO2e/kWh" in limit["before"] and "60 gCO2e/kWh" in limit["after"]
    back = bank("GET", f"/v1/releases/current/diff/{old}").get_json()
    assert [(one["before"], one["after"]) for one in back["changes"]] == [
        (one["after"], one["before"]) for one in found["changes"]
    ]
    assert bank("GET", f"{path}?taxonomy=demo-b").get_json()["changes"] == []
    assert bank("GET", f"/v1/releases/{old}/diff/{old}").get_json()["total"] == 0
    for unknown in (f"/v1/releases/{old}/diff/sha256:0", "/v1/releases/x/diff/current"):
        assert_problem(bank("GET", unknown), 404, "unknown_release")


def test_changes_come_in_pages_and_end_with_the_release(bank: Caller, made: Services) -> None:
    old = bank("POST", PATH, json=PROJECT).get_json()["release"]
    file = made.settings.data / "taxonomies" / "demo-a" / "1-energy.yaml"
    change_data(made)
    path = f"/v1/releases/{old}/diff/current?limit=1"
    tag = bank("GET", path).headers["ETag"]
    assert bank.client.get(path, headers={"If-None-Match": tag}).status_code == 304
    file.write_text(file.read_text().replace("60 gCO2e/kWh", "40 gCO2e/kWh").replace("Hydro", "Water "))
    made.current.reload()
    assert bank.client.get(path, headers={"If-None-Match": tag}).status_code == 200
    whole = bank("GET", path.replace("=1", "=200")).get_json()["changes"]
    seen, cursor = [], ""
    while cursor is not None:
        page = bank("GET", f"{path}{cursor and '&cursor=' + cursor}").get_json()
        seen += page["changes"]
        cursor, last = page["next_cursor"], cursor
    assert seen == whole and len(seen) > 1
    assert_problem(bank("GET", f"/v1/releases/current/diff/{old}?limit=1&cursor={last}"), 422)


def test_a_character_that_no_database_keeps_is_not_found(bank: Caller) -> None:
    kept = bank("POST", PATH, json=PROJECT).get_json()["id"]
    for method, path in (
        ("GET", f"{PATH}/%00"),
        ("DELETE", f"{PATH}/{kept}%00"),
        ("POST", f"{PATH}/%00/replay"),
        ("GET", "/v1/portfolios/%00"),
        ("GET", "/v1/releases/%00"),
        ("GET", "/v1/releases/%00/diff/current"),
    ):
        assert_problem(bank(method, path), 404)
    replay = bank("POST", f"{PATH}/{kept}/replay", json={"release": "\0"})
    assert_problem(replay, 404, "unknown_release")
    # base64 of the character
    for path in ("/v1/portfolios?cursor=AA", "/v1/audit?cursor=AA"):
        assert_problem(bank("GET", path), 422)


def at(document: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        document = document[int(part) if isinstance(document, list) else part]
    return document


def test_another_engine_is_named(bank: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    first = bank("POST", PATH, json=PROJECT).get_json()
    monkeypatch.setattr(assessments_module, "ENGINE_VERSION", "9.0.0")
    found = bank("POST", f"{PATH}/{first['id']}/replay", json={"release": "original"}).get_json()
    assert found["engine_changed"] and found["engine"] == "9.0.0"
    assert found["original"]["engine"] == engine_module.ENGINE_VERSION


def test_a_release_that_cannot_repeat_says_so(bank: Caller, made: Services) -> None:
    first = bank("POST", PATH, json=PROJECT).get_json()
    replay = f"{PATH}/{first['id']}/replay"
    assert_problem(bank("POST", replay, json={"release": "sha256:0"}), 404, "unknown_release")
    assert_problem(bank("POST", replay, json={"release": 1}), 422)
    assert_problem(bank("POST", replay, json={"relaese": "original"}), 422)
    change_data(made)
    with made.database.unit_of_work() as session:
        session.execute(update(StoredRelease).values(content=b"damaged"))
    assert_problem(bank("POST", replay, json={"release": "original"}), 409, "release_unreadable")
    with made.database.unit_of_work() as session:
        session.execute(update(StoredRelease).values(content=None))
    assert_problem(bank("POST", replay, json={"release": "original"}), 409, "release_not_kept")
    with made.database.unit_of_work() as session:
        asked = {"project": {"activities": ["demo-a:gone"]}}
        session.execute(update(Assessment).values(request=json.dumps(asked)))
    document: Any = assert_problem(bank("POST", replay, json={}), 409, "not_replayable")
    assert document["errors"][0]["pointer"] == "/project/activities/0"


def test_a_batch_answers_each_by_itself(bank: Caller, made: Services) -> None:
    asked = {
        "projects": {
            "贷款/1": PROJECT["project"],
            "~": {"activities": [HYDRO], "facts": {"ghg_intensty": 1}},
            "": PROJECT["project"],
            "list": [],
        },
        "as_of": "2026-11-22",
        "taxonomies": ["demo-a"],
    }
    answer = bank("POST", f"{PATH}/batch", json=asked)
    assert answer.status_code == 200
    results = answer.get_json()["results"]
    assert list(results) == list(asked["projects"])  # type: ignore[call-overload]
    assert [one["status"] for one in results.values()] == [201, 422, 201, 422]
    pointers = [one["pointer"] for one in results["~"]["problem"]["errors"]]
    assert pointers == ["/projects/~0/facts/ghg_intensty"]
    single = bank("POST", PATH, json={**PROJECT, "taxonomies": ["demo-a"]}).get_json()
    kept = results["贷款/1"]["assessment"]
    assert {**kept, "id": 0} == {**single, "id": 0}
    shown = bank("GET", f"{PATH}/{kept['id']}").get_json()
    assert {**kept, "created": shown["created"]} == shown
    (entry,) = [one for one in trail(bank) if one["kind"] == "assessment.batch"]
    assert (entry["detail"]["projects"], entry["detail"]["stored"]) == (4, 2)
    with made.database.reading() as session:
        ids = [results[name]["assessment"]["id"] for name in ("贷款/1", "")]
        answers = {one: sha256(session.get_one(Assessment, one).answer) for one in ids}
    assert entry["detail"]["answers"] == answers


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/projects"),
        ({"projects": {}}, "/projects"),
        ({"projects": []}, "/projects"),
        ({"projects": {str(n): {} for n in range(1001)}}, "/projects"),
        ({"projects": {"x" * 201: {}}}, "/projects"),
        ({"projects": {"1": {}}, "as_of": "2026-02-30"}, "/as_of"),
        ({"projects": {"1": {}}, "project": {}}, "/project"),
        ({"projects": {"1": {}}, "colour": 1}, "/colour"),
    ],
)
def test_what_is_no_projects_own_refuses_the_batch(bank: Caller, body: dict[str, Any], pointer: str) -> None:
    document: Any = assert_problem(bank("POST", f"{PATH}/batch", json=body), 422, "invalid_request")
    assert [one["pointer"] for one in document["errors"]] == [pointer]
    assert [one["kind"] for one in trail(bank)] == ["key.created"]


def test_limits_of_a_batch_are_told_and_hold(bank: Caller, made: Services) -> None:
    limits = bank("GET", "/v1/limits").get_json()["limits"]
    assert limits["batch_projects"] == 1000
    padded = {**BATCH, "language": "en" + " " * made.settings.max_body_bytes}
    assert_problem(bank("POST", f"{PATH}/batch", json=padded), 422)
    for headers in ({}, {"Idempotency-Key": "large"}):
        bank.headers.update(headers)
        body = b"{" + b" " * limits["batch_bytes"] + b"}"
        answer = bank("POST", f"{PATH}/batch", data=body, content_type="application/json")
        assert_problem(answer, 413, "body_too_large")


def test_a_repeat_is_answered_again_and_not_carried_out(bank: Caller, made: Services) -> None:
    bank.headers["Idempotency-Key"] = "a key of 32 signs or fewer"
    first, again = (bank("POST", PATH, json=PROJECT) for _ in range(2))
    assert (again.data, again.headers["Location"]) == (first.data, first.headers["Location"])
    assert count(made) == 1
    bank("DELETE", first.headers["Location"])
    assert_problem(bank("POST", PATH, json=PROJECT), 404, "unknown_assessment")
    assert count(made) == 0


def test_a_deleted_item_of_a_repeated_batch_is_gone(bank: Caller) -> None:
    bank.headers["Idempotency-Key"] = "batch"
    both = {**BATCH, "projects": {**BATCH["projects"], "A-3": PROJECT["project"]}}  # type: ignore[dict-item]
    first = bank("POST", f"{PATH}/batch", json=both).get_json()["results"]
    bank("DELETE", f"{PATH}/{first['A-1']['assessment']['id']}")
    again = bank("POST", f"{PATH}/batch", json=both).get_json()["results"]
    assert again["A-1"]["problem"]["code"] == "unknown_assessment"
    assert (again["A-2"], again["A-3"]) == (first["A-2"], first["A-3"])


def test_refusals_are_remembered_and_failures_are_not(
    bank: Caller, made: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.headers["Idempotency-Key"] = "refused"
    first, again = (bank("POST", PATH, json={"project": {}}) for _ in range(2))
    assert_problem(again, 422)
    assert again.data == first.data and again.headers["Idempotency-Replayed"] == "true"
    bank.headers["Idempotency-Key"] = "failed"
    with monkeypatch.context() as patch:
        patch.setattr(assessments_module, "assess", lambda *_: 1 / 0)
        bank.client.application.config["PROPAGATE_EXCEPTIONS"] = False
        assert_problem(bank("POST", PATH, json=PROJECT), 500)
    assert bank("POST", PATH, json=PROJECT).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ".encode().decode("latin-1"), "a\tb"])
def test_an_unusable_key_is_refused(bank: Caller, key: str) -> None:
    bank.headers["Idempotency-Key"] = key
    assert_problem(bank("POST", PATH, json=PROJECT), 422, "invalid_request")


def test_repeats_at_once_are_carried_out_once(bank: Caller, made: Services) -> None:
    bank.headers["Idempotency-Key"] = "at once"
    app, gate = bank.client.application, threading.Barrier(8)

    def send(_: int) -> int:
        own = Caller(app.test_client(), bank.key, bank.organisation_id, bank.headers)
        gate.wait(10)
        answer = own("POST", PATH, json=PROJECT)
        if answer.status_code == 409:
            assert_problem(answer, 409, "idempotent_request_running")
            assert answer.headers["Retry-After"] == "1"
        return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(send, range(8)))
    assert set(statuses) <= {201, 409} and 201 in statuses
    assert count(made) == 1


def test_a_lost_execution_is_taken_over_and_undone(bank: Caller, made: Services) -> None:
    held = made.idempotency.claim(bank.organisation_id, "k", "f")
    with pytest.raises(StillRunning):
        made.idempotency.claim(bank.organisation_id, "k", "f")
    with made.database.unit_of_work() as session:
        session.execute(update(IdempotencyKey).values(created=now() - LEASE * 2))
    again = made.idempotency.claim(bank.organisation_id, "k", "f")
    assert again != held
    who = type("Who", (), {"organisation_id": bank.organisation_id, "key_id": "k"})
    with pytest.raises(StillRunning):
        made.assessments.create(who, PROJECT, held)  # type: ignore[arg-type]
    assert count(made) == 0
    made.assessments.create(who, PROJECT, again)  # type: ignore[arg-type]
    assert count(made) == 1


def test_an_upload_is_the_same_however_its_form_is_put_together(bank: Caller) -> None:
    bank.headers["Idempotency-Key"] = "upload"

    def send(boundary: str, content: str = "a,b\n1,2\n") -> Any:
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
            f"{content}\r\n--{boundary}--\r\n"
        )
        return bank(
            "POST",
            "/v1/portfolios",
            input_stream=io.BytesIO(body.encode()),
            content_length=len(body),
            content_type=f"multipart/form-data; boundary={boundary}",
        )

    first, again = send("one"), send("another")
    assert (first.status_code, again.get_json()["id"]) == (202, first.get_json()["id"])
    assert_problem(send("one", "a,b\n1,3\n"), 409, "idempotency_key_reused")


def test_only_so_many_keys_are_kept(bank: Caller, made: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taxonomy_api.store.idempotency.MOST_KEYS", 2020)
    for number in range(100):
        made.idempotency.claim(bank.organisation_id, str(number), "f")
    with made.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(IdempotencyKey)) <= 21


def test_proceeds_leave_hashes_only(bank: Caller, made: Services) -> None:
    assert bank("POST", "/v1/proceeds", json=PROCEEDS).status_code == 200
    entry = trail(bank)[-1]
    assert entry["kind"] == "proceeds.assessed"
    assert entry["detail"].keys() == {"release", "request", "answer"}
    assert count(made) == 0


def count(made: Services) -> int:
    with made.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Assessment)) or 0


def test_a_key_is_remembered_for_a_day(bank: Caller, made: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.headers["Idempotency-Key"] = "daily"
    first = bank("POST", PATH, json=PROJECT)
    today = now()
    for later, executions in ((timedelta(hours=23, minutes=59), 1), (timedelta(hours=24, minutes=1), 2)):
        monkeypatch.setattr(idempotency_module, "now", lambda later=later: today + later)
        again = bank("POST", PATH, json=PROJECT)
        assert (again.get_json()["id"] == first.get_json()["id"]) == (executions == 1)
        assert count(made) == executions
