"""`fmt` and `lint --fix` on a copy of a small data folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]

POWER = "taxonomies/demo-b/power.yaml"
SECTOR = "taxonomies/demo-a/1-energy.yaml"


@pytest.fixture
def folder(tmp_path: Path, minimal_data: Path) -> Path:
    return Path(shutil.copytree(minimal_data, tmp_path / "data"))


def test_a_check_names_the_place_and_writes_nothing(run: Run, folder: Path) -> None:
    run("fmt", folder)
    path = folder / POWER
    spoilt = path.read_text(encoding="utf-8").replace("    status: recalled", "    status:   'recalled'")
    path.write_text(spoilt, encoding="utf-8")
    result = run("fmt", "--check", folder)
    assert result.exit_code == 1
    assert result.stdout == f"{path}:5:1: not in its form\n"
    assert path.read_text(encoding="utf-8") == spoilt

    assert run("fmt", folder / POWER).exit_code == 0
    assert "    status: recalled\n" in path.read_text(encoding="utf-8")
    assert run("fmt", "--check", folder).exit_code == 0


def test_a_file_that_cannot_be_read_is_named_and_left(run: Run, folder: Path) -> None:
    path = folder / POWER
    path.write_text("a: [1\n", encoding="utf-8")
    result = run("fmt", folder)
    assert result.exit_code == 1
    assert "power.yaml:1:4: yaml-syntax" in result.stderr
    assert path.read_text(encoding="utf-8") == "a: [1\n"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: b"\xef\xbb\xbf" + text, "it begins with a byte order mark"),
        (lambda text: text.replace(b"\n", b"\r\n"), "its lines end as on Windows, in CRLF"),
    ],
)
def test_what_an_editor_does_not_show_is_said(
    run: Run, folder: Path, change: Callable[[bytes], bytes], why: str
) -> None:
    run("fmt", folder)
    path = folder / POWER
    path.write_bytes(change(path.read_bytes()))
    assert run("fmt", "--check", folder).stdout == f"{path}:1:1: not in its form ({why})\n"
    assert run("fmt", folder).exit_code == 0
    assert run("fmt", "--check", folder).exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("2050-01-01: closed", "2036-01-01: closed", "2036-01-01"),  # in brackets, where days are sorted
        ("    code_status: local\n", "    code_status: local\n    code_status: official\n", "code_status"),
    ],
)
def test_a_key_that_stands_twice_is_found(run: Run, folder: Path, old: str, new: str, key: str) -> None:
    path = folder / SECTOR
    spoilt = path.read_text(encoding="utf-8").replace(old, new, 1)
    path.write_text(spoilt, encoding="utf-8")
    for command in (("fmt",), ("fmt", "--check")):
        result = run(*command, folder)
        assert result.exit_code == 1
        assert f"yaml-duplicate-key: {key} already stands in line" in result.stderr
        assert path.read_text(encoding="utf-8") == spoilt


def test_lint_mends_what_leaves_nothing_to_decide(run: Run, folder: Path) -> None:
    path = folder / SECTOR
    sound = path.read_text(encoding="utf-8")
    steps = "2025-01-01: 0.1 kgCO2e/kWh, 2036-01-01: 50 gCO2e/kWh"
    spoilt = sound.replace(steps, ", ".join(reversed(steps.split(", ")))).replace(
        "{id: a, fact: ghg_intensity", "{id: a, fact: ghg"
    )
    path.write_text(spoilt, encoding="utf-8")
    assert "ghg is an alias" in run("lint", folder).stdout

    result = run("lint", "--fix", folder)

    assert f"{path} mended." in result.stderr and result.stdout == ""
    text = path.read_text(encoding="utf-8")
    assert (
        "{id: a, fact: ghg_intensity, at_most: {2025-01-01: 0.1 kgCO2e/kWh, 2036-01-01: 50 gCO2e/kWh" in text
    )
