"""docs/api.md lists the addresses that exist."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

import taxonomy_api

PACKAGE = Path(taxonomy_api.__file__).parent
TEXT = (PACKAGE.parent / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_address_is_listed_and_no_other(app: Flask) -> None:
    listed = set(re.findall(r"^\| (GET|POST|DELETE) (\S+) \|", TEXT, re.MULTILINE))
    offered = {
        (method, re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith(("docs.", "api-docs."))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert listed == offered
