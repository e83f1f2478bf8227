"""What docs/data-format.md says of each key, for the hover of an editor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

PAGE = "data-format.md"
#: The headings of the page that speak of a file; what further ones say comes after.
_SECTIONS = {
    "activities": ("A sector file",),
    "taxonomy": ("taxonomy.yaml", "Rules of editions"),
    "curators": ("Review",),
    "scenarios": ("Scenarios",),
    "industry": ("Industry codes",),
}
_KEY_COMMENT = re.compile(r"[\s{\[-]*(?P<key>[a-z][\w-]*|\"[^\"]+\"): .*?  # (?P<said>.+)")
_BULLET = re.compile(r"- (?:\*\*(?P<bold>\w+)\*\*|`(?P<code>\w+)`(?: and `\w+`)*): (?P<said>.+)")
_KIND = re.compile(r"\| `(?P<key>\w+)(?::[^`]*)?`(?: · .*?)? \| (?P<beside>.*?) \| (?P<said>.*?) \|")


def described(name: str) -> dict[str, str]:
    """Key -> words, for the file `name`; empty where the page is not at hand."""
    text = _page()
    sections = _SECTIONS.get(name, (f"{name}.yaml",))
    found: dict[str, str] = {}
    for heading in (*sections, "CRITERION", "Common values"):
        for key, said in _said(text, heading):
            found.setdefault(key, said)
    return found


def _page() -> str:
    package = Path(__file__).resolve().parent.parent
    for folder in (package.parent / "docs", package / "_data"):
        if (folder / PAGE).is_file():
            return (folder / PAGE).read_text(encoding="utf-8")
    return ""


def _said(text: str, heading: str) -> Iterator[tuple[str, str]]:
    section = re.search(
        rf"^##+ {re.escape(heading)}\n(?P<body>.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL
    )
    for line in section["body"].splitlines() if section else ():
        comment, bullet, kind = _KEY_COMMENT.match(line), _BULLET.match(line), _KIND.match(line)
        if comment:
            yield comment["key"], comment["said"]
        elif bullet:
            yield bullet["bold"] or bullet["code"], _plain(bullet["said"])
        elif kind and kind["said"]:
            yield kind["key"], _plain(kind["said"])


def _plain(said: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", said).replace("**", "")
