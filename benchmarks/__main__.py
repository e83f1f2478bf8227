"""All benchmarks of this folder, one after the other: `python -m benchmarks`."""

from benchmarks import kernel, load, portfolio, reading, service

for benchmark in (load, kernel, service, reading, portfolio):
    benchmark.main()
