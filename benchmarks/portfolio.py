"""`taxonomy-api assess` as a whole process, from start to the finished result workbook.

    python -m benchmarks.portfolio [--rows 10000] [--runs 5] [--low-memory] [--no-by-hand]

17 columns, all loaded activities mixed, three target taxonomies (or `--taxonomies A,B,C`), 10 % of the rows
at fault, reasons and charts included. The first run, which is not counted, leaves the bytecode and the
checked release behind, as an installed service has them. The memory told is that of all processes together.
Beside it, in the same run, what somebody would write by hand (`by_hand`).
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

from benchmarks.process_tree import run_watched
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.load import load_release
from tests.assessment.random_projects import value_of

FACTS = (
    "lifecycle_ghg_intensity",
    "technology",
    "power_density",
    "third_party_verification",
    "tailpipe_co2_direct",
    "overall_energy_efficiency",
    "run_of_river_no_reservoir",
    "direct_ghg_intensity",
    "dedicated_to_fossil_fuels",
)
HEADERS = (
    "Loan ID",
    "Project name",
    "Activity",
    "Amount (CNY 10,000)",
    "Currency",
    "Country",
    "Maturity",
    "Notes",
)
TAXONOMIES = ("eu-climate-mitigation", "cn-green-finance-2025", "hk-phase-2a")
#: Would have every run compile the package anew.
UNCACHED = ("PYTHONDONTWRITEBYTECODE",)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=10_000)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--taxonomies", default=",".join(TAXONOMIES), help="empty: those of the rows")
    arguments.add_argument("--low-memory", action="store_true", help="in the mode of low memory")
    arguments.add_argument("--by-hand", action=argparse.BooleanOptionalAction, default=True)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder) / "portfolio.xlsx", Path(folder) / "result.xlsx"
        write(source, min(options.rows, 1_000_000))
        command = [
            str(Path(sys.executable).with_name("taxonomy-api")),
            *("assess", str(source), "-o", str(result), "--as-of", "2026-11-22"),
            *(("--taxonomies", options.taxonomies) if options.taxonomies else ()),
            *(("--low-memory",) if options.low_memory else ()),
        ]
        environment = {name: value for name, value in os.environ.items() if name not in UNCACHED}
        times, processor, memory = [], [], []
        for run in range(options.runs + 1):
            started, used = time.perf_counter(), _processor_seconds()
            peak = run_watched(command, environment)
            if run:
                times.append(time.perf_counter() - started)
                processor.append(_processor_seconds() - used)
                memory.append(peak)
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"assess of {options.rows:,} rows x {len(HEADERS) + len(FACTS)} columns"
            f"{', low memory' * options.low_memory}, whole process: "
            f"median {statistics.median(times):.2f} s, min {min(times):.2f}, max {max(times):.2f} "
            f"({options.runs} runs), processor {statistics.median(processor):.2f} s, "
            f"peak {max(memory):.0f} MiB in all processes, {largest:.0f} MiB in the largest, "
            f"result {result.stat().st_size / 1e6:.1f} MB"
        )
        if options.by_hand:
            started, used = time.perf_counter(), _processor_seconds()
            by_hand = [
                sys.executable,
                "-m",
                "benchmarks.by_hand",
                str(source),
                str(Path(folder) / "hand.xlsx"),
            ]
            subprocess.run(by_hand, check=True, env=environment)
            took, processor_by_hand = time.perf_counter() - started, _processor_seconds() - used
            print(
                f"by hand (openpyxl, a loop with one limit, XlsxWriter): {took:.2f} s, "
                f"processor {processor_by_hand:.2f} s; {took / statistics.median(times):.1f} times as long"
            )


def _processor_seconds() -> float:
    """Of all processes that were waited for, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def write(path: Path, rows: int) -> None:
    release = load_release(Path(__file__).parents[1]).release
    assert release is not None
    engine, chance = Engine(release), random.Random(9)
    names = [f"{a.id}#{r.id}" for a in release.activities() for r in a.rows]
    names += [a.id for a in release.activities()]
    facts = [release.facts[name] for name in FACTS]
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("Portfolio")
    sheet.write_row(0, 0, [*HEADERS, *(f"{f.name.en} ({f.unit})" if f.unit else f.name.en for f in facts)])
    for row in range(1, rows + 1):
        cells: list[object] = [
            f"L{row:07}",
            f"Project {row}",
            chance.choice(names),
            round(chance.uniform(100, 90_000), 2),
            "CNY",
            "CN",
            "2035-06-30",
            f"Remark on loan {row}, as the branch reported it",
        ]
        cells += [_cell(engine, fact, chance) for fact in facts]
        if chance.random() < 0.1:
            cells[chance.choice([2, *range(8, 17)])] = chance.choice(
                ["no idea", "12 MWh", "-99999 W/m2", "?"]
            )
        for column, cell in enumerate(cells):
            if cell is not None:
                sheet.write(row, column, cell)
    book.close()


def _cell(engine: Engine, fact, chance: random.Random) -> object:  # type: ignore[no-untyped-def]
    if chance.random() < 0.3:
        return None
    value = value_of(engine, fact, chance)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


if __name__ == "__main__":
    main()
