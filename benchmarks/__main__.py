"""All benchmarks of this folder, one after the other: `python -m benchmarks`."""

from benchmarks import kernel, portfolio, service

for benchmark in (kernel, service, portfolio):
    benchmark.main()
