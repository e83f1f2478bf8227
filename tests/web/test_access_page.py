"""docs/access.md is what the application does."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from taxonomy_api.web.access import access_page, document_of
from tests.web.test_every_route import SCOPES_OF, routes

PAGE = Path(__file__).resolve().parents[2] / "docs" / "access.md"


def test_the_committed_page_is_the_present_one(app: Flask) -> None:
    expected = access_page(document_of(app))
    assert PAGE.read_text(encoding="utf-8") == expected, "python -m taxonomy_api.web.access > docs/access.md"


def test_it_says_what_the_walk_over_all_routes_has_proved(app: Flask) -> None:
    rows = re.findall(r"^\| ([A-Z]+) (/\S*) \|(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    said = {(method, path): [mark.strip() for mark in marks.split("|")] for method, path, marks in rows}
    scopes = ("read", "assess", "portfolio", "admin")
    rules = {
        rule.endpoint: re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()
    }
    seen = 0
    for endpoint, method, _ in routes(app):
        if endpoint in SCOPES_OF:
            marks = said[method, rules[endpoint]]
            assert {scope for scope, mark in zip(scopes, marks[1:], strict=True) if mark} == SCOPES_OF[
                endpoint
            ]
            assert marks[0] == ""
            seen += 1
    assert seen == len(SCOPES_OF)
