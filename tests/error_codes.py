"""The error codes that the code can answer with, read from its syntax trees and tables of texts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import taxonomy_api
from taxonomy_api import errors
from taxonomy_api.assessment.reading import WRONG
from taxonomy_api.assessment.value_problems import MESSAGES
from taxonomy_api.jobs.ledger import LOST
from taxonomy_api.jobs.portfolio_job import NO_ROOM
from taxonomy_api.web.problems import HTTP_CODES, STATUS

PACKAGE = Path(taxonomy_api.__file__).parent
#: Rooms whose errors reach callers of the REST interface.
ROOMS = ("web", "jobs", "portfolio", "store", "assessment")
#: Never an answer: met on the command line only, or told of a part that no answer depends on.
NO_ANSWERS = {"unknown_organisation", "unknown_key", "name_taken", "key_ended", "worker_silent"}
NO_PLACES = {"bad_expiry", "bad_name", "unknown_scope", "bad_anchor"}
_RAISED = {kind.__name__: int(status) for kind, status in STATUS.items()}


def answered() -> dict[str, int]:
    """Status by the code of the whole answer."""
    found = {code: status for status, code in HTTP_CODES.items()} | {
        "invalid_request": 422,
        "bad_parameter": 422,
        "too_many_requests": 429,
        "idempotent_request_running": 409,
    }
    for name, code in _literal_codes():
        if name in _RAISED:
            found[code] = _RAISED[name]
    return {code: status for code, status in found.items() if code not in NO_ANSWERS}


def of_places() -> set[str]:
    """Codes of single mistakes in a request."""
    named = {code for name, code in _literal_codes() if name == "Problem"}
    return (named | set(WRONG) | set(MESSAGES)) - NO_PLACES


def of_portfolios() -> set[str]:
    """Codes of workbooks and their options."""
    found = {code for name, code in _literal_codes() if name == "PortfolioProblem"}
    return found | {str(LOST["code"]), NO_ROOM["code"], "internal_error"}


def _literal_codes() -> Iterator[tuple[str, str]]:
    """(what is made, its code) for every error that is made with a literal or a pattern of one name."""
    for path in (path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("Part", "Problem"):
                place = 1
            elif name == "PortfolioProblem" or hasattr(errors, name):
                place = 0
            else:
                continue
            code = node.args[place] if len(node.args) > place else None
            if isinstance(code, ast.Constant) and isinstance(code.value, str) and code.value.isidentifier():
                yield ("Unavailable" if name == "Part" else name), code.value
            elif isinstance(code, ast.JoinedStr):
                # f"unknown_{noun}": one code for each noun that is used.
                yield from ((name, f"unknown_{noun}") for noun in _nouns(path))


def _nouns(path: Path) -> set[str]:
    """The nouns that helpers of a module complete a code with."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
            "_unknown",
            "_get",
        ):
            found |= {
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            }
    return found
