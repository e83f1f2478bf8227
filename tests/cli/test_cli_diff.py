"""`diff` as text, JSON and Markdown."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]

SAID = "demo-a 1.10 green: at most 50 → 40 gCO2e/kWh from 2036-01-01 until 2049-12-31 (a, ghg_intensity)"


@pytest.fixture
def folder(tmp_path: Path, minimal_data: Path) -> Path:
    folder = Path(shutil.copytree(minimal_data, tmp_path / "data"))
    path = folder / "taxonomies/demo-a/1-energy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2036-01-01: 50 g", "2036-01-01: 40 g"), encoding="utf-8")
    return folder


def test_changes_as_text(run: Run, minimal_data: Path, folder: Path) -> None:
    result = run("diff", minimal_data, folder)
    assert SAID in result.stdout.splitlines()
    assert result.stderr.startswith("2 changes from sha256:")


def test_without_a_second_name_the_folder_in_use_is_compared(
    run: Run, minimal_data: Path, folder: Path
) -> None:
    assert SAID in run("diff", minimal_data, TAXONOMY_API_DATA=str(folder)).stdout


def test_changes_as_json(run: Run, minimal_data: Path, folder: Path) -> None:
    found = json.loads(run("diff", minimal_data, folder, "--format", "json").stdout)
    assert found["before"] != found["after"]
    change = next(one for one in found["changes"] if one["subject"] == "demo-a:1.10")
    assert change == {
        "about": "limit",
        "taxonomy": "demo-a",
        "subject": "demo-a:1.10",
        "place": "green a",
        "before": "at most 50 gCO2e/kWh",
        "after": "at most 40 gCO2e/kWh",
        "text": SAID,
        "start": "2036-01-01",
    }


def test_changes_as_markdown(run: Run, minimal_data: Path, folder: Path) -> None:
    lines = run("diff", minimal_data, folder, "--format", "markdown").stdout.splitlines()
    assert "### demo-a" in lines
    assert f"- **{SAID.replace('_', chr(92) + '_')}**" in lines


def test_a_name_that_means_nothing_is_refused(run: Run, minimal_data: Path) -> None:
    result = run("diff", "no-such-tag", TAXONOMY_API_DATA=str(minimal_data))
    assert result.exit_code == 1
    assert "no-such-tag is neither a data folder nor a tag, branch or commit" in result.stderr
