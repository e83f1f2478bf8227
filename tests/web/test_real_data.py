"""The published example of a request, on the data that travel with the service."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from taxonomy_api.jobs.worker import make_worker
from taxonomy_api.settings import load
from taxonomy_api.store.keys import create_key, create_organisation
from taxonomy_api.web.app import create_app
from taxonomy_api.web.services import Services, make_services

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
REQUEST = {
    "project": {
        "id": "SZ-14",
        "name": "Gas-and-biomass plant",
        "country": "CN",
        "activities": ["hk-phase-2a:ENE-01"],
        "facts": {
            "lifecycle_ghg_intensity": {
                "value": 84,
                "unit": "gCO2e/kWh",
                "evidence": "ISO 14067 report",
                "observed_on": "2026-01-31",
                "estimated": False,
            },
            "technology": "bioenergy",
        },
        "standards": [{"id": "GB 30251", "grade": 1}],
        "attestations": {
            "cn-green-finance-2025:4.2.4#r1/r1.1": {"value": True, "evidence": "plan list, item 12"}
        },
        "amount": {"value": 1200000000, "currency": "CNY"},
        "share_of_proceeds": 1.0,
        "instrument": "green_bond",
        "approved_on": "2026-03-01",
        "maturity": "2036-03-01",
    },
    "taxonomies": ["hk-phase-2a"],
    "as_of": "2026-11-22",
    "language": "en",
    "assume_not_excluded": False,
    "confirm": [],
}
VERDICT_KEYS = {
    *(
        "taxonomy",
        "edition_applies",
        "edition_reason",
        "verdict",
        "class",
        "at_least",
        "label",
        "contribution",
    ),
    *("row", "marks", "tags", "activity", "components", "basis", "scope_stated_by", "weakest_status"),
    *("provisional", "route", "criteria", "missing", "missing_truncated", "candidates", "valid_until"),
    *("next_limit", "retest", "timeline", "assumptions", "reasons"),
}


@dataclass
class Service:
    made: Services
    client: FlaskClient
    headers: dict[str, str]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = make_services(load({"TAXONOMY_API_STORE": str(tmp_path_factory.mktemp("store"))}))
    made.database.upgrade()
    with made.database.unit_of_work() as session:
        key = create_key(session, create_organisation(session, "Bank").id)[1]
    client = create_app(made.settings, made).test_client()
    yield Service(made, client, {"Authorization": f"Bearer {key}"})
    made.database.close()


def test_the_published_example_is_answered_as_published(service: Service) -> None:
    answer = service.client.post("/v1/assessments", json=REQUEST, headers=service.headers)
    assert answer.status_code == 201, answer.text
    body: Any = answer.get_json()
    assert {"id", "release", "engine", "as_of", "disclaimer", "verdicts"} <= body.keys()
    (verdict,) = body["verdicts"]
    assert verdict.keys() >= VERDICT_KEYS
    assert (verdict["taxonomy"], verdict["activity"]["id"]) == ("hk-phase-2a", "hk-phase-2a:ENE-01")
    # At most 100 g until 2035-12-31, 50 g after it; 84 g were given.
    assert (verdict["verdict"], verdict["class"], verdict["basis"]) == ("aligned", "green", "criteria")
    assert verdict["valid_until"] == "2035-12-31"
    criterion = next(one for one in verdict["criteria"] if one["fact"] == "lifecycle_ghg_intensity")
    assert criterion.keys() >= {
        "id",
        "outcome",
        "given",
        "required",
        "margin",
        "evidence",
        "estimated",
        "source",
    }
    assert (criterion["outcome"], criterion["given"], criterion["margin"]) == ("met", "84 gCO2e/kWh", 0.16)


def assessed(service: Service, **project: Any) -> Any:
    body = {"project": project, "as_of": "2026-11-22", "taxonomies": ["eu-climate-mitigation"]}
    answer = service.client.post("/v1/assessments", json=body, headers=service.headers)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def test_the_page_tells_what_decides_from_what_aligns(service: Service) -> None:
    """Hydropower that runs with the river: one failed appendix decides, all of them are needed."""
    facts = {"run_of_river_no_reservoir": True}
    kept = assessed(service, activities=["eu-climate-mitigation:4.5"], facts=facts)
    (verdict,) = kept["verdicts"]
    assert ["eu-climate-mitigation/appendix_a"] in verdict["missing"] and len(
        verdict["needed_to_align"][0]
    ) > 1
    headers = {**service.headers, "Accept": "text/html"}
    page = service.client.get(f"/v1/assessments/{kept['id']}", headers=headers).text
    deciding, aligning = page.index("Missing to decide"), page.index("Missing to be aligned")
    assert deciding < page.index("<li>eu-climate-mitigation/appendix_a</li>") < aligning
    assert aligning < page.index(f"<li>{' + '.join(verdict['needed_to_align'][0])}</li>")


def test_a_limit_outside_its_days_names_them_and_has_no_margin(service: Service) -> None:
    """EU 6.5 (a)(i): below 50 g until 2025-12-31."""
    facts = {"vehicle_category": "m1", "specific_co2_per_km": "45 gCO2/km"}
    kept = assessed(service, activities=["eu-climate-mitigation:6.5"], facts=facts)
    (line,) = (one for one in kept["verdicts"][0]["criteria"] if one["id"].endswith("/a-i"))
    assert (line["outcome"], line["given"], line["margin"]) == ("not_met", "45 gCO2/km", None)
    assert line["required"] == "< 50 gCO2/km until 2025-12-31"


def test_the_scope_of_a_listed_item_is_a_criterion_in_words(service: Service) -> None:
    body = {
        "project": {"activities": ["cn-green-finance-2025:4.2.1#r1"]},
        "as_of": "2026-11-22",
        "taxonomies": ["cn-green-finance-2025"],
        "language": "zh-Hant",
    }
    kept: Any = service.client.post("/v1/assessments", json=body, headers=service.headers).get_json()
    (line,) = (one for one in kept["verdicts"][0]["criteria"] if one["id"].endswith("r1/scope"))
    assert "風力發電設施建設和營運" in line["text"]
    assert (line["outcome"], line["given"]) == ("met", "申報方指明")
    headers = {**service.headers, "Accept": "text/html"}
    page = service.client.get(f"/v1/assessments/{kept['id']}", headers=headers).text
    assert "一般要求: 未知" in page and "; 已核實</td>" in page and "; verified</td>" not in page


def test_every_activity_on_file_is_shown_and_asked_about(service: Service) -> None:
    release = service.made.current.get().release
    for taxonomy in release.taxonomies:
        assert service.client.get(f"/v1/taxonomies/{taxonomy}").status_code == 200
    for activity in release.activities():
        for path in ("", "/questionnaire"):
            answer = service.client.get(f"/v1/activities/{activity.id}{path}")
            assert answer.status_code == 200, (activity.id, answer.text)


def test_the_addresses_of_the_documentation_lead_between_editions(service: Service) -> None:
    text = (EXAMPLES.parent / "docs" / "api.md").read_text(encoding="utf-8")
    routes, table = re.findall(r"`GET (/v1/crosswalk[/?]\S+)`", text)
    found: Any = service.client.get(routes).get_json()
    assert found["routes"] and {one["to"].partition(":")[0] for one in found["routes"]} == {"hk-phase-1"}
    rows: Any = service.client.get(table).get_json()
    assert rows["totals"]["counterparts"] and rows["totals"]["denied"]


def test_what_the_criteria_show_is_told_beside_what_is_stated(service: Service) -> None:
    """Sections of the EU act taken over word for word are shown to be equal in every language."""
    address = "/v1/crosswalk?from=eu-climate-mitigation-2021:4.5&to=eu-climate-mitigation"
    lines = set()
    for language in ("en", "zh-Hans", "zh-Hant"):
        found: Any = service.client.get(f"{address}&lang={language}").get_json()
        (route,) = found["routes"]
        proof = route["proof"]
        assert (route["stringency"], proof["stringency"], proof["agrees_with_stated"]) == (
            *("equal", "equal"),
            True,
        )
        assert route["carries"] and not proof["contradictions"]
        lines.add(proof["spans"][0]["lines"][0]["text"])
    assert len(lines) == 3


def test_routes_of_every_activity_are_told(service: Service) -> None:
    """One activity in ten, to all editions: what carries rests on sources and on what is stated."""
    release = service.made.current.get().release
    for activity in list(release.activities())[::10]:
        answer = service.client.get(f"/v1/crosswalk?from={activity.id}")
        assert answer.status_code == 200, answer.text
        body: Any = answer.get_json()
        assert len(body["editions"]) == len(release.taxonomies) - 1
        for route in body["routes"]:
            assert route["carries"] == (not route["why_not"])
            assert (route["proof"] is None) == bool(route["not_computed"])
            if route["carries"]:
                assert all(step["status"] in ("verified", "single-source") for step in route["steps"])


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.*")), ids=lambda path: path.name)
def test_each_example_portfolio_is_assessed(service: Service, path: Path) -> None:
    with path.open("rb") as file:
        form = {"file": (file, path.name)}
        answer = service.client.post("/v1/portfolios", data=form, headers=service.headers)
    assert answer.status_code == 202, answer.text
    worker = make_worker(service.made.settings, service.made.database, threading.Event())
    while worker.queue.receive():
        pass
    address = answer.headers["Location"]
    body: Any = service.client.get(address, headers=service.headers).get_json()
    assert body["status"] == "done", body["problem"]
    assert body["summary"]["rows"] == body["progress"]["rows_written"] > 0
    rows: Any = service.client.get(f"{address}/rows", headers=service.headers).get_json()
    assert len(rows["rows"]) == min(body["summary"]["rows"], 50)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"no workbook, just words", "not_a_workbook"), (b"PK\x03\x04cut off", "damaged_workbook")],
)
def test_an_unusable_upload_fails_under_the_name_that_its_owner_knows(
    service: Service, content: bytes, code: str
) -> None:
    form = {"file": (BytesIO(content), "Kredite 2026.xlsx")}
    answer = service.client.post("/v1/portfolios", data=form, headers=service.headers)
    assert answer.status_code == 202, answer.text
    worker = make_worker(service.made.settings, service.made.database, threading.Event())
    while worker.queue.receive():
        pass
    body: Any = service.client.get(answer.headers["Location"], headers=service.headers).get_json()
    assert (body["status"], body["problem"]["code"]) == ("failed", code)
    assert body["problem"]["detail"].startswith("Kredite 2026.xlsx ")
    assert body["problem"]["cure"]
