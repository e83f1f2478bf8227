"""All benchmarks of this folder, one after the other: `python -m benchmarks`."""

from benchmarks import crosswalk, kernel, load, portfolio, reading, service

for benchmark in (load, crosswalk, kernel, service, reading, portfolio):
    benchmark.main()
