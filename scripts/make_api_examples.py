"""Makes taxonomy_api/web/api_examples.json: asks the service on the data of this checkout, and shortens.

Usage: .venv/bin/python scripts/make_api_examples.py
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.model import Release
from taxonomy_api.jobs.worker import make_worker
from taxonomy_api.settings import load
from taxonomy_api.store.keys import create_key, create_organisation
from taxonomy_api.store.releases import keep
from taxonomy_api.web.api_examples import FILE
from taxonomy_api.web.app import create_app
from taxonomy_api.web.services import make_services

ACTIVITY = "hk-phase-2a:ENE-01"
PROJECT = {
    "id": "SZ-14",
    "activities": [ACTIVITY],
    "facts": {
        "technology": "bioenergy",
        "lifecycle_ghg_intensity": {"value": 84, "unit": "gCO2e/kWh", "evidence": "ISO 14067 report"},
    },
    "maturity": "2036-03-01",
}
OPTIONS = {"taxonomies": ["hk-phase-2a"], "as_of": "2026-11-22"}
DAY = {"as_of": "2026-11-22"}
ALLOCATION = {"project": PROJECT, "amount": {"value": 500000000, "currency": "HKD"}}
BOND = {"kind": "domestic_green_bond", "amount": {"value": 1000000000, "currency": "HKD"}}
LOANS = f"project id,activity,technology,lifecycle_ghg_intensity\nA-1,{ACTIVITY},bioenergy,84\n".encode()
#: Longest list and object of an example.
ITEMS, KEYS = 1, 4
WHOLE = ("limits", "parts", "progress", "project", "components", "coverage", "links")
#: What differs from one run to the next.
FIXED = {
    "created": "2026-11-22T08:00:00.000Z",
    "started": "2026-11-22T08:00:01.000Z",
    "finished": "2026-11-22T08:00:02.000Z",
    "at": "2026-11-22T08:00:00.000Z",
    "first_used": "2026-11-22T08:00:00.000Z",
    "hash": "6f6baba9" * 8,
    "since": "2026-11-22T07:00:00.000Z",
    "release": f"sha256:{'0d5aef19' * 8}",
}
EARLIER = f"sha256:{'7c41e2b6' * 8}"
NUMBER = "019ab3c4d5e600112233445566778899"


def shorten(value: Any, key: str = "") -> Any:
    """The first items of each list, the first keys of each object of free names."""
    if isinstance(value, list):
        return [shorten(one) for one in value[:ITEMS]]
    if isinstance(value, dict):
        free = key in ("facts", "taxonomies", "documents", "names") and key not in WHOLE
        kept = list(value.items())[: KEYS if free else None]
        return {name: FIXED.get(name, shorten(one, name)) for name, one in kept}
    return value


def earlier(data: Path, folder: Path) -> Release:
    """The data as they would be before a limit was tightened."""
    for part in ("taxonomies", "mappings"):
        shutil.copytree(data / part, folder / part)
    for file in (folder / "taxonomies" / "hk-phase-2a").glob("*.yaml"):
        file.write_text(file.read_text("utf-8").replace("100 gCO2e/kWh", "120 gCO2e/kWh"), "utf-8")
    result = load_release(folder)
    if result.release is None:
        raise SystemExit("\n".join(map(str, result.findings)))
    return result.release


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = make_services(load({"TAXONOMY_API_STORE": folder}))
        made.database.upgrade()
        with made.database.unit_of_work() as session:
            key = create_key(session, create_organisation(session, "Example").id)[1]
            before = earlier(made.settings.data, Path(folder) / "earlier")
            keep(session, before)
        client = create_app(made.settings, made).test_client()
        found: dict[str, Any] = {}

        def ask(method: str, pattern: str, parameters: dict[str, str] | None = None, **more: Any) -> Any:
            path = pattern
            rest = dict(parameters or {})
            for name in list(rest):
                if f"{{{name}}}" in path:
                    path = path.replace(f"{{{name}}}", rest.pop(name))
            headers = {"Authorization": f"Bearer {key}"}
            answer = client.open(path, method=method, query_string=rest, headers=headers, **more)
            if answer.status_code >= 400:
                raise SystemExit(f"{method} {path}: {answer.text}")
            example: dict[str, Any] = {"status": str(answer.status_code)}
            if rest:
                example["parameters"] = {
                    name: int(value) if value.isdigit() else value for name, value in rest.items()
                }
            if "json" in more:
                example["request"] = more["json"]
            content = answer.get_json() if answer.mimetype == "application/json" else None
            if content is not None:
                example["response"] = shorten(content)
            found[f"{method} {pattern}"] = example
            return content

        one = {"activity_id": ACTIVITY}
        for pattern, parameters in (
            ("/v1/taxonomies", {"limit": "1"}),
            ("/v1/taxonomies/{taxonomy_id}", {"taxonomy_id": "hk-phase-2a"}),
            ("/v1/taxonomies/{taxonomy_id}/activities", {"taxonomy_id": "hk-phase-2a", "q": "发电"}),
            ("/v1/activities/{activity_id}", one),
            ("/v1/activities/{activity_id}/questionnaire", one),
            ("/v1/facts", {"limit": "1"}),
            ("/v1/instruments", {"limit": "1"}),
            ("/v1/search", {"q": "isic4:D3510"}),
            (
                "/v1/crosswalk",
                {"from": "eu-climate-mitigation:4.5", "to": "eu-climate-mitigation-2021", **DAY},
            ),
            (
                "/v1/crosswalk/matrix",
                {"from": "eu-climate-mitigation", "to": "eu-climate-mitigation-2021", "limit": "1", **DAY},
            ),
            ("/v1/releases", {}),
            ("/v1/releases/{release_id}", {"release_id": "current"}),
            ("/v1/releases/{before}/diff/{after}", {"before": before.id, "after": "current"}),
            ("/v1/limits", {}),
            ("/v1/templates/portfolio.xlsx", {"activities": ACTIVITY}),
            ("/healthz", {}),
            ("/readyz", {}),
        ):
            ask("GET", pattern, parameters)
        stored = ask("POST", "/v1/assessments", json={"project": PROJECT, **OPTIONS})
        kept = {"assessment_id": stored["id"]}
        ask("GET", "/v1/assessments/{assessment_id}", kept)
        ask("POST", "/v1/assessments/{assessment_id}/replay", kept, json={"release": "original"})
        ask("DELETE", "/v1/assessments/{assessment_id}", kept)
        batch = ask("POST", "/v1/assessments/batch", json={"projects": {"SZ-14": PROJECT}, **OPTIONS})
        ask("GET", "/v1/audit", {"limit": "1"})
        ask("POST", "/v1/proceeds", json={"instrument": BOND, "allocations": [ALLOCATION], **OPTIONS})
        form = {"file": (io.BytesIO(LOANS), "loans.csv"), "options": json.dumps(OPTIONS)}
        portfolio = ask("POST", "/v1/portfolios", data=form)
        worker = make_worker(made.settings, made.database, threading.Event())
        while worker.queue.receive():
            pass
        mine = {"portfolio_id": portfolio["id"]}
        ask("GET", "/v1/portfolios", {"limit": "1"})
        ask("GET", "/v1/portfolios/{portfolio_id}", mine)
        ask("GET", "/v1/portfolios/{portfolio_id}/rows", {**mine, "verdict": "aligned"})
        ask("GET", "/v1/portfolios/{portfolio_id}/results.{format}", {**mine, "format": "xlsx"})
        ask("GET", "/v1/portfolios/{portfolio_id}/impact", mine)
        ask("GET", "/v1/impact", {"limit": "1"})
        ask("DELETE", "/v1/portfolios/{portfolio_id}", mine)
        again = ask("POST", "/v1/portfolios", data={"file": (io.BytesIO(LOANS), "loans.csv")})
        ask("POST", "/v1/portfolios/{portfolio_id}/cancel", {"portfolio_id": again["id"]})
        ids = {batch["results"]["SZ-14"]["assessment"]["id"], stored["id"], portfolio["id"], again["id"]}
        made.database.close()
    text = json.dumps(found, ensure_ascii=False, indent=1, default=str)
    for one_id in ids:
        text = text.replace(one_id, NUMBER)
    for release_id, number in ((before.id, EARLIER), (made.current.get().release.id, FIXED["release"])):
        text = text.replace(release_id, number)
    Path(FILE).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
