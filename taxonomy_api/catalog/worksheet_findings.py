"""What is found in a filled workbook, by the address of its cell."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from taxonomy_api.catalog.findings import finding_line
from taxonomy_api.catalog.rule_info import Severity
from taxonomy_api.catalog.rules import RULES
from taxonomy_api.catalog.worksheet_model import Filled, Sheet


@dataclass(frozen=True, slots=True, order=True)
class CellFinding:
    """One finding; `place` is a cell (`Criteria!F12`), or `file:line:column` where no cell shows it."""

    place: str
    rule: str
    severity: Severity
    message: str
    cure: str = ""

    def __str__(self) -> str:
        return finding_line(self.place, self.rule, self.severity, self.message, self.cure)

    def to_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(slots=True)
class CellReport:
    """Collects findings while a workbook is read back."""

    filled: Filled
    findings: list[CellFinding] = field(default_factory=list)

    def add(self, sheet: Sheet, number: int, column: str, rule: str, message: str, cure: str = "") -> None:
        self.at(self.filled.cell(sheet, number, column), rule, message, cure)

    def at(self, place: str, rule: str, message: str, cure: str = "") -> None:
        self.findings.append(CellFinding(place, rule, RULES[rule].severity, message, cure))

    @property
    def has_errors(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)
