"""The README shows real answers: each is compared with what the program gives now."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.catalog.load import load_release
from taxonomy_api.cli.main import cli

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = re.compile(
    r"^```sh\n\.venv/bin/taxonomy-api (.*?)\n```\n```text\n(.*?)^```", re.MULTILINE | re.DOTALL
)


def is_part_of(shown: object, real: object) -> bool:
    """Whether everything shown is so in the real answer; a text ending in "…" is its beginning."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(
            key in real and is_part_of(shown[key], real[key]) for key in shown
        )
    if isinstance(shown, list):
        return isinstance(real, list) and all(
            any(is_part_of(each, other) for other in real) for each in shown
        )
    if isinstance(shown, str) and shown.endswith("…"):
        return isinstance(real, str) and real.startswith(shown[:-1])
    return shown == real


def test_the_answer_over_rest_is_real() -> None:
    (body,) = re.findall(r"^curl .*?-d '\n(.*?)'\n```", TEXT, re.MULTILINE | re.DOTALL)
    (shown,) = re.findall(r"^```json\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    release = load_release(ROOT).release
    assert release is not None
    engine = Engine(release)
    real = assess(engine, read_request(engine, json.loads(body)))
    assert is_part_of(json.loads(shown), real)


@pytest.mark.parametrize(("command", "shown"), SHELL.findall(TEXT), ids=lambda text: text.split()[0])
def test_what_the_terminal_shows_is_real(
    command: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The README may stop early, and shows only what the command prints first."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    result = CliRunner().invoke(cli, shlex.split(command))
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(shown.rstrip("\n"))


def test_both_commands_are_shown_with_their_answers() -> None:
    assert {command.split()[0] for command, _ in SHELL.findall(TEXT)} == {"check", "assess"}


@pytest.mark.parametrize(
    ("shown", "real", "same"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"c": None}, {"a": 1}, False),
        ([{"a": 1}], [{"a": 0}, {"a": 1, "b": 2}], True),
        ([{"a": 1}], [], False),
        ("sha256:…", "sha256:abc", True),
        ("sha256:…", "md5:abc", False),
    ],
)
def test_the_comparison_sees_differences(shown: object, real: object, same: bool) -> None:
    assert is_part_of(shown, real) is same
