"""What is committed: nothing of one machine, scripts that run, documents that are true."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click
import pytest

import taxonomy_api
from taxonomy_api.cli.main import cli
from taxonomy_api.cli.reference import helps, reference

ROOT = Path(__file__).resolve().parent.parent

#: Put together from parts, so that this file does not contain them.
FORBIDDEN = tuple(
    "".join(parts)
    for parts in (
        ("pypi", ".org"),
        ("python", "hosted", ".org"),
        ("registry", ".npmjs"),
        ("--index", "-url"),
        ("file:", "///opt"),
        ("/wo", "rk/"),
        ("/ro", "ot/"),
        ("/opt/", "wheels"),
        ("/opt/", "pypi"),
    )
)
README_COMMAND = re.compile(r"^(?:\.venv/bin/)?(?P<command>taxonomy-api .+|\./scripts/\S+.*)$", re.MULTILINE)


def committed() -> list[Path]:
    """Files that are or may be committed."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def mentions(content: bytes) -> list[str]:
    return [word for word in (*FORBIDDEN, f"{ROOT}/") if word.encode() in content]


def test_nothing_names_a_package_registry_or_this_machine() -> None:
    files = committed()
    assert len(files) > 20
    assert {
        str(path.relative_to(ROOT)): found for path in files if (found := mentions(path.read_bytes()))
    } == {}


@pytest.mark.parametrize("word", FORBIDDEN)
def test_the_search_finds_what_it_should(word: str) -> None:
    assert mentions(f"see {word} there".encode()) == [word]


def test_locked_requirements_have_hashes_only() -> None:
    for name in ("runtime.txt", "test.txt", "sssom.txt"):
        text = (ROOT / "requirements" / name).read_text()
        requirements = re.split(r"\n(?=\S)", text.strip())
        assert len(requirements) > 20
        for requirement in requirements:
            assert re.match(r"[a-z0-9-]+(\[[a-z,]+\])?==[0-9]", requirement), requirement
            assert "--hash=sha256:" in requirement, requirement


def test_the_version_is_the_same_everywhere() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert stated == taxonomy_api.__version__ == version("taxonomy-api")


@pytest.mark.parametrize(
    "script", ["scripts/serve", "scripts/test", "scripts/check-sssom", "scripts/find-python", ".ci/run"]
)
def test_scripts_have_run_bits_and_sound_syntax(script: str) -> None:
    path = ROOT / script
    assert os.access(path, os.X_OK)
    assert path.read_text().startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in path.read_text()
    subprocess.run(["bash", "-n", str(path)], check=True)


def readme_commands() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("\\\n", " ")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [match["command"] for block in blocks for match in README_COMMAND.finditer(block)]


def parse(arguments: list[str]) -> click.Context:
    """Parses a command line of `taxonomy-api` without running it; raises click.UsageError."""
    command: click.Command = cli
    context = None
    while isinstance(command, click.Group):
        name = arguments.pop(0)
        context = click.Context(command, context, info_name=command.name, **command.context_settings)
        below = command.get_command(context, name)
        if below is None:
            raise click.UsageError(f"no command {name}")
        command = below
    return command.make_context(command.name, arguments, context)


def test_the_readme_shows_both_scripts_and_the_commands() -> None:
    commands = readme_commands()
    assert any(command.startswith("./scripts/serve") for command in commands)
    assert any(command.startswith("./scripts/test") for command in commands)
    assert any(command.startswith("taxonomy-api check") for command in commands)
    assert any(command.startswith("taxonomy-api assess") for command in commands)


def test_commands_of_the_readme_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for command in readme_commands():
        program, *arguments = shlex.split(command, comments=True)
        if program == "taxonomy-api":
            parse(arguments)
        else:
            assert os.access(ROOT / program, os.X_OK), command


def test_an_unknown_command_or_option_would_be_noticed() -> None:
    with pytest.raises(click.UsageError):
        parse(["asses", "x"])
    with pytest.raises(click.UsageError):
        parse(["lint", "--no-such-option"])


def relative_links(page: Path) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            yield target


def test_links_between_documents_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in relative_links(page)
        if not (page.parent / link).exists()
    ]
    assert broken == []


def test_the_reference_of_the_commands_is_current() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert page == reference(), "renew it: python -m taxonomy_api.cli.reference > docs/cli.md"


def test_the_reference_covers_every_command() -> None:
    page = reference()
    paths = [path for path, _ in helps(cli, "taxonomy-api")]
    assert len(paths) > 12
    assert all(f"\n## {path}\n" in page for path in paths)


def test_no_help_line_is_cut() -> None:
    """A first sentence too long for the list of commands ends in dots there."""
    assert [
        path for path, text in helps(cli, "taxonomy-api") if "..." in text.partition("Commands:")[2]
    ] == []
