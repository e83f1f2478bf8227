"""The page docs/access.md: which key opens which address, taken from the application itself.

Renew it with `python -m taxonomy_api.web.access > docs/access.md`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask

from taxonomy_api.settings import load
from taxonomy_api.store.keys import SCOPES
from taxonomy_api.web.app import create_app
from taxonomy_api.web.auth import SECURITY_SCHEME
from taxonomy_api.web.services import services

_OPENING = """\
# Who may do what
A key opens an address if it has one of the scopes marked; all that an address shows or changes is of the
key's organisation. What is open needs no key; with `TAXONOMY_API_PUBLIC_READING=no` what is marked (read)
needs the scope `read`. What concerns several organisations (making organisations, reloading the data, the
trail as a whole, purging) is done on the command line only.

This page is made from the application: `python -m taxonomy_api.web.access > docs/access.md`.
"""


def access_page(document: dict[str, Any]) -> str:
    """The page as Markdown, from the OpenAPI document."""
    head = f"| method and path | open | {' | '.join(SCOPES)} |\n| --- |{' --- |' * (len(SCOPES) + 1)}"
    return "\n".join((_OPENING, head, *_rows(document), ""))


def _rows(document: dict[str, Any]) -> Iterator[str]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            security: list[dict[str, list[str]]] = operation.get("security", [{}])
            scopes = {scope for one in security for scope in one.get(SECURITY_SCHEME, ())}
            is_open = {} in security
            marks = ["x" if is_open else ""]
            marks += [("(read)" if is_open else "x") if scope in scopes else "" for scope in SCOPES]
            yield f"| {method.upper()} {path} | {' | '.join(marks)} |"


def document_of(app: Flask) -> dict[str, Any]:
    """The application's OpenAPI document."""
    found: dict[str, Any] = app.test_client().get("/openapi.json").get_json()
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load({"TAXONOMY_API_STORE": str(Path(folder))}))
        print(access_page(document_of(app)), end="")
        with app.app_context():
            services().database.close()


if __name__ == "__main__":
    main()
