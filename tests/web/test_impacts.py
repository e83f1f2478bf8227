"""What another release changes in stored portfolios, by REST."""

from __future__ import annotations

import io
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from taxonomy_api.jobs import stored_impact
from taxonomy_api.jobs.worker import make_worker
from taxonomy_api.settings import Settings
from taxonomy_api.web.services import Services, make_services
from tests.web.conftest import Caller, assert_problem, bank_of

#: A window of 90 g is below 100 g and not below 60 g; 40 and 4,000 g stay on their side.
WINDOWS = "ID,Activity,Built,Carbon,Amount,Currency,demo-a/ms,demo-a/g1\n" + "".join(
    f"W-{grams},demo-a:1.2,window,{grams},{grams}0,HKD,yes,yes\n" for grams in (40, 90, 4000)
)
#: Their headers are the bank's own.
MAPPING = {"columns": {"Built": "产品", "Carbon": "ghg_intensity (gCO2e/kWh)"}}
OPTIONS = {"taxonomies": ["demo-a"], "as_of": "2026-11-22", "mapping": MAPPING}


@pytest.fixture
def made(tmp_path: Path, settings_for: Callable[..., Settings], minimal_data: Path) -> Iterator[Services]:
    shutil.copytree(minimal_data, tmp_path / "data")
    services = make_services(settings_for(tmp_path / "store", DATA=str(tmp_path / "data")))
    services.database.upgrade()
    yield services
    services.database.close()


@pytest.fixture
def bank(made: Services) -> Caller:
    return bank_of(made)


@pytest.fixture
def portfolio(made: Services, bank: Caller) -> str:
    """The id of a portfolio that was assessed before the limit became stricter."""
    form = {"file": (io.BytesIO(WINDOWS.encode()), "windows.csv"), "options": json.dumps(OPTIONS)}
    stored = bank("POST", "/v1/portfolios", data=form).get_json()["id"]
    while make_worker(made.settings, made.database, threading.Event()).queue.receive():
        pass
    assert bank("GET", f"/v1/portfolios/{stored}").get_json()["status"] == "done"
    file = made.settings.data / "taxonomies" / "demo-a" / "1-energy.yaml"
    text = file.read_text(encoding="utf-8")
    assert "below: 100 gCO2e/kWh" in text
    file.write_text(text.replace("below: 100 gCO2e/kWh", "below: 60 gCO2e/kWh"), encoding="utf-8")
    made.current.reload()
    return str(stored)


def test_a_stored_portfolio_under_the_release_in_use(bank: Caller, made: Services, portfolio: str) -> None:
    answer = bank("GET", f"/v1/portfolios/{portfolio}/impact").get_json()
    assert answer["before"] != answer["after"] == made.current.get().release.id
    (flip,) = answer["flips"]
    assert (flip["project"], flip["row"], flip["activity"]) == ("W-90", 3, "demo-a:1.2")
    assert (flip["before"]["verdict"], flip["after"]["verdict"]) == ("aligned", "not_aligned")
    assert flip["amount"] == {"value": "900", "currency": "HKD"}
    assert "100 → 60 gCO2e/kWh" in flip["because"][0]
    (total,) = answer["totals"]
    assert (total["rows"], total["amounts"]) == (1, {"HKD": "900"})
    assert (answer["rows"], answer["differing"], answer["next_cursor"]) == (3, 1, None)


def test_between_releases_that_are_named(bank: Caller, portfolio: str) -> None:
    path = f"/v1/portfolios/{portfolio}/impact"
    original = bank("GET", path).get_json()["before"]
    same = bank("GET", f"{path}?to={original}").get_json()
    assert (same["changes"], same["flips"]) == (0, [])
    back = bank("GET", f"{path}?from=current&to={original}").get_json()
    assert [one["after"]["verdict"] for one in back["flips"]] == ["aligned"]
    assert_problem(bank("GET", f"{path}?to=sha256:0"), 404, "unknown_release")


def test_rows_come_in_pages(
    bank: Caller, made: Services, portfolio: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/v1/portfolios/{portfolio}/impact"
    first = bank("GET", f"{path}?limit=1").get_json()
    assert (len(first["flips"]), first["next_cursor"]) == (1, None)
    assert_problem(bank("GET", f"{path}?cursor=eA"), 422, "invalid_request")
    monkeypatch.setattr(stored_impact, "MOST_COMPARED", 2)
    assert_problem(bank("GET", path), 422, "impact_too_large")


def test_all_portfolios_of_an_organisation(bank: Caller, made: Services, portfolio: str) -> None:
    (one,) = bank("GET", "/v1/impact").get_json()["portfolios"]
    assert (one["portfolio"], one["file"], one["differing"]) == (portfolio, "windows.csv", 1)
    assert "flips" not in one
    results = made.settings.store.rglob("results.parquet")
    for file in results:
        file.unlink()
    (gone,) = bank("GET", "/v1/impact").get_json()["portfolios"]
    assert gone["problem"]["code"] == "result_gone"


def test_what_is_not_done_cannot_be_compared(bank: Caller) -> None:
    form = {"file": (io.BytesIO(WINDOWS.encode()), "windows.csv")}
    waiting = bank("POST", "/v1/portfolios", data=form).get_json()["id"]
    assert_problem(bank("GET", f"/v1/portfolios/{waiting}/impact"), 409, "no_results")
    assert bank("GET", "/v1/impact").get_json()["portfolios"] == []
