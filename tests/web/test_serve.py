"""The running service, as a process of its own."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import time
from pathlib import Path

import pytest

from taxonomy_api.errors import ConfigurationError
from taxonomy_api.settings import Settings
from taxonomy_api.web.serve import serve
from tests.web.conftest import LOANS, PROJECT
from tests.web.live import PATIENCE, multipart, running


def test_from_first_start_to_an_assessed_portfolio(tmp_path: Path, minimal_data: Path) -> None:
    store = tmp_path / "store"
    with running(store, minimal_data) as server:
        printed = re.findall(r"ta_[0-9a-f]{16}_\S{43}", server.log.read_text())
        assert len(printed) == 1
        key = {"Authorization": f"Bearer {printed[0]}"}
        body = json.dumps(PROJECT).encode()
        status, assessed = server("/v1/assessments", body, **key, **{"Content-Type": "application/json"})
        assert (status, assessed["verdicts"][0]["taxonomy"]) == (201, "demo-a")
        form, kind = multipart(LOANS)
        status, portfolio = server("/v1/portfolios", form, **key, **{"Content-Type": kind})
        assert status == 202
        address = f"/v1/portfolios/{portfolio['id']}"
        server.wait(lambda: server(address, **key)[1]["status"] == "done")
        assert len(server(f"{address}/rows", **key)[1]["rows"]) == 2
        big = b'{"project": "' + b"x" * 3_000_000 + b'"}'
        assert server("/v1/assessments", big, **key, **{"Content-Type": "application/json"})[0] == 413
    assert server.process.returncode == 0, server.log.read_text()
    # A second start prints no key, knows the first one, and still has what was stored.
    with running(store, minimal_data) as server:
        assert "ta_" not in server.log.read_text()
        assert server(f"/v1/assessments/{assessed['id']}", **key)[0] == 200


@pytest.fixture
def data(tmp_path: Path, minimal_data: Path) -> Path:
    return Path(shutil.copytree(minimal_data, tmp_path / "data"))


class Sources:
    """The file of a data folder that tests edit."""

    def __init__(self, data: Path) -> None:
        self.path = data / "taxonomies" / "sources.yaml"
        self.sound = self.path.read_text(encoding="utf-8")

    def rename(self, word: str) -> None:
        text = re.sub(r"title: \{en: (\w+)", rf"title: {{en: {word} \1", self.sound, count=1)
        self.path.write_text(text, encoding="utf-8")

    def spoil(self) -> None:
        self.path.write_text(self.sound + "  broken: [", encoding="utf-8")


def test_data_come_into_use_when_somebody_says_so(tmp_path: Path, data: Path) -> None:
    """In all web processes at once; broken files never replace a good release."""
    sources = Sources(data)
    with running(tmp_path / "store", data, workers=2) as server:
        first = server("/readyz")[1]["release"]
        sources.rename("Second")
        time.sleep(1.5)
        assert server("/readyz")[1]["release"] == first
        done = server.command("reload")
        assert done.returncode == 0, done.stderr
        second = re.findall(r"sha256:[0-9a-f]+", done.stdout)[0]
        assert second != first
        # Every connection is answered by whichever process takes it; none answers from the old one.
        assert {server("/readyz")[1]["release"] for _ in range(40)} == {second}
        sources.spoil()
        refused = server.command("reload")
        assert refused.returncode == 1
        assert "sources.yaml:" in refused.stderr
        assert {server("/readyz")[1]["release"] for _ in range(20)} == {second}
        # The same by a signal, and what it found is in the log.
        server.process.send_signal(signal.SIGHUP)
        server.wait(lambda: any("stays in use" in line["message"] for line in server.lines()))
        assert server("/readyz")[1]["release"] == second
        sources.rename("Third")
        server.process.send_signal(signal.SIGHUP)
        server.wait(lambda: server("/readyz")[1]["release"] not in (first, second))
        third = server("/readyz")[1]["release"]
        assert f'release="{third}"' in server.operations("/metrics")
        # Processes that start again read what is in use, not a folder that is broken by now.
        sources.spoil()
        web = {line["process"] for line in server.lines() if line["message"] == "answered"}
        assert len(web) <= 2
        for number in web:
            os.kill(number, signal.SIGKILL)
        server.wait(server.is_ready)
        assert {server("/readyz")[1]["release"] for _ in range(20)} == {third}


def test_for_development_changes_are_taken_up_by_themselves(tmp_path: Path, data: Path) -> None:
    sources = Sources(data)
    with running(tmp_path / "store", data, EMBEDDED_WORKER="no", RELOAD_SECONDS="1") as server:
        first = server("/readyz")[1]["release"]
        sources.spoil()
        server.wait(lambda: any("stays in use" in line["message"] for line in server.lines()))
        assert server("/readyz")[1]["release"] == first
        sources.rename("Second")
        server.wait(lambda: server("/readyz")[1]["release"] != first)


def test_the_log_of_a_full_run_holds_nothing_that_was_sent(tmp_path: Path, minimal_data: Path) -> None:
    """Planted values stand in every place that a caller can write to."""
    key = "PLANTED-key-of-the-bank-with-32-letters"
    loans = LOANS.replace(b"A-1", b"PLANTED-row").replace(b"A-2", b"=PLANTED()")
    with running(tmp_path / "store", minimal_data, BOOTSTRAP_KEY=key) as server:
        headers = {"Authorization": f"Bearer {key}", "X-Request-Id": "run-0001"}
        kind = {"Content-Type": "application/json"}
        project = {**PROJECT["project"], "name": "PLANTED-name", "id": "PLANTED-id"}  # type: ignore[dict-item]
        body = json.dumps({**PROJECT, "project": project}).encode()
        assert server("/v1/assessments", body, **headers, **kind)[0] == 201
        wrong = json.dumps({"project": {"activities": ["PLANTED"], "facts": {"PLANTED": "PLANTED"}}}).encode()
        assert server("/v1/assessments", wrong, **headers, **kind)[0] == 422
        assert server("/v1/assessments", b"{PLANTED", **headers, **kind)[0] == 400
        for path in ("/v1/search?q=PLANTED", "/v1/activities/PLANTED", "/PLANTED", "/v1/assessments/PLANTED"):
            server(path, **headers)
        assert server("/v1/portfolios", Authorization="Bearer PLANTED-wrong-key")[0] == 401
        for content in (loans, b"PLANTED,PLANTED\nPLANTED,PLANTED\n", b"PK\x03\x04PLANTED"):
            form, boundary = multipart(content, name="PLANTED.csv")
            status, portfolio = server("/v1/portfolios", form, **headers, **{"Content-Type": boundary})
            assert status == 202
            address = f"/v1/portfolios/{portfolio['id']}"
            server.wait(lambda at=address: server(at, **headers)[1]["status"] in ("done", "failed"))
        # A worker that is lost in the middle of its work has something to tell, too.
        assert len({line.get("request") for line in server.lines()}) >= 2
    log = server.log.read_text(encoding="utf-8")
    assert '"run-0001"' in log
    assert "PLANTED" not in log
    assert sum(line["message"] == "answered" for line in server.lines()) > 12


def test_metrics_of_several_processes_are_added_up(tmp_path: Path, minimal_data: Path) -> None:
    with running(tmp_path / "store", minimal_data, workers=2) as server:
        for _ in range(60):
            assert server("/v1/limits")[0] == 200

        def counted() -> float:
            text = server.operations("/metrics")
            pattern = r'^taxonomy_api_answers_total\{.*route="/v1/limits".*\} (\S+)$'
            return sum(float(number) for number in re.findall(pattern, text, re.MULTILINE))

        assert counted() == 60
        assert server("/metrics")[0] == 404
        details = json.loads(server.operations("/readyz"))
        assert details["status"] == "ready"
        server.wait(lambda: json.loads(server.operations("/readyz"))["workers_alive"] == 1)
        # A process that ends takes none of its figures along.
        web = [line["process"] for line in server.lines() if line["message"] == "answered"]
        os.kill(web[0], signal.SIGKILL)
        server.wait(server.is_ready)
        assert counted() == 60


def test_a_stop_lets_open_requests_finish(tmp_path: Path, minimal_data: Path) -> None:
    """A request that is half sent when the service is told to stop still gets its answer."""
    with running(tmp_path / "store", minimal_data) as server:
        key = re.findall(r"ta_[0-9a-f]{16}_\S{43}", server.log.read_text())[0]
        body = json.dumps(PROJECT).encode()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.putrequest("POST", "/v1/assessments")
        for name, value in {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
        }.items():
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(body[:10])
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        connection.send(body[10:])
        assert connection.getresponse().status == 201
        connection.close()
        assert server.process.wait(PATIENCE) == 0
    assert not list((tmp_path / "store" / "workers").glob("*"))


def test_the_worker_is_started_again_when_it_dies(tmp_path: Path, minimal_data: Path) -> None:
    def workers() -> list[int]:
        return [int(number) for number in re.findall(r"Worker (\d+) waits", server.log.read_text())]

    with running(tmp_path / "store", minimal_data) as server:
        (first,) = server.wait(workers)
        os.kill(first, signal.SIGKILL)
        _, second = server.wait(lambda: (found := workers()) and len(found) == 2 and found)
    assert server.process.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_an_address_that_is_taken_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=str(port)):
            serve("127.0.0.1", port, 1, Settings(store=tmp_path / "store"))
    with pytest.raises(ConfigurationError, match="no-such-host"):
        serve("no-such-host.invalid", 8000, 1, Settings(store=tmp_path / "store"))
    assert not (tmp_path / "store").exists()
