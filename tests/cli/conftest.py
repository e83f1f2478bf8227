"""The command line inside the test process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from taxonomy_api.cli.main import cli

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `taxonomy-api` with these arguments, in an empty folder and with a store of its own."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    environment = {"TAXONOMY_API_STORE": str(tmp_path / "store")}

    def invoke(*arguments: str | Path, **more: str) -> Result:
        return CliRunner().invoke(cli, [str(each) for each in arguments], env={**environment, **more})

    return invoke
