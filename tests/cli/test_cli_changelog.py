"""`changelog` over a small data folder under git."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from taxonomy_api.catalog.changelog import sections
from taxonomy_api.catalog.load import default_data_folder, load_release

Run = Callable[..., Result]

LINE = "- demo-a:1.10 and demo-0:1.1, from 2036-01-01: the limit falls to 40 g.\n"


@pytest.fixture
def folder(tmp_path: Path, minimal_data: Path) -> Path:
    """A repository whose changelog names its release, and a limit changed since."""
    folder = Path(shutil.copytree(minimal_data, tmp_path / "data"))
    release = load_release(folder).release
    assert release is not None
    log = f"# Changelog\n\n## Unreleased\n\n## First, {release.id}\n- Everything, at once.\n"
    (folder / "taxonomies/CHANGELOG.md").write_text(log, encoding="utf-8")
    who = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "first")):
        subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)
    path = folder / "taxonomies/demo-a/1-energy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2036-01-01: 50 g", "2036-01-01: 40 g"), encoding="utf-8")
    return folder


def test_a_change_without_a_line_is_refused(run: Run, folder: Path) -> None:
    result = run("changelog", TAXONOMY_API_DATA=str(folder))
    assert result.exit_code == 1
    assert "- demo-a:1.10, from 2036-01-01: green: at most 50 → 40 gCO2e/kWh" in result.stdout
    assert "2 lines are missing" in result.stderr


def test_a_line_with_code_and_day_is_enough(run: Run, folder: Path) -> None:
    log = folder / "taxonomies/CHANGELOG.md"
    text = log.read_text(encoding="utf-8")
    log.write_text(text.replace("## Unreleased\n", f"## Unreleased\n{LINE}"), encoding="utf-8")
    result = run("changelog", TAXONOMY_API_DATA=str(folder))
    assert (result.exit_code, result.stderr) == (0, "Every change of the data is named.\n")
    log.write_text(log.read_text(encoding="utf-8").replace("from 2036-01-01", "at once"), encoding="utf-8")
    assert run("changelog", TAXONOMY_API_DATA=str(folder)).exit_code == 1


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (f"<<<<<<< HEAD\n{LINE}=======\n{LINE}>>>>>>> other\n", 4),
        (f"{LINE}Words beside it.\n", 5),
        (f"* {LINE[2:]}", 4),
    ],
)
def test_only_lines_stand_under_unreleased(run: Run, folder: Path, lines: str, number: int) -> None:
    log = folder / "taxonomies/CHANGELOG.md"
    text = log.read_text(encoding="utf-8").replace("## Unreleased\n", f"## Unreleased\n{lines}")
    log.write_text(text, encoding="utf-8")
    for command in ((), ("--write",), ("--publish", "Name")):
        refused = run("changelog", *command, TAXONOMY_API_DATA=str(folder))
        assert refused.exit_code == 1 and f"line {number}: " in refused.stderr
        assert log.read_text(encoding="utf-8") == text


def test_a_line_may_go_on_below(run: Run, folder: Path) -> None:
    log = folder / "taxonomies/CHANGELOG.md"
    text = log.read_text(encoding="utf-8")
    line = LINE.replace(", from", ",\n  from")
    log.write_text(text.replace("## Unreleased\n", f"## Unreleased\n{line}"), encoding="utf-8")
    assert run("changelog", TAXONOMY_API_DATA=str(folder)).exit_code == 0


def test_a_line_whose_change_was_taken_back_is_told(run: Run, folder: Path) -> None:
    log = folder / "taxonomies/CHANGELOG.md"
    text = log.read_text(encoding="utf-8")
    log.write_text(text.replace("## Unreleased\n", f"## Unreleased\n{LINE}"), encoding="utf-8")
    subprocess.run(["git", "-C", str(folder), "restore", "taxonomies/demo-a"], check=True)
    result = run("changelog", TAXONOMY_API_DATA=str(folder))
    assert result.exit_code == 0
    assert f"this line names no change; remove it, or correct code and day: {LINE[2:]}" in result.stderr


def test_a_draft_is_added(run: Run, folder: Path) -> None:
    assert run("changelog", "--write", TAXONOMY_API_DATA=str(folder)).exit_code == 0
    assert run("changelog", TAXONOMY_API_DATA=str(folder)).exit_code == 0
    assert run("changelog", "--since", "HEAD", TAXONOMY_API_DATA=str(folder)).exit_code == 0


def test_a_release_is_published_under_a_name(run: Run, folder: Path) -> None:
    log, data = folder / "taxonomies/CHANGELOG.md", str(folder)
    refused = run("changelog", "--publish", "Stricter", TAXONOMY_API_DATA=data)
    assert refused.exit_code == 1 and "2 lines are missing" in refused.stderr
    assert "Stricter" not in log.read_text(encoding="utf-8")
    assert run("changelog", "--write", TAXONOMY_API_DATA=data).exit_code == 0
    assert run("changelog", "--publish", "Stricter", TAXONOMY_API_DATA=data).exit_code == 0
    release = load_release(folder).release
    assert release is not None
    newest, first = sections(log.read_text(encoding="utf-8"))
    assert (newest.heading, newest.release) == (f"## Stricter, {release.id}", release.id)
    assert len(newest.lines) == 2 and first.lines == ("Everything, at once.",)
    # Published, so that nothing is open: the next change begins a section of its own.
    assert run("changelog", TAXONOMY_API_DATA=data).exit_code == 0
    again = run("changelog", "--publish", "Again", TAXONOMY_API_DATA=data)
    assert again.exit_code == 1 and "nothing to publish" in again.stderr
    assert run("changelog", "--publish", "Both", "--write", TAXONOMY_API_DATA=data).exit_code == 2


def test_the_changelog_of_the_record_names_every_change(run: Run) -> None:
    """Reads the history of the checkout: a clone for tests needs the commits since the last release."""
    result = run("changelog", TAXONOMY_API_DATA=str(default_data_folder()))
    assert (result.exit_code, result.stderr) == (0, "Every change of the data is named.\n"), result.stdout
