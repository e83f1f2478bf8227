"""A portfolio with every verdict there is, in two currencies; what is expected is written from the clauses.

Phase 2A of Hong Kong (hk-phase-2a): electricity is green at no more than 100 gCO2e/kWh over its life cycle,
in transition above, and gas at 400 g is neither. Phase 1 (hk-phase-1): green under 100 g, no transition; gas
was not admissible; manufacturing came with Phase 2A only. From one to the other there are only names, and
names alone decide nothing. Phase 2A took the place of Phase 1 on 2026-01-22: later, no amount counts under
the verdicts of Phase 1.
"""

from __future__ import annotations

import io

from openpyxl import Workbook

TAXONOMIES = ("hk-phase-2a", "hk-phase-1")
REPLACED = ("hk-phase-1",)
OPTIONS = {"taxonomies": list(TAXONOMIES), "as_of": "2026-11-22"}
HEADER = (
    "project id", "activity", "technology", "lifecycle_ghg_intensity", "amount", "currency",
)  # fmt: skip
#: The cells behind the id, then the verdicts by Phase 2A and by Phase 1, and the state of the row.
Kind = tuple[tuple[object, ...], str, str, str]
KINDS: tuple[Kind, ...] = (
    (("hk-phase-2a:ENE-01", "bioenergy", 100, 10, "CNY"), "aligned", "undetermined", "ok"),
    (("hk-phase-2a:ENE-01", "bioenergy", 100.5, 20, "HKD"), "transition", "undetermined", "ok"),
    (("hk-phase-2a:ENE-01", "natural_gas", 400, 30, "CNY"), "not_aligned", "undetermined", "ok"),
    (("hk-phase-2a:ENE-01", None, None, 40, "HKD"), "undetermined", "undetermined", "ok"),
    (("hk-phase-2a:MAN-01", None, None, 50, "CNY"), "undetermined", "not_covered", "ok"),
    (("hk-phase-1:D-01", "bioenergy", 84, 60, "HKD"), "undetermined", "aligned", "ok"),
    (("hk-phase-1:D-01", "bioenergy", 100.5, 70, "CNY"), "undetermined", "not_aligned", "ok"),
    (("hk-phase-1:D-01", "natural_gas", 90, 80, "HKD"), "undetermined", "excluded", "ok"),
    (("hk-phase-2a:ENE-99", "wind", 10, 90, "CNY"), "undetermined", "undetermined", "error"),
)
REPEATS = 100
ROWS = len(KINDS) * REPEATS


def kind_of(row: int) -> Kind:
    return KINDS[row % len(KINDS)]


def upload() -> bytes:
    """The portfolio as a workbook."""
    book = Workbook()
    assert book.active is not None
    book.active.append(HEADER)
    for row in range(ROWS):
        book.active.append((f"A-{row}", *kind_of(row)[0]))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
