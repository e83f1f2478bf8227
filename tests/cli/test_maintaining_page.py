"""docs/maintaining.md is done from its first to its last line, and shows what really happens."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from taxonomy_api.cli.main import COMMANDS
from tests.terminal_page import ROOT, Step, play

TEXT = (ROOT / "docs/maintaining.md").read_text(encoding="utf-8")
#: Commands that a maintainer of the data needs.
BENCH = {
    *("lint", "explain", "fmt", "schema", "diff", "impact", "test", "changelog", "intake", "coverage"),
    *("export", "new-edition", "reload", "check"),
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Step]]:
    folder = tmp_path_factory.mktemp("maintaining")
    return folder, play(TEXT, folder)


def test_what_the_page_shows_is_real(played: tuple[Path, list[Step]]) -> None:
    differing = [(step.command, "\n".join(step.real)) for step in played[1] if not step.is_real]
    assert differing == [], "python -m tests.terminal_page docs/maintaining.md brings the page up to date"


def test_every_command_of_the_bench_is_on_the_page(played: tuple[Path, list[Step]]) -> None:
    used = {match[1] for step in played[1] if (match := re.match(r"taxonomy-api ([\w-]+)", step.command))}
    assert used == BENCH
    assert set(COMMANDS) >= BENCH


def test_the_exercise_leaves_nothing_behind(played: tuple[Path, list[Step]]) -> None:
    command = ["git", "-C", str(played[0] / "clone"), "status", "--porcelain", "--branch"]
    left = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert left == ["## main"]


@pytest.mark.parametrize(
    ("shown", "real", "same"),
    [
        (["a"], ["a"], True),
        (["a"], ["b"], False),
        (["a"], ["a", "b"], False),
        (["a", "…"], ["a", "b", "c"], True),
        (["a … c"], ["a bb c"], True),
        (["a … c"], ["a bb d"], False),
        (["a", "…", "d"], ["a", "d"], True),
        (["a", "…", "d"], ["a", "b"], False),
        ([], ["a"], False),
    ],
)
def test_the_comparison_sees_differences(shown: list[str], real: list[str], same: bool) -> None:
    assert Step("", shown, real).is_real is same
