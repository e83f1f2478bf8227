"""All benchmarks of this folder, one after the other: `python -m benchmarks`."""

from benchmarks import crosswalk, kernel, load, maintaining, portfolio, reading, service

for benchmark in (load, crosswalk, kernel, service, reading, portfolio, maintaining):
    benchmark.main()
