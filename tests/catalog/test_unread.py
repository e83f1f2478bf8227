"""A file that cannot be read is told first and alone, where it can be mended and in plain words."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from taxonomy_api.catalog.findings import Finding, Report
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.yaml_tree import parse_tree
from tests.catalog.broken import EDITION, FACTS, MINIMAL, SECTOR, SOURCES, STANDARDS


def found(tmp_path: Path, file: str, change: Callable[[bytes], bytes]) -> tuple[Finding, ...]:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "data"))
    content = (folder / file).read_bytes()
    assert change(content) != content
    (folder / file).write_bytes(change(content))
    return load_release(folder).findings


def one_brace_less(content: bytes) -> bytes:
    return content.replace(b"}", b"", 1)


def in_two_bytes(content: bytes) -> bytes:
    return content.decode().encode("utf-16")


@pytest.mark.parametrize("change", [one_brace_less, in_two_bytes])
@pytest.mark.parametrize("file", [SECTOR, EDITION, FACTS, STANDARDS, SOURCES])
def test_what_follows_from_it_is_held_back(
    tmp_path: Path, file: str, change: Callable[[bytes], bytes]
) -> None:
    (only,) = found(tmp_path, file, change)
    rule = "yaml-syntax" if change is one_brace_less else "file-encoding"
    assert (only.file, only.rule) == (file, rule)


def test_other_mistakes_are_told_beside_it(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "data"))
    (folder / SECTOR).write_bytes(one_brace_less((folder / SECTOR).read_bytes()))
    (folder / "taxonomies" / "demo-b" / "notes.txt").write_text("words", encoding="utf-8")
    assert {finding.rule for finding in load_release(folder).findings} == {"yaml-syntax", "file-unexpected"}


LIST = "activities:\n  - code: A\n    status: verified\n  - code: B\n"


@pytest.mark.parametrize(
    ("text", "place", "words", "cure"),
    [
        ("a:\n  - {b: 1, c: {d: 2}\n  - {b: 3}\n", (2, 5), "the { that opens here is not closed", "with }"),
        ("a:\n  - [b, c\n  - [d]\n", (2, 5), "the [ that opens here is not closed", "with ]"),
        (
            LIST.replace("  - code: B", " - code: B"),
            (4, 2),
            "than the keys that begin in line 1",
            "beside it",
        ),
        (LIST.replace("    status", "   status"), (3, 4), "than the list that begins in line 2", "beside it"),
        ('a: "words\nb: c\n', (1, 4), "quote that opens here is never closed", "close it"),
        ("a: 1\nb 2\nc: 3\n", (2, 1), "a key without its colon", "key: value"),
        ("a: one: two\n", (1, 7), "a second one in the line", "quote a text with a colon"),
        ("a: @home\n", (1, 4), "no text begins with this sign", "quote the text"),
        ("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x\n", (2, 1), "git left two versions", "keep one"),
    ],
)
def test_a_mistake_is_told_where_it_is_made(text: str, place: tuple[int, int], words: str, cure: str) -> None:
    report = Report()
    assert parse_tree(text, "a.yaml", report) is None
    (finding,) = report.findings
    assert (finding.rule, finding.line, finding.column) == ("yaml-syntax", *place)
    assert words in finding.message and cure in finding.cure
