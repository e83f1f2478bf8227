"""Reading a workbook: the bulk reader, the parser, and openpyxl, each as a whole process.

python -m benchmarks.reading [--rows 100000] [--runs 3]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.portfolio import write

WAYS = {
    "in its own process, handed over as columns": """
from taxonomy_api.portfolio.reading_process import ReadingProcess
book = ReadingProcess(path, limits)
assert len(book.read(book.sheets[0].name, 2**20).numbers) == rows + 1
book.close()
""",
    "bulk reader": """
from taxonomy_api.portfolio.read_xlsx import XlsxBook
book = XlsxBook(path, limits, bulk_from=0)
assert len(book.packed(book.sheets[0].name, 2**20).rows) == rows + 1
""",
    "parser": """
from taxonomy_api.portfolio.read_xlsx import XlsxBook
book = XlsxBook(path, limits, bulk_from=2**60)
assert len(book.read(book.sheets[0].name, 2**20).numbers) == rows + 1
""",
    "by hand: openpyxl, read-only": """
import openpyxl
page = openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets[0]
assert sum(1 for row in page.iter_rows(values_only=True)) == rows + 1
""",
}
_BEFORE = """
import sys
from pathlib import Path
from taxonomy_api.portfolio.problem import Limits
path, rows = Path(sys.argv[1]), int(sys.argv[2])
limits = Limits(file_size=2**31, uncompressed_size=2**32, rows=2**20, reading_seconds=600)
"""
_AFTER = """
import resource
most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(most)
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--runs", type=int, default=3)
    options = arguments.parse_args()
    rows = min(options.rows, 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "portfolio.xlsx"
        write(source, rows)
        print(f"{rows:,} rows x 17 columns, {source.stat().st_size / 1e6:.1f} MB")
        for name, way in WAYS.items():
            times, peak = [], 0
            for _ in range(options.runs):
                started = time.perf_counter()
                done = subprocess.run(
                    [sys.executable, "-c", _BEFORE + way + _AFTER, str(source), str(rows)],
                    check=True,
                    capture_output=True,
                    text=True,
                )
                times.append(time.perf_counter() - started)
                peak = max(peak, int(done.stdout))
            print(f"  {name}: median {statistics.median(times):.2f} s, peak {peak / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
