"""The example client against the running service: from a project to a downloaded workbook."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from tests.web.conftest import HYDRO, LOANS, PROJECT
from tests.web.live import Running, running

FILE = Path(__file__).resolve().parents[2] / "clients" / "python" / "taxonomy_client.py"
KEY = "a-key-for-the-example-client-0123456789"


@pytest.fixture(scope="module")
def client_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("taxonomy_client", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, minimal_data: Path) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("service"), minimal_data, BOOTSTRAP_KEY=KEY) as started:
        yield started


def test_end_to_end(server: Running, client_module: ModuleType, tmp_path: Path) -> None:
    client = client_module.Client(f"http://127.0.0.1:{server.port}", KEY)
    assert client.search("power")
    answer = client.assess(PROJECT["project"], as_of="2026-11-22")
    assert answer["verdicts"][0]["taxonomy"] == "demo-a"
    assert client.assessment(answer["id"])["verdicts"] == answer["verdicts"]
    loans = tmp_path / 'the "loans".csv'
    loans.write_bytes(LOANS)
    handed_in = client.upload(loans, {"as_of": "2026-11-22"})
    portfolio = client.wait(handed_in["id"], patience=60)
    assert portfolio["status"] == "done", portfolio["problem"]
    assert [row["row"] for row in client.rows(portfolio["id"])] == [2, 3]
    assessed = tmp_path / "assessed.xlsx"
    client.download(portfolio["id"], "xlsx", assessed)
    book = openpyxl.load_workbook(assessed)
    assert book.sheetnames == ["Results", "Summary", "Issues", "Method"]


def test_many_at_once(server: Running, client_module: ModuleType) -> None:
    client = client_module.Client(f"http://127.0.0.1:{server.port}", KEY)
    if "/v1/assessments/batch" not in server("/openapi.json")[1]["paths"]:
        # A service without the batch says so in a way that the client can tell.
        with pytest.raises(client_module.Refused, match="method_not_allowed"):
            client.assess_many({"a": PROJECT["project"]})
        return
    results = client.assess_many({"a": PROJECT["project"], "b": {"activities": ["demo-a:no"]}})
    assert {name: one["status"] for name, one in results.items()} == {"a": 201, "b": 422}


def test_refusals_keep_their_code_and_place(server: Running, client_module: ModuleType) -> None:
    client = client_module.Client(f"http://127.0.0.1:{server.port}", KEY)
    with pytest.raises(client_module.Refused) as refused:
        client.assess({"activities": [HYDRO], "facts": {"ghg_intensty": 1}})
    assert (refused.value.status, refused.value.code) == (422, "invalid_request")
    assert refused.value.errors[0]["pointer"] == "/project/facts/ghg_intensty"
    stranger = client_module.Client(f"http://127.0.0.1:{server.port}", "wrong")
    with pytest.raises(client_module.Refused) as refused:
        stranger.portfolio("0" * 32)
    assert refused.value.code == "key_refused"


def test_the_client_is_typed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", "/dev/null", str(FILE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
