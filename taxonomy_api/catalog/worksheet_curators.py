"""What a filled workbook may call verified: only a curator's word makes it so, under a review."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from taxonomy_api.catalog.curators import FILE
from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.verified import Verified, verified
from taxonomy_api.catalog.worksheet_compare import Changes
from taxonomy_api.catalog.worksheet_findings import CellReport
from taxonomy_api.catalog.worksheet_model import (
    COLUMNS,
    EVIDENCE,
    NAME,
    NOTE,
    NOTES,
    SCOPE,
    Filled,
    FilledRow,
)
from taxonomy_api.catalog.yaml_patch import Plain, patch, plain
from taxonomy_api.catalog.yaml_tree import parse_tree

VERIFIED = "verified"
#: What a source does not vouch for: names, evidence, the project's own words and order.
_OWN = frozenset(
    (
        *(*NAME, *SCOPE, *EVIDENCE, *NOTE, *NOTES),
        *("translated", "objective", "contribution", "id", "comment", "more", "file"),
    )
)


@dataclass(frozen=True, slots=True)
class Curator:
    """The person who imports, if a curator, and the day."""

    name: str | None
    day: date


def check_statuses(
    folder: Path, changes: Changes, filled: Filled, curator: Curator, report: CellReport
) -> None:
    """Reports what is called verified, new or changed, without a curator. A folder that names no curators
    asks for none."""
    path = folder / FILE
    known = _curators(path.read_text(encoding="utf-8-sig")) if path.exists() else None
    if known is None or curator.name in known:
        return
    if curator.name is not None:
        cure = did_you_mean(curator.name, known) or f"curators: {', '.join(known)}"
        report.at(f"{FILE}:1:1", "bad-word", f"{curator.name} is no curator", cure)
    for row in _claims(changes, filled):
        column = "ext_status" if row.sheet == "Mapping" else "status"
        message = "only a curator calls a new or changed statement verified"
        cure = f"write single-source; one of {', '.join(known) or 'curators.yaml'} imports it with --curator"
        report.add(row.sheet, row.number, column, "verified-unreviewed", message, cure)


def _curators(text: str) -> list[str]:
    tree = parse_tree(text, FILE, Report())
    said = plain(tree) if tree is not None else {}
    curators = said.get("curators") if isinstance(said, dict) else None
    return list(curators) if isinstance(curators, dict) else []


def _claims(changes: Changes, filled: Filled) -> Iterator[FilledRow]:
    stated = [(row, frozenset(COLUMNS[row.sheet])) for row in changes.added]
    stated += [(row, columns) for row, _, columns in changes.changed]
    for row, columns in stated:
        if columns - _OWN and VERIFIED in (
            row.text("status"),
            row.text("ext_status"),
            _of_limit(row, filled),
        ):
            yield row


def _of_limit(row: FilledRow, filled: Filled) -> str:
    """The status of the limit that a step belongs to."""
    if row.text("kind") != "step":
        return ""
    place = (row.text("activity"), row.text("path"))
    limits = (other for other in filled.rows if (other.text("activity"), other.text("path")) == place)
    return next((limit.text("status") for limit in limits if limit.text("kind") == "fact"), "")


def reviewed(
    folder: Path, subject: str, before: Release, after: Release, curator: Curator
) -> tuple[str, str] | None:
    """curators.yaml before and after a curator's import: the review of the subject covers what is verified
    now. None where nobody vouches, nothing changed, or the review was outdated before."""
    path = folder / FILE
    if curator.name is None or not path.exists():
        return None
    text = path.read_text(encoding="utf-8")
    tree = parse_tree(text, FILE, Report())
    said: Plain = plain(tree) if tree is not None else {}
    reviews = said.get("reviews") if isinstance(said, dict) else None
    review = reviews.get(subject) if isinstance(reviews, dict) else None
    was, now = (verified(release).get(subject, Verified()).covers() for release in (before, after))
    if not isinstance(review, dict) or was == now or review.get("covers") != was:
        return None
    review.update({"curator": curator.name, "on": curator.day.isoformat(), "covers": now})
    return text, patch(text, said, FILE)
