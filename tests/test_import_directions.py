"""Rooms import from those below them only, and the pure ones touch nothing outside."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import taxonomy_api

PACKAGE = Path(taxonomy_api.__file__).parent
#: Highest first. Rooms on one floor of the design stand in the order in which they may use each other.
ROOMS = ("cli", "web", "jobs", "portfolio", "store", "assessment", "crosswalk", "catalog")
#: Modules beside the rooms, with the rooms that may use them.
SHARED = {
    "errors": ROOMS,
    "settings": ("cli", "web", "jobs", "portfolio", "store"),
    "logs": ("cli", "web", "jobs"),
}

PURE_ROOMS = ("assessment", "crosswalk")
OUTSIDE = frozenset(
    (
        *("alembic", "click", "flask", "flask_smorest", "granian", "huey", "sqlalchemy", "werkzeug"),
        *("openpyxl", "xlsxwriter", "yaml", "zipfile", "sqlite3", "psycopg", "redis"),
        *("glob", "io", "os", "pathlib", "shutil", "tempfile", "subprocess"),
        *("http", "requests", "socket", "urllib"),
    )
)
READS_FILES = (
    "taxonomy_api.catalog.cache",
    "taxonomy_api.catalog.check_industry",
    "taxonomy_api.catalog.load",
    "taxonomy_api.catalog.lint",
    "pyarrow.parquet",
    "pyarrow.fs",
    "pyarrow.csv",
)


def imports(source: str, module: str) -> Iterator[str]:
    """Full names of everything that the source of `module` imports, at any depth of the code."""
    package = module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, base] if base else parents)
            yield from (f"{base}.{alias.name}" for alias in node.names)


def room_of(name: str) -> str | None:
    """The part of this package that a full name belongs to; None for other packages and the version."""
    parts = name.split(".")
    return parts[1] if parts[0] == "taxonomy_api" and len(parts) > 1 and parts[1] != "__version__" else None


def violations(source: str, module: str) -> list[str]:
    own = room_of(module)
    found = []
    for name in imports(source, module):
        used = room_of(name)
        if used is None or used == own:
            continue
        if used in SHARED:
            allowed = own in SHARED[used] or own in SHARED
        else:
            allowed = own in ROOMS and used in ROOMS and ROOMS.index(own) < ROOMS.index(used)
        if not allowed:
            found.append(f"{module} imports {name}")
    return found


def impurities(source: str, module: str) -> list[str]:
    found = [
        f"{module} imports {name}"
        for name in imports(source, module)
        if name.partition(".")[0] in OUTSIDE
        or any(f"{name}.".startswith(f"{other}.") for other in READS_FILES)
    ]
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return found + [
        f"{module} calls {call.func.id}, line {call.lineno}"
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in ("open", "print", "input", "eval", "exec")
    ]


def modules(*rooms: str) -> list[tuple[str, str]]:
    """Source and full name of every module, of some rooms or of the whole package."""
    folders = [PACKAGE / room for room in rooms] or [PACKAGE]
    paths = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return [
        (path.read_text(encoding="utf-8"), ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
        for path in paths
    ]


def test_every_part_of_the_package_is_a_known_room() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    files = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    assert folders == set(ROOMS)
    assert files <= set(SHARED)


def test_rooms_import_downwards_only() -> None:
    assert [line for source, module in modules() for line in violations(source, module)] == []


def test_the_command_line_only_starts_the_service() -> None:
    """Both stand on one floor; what they share stands in a room below, or one would grow into the other."""
    used = {
        (module, name)
        for source, module in modules("cli")
        for name in imports(source, module)
        if room_of(name) == "web"
    }
    assert used == {("taxonomy_api.cli.serve", "taxonomy_api.web.serve.serve")}


def test_pure_rooms_reach_nothing_outside() -> None:
    assert [line for source, module in modules(*PURE_ROOMS) for line in impurities(source, module)] == []


@pytest.mark.parametrize(
    ("module", "source", "refused"),
    [
        ("taxonomy_api.store.keys", "from taxonomy_api.web import app", True),
        ("taxonomy_api.store.keys", "def f():\n    import taxonomy_api.jobs.worker", True),
        ("taxonomy_api.catalog.load", "from ..assessment import engine", True),
        ("taxonomy_api.catalog.load", "from taxonomy_api import settings", True),
        ("taxonomy_api.web.app", "from taxonomy_api.cli.main import cli", True),
        ("taxonomy_api.errors", "from taxonomy_api.catalog.model import Release", True),
        ("taxonomy_api.settings", "from taxonomy_api.errors import Problem", False),
        ("taxonomy_api.cli.serve", "from taxonomy_api.web import serve", False),
        ("taxonomy_api.catalog.load", "from . import model\nimport json", False),
    ],
)
def test_the_direction_check_sees_what_it_should(module: str, source: str, refused: bool) -> None:
    assert bool(violations(source, module)) is refused


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("import sqlalchemy.orm", True),
        ("from pathlib import Path", True),
        ("from taxonomy_api.catalog.load import load_release", True),
        ("from pyarrow import parquet", True),
        ("def f():\n    return open('x')", True),
        ("import numpy\nfrom taxonomy_api.catalog.model import Release", False),
    ],
)
def test_the_purity_check_sees_what_it_should(source: str, refused: bool) -> None:
    assert bool(impurities(source, "taxonomy_api.assessment.sample")) is refused


def test_pure_rooms_load_neither_web_nor_database() -> None:
    """Also not by way of what they import."""
    names = [module.removesuffix(".__init__") for _, module in modules(*PURE_ROOMS)]
    program = (
        "import importlib, json, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    loaded = json.loads(
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
    )
    assert not {"flask", "sqlalchemy", "huey", "openpyxl", "click", "requests"} & set(loaded)
