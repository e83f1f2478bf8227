"""docs/api.md lists the addresses and error codes that exist."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

import taxonomy_api

PACKAGE = Path(taxonomy_api.__file__).parent
TEXT = (PACKAGE.parent / "docs" / "api.md").read_text(encoding="utf-8")
RAISED = re.compile(
    r"(?:NotFound|Conflict|Malformed|TooLarge|Unavailable|Unauthenticated|Forbidden)\(\s*\"(\w+)\"|PortfolioProblem\(\s*\"(option_\w+)\""
)
#: Met on the command line only.
ELSEWHERE = {"unknown_organisation", "unknown_key", "name_taken", "key_ended"}


def test_every_address_is_listed_and_no_other(app: Flask) -> None:
    listed = set(re.findall(r"^\| (GET|POST|DELETE) (\S+) \|", TEXT, re.MULTILINE))
    offered = {
        (method, re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith(("docs.", "api-docs."))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert listed == offered


def test_every_code_is_listed() -> None:
    raised = {
        code
        for room in ("web", "store", "jobs", "portfolio")
        for path in (PACKAGE / room).rglob("*.py")
        for found in RAISED.findall(path.read_text(encoding="utf-8"))
        for code in found
        if code
    }
    assert len(raised) > 15
    listed = {
        code
        for row in re.findall(r"^\| (`.*`) \| \d{3}", TEXT, re.MULTILINE)
        for code in re.findall(r"`(\w+)`", row)
    }
    assert raised - ELSEWHERE - listed == set()
