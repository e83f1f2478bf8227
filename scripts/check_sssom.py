"""Loads mapping files into sssom-py and validates them; run by scripts/check-sssom in its environment.

Usage: check_sssom.py FILE…   Exit 1 if a file does not load whole, or has a finding.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from sssom.constants import DEFAULT_VALIDATION_TYPES
from sssom.parsers import parse_sssom_table
from sssom.validators import validate


def main(files: list[str]) -> int:
    faulty = 0
    for name in files:
        found = list(findings(Path(name)))
        faulty += bool(found)
        for finding in found:
            print(f"{name}: {finding}")
    print(f"{len(files)} mapping files loaded and validated by sssom-py, {faulty} with findings.")
    return 1 if faulty or not files else 0


def findings(path: Path) -> list[str]:
    """What sssom-py says against a file, warnings included, and what it did not take in."""
    table = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    said = Warnings()
    logging.getLogger().handlers = [said]
    try:
        # Not strict: sssom-py 0.4 then refuses exactly the metadata that are regular.
        loaded = parse_sssom_table(str(path))
        reports = validate(loaded, DEFAULT_VALIDATION_TYPES, fail_on_error=False)
    except Exception as problem:
        return [f"{type(problem).__name__}: {problem}"]
    found = said.messages + [
        f"{kind}: {result.message}" for kind, report in reports.items() for result in report.results
    ]
    if len(loaded.df) != len(table) - 1:
        found.append(f"{len(table) - 1} rows stand in the file, {len(loaded.df)} were loaded")
    columns = set(table[0].split("\t"))
    filled = {name for name in columns if any(cells(table, name))}
    # Extensions are declared, but sssom-py has no place for them in its own model and says so.
    lost = {name for name in filled if not name.startswith("ext_")} - set(loaded.df.columns)
    return found + [f"the column {name} was lost" for name in sorted(lost)]


def cells(table: list[str], column: str) -> list[str]:
    place = table[0].split("\t").index(column)
    return [line.split("\t")[place].strip() for line in table[1:]]


class Warnings(logging.Handler):
    """The warnings of a run."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if not message.startswith("No attr for ext_"):
            self.messages.append(message)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
