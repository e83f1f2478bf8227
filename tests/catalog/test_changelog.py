"""The changelog of the data: which changes a line names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from taxonomy_api.catalog.changelog import (
    draft,
    last_release,
    open_lines,
    sections,
    unnamed,
    with_lines,
)
from taxonomy_api.catalog.diff import Change, Difference

RELEASE = "sha256:" + "ab" * 32
TEXT = f"""# Changelog

## Unreleased
- hk-phase-2a:ENE-01, from 2030-01-01: at most 80 g
  in place of 100 g.

## 2026-11-22, {RELEASE}
- Everything, at once.
"""


def change(subject: str, start: date | None = None) -> Change:
    said = f"{subject}: a → b"
    return Change(
        about="limit",
        taxonomy=None,
        subject=subject,
        place="",
        before="a",
        after="b",
        text=said,
        start=start,
    )


def test_sections_and_their_lines() -> None:
    assert [(one.heading, one.release) for one in sections(TEXT)] == [
        ("## Unreleased", None),
        (f"## 2026-11-22, {RELEASE}", RELEASE),
    ]
    assert last_release(TEXT) == RELEASE
    assert open_lines(TEXT) == ("hk-phase-2a:ENE-01, from 2030-01-01: at most 80 g in place of 100 g.",)


@pytest.mark.parametrize(
    ("subject", "start", "line", "named"),
    [
        ("eu:4.1", None, "eu:4.1, at once: …", True),
        ("eu:4.1", None, "eu 4.1 and 4.2, at once: …", True),
        ("eu:4.1", None, "eu:4.10, at once: …", False),
        ("eu:4.1", None, "eu:4.1.1, at once: …", False),
        ("eu:4.1", None, "eu:14.1, at once: …", False),
        ("eu:4.1", None, "eu:4.1: …", False),
        ("eu:4.1", None, "eu-2021:4.1, at once: …", False),
        ("eu:4.1", date(2030, 1, 1), "eu:4.1, from 2030-01-01: …", True),
        ("eu:4.1", date(2030, 1, 1), "eu:4.1, at once: …", False),
        ("a:1 → b:2", None, "a:1 and b:2, at once: …", True),
        ("a:1 → b:2", None, "a:1, at once: …", False),
        ("a:1 → b:*", None, "a:1 has no counterpart in b, at once.", True),
    ],
)
def test_a_line_names_a_change_by_code_and_day(
    subject: str, start: date | None, line: str, named: bool
) -> None:
    difference = Difference("", "", (change(subject, start),))
    assert (unnamed(difference, [line]) == ()) is named


def test_the_draft_names_everything() -> None:
    changes = (change("eu:4.1"), change("eu:4.1", date(2030, 1, 1)), change("a:1 → b:2"), change("lifecycle"))
    lines = list(draft(changes))
    assert len(lines) == 4
    assert unnamed(Difference("", "", changes), lines) == ()
    added = with_lines(TEXT, lines)
    assert unnamed(Difference("", "", changes), open_lines(added)) == ()
    assert sections(added)[1] == sections(TEXT)[1]
    published = TEXT[TEXT.index("## 2026") :]
    without = f"# Changelog\n\n{published}"
    assert open_lines(with_lines(without, lines)) == tuple(line[2:] for line in lines)


def test_the_record_has_a_changelog_that_names_a_release() -> None:
    text = (Path(__file__).parents[2] / "taxonomies/CHANGELOG.md").read_text(encoding="utf-8")
    assert last_release(text)
