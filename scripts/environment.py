"""Makes the checkout's `.venv` and keeps it at the locked versions; needs only Python and pip.

Usage: environment.py runtime|test [--check]

`runtime` is what the service needs, `test` adds the test extras. Nothing is installed while the
stamp in `.venv` matches the lock files, so that a second start costs milliseconds. With `--check`
nothing is changed: exit 0 if the environment is ready, else 1.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.stamp"
LEVELS = ("runtime", "test")


def main(arguments: list[str]) -> int:
    level = arguments[0] if arguments else ""
    if level not in LEVELS:
        print(f"usage: environment.py {'|'.join(LEVELS)} [--check]", file=sys.stderr)
        return 2
    if "--check" in arguments:
        return 0 if is_ready(level) else 1
    with only_one():
        if is_ready(level):
            return 0
        try:
            install(level)
        except subprocess.CalledProcessError as problem:
            print(f"Installing failed: {' '.join(map(str, problem.cmd))}", file=sys.stderr)
            return 1
    return 0


@contextmanager
def only_one() -> Iterator[None]:
    """Two starts at once must not install into each other."""
    checkout = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(checkout, fcntl.LOCK_EX)
        yield
    finally:
        os.close(checkout)


def is_ready(level: str) -> bool:
    """The test environment holds everything of the runtime, so it serves for both."""
    if not PYTHON.exists() or not STAMP.is_file():
        return False
    installed_level, _, installed_hash = STAMP.read_text().strip().partition(" ")
    return installed_hash == wanted_hash() and installed_level in (level, "test")


def wanted_hash() -> str:
    """Hash of all that decides what is installed, the place of the checkout included."""
    digest = hashlib.sha256(os.fsencode(ROOT))
    for path in (ROOT / "pyproject.toml", *(lock_file(level) for level in LEVELS)):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def lock_file(level: str) -> Path:
    return ROOT / "requirements" / f"{level}.txt"


def install(level: str) -> None:
    STAMP.unlink(missing_ok=True)
    if not has_pip():
        print(f"Making {VENV} with Python {sys.version.split()[0]} …", flush=True)
        make_venv()
    print(f"Installing requirements/{level}.txt …", flush=True)
    # The lock file is complete. Asked to resolve again, older pips take an extra of a locked package
    # (`coverage[toml]`) for a requirement of its own, without a hash, and stop once a newer release is out.
    pip("install", "--no-deps", "--require-hashes", "--requirement", str(lock_file(level)))
    # The package itself comes last: its build backend is among the locked requirements.
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    pip("check")
    STAMP.write_text(f"{level} {wanted_hash()}\n")


def has_pip() -> bool:
    if not PYTHON.exists():
        return False
    probe = [str(PYTHON), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def make_venv() -> None:
    try:
        venv.create(VENV, with_pip=True, clear=True, symlinks=True)
    except subprocess.CalledProcessError:
        print(
            "This Python cannot make environments; on Debian and Ubuntu install python3-venv.",
            file=sys.stderr,
        )
        raise


def pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "--quiet", "--no-input", "--disable-pip-version-check"]
    subprocess.run([*command, *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
