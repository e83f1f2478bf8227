"""A page of documentation that shows a terminal, files and a workbook, done line by line as a reader would.

- a block `console`: lines that begin with `$ ` are commands, what follows them is what they print. A line
  `…` stands for any lines, `…` in a line for any text; ids of releases become `sha256:…`.
  `taxonomy-api` and the service that `curl` asks run inside this process, `git` is git.
- a block `diff`: its first line names a file; what stands behind `-` becomes what stands behind `+`.
- a block `json` behind a block `console`: a part of what `curl` printed last.
- a table headed `| Criteria, row 2 of hk.xlsx | write |`: cells of that workbook, by the titles of columns.

`python -m tests.terminal_page docs/maintaining.md` writes what the commands print now into the page.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import openpyxl
from click.testing import CliRunner

from taxonomy_api.catalog.changelog import last_release
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.revisions import CHANGELOG
from taxonomy_api.cli.main import cli
from taxonomy_api.settings import load
from taxonomy_api.web.app import create_app
from taxonomy_api.web.services import make_services
from tests.test_readme import is_part_of

ROOT = Path(__file__).resolve().parent.parent
#: What a maintainer's clone holds, as far as the commands of the bench look at it.
PARTS = ("taxonomies", "mappings", "examples", "schemas")
_PART = re.compile(
    r"^```(?P<kind>console|diff|json)\n(?P<block>.*?)^```$"
    r"|^\| (?P<sheet>\w+), row (?P<row>\d+) of (?P<book>\S+) \| write \|\n"
    r"\|[-| ]+\|\n(?P<cells>(?:\|[^\n]*\n)+)",
    re.MULTILINE | re.DOTALL,
)
#: The lines of the changelog that stand under Unreleased.
_OPEN = re.compile(r"(## Unreleased\n)(?:- .*\n)+")
_RELEASE = re.compile(r"sha256:[0-9a-f]{12,64}")
#: Commits of the page are made by nobody in particular, whatever git is told on this machine.
_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "M",
    "GIT_AUTHOR_EMAIL": "m@example.org",
    "GIT_COMMITTER_NAME": "M",
    "GIT_COMMITTER_EMAIL": "m@example.org",
}


@dataclass
class Step:
    """A command and what the page says that it prints; `real` is what it printed."""

    command: str
    shown: list[str] = field(default_factory=list)
    real: list[str] = field(default_factory=list)

    @property
    def is_real(self) -> bool:
        return _same(self.shown, self.real)


def play(text: str, folder: Path) -> list[Step]:
    """Does what the page says in the empty `folder`; its commands in order, with what they print.

    Raises AssertionError where an edit does not fit the file, a cell is not there, or a part of an answer
    is not in it.
    """
    clone, store = folder / "clone", folder / "store"
    _make_clone(clone)
    settings = {"TAXONOMY_API_STORE": str(store), "TAXONOMY_API_CACHE": str(folder / "cache")}
    settings |= {"TAXONOMY_API_DATA": str(clone), "COLUMNS": "100", **_GIT}
    steps: list[Step] = []
    old = Path.cwd()
    os.chdir(clone)
    try:
        with mock.patch.dict(os.environ, settings):
            for part in _PART.finditer(text):
                if part["kind"] == "console":
                    for step in read_steps(part["block"]):
                        steps.append(step)
                        step.real = _masked(_run(step.command)).splitlines()
                elif part["kind"] == "diff":
                    _edit(part["block"])
                elif part["kind"] == "json":
                    answer = json.loads("\n".join(steps[-1].real))
                    assert is_part_of(json.loads(part["block"]), answer), (part["block"], answer)
                else:
                    _fill_in(part["book"], part["sheet"], int(part["row"]), part["cells"])
    finally:
        os.chdir(old)
    return steps


def read_steps(block: str) -> Iterator[Step]:
    """The commands of a block `console` with what it shows of their output."""
    step: Step | None = None
    for line in block.splitlines():
        if line.startswith("$ "):
            if step is not None:
                yield step
            step = Step(line[2:])
        elif step is not None:
            step.shown.append(line)
    if step is not None:
        yield step


def _make_clone(clone: Path) -> None:
    for part in PARTS:
        shutil.copytree(ROOT / part, clone / part)
    # As if the present record had just been published: the history that would say so is not copied.
    release = load_release(clone).release
    log = clone / CHANGELOG
    text = log.read_text(encoding="utf-8")
    published = last_release(text)
    assert release is not None and published is not None
    log.write_text(_OPEN.sub("\\1", text.replace(published, release.id)), encoding="utf-8")
    shutil.copy(ROOT / ".gitattributes", clone)
    for command in ("git init -q -b main", "git add .", "git commit -q -m Record"):
        subprocess.run(shlex.split(command), cwd=clone, check=True, env={**os.environ, **_GIT})


def _run(command: str) -> str:
    program, *arguments = shlex.split(command)
    if program == "taxonomy-api":
        return CliRunner().invoke(cli, arguments).output
    if program == "curl":
        (address,) = (one for one in arguments if one.startswith("http"))
        made = make_services(load())
        made.database.upgrade()
        try:
            return create_app(made.settings, made).test_client().get(address).get_data(as_text=True)
        finally:
            made.database.close()
    assert program == "git", f"{program} is no command of this page"
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def _edit(block: str) -> None:
    name, *lines = block.splitlines()
    before, after = ("\n".join(line[1:] for line in lines if line[:1] in kept) for kept in ("- ", "+ "))
    path = Path(name)
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{name} does not hold this once:\n{before}"
    path.write_text(text.replace(before, after), encoding="utf-8")


def _fill_in(book: str, sheet: str, row: int, cells: str) -> None:
    opened = openpyxl.load_workbook(book)
    titles = {cell.value: cell.column for cell in opened[sheet][1]}
    for line in cells.splitlines():
        title, text = (part.replace("\\|", "|").strip(" `") for part in re.split(r"(?<!\\)\|", line)[1:3])
        opened[sheet].cell(row, titles[title], text)
    opened.save(book)


def _masked(text: str) -> str:
    return _RELEASE.sub("sha256:…", text)


def _same(shown: list[str], real: list[str]) -> bool:
    """Whether the lines are the same; a line `…` stands for any number of them, in a line for any text."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line).replace("…", ".*") + r"\n" for line in shown
    )
    return re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in real)) is not None


def rewritten(text: str, steps: list[Step]) -> str:
    """The page with what its commands printed, where it shows something else."""
    left = iter(steps)

    def block(part: re.Match[str]) -> str:
        if part["kind"] != "console":
            return part[0]
        lines: list[str] = []
        for _ in read_steps(part["block"]):
            step = next(left)
            lines += [f"$ {step.command}", *(step.shown if step.is_real else map(str.rstrip, step.real))]
        return "```console\n" + "".join(f"{line}\n" for line in lines) + "```"

    return _PART.sub(block, text)


def main(name: str) -> None:
    page = Path(name)
    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        page.write_text(rewritten(text, play(text, Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
