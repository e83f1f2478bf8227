"""The command as a whole: help, speed of start, exit codes, errors without tracebacks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from taxonomy_api.cli.common import day, refusal
from taxonomy_api.cli.main import Commands, cli
from taxonomy_api.errors import Conflict, InvalidInput, Problem

Run = Callable[..., Result]


def test_all_commands_are_there() -> None:
    assert set(cli.commands) == {
        *("serve", "worker", "reload", "assess", "check", "template", "mapping"),
        *("lint", "explain", "fmt", "diff", "impact", "coverage", "test", "changelog", "new-edition"),
        *("intake", "export", "import", "schema"),
        *("org", "key", "purge", "audit", "db"),
    }
    assert [command.name for command in cli.commands.values()] == [*cli.commands]


def test_a_mistyped_command_is_named_with_the_nearest(run: Run) -> None:
    assert "assess" in run("asess").stderr


def test_a_command_is_all_that_is_loaded_of_the_commands() -> None:
    program = (
        "import sys; from taxonomy_api.cli.main import cli\n"
        "cli(['reload', '--help'], standalone_mode=False)\n"
        "print(*(n for n in ('serve', 'assess', 'intake') if f'taxonomy_api.cli.{n}' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.splitlines()[-1] == "serve"


def test_version(run: Run) -> None:
    assert run("--version").output == f"taxonomy-api, version {version('taxonomy-api')}\n"


def test_help_loads_nothing_heavy() -> None:
    """What makes start-up slow is imported by the commands that need it only."""
    program = (
        "import sys; from taxonomy_api.cli.main import cli\n"
        "cli(['--help'], standalone_mode=False)\n"
        "print([n for n in ('flask', 'sqlalchemy', 'numpy', 'pyarrow', 'yaml') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_assessing_loads_nothing_of_the_service(tmp_path: Path) -> None:
    """Nor what reads data files or other formats: a small portfolio takes hardly longer than start-up."""
    portfolio, cache = tmp_path / "portfolio.csv", tmp_path / "cache"
    portfolio.write_text("Project,Activity\nOne,eu-climate-mitigation:4.1\n", encoding="utf-8")
    service = ("flask", "marshmallow", "sqlalchemy", "alembic", "huey", "prometheus_client")
    formats = ("yaml", "openpyxl", "pyarrow", "fastexcel", "opencc")
    program = (
        "import sys; from taxonomy_api.cli.main import cli\n"
        f"cli({['assess', str(portfolio), '-o', str(tmp_path / 'result.xlsx')]!r}, standalone_mode=False)\n"
        f"print([n for n in {(*service, *formats)!r} if n in sys.modules])"
    )
    environment = {**os.environ, "TAXONOMY_API_CACHE": str(cache)}
    for _ in range(2):  # the first run reads the data files and keeps what it read
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, check=True, text=True
        )
    assert (tmp_path / "result.xlsx").exists()
    assert done.stdout.splitlines()[-1] == "[]"


START = "from taxonomy_api.cli.main import cli; cli(['--help'])"


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("check",),
        ("check", "hk-phase-2a:ENE-01", "technology"),
        ("check", "hk-phase-2a:ENE-01", "=bioenergy"),
        ("check", "hk-phase-2a:ENE-01", "--as-of", "2026-02-30"),
        ("check", "hk-phase-2a:ENE-01", "--lang", "fr"),
        ("assess", "not-there.xlsx"),
        ("lint", "not-there"),
        ("serve", "--port", "70000"),
        ("template", "-o", "template.docx"),
        ("template",),
        ("key", "create", "--expires", "tomorrow"),
    ],
)
def test_wrong_usage_ends_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_a_wrong_setting_is_named_with_its_cure(run: Run) -> None:
    result = run("org", "list", TAXONOMY_API_PORT="many")
    assert result.exit_code == 1
    assert "TAXONOMY_API_PORT is 'many'; write a whole number." in result.stderr


def test_an_unknown_setting_is_refused(run: Run) -> None:
    result = run("org", "list", TAXONOMY_API_PROT="8000")
    assert result.exit_code == 1
    assert "TAXONOMY_API_PROT" in result.stderr


@pytest.mark.parametrize(
    "text", ["20261231", "2026-2-3", "2026-02-30", "31.12.2026", "2026-W01-1", "", "today"]
)
def test_days_that_are_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="YYYY-MM-DD"):
        day(text)


def test_a_day() -> None:
    assert day("2028-02-29").isoformat() == "2028-02-29"


def test_refusals_tell_place_message_code_and_names() -> None:
    error = InvalidInput(
        Problem("/a", "unknown_fact", "There is no fact x.", nearest=("y", "z")),
        Problem("", "bad", "All wrong.", allowed=("1", "2")),
    )
    assert refusal(error).message == (
        "/a: There is no fact x. [unknown_fact]\n    Nearest: y, z\nAll wrong. [bad]\n    Allowed: 1, 2"
    )


def test_other_refusals() -> None:
    assert refusal(Conflict("taken", "The name is taken.")).message == "The name is taken."
    missing = FileNotFoundError(2, "No such file or directory", "a.xlsx")
    assert refusal(missing).message == "a.xlsx: No such file or directory"
    assert (
        refusal(RuntimeError("odd")).message
        == "unexpected RuntimeError: odd (taxonomy-api --traceback … shows where)"
    )


def failing(error: Exception) -> click.Command:
    group = Commands("program", params=[click.Option(["--traceback"], is_flag=True)])

    @group.command()
    def fail() -> None:
        raise error

    return group


def test_unexpected_failures_show_one_line_and_on_request_the_traceback() -> None:
    plain = CliRunner().invoke(failing(RuntimeError("odd")), ["fail"])
    assert (plain.exit_code, plain.stderr.count("\n")) == (1, 1)
    traced = CliRunner().invoke(failing(RuntimeError("odd")), ["--traceback", "fail"])
    assert isinstance(traced.exception, RuntimeError)


def test_a_reader_that_goes_away_is_no_failure_of_ours() -> None:
    """As in `taxonomy-api … | head -1`."""
    with subprocess.Popen(
        [sys.executable, "-c", START], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""
