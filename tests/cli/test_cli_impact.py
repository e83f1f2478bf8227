"""`impact` on a file and on the portfolios that the service stores."""

from __future__ import annotations

import io
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from taxonomy_api.catalog.load import load_release
from taxonomy_api.jobs.worker import make_worker
from taxonomy_api.settings import Settings
from taxonomy_api.store.keys import SCOPES, create_key, create_organisation
from taxonomy_api.web.app import create_app
from taxonomy_api.web.services import make_services
from tests.web.conftest import Caller

Run = Callable[..., Result]

#: 90 g is below the 100 g of before, and not below the 60 g of after.
WINDOW = (
    "ID,Activity,Built,Carbon,Amount,Currency,demo-a/ms,demo-a/g1\nW,demo-a:1.2,window,90,900,HKD,yes,yes\n"
)
COLUMNS = {"Built": "产品", "Carbon": "ghg_intensity (gCO2e/kWh)"}
MAPPING = "columns:\n" + "".join(f"  {header}: {name}\n" for header, name in COLUMNS.items())


@pytest.fixture
def stricter(tmp_path: Path, minimal_data: Path) -> Path:
    folder = Path(shutil.copytree(minimal_data, tmp_path / "data"))
    path = folder / "taxonomies/demo-a/1-energy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("below: 100 g", "below: 60 g"), encoding="utf-8")
    return folder


def test_a_file_with_headers_of_its_own(run: Run, tmp_path: Path, minimal_data: Path, stricter: Path) -> None:
    (tmp_path / "windows.csv").write_text(WINDOW, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    command = ("impact", tmp_path / "windows.csv", "--from", minimal_data, "--to", stricter)
    blind = run(*command, "--as-of", "2026-11-22")
    assert "Verdicts that differ: 0" in blind.stdout
    seen = run(*command, "--as-of", "2026-11-22", "--mapping", tmp_path / "mapping.yaml")
    assert "demo-a: aligned → not_aligned: 1 row, 900 HKD" in seen.stdout
    assert "100 → 60 gCO2e/kWh" in seen.stdout


def test_a_taxonomy_that_came_on_file(run: Run, tmp_path: Path, minimal_data: Path) -> None:
    """What names it was answered by nobody before; the other rows are none of its business."""
    folder = Path(shutil.copytree(minimal_data, tmp_path / "data"))
    made = run("new-edition", "demo-b", "demo-c", TAXONOMY_API_DATA=str(folder))
    assert made.exit_code == 0, made.output
    release = load_release(folder).release
    assert release is not None
    named = next(iter(release.taxonomies["demo-c"].activities.values())).id
    lines = ("ID,Activity,Amount,Currency", f"NEW,{named},5,HKD", "OLD,demo-a:1.2,7,HKD")
    (tmp_path / "both.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = (
        "impact",
        tmp_path / "both.csv",
        "--from",
        minimal_data,
        "--to",
        folder,
        "--as-of",
        "2026-11-22",
    )
    text = run(*command)
    assert text.exit_code == 0, text.output
    assert "demo-c: not_on_file → undetermined: 1 row, 5 HKD" in text.stdout
    (flip,) = json.loads(run(*command, "--json").stdout)["flips"]
    assert (flip["project"], flip["before"]["verdict"]) == ("NEW", "not_on_file")
    assert flip["because"] == ["demo-c: added (demo-c (draft))"]
    back = run(*command[:2], "--from", folder, "--to", minimal_data, "--as-of", "2026-11-22")
    assert back.exit_code == 0 and "Verdicts that differ: 0" in back.stdout


def test_the_stored_portfolios_of_an_organisation(
    run: Run, tmp_path: Path, minimal_data: Path, stricter: Path, settings_for: Callable[..., Settings]
) -> None:
    made = make_services(settings_for(tmp_path / "store"))
    made.database.upgrade()
    with made.database.unit_of_work() as session:
        organisation = create_organisation(session, "Bank").id
        key = create_key(session, organisation, SCOPES)[1]
        create_organisation(session, "Other bank")
    bank = Caller(create_app(made.settings, made).test_client(), key, organisation)
    options = {"taxonomies": ["demo-a"], "as_of": "2026-11-22", "mapping": {"columns": COLUMNS}}
    form = {"file": (io.BytesIO(WINDOW.encode()), "windows.csv"), "options": json.dumps(options)}
    assert bank("POST", "/v1/portfolios", data=form).status_code == 202
    while make_worker(made.settings, made.database, threading.Event()).queue.receive():
        pass
    made.database.close()
    command = ("impact", "--from", minimal_data, "--to", stricter)
    text = run(*command, "--org", "Bank").stdout
    assert "windows.csv" in text and "demo-a: aligned → not_aligned: 1 row, 900 HKD" in text
    (one,) = json.loads(run(*command, "--org", organisation, "--json").stdout)["portfolios"]
    assert [flip["project"] for flip in one["flips"]] == ["W"]
    assert one["file"] == "windows.csv" and one["portfolio"] in text
    for results in (tmp_path / "store").rglob("results.parquet"):
        results.unlink()
    (gone,) = json.loads(run(*command, "--org", organisation, "--json").stdout)["portfolios"]
    assert set(gone) == {"portfolio", "file", "problem"} and gone["problem"]["code"] == "result_gone"
    assert "[result_gone]" in run(*command, "--org", "Bank").stdout
    assert "No results of portfolios are stored" in run(*command, "--org", "Other bank").stdout


def test_what_cannot_be_asked_together(run: Run, tmp_path: Path, minimal_data: Path) -> None:
    (tmp_path / "windows.csv").write_text(WINDOW, encoding="utf-8")
    neither = run("impact", "--from", minimal_data)
    both = run("impact", tmp_path / "windows.csv", "--from", minimal_data, "--org", "Bank")
    dated = run("impact", "--from", minimal_data, "--org", "Bank", "--as-of", "2026-11-22")
    assert (neither.exit_code, both.exit_code, dated.exit_code) == (2, 2, 2)
    assert "either a PORTFOLIO or --org" in neither.stderr and "keep their own" in dated.stderr
