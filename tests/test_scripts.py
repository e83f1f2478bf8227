"""The scripts that make the environment: what they accept, and when they install again."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the scripts need, with an environment that holds a Python but nothing installed."""
    folder = tmp_path / "checkout"
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture
def environment(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module scripts/environment.py of the copy, with an interpreter in place."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    spec = importlib.util.spec_from_file_location("environment", checkout / "scripts" / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to(sys.executable)
    return module


def stamp(environment: ModuleType, level: str) -> None:
    environment.STAMP.write_text(f"{level} {environment.wanted_hash()}\n")


def test_nothing_is_ready_before_the_first_installation(environment: ModuleType) -> None:
    assert not environment.is_ready("runtime")
    assert not environment.is_ready("test")


def test_the_test_environment_serves_for_both(environment: ModuleType) -> None:
    stamp(environment, "test")
    assert environment.is_ready("runtime")
    assert environment.is_ready("test")


def test_the_runtime_environment_does_not_serve_for_tests(environment: ModuleType) -> None:
    stamp(environment, "runtime")
    assert environment.is_ready("runtime")
    assert not environment.is_ready("test")


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements/runtime.txt", "requirements/test.txt"])
def test_a_changed_lock_is_installed_again(environment: ModuleType, checkout: Path, name: str) -> None:
    stamp(environment, "test")
    with (checkout / name).open("a") as stream:
        stream.write("# changed\n")
    assert not environment.is_ready("runtime")


def test_an_environment_without_its_python_is_made_again(environment: ModuleType, checkout: Path) -> None:
    stamp(environment, "test")
    (checkout / ".venv" / "bin" / "python").unlink()
    (checkout / ".venv" / "bin" / "python").symlink_to(checkout / "gone")
    assert not environment.is_ready("runtime")


def test_an_interrupted_installation_leaves_no_stamp(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stamp(environment, "runtime")

    def fail(*arguments: str) -> None:
        raise subprocess.CalledProcessError(1, ["pip", *arguments])

    monkeypatch.setattr(environment, "pip", fail)
    assert environment.main(["test"]) == 1
    assert not environment.STAMP.exists()
    assert "Installing failed: pip install --no-deps --require-hashes" in capsys.readouterr().err


def test_what_is_installed(environment: ModuleType, monkeypatch: pytest.MonkeyPatch, checkout: Path) -> None:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(environment, "pip", lambda *arguments: calls.append(arguments))
    assert environment.main(["runtime"]) == 0
    lock = str(checkout / "requirements" / "runtime.txt")
    assert calls == [
        ("install", "--no-deps", "--require-hashes", "--requirement", lock),
        ("install", "--no-deps", "--no-build-isolation", "--editable", str(checkout)),
        ("check",),
    ]
    assert environment.main(["runtime"]) == 0
    assert len(calls) == 3


def test_only_known_levels(environment: ModuleType) -> None:
    assert environment.main([]) == 2
    assert environment.main(["everything"]) == 2


def find_python(checkout: Path, programs: Path, **more: str) -> subprocess.CompletedProcess[str]:
    bash = shutil.which("bash")
    dirname = shutil.which("dirname")
    assert bash is not None
    assert dirname is not None
    programs.mkdir(exist_ok=True)
    for program in (bash, dirname):
        (programs / Path(program).name).symlink_to(program)
    return subprocess.run(
        [bash, str(checkout / "scripts" / "find-python"), "./scripts/serve"],
        env={"PATH": str(programs), **more},
        capture_output=True,
        text=True,
        check=False,
    )


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!{shutil.which('bash')}\n{text}\n")
    path.chmod(0o755)
    return path


OLD = '[[ "$1" == --version ]] && echo "Python 3.8.10" || exit 1'


def test_a_python_that_is_too_old_is_named(checkout: Path, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "python3", OLD)
    found = find_python(checkout, tmp_path / "bin")
    assert found.returncode == 1
    assert "needs Python 3.11 or newer; found: Python 3.8.10." in found.stderr
    assert "PYTHON=/path/to/python3.12 ./scripts/serve" in found.stderr


def test_no_python_at_all(checkout: Path, tmp_path: Path) -> None:
    found = find_python(checkout, tmp_path / "bin")
    assert found.returncode == 1
    assert "found: no Python at all." in found.stderr


def test_a_newer_one_is_found_beside_an_old_one(checkout: Path, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "python3", OLD)
    program(tmp_path / "bin" / "python3.12", "exit 0")
    assert find_python(checkout, tmp_path / "bin").stdout == "python3.12\n"


def test_the_one_that_the_user_names_comes_first(checkout: Path, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "python3.13", "exit 0")
    own = program(tmp_path / "own" / "python", "exit 0")
    assert find_python(checkout, tmp_path / "bin", PYTHON=str(own)).stdout == f"{own}\n"


def test_serve_passes_its_arguments_on(environment: ModuleType, checkout: Path) -> None:
    """With an environment that is ready, the script only starts the program."""
    stamp(environment, "runtime")
    program(checkout / ".venv" / "bin" / "taxonomy-api", 'printf "%s|" "$PWD" "$@"')
    done = subprocess.run(
        [str(checkout / "scripts" / "serve"), "--port", "8123", "a b"],
        cwd="/",
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{checkout}|serve|--port|8123|a b|"
