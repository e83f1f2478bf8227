"""FACT=VALUE arguments as the `project` of a request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from taxonomy_api.catalog.model import Release

_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_INPUT = re.compile(r"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)")
_YEAR = re.compile(r"(.+)-(\d{4})")
#: Looks like the id of a standard, so that an unregistered one is refused as such.
_STANDARD = re.compile(r"[A-Z]{2,}(/[A-Z]+)? ?\d.*")


def read_answers(release: Release, arguments: Iterable[str]) -> dict[str, Any]:
    """The `facts`, `standards`, `attestations` and `inputs` that the arguments state.

    Names are sorted into these four only; whether they exist and the values fit is for the intake
    to judge, with its nearest names. Raises click.UsageError for what is not NAME=VALUE or stands twice.
    """
    project: dict[str, Any] = {"facts": {}, "standards": [], "attestations": {}, "inputs": {}}
    seen: set[str] = set()
    for argument in arguments:
        name, equals, value = (part.strip() for part in argument.partition("="))
        if not (name and equals and value):
            raise click.UsageError(f"{argument!r}: write FACT=VALUE, for example technology=bioenergy")
        if name in seen:
            raise click.UsageError(f"{name} is given twice")
        seen.add(name)
        _add(project, release, name, value)
    return {kind: given for kind, given in project.items() if given}


def _add(project: dict[str, Any], release: Release, name: str, value: str) -> None:
    standard, year = _standard(release, name)
    if standard is not None:
        project["standards"].append({"id": standard, **year, **_conformity(value)})
    elif "/" in name:
        project["attestations"][name] = _YES_NO.get(value.lower(), value)
    elif nested := _INPUT.fullmatch(name):
        facts = project["inputs"].setdefault(nested[1], {"facts": {}})["facts"]
        facts[nested[2]] = value
    else:
        project["facts"][name] = value


def _standard(release: Release, name: str) -> tuple[str | None, dict[str, int]]:
    """The registered standard of this name, with its year where one is written (`GB 30251-2024`)."""
    if name in release.standards:
        return name, {}
    dated = _YEAR.fullmatch(name)
    if dated and dated[1] in release.standards:
        return dated[1], {"year": int(dated[2])}
    return (name if _STANDARD.fullmatch(name) else None), {}


def _conformity(value: str) -> dict[str, Any]:
    word = value.lower()
    if word in _YES_NO:
        return {"complies": _YES_NO[word]}
    if word in ("not_covered", "not covered"):
        return {"covers": False}
    return {"level": value}
