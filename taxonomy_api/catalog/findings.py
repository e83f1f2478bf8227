"""What a check of the data files finds: the place, the rule, what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct
from msgspec.structs import asdict

from taxonomy_api.catalog.rule_info import Severity
from taxonomy_api.catalog.rules import RULES

if TYPE_CHECKING:
    from taxonomy_api.catalog.values import Values


class Finding(Struct, frozen=True, order=True):
    """One finding; `line` and `column` count from 1 (a whole file or folder: 1, 1).

    `accepted`: why a warning stays that nobody can mend, where a review says so; else empty.
    """

    file: str
    line: int
    column: int
    rule: str
    severity: Severity
    message: str
    cure: str = ""
    accepted: str = ""

    def __str__(self) -> str:
        """`file:line:column: rule: message (cure)`; the message of a warning begins with `[warning]`, of an
        accepted one with `[accepted]`, and the reason stands in place of the cure."""
        grade = "accepted" if self.accepted else self.severity
        place = f"{self.file}:{self.line}:{self.column}"
        return finding_line(place, self.rule, grade, self.message, self.accepted or self.cure)

    def to_json(self) -> dict[str, object]:
        """A flat JSON object with the fields of this class; `accepted` only where the finding is."""
        fields = asdict(self)
        return fields if self.accepted else {key: fields[key] for key in fields if key != "accepted"}


def finding_line(place: str, rule: str, grade: str, message: str, behind: str) -> str:
    """A finding in a line, whatever its place is; an error bears no mark of its grade."""
    mark = "" if grade == "error" else f"[{grade}] "
    return f"{place}: {rule}: {mark}{message}" + (f" ({behind})" if behind else "")


class Place(Protocol):
    """Anything that stands somewhere in a file."""

    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class Spot(Struct, frozen=True):
    """A place given by its coordinates."""

    file: str
    line: int = 1
    column: int = 1


class Report:
    """Collects findings while files are read; reading goes on after each of them."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []

    def values(self, sources: Collection[str] = ()) -> Values:
        """What reads the common values and reports here; `sources` are the ids that a citation may name."""
        from taxonomy_api.catalog.values import Values  # which itself reports here

        return Values(self, sources)

    def add(self, place: Place, rule: str, message: str, cure: str = "") -> None:
        severity = RULES[rule].severity
        self._findings.append(Finding(place.file, place.line, place.column, rule, severity, message, cure))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings without repetition, in the order of files and lines."""
        return tuple(sorted(set(self._findings)))

    @property
    def has_errors(self) -> bool:
        return has_errors(self._findings)


def has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)
