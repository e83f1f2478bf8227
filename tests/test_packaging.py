"""The wheel works by itself: installed elsewhere it brings its data along."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a fresh environment that holds the wheel; dependencies come from this one."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, symlinks=True)
    python = home / "bin" / "python"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(python),
            "install",
            "--no-deps",
            "--no-index",
            "--quiet",
            str(wheel),
        ],
        check=True,
        capture_output=True,
    )
    (site_packages,) = home.glob("lib/python*/site-packages")
    # A plain path: what it leads to is importable, but its own editable install of the checkout is not.
    (site_packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return home / "bin"


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment: Mapping[str, str] = {
        name: value for name, value in os.environ.items() if not name.startswith(("TAXONOMY_API_", "PYTHON"))
    }
    return subprocess.run(
        [str(installed / arguments[0]), *arguments[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_code_data_and_licence_and_no_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    data = {
        path.relative_to(ROOT) for kind in ("taxonomies", "mappings") for path in (ROOT / kind).rglob("*.*")
    }
    assert {f"taxonomy_api/_data/{path.as_posix()}" for path in data if (ROOT / path).is_file()} <= names
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "taxonomy_api").rglob("*.py")}
    assert code <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "scripts/", "requirements/"))]


def test_the_program_is_the_one_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    found = run(installed, tmp_path, "python", "-c", "import taxonomy_api; print(taxonomy_api.__file__)")
    assert Path(found.stdout.strip()).is_relative_to(installed.parent)


def test_lint_of_the_data_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "taxonomy-api", "lint")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stdout + done.stderr
    assert "0 errors" in done.stderr


def test_check_from_another_folder(installed: Path, tmp_path: Path) -> None:
    arguments = ("check", "hk-phase-2a:ENE-01", "lifecycle_ghg_intensity=84 gCO2e/kWh", "--json")
    done = run(installed, tmp_path, "taxonomy-api", *arguments)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["verdicts"][0]["activity"]["id"] == "hk-phase-2a:ENE-01"
    assert answer["release"].startswith("sha256:")


def test_nothing_is_written_where_it_runs(installed: Path, tmp_path: Path) -> None:
    run(installed, tmp_path, "taxonomy-api", "lint")
    assert list(tmp_path.iterdir()) == []
