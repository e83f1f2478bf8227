"""Reading the data: from the files, from the cache, search, and the time to a first verdict.

    python -m benchmarks.load [--activities 1000] [--runs 7]

Each is measured with the data as they are and, where these have fewer activities than asked for, with the
larger taxonomies repeated under other ids. Prints medians of seconds that pass, and the least CPU seconds.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from taxonomy_api.catalog.cache import open_release
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.search import SearchIndex

QUERIES = 2_000
CHECK = ("check", "hk-phase-2a:ENE-01", "technology=bioenergy", "--as-of", "2026-11-22")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--activities", type=int, default=1_000)
    arguments.add_argument("--runs", type=int, default=7)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        enlarged, cache = Path(folder) / "data", Path(folder) / "cache"
        is_larger = enlarge(enlarged, options.activities)
        for data in (default_data_folder(), enlarged)[: 1 + is_larger]:
            result = open_release(data, cache)
            assert result.release is not None, result.findings[:10]
            print(f"{len(list(result.release.activities())):,} activities")
            told("load and check the data files", options.runs, lambda data=data: load_release(data))
            told("the same from the cache", options.runs, lambda data=data: open_release(data, cache))
            search(result.release, options.runs)
            first_verdict(data, cache, options.runs)


def enlarge(target: Path, activities: int) -> bool:
    """A copy of the data in which taxonomies of more than 100 activities stand several times, if need be."""
    for part in ("taxonomies", "mappings"):
        shutil.copytree(default_data_folder() / part, target / part)
    release = load_release(target).release
    assert release is not None
    sizes = {id: len(taxonomy.activities) for id, taxonomy in release.taxonomies.items()}
    large, total, copy = [id for id, size in sizes.items() if size > 100], sum(sizes.values()), 1
    while total < activities:
        copy += 1
        for id in large:
            folder = shutil.copytree(target / "taxonomies" / id, target / "taxonomies" / f"{id}-{copy}")
            for file in folder.glob("*.yaml"):
                text = file.read_text(encoding="utf-8").replace(f"{id}:", f"{id}-{copy}:")
                file.write_text(text.replace(f"id: {id}\n", f"id: {id}-{copy}\n"), encoding="utf-8")
            total += sizes[id]
    return copy > 1


def told(what: str, runs: int, act: Callable[[], object]) -> None:
    passed, worked = [], []
    for _ in range(runs):
        started, used = time.perf_counter(), time.process_time()
        act()
        passed.append(time.perf_counter() - started)
        worked.append(time.process_time() - used)
    print(
        f"  {what}: median {statistics.median(passed):.3f} s, min {min(passed):.3f} s, "
        f"CPU at least {min(worked):.3f} s ({runs} runs)"
    )


def search(release: Release, runs: int) -> None:
    """Words, several words, beginnings of names, misspelt words and industry codes."""
    told("search index", runs, lambda: SearchIndex(release))
    index, chance = SearchIndex(release), random.Random(11)
    names = [name for a in release.activities() for name in (a.name.en, a.name.zh_hans) if name]
    words = [word for name in names for word in name.split() if word.isalpha()]
    times = []
    for number in range(QUERIES):
        word, name = chance.choice(words), chance.choice(names)
        cut = chance.randrange(len(word))
        query = (
            word,
            " ".join(chance.sample(words, 6)),
            name[: chance.randint(1, 60)],
            word[:cut] + word[cut + 1 :],
            chance.choice(["D35.11", "3511", "isic4:D3510", "gbt4754:4413", "4.1", "电", "和"]),
        )[number % 5]
        times.append(min(_milliseconds(index, query) for _ in range(3)))
    print(
        f"  one search: median {statistics.median(times):.2f} ms, "
        f"p99 {statistics.quantiles(times, n=100)[-1]:.2f} ms, max {max(times):.2f} ms ({QUERIES:,} queries)"
    )


def _milliseconds(index: SearchIndex, query: str) -> float:
    started = time.perf_counter()
    index.search(query)
    return (time.perf_counter() - started) * 1e3


def first_verdict(data: Path, cache: Path, runs: int) -> None:
    """`taxonomy-api check` as a whole process."""
    command = (str(Path(sys.executable).with_name("taxonomy-api")), *CHECK)
    for what, folder in (("without a cache", Path(os.devnull)), ("with it", cache)):
        settings = {"TAXONOMY_API_DATA": str(data), "TAXONOMY_API_CACHE": str(folder)}
        times = []
        for _ in range(runs):
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **settings})
            times.append(time.perf_counter() - started)
        print(
            f"  taxonomy-api check, {what}: median {statistics.median(times):.2f} s, min {min(times):.2f} s"
        )


if __name__ == "__main__":
    main()
