"""The changelog of the data: every change of a release is named in a line, with its code and its day.

`taxonomies/CHANGELOG.md` holds sections `## …`, the newest first. A section that is published bears the id of
its release in its heading; `## Unreleased` collects what comes after. Pure: texts and releases in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from taxonomy_api.catalog.diff import Change, Difference

_HEADING = re.compile(r"## .*?(?P<release>sha256:[0-9a-f]{64})?\s*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: What a line says of a change that is not dated.
AT_ONCE = "at once"
UNRELEASED = "## Unreleased"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the changelog; `release` is the id in its heading."""

    heading: str
    release: str | None
    lines: tuple[str, ...]


def sections(text: str) -> tuple[Section, ...]:
    """The sections in the order of the file. A line that goes on is one with the line above."""
    found: list[tuple[str, str | None, list[str]]] = []
    for line in text.splitlines():
        match = _HEADING.fullmatch(line)
        if match is not None:
            found.append((line.strip(), match["release"], []))
        elif found and line.startswith("- "):
            found[-1][2].append(line[2:].strip())
        elif found and found[-1][2] and line.strip():
            found[-1][2][-1] += f" {line.strip()}"
    return tuple(Section(heading, release, tuple(lines)) for heading, release, lines in found)


def last_release(text: str) -> str | None:
    """The release of the newest published section."""
    return next((section.release for section in sections(text) if section.release), None)


def open_lines(text: str) -> tuple[str, ...]:
    """The lines above the newest published section."""
    found: list[str] = []
    for section in sections(text):
        if section.release:
            break
        found += section.lines
    return tuple(found)


def strays(text: str) -> Iterator[tuple[int, str]]:
    """Lines that cannot stand where they do, by their numbers: under `## Unreleased` whatever is no `- ` line
    and does not go on with one, indented; anywhere what git leaves where two changes meet."""
    is_open, goes_on = False, False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("## "):
            is_open, goes_on = line.strip() == UNRELEASED, False
        elif line.startswith(("<<<<<<<", "|||||||", "=======", ">>>>>>>")):
            yield number, line
        elif is_open and line.strip():
            if not line.startswith("- ") and not (goes_on and line[:1].isspace()):
                yield number, line
            goes_on = True


def idle(difference: Difference, lines: Iterable[str]) -> tuple[str, ...]:
    """The lines that name no change: what they tell of was taken back, or they misname it."""
    return tuple(line for line in lines if not any(_names(line, change) for change in difference.changes))


def unnamed(difference: Difference, lines: Iterable[str]) -> tuple[Change, ...]:
    """The changes that no line names: by the code of what changed, and by the first day that it concerns."""
    known = tuple(lines)
    return tuple(change for change in difference.changes if not any(_names(line, change) for line in known))


def _names(line: str, change: Change) -> bool:
    if change.start is not None and str(change.start) not in line:
        return False
    dated = _DAY.search(line) is not None or AT_ONCE in line
    return dated and all(_holds(line, word) for end in change.subject.split(" → ") for word in _words(end))


def _words(subject: str) -> tuple[str, ...]:
    taxonomy, colon, code = subject.partition(":")
    return (taxonomy, code) if colon and code != "*" else (taxonomy,)


def _holds(line: str, word: str) -> bool:
    """Whether the line names the word itself, not a longer one that holds it: 4.1 is not in 4.10 or 4.1.1."""
    return re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-]|\.\w)", line) is not None


def draft(changes: Iterable[Change]) -> Iterator[str]:
    """A line for each subject and day, to be put into one's own words."""
    ordered = sorted(changes, key=lambda change: (change.subject, str(change.start or "")))
    for (subject, start), alike in groupby(ordered, key=lambda change: (change.subject, change.start)):
        when = AT_ONCE if start is None else f"from {start}"
        # The line begins with the subject; the words of a change begin with it once more.
        begin = f"{subject.replace(':', ' ', 1)} "
        words = (change.text.removeprefix("mapping ").removeprefix(f"{subject} ") for change in alike)
        yield f"- {subject}, {when}: {'; '.join(text.removeprefix(begin) for text in words)}"


def published(text: str, name: str, release: str) -> str:
    """The changelog with its unreleased lines under a heading of their own: this name and release id.

    Raises ValueError where there are no such lines.
    """
    if not open_lines(text):
        raise ValueError("no line stands under Unreleased")
    return text.replace(f"{UNRELEASED}\n", f"## {name}, {release}\n", 1)


def with_lines(text: str, lines: Iterable[str]) -> str:
    """The changelog with further lines at the end of its unreleased section, which is made where needed."""
    rows = text.splitlines()
    added = list(lines)
    if UNRELEASED not in rows:
        first = next((place for place, row in enumerate(rows) if row.startswith("## ")), len(rows))
        rows[first:first] = [UNRELEASED, ""]
    at = rows.index(UNRELEASED) + 1
    end = next((place for place in range(at, len(rows)) if rows[place].startswith("## ")), len(rows))
    while end > at and not rows[end - 1].strip():
        end -= 1
    rows[end:end] = added
    if end + len(added) < len(rows) and rows[end + len(added)].startswith("## "):
        rows.insert(end + len(added), "")
    return "\n".join(rows) + "\n"
