"""Speed of the kernel alone: one assessment, and a table of projects, over all loaded activities mixed.

    python -m benchmarks.kernel [--rows 1000000]

Prints medians. In the tables 10 % of the rows are at fault.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.batch import Cells, read_batch
from taxonomy_api.assessment.columns import Columns, assess_columns
from taxonomy_api.assessment.compiling import in_fact_unit
from taxonomy_api.assessment.composite_columns import names_told
from taxonomy_api.assessment.decision import VERDICTS
from taxonomy_api.assessment.domains import FIRST_LEVEL, Column, Subject
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.assessment.reason_texts import reason_texts
from taxonomy_api.assessment.remembered import Remembered
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.model import Activity
from taxonomy_api.catalog.terms import Fact
from tests.assessment.random_projects import project_of

TODAY = date(2026, 11, 22)
#: So many different combinations of activities do tables name that name one in each of several taxonomies.
KINDS = 10_000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    rows = arguments.parse_args().rows
    release = load_release(Path(__file__).parents[1]).release
    assert release is not None
    engine = Engine(release)
    every = [name for name, taxonomy in release.taxonomies.items() if taxonomy.activities]
    single(engine, [[name] for name in every for _ in range(4 * len(release.taxonomies[name].activities))])
    single(engine, [random.Random(number).sample(every, 3) for number in range(2_000)])
    single(engine, [every] * 1_000)
    bulk(engine, rows, every, 1)
    bulk(engine, rows, largest(engine, 3), 3)
    texts(engine, min(rows, 200_000))
    reading(engine, min(rows, 200_000))


def largest(engine: Engine, count: int) -> list[str]:
    taxonomies = engine.release.taxonomies
    return sorted(taxonomies, key=lambda name: -len(taxonomies[name].activities))[:count]


def single(engine: Engine, asked: Sequence[Sequence[str]]) -> None:
    """Full answers with criteria, reasons, missing facts and timeline, for one project each.

    `asked`: per project the taxonomies asked about; it names an activity of each, all of them in turn.
    """
    chance = random.Random(1)
    taxonomies = engine.release.taxonomies
    turns = {name: itertools.cycle(one.activities.values()) for name, one in taxonomies.items()}
    bodies = [
        {
            "project": project_in([next(turns[name]) for name in names], engine, chance),
            "taxonomies": list(names),
            "as_of": TODAY.isoformat(),
        }
        for names in asked
    ]
    requests = [read_request(engine, body) for body in bodies]
    named = {name for request in requests for name in request.project.activities}
    for request in requests:
        assess(engine, request)
    reading = timed(lambda body: read_request(engine, body), bodies)
    again = timed(lambda request: assess(engine, request), requests)
    remembered, engine.findings = engine.findings, Remembered(0)
    answering = timed(lambda request: assess(engine, request), requests)
    engine.findings = remembered
    figures = (
        ("reading a request", reading),
        ("one assessment, nothing remembered", answering),
        ("the same asked again", again),
    )
    for what, times in figures:
        print(
            f"{what}, taxonomies {len(asked[0])}: median {statistics.median(times) * 1e3:.3f} ms, "
            f"p90 {statistics.quantiles(times, n=10)[-1] * 1e3:.3f} ms, max {max(times) * 1e3:.2f} ms "
            f"({len(times):,} projects, {len(named):,} activities and rows named)"
        )


def project_in(activities: Sequence[Activity], engine: Engine, chance: random.Random) -> dict[str, object]:
    """One project in all of the activities, with 60 % to all of what they ask told."""
    project: dict[str, object] = {}
    for activity in activities:
        for key, told in project_of(engine, activity, chance, chance.choice((0.6, 0.9, 1.0, 1.0))).items():
            before = project.setdefault(key, type(told)())
            project[key] = {**told, **before} if isinstance(told, dict) else [*before, *told]  # type: ignore[dict-item, misc]
    names = project["activities"]
    one_each = {name.partition(":")[0]: name for name in reversed(names)}  # type: ignore[call-overload]
    standards = {one["id"]: one for one in project["standards"]}  # type: ignore[attr-defined]
    return {**project, "activities": list(one_each.values()), "standards": list(standards.values())}


def timed(act: Callable[[Any], object], values: Sequence[object]) -> list[float]:
    """Of each value the best of three times."""
    return [min(_once(act, value) for _ in range(3)) for value in values]


def _once(act: Callable[[Any], object], value: object) -> float:
    started = time.perf_counter()
    act(value)
    return time.perf_counter() - started


def bulk(engine: Engine, rows: int, taxonomies: Sequence[str], each: int) -> None:
    """Evaluation of typed columns: all activities mixed, 10 % of the rows at fault, reason codes included.

    Every row names an activity of `each` of the taxonomies.
    """
    columns = mixed_columns(engine, rows, taxonomies, each)
    times, used = [], []
    for _ in range(4):  # the first round compiles the programs
        started, worked = time.perf_counter(), time.process_time()
        verdicts = {name: assess_columns(engine, columns, name, TODAY) for name in taxonomies}
        times.append(time.perf_counter() - started)
        used.append(time.process_time() - worked)
    counts = Counter(
        VERDICTS[code]
        for told in verdicts.values()
        for code, activity in zip(told.verdict.tolist(), told.activity, strict=True)
        if activity
    )
    named = counts.total()
    seconds = statistics.median(times[1:])
    print(
        f"evaluation of {rows:,} projects with reason codes, {each} of {len(taxonomies)} taxonomies named, "
        f"{len(columns.subjects):,} columns: median {seconds:.2f} s, {named / seconds:,.0f} verdicts/s, "
        f"CPU at least {min(used):.2f} s "
        f"(only verdicts under an activity counted, {named:,}: {dict(counts)})"
    )


def texts(engine: Engine, rows: int) -> None:
    """Verdicts and the reason of each in words, three taxonomies named by every row."""
    taxonomies = largest(engine, 3)
    columns = mixed_columns(engine, rows, taxonomies, 3)
    times = []
    for _ in range(3):
        started = time.perf_counter()
        for name in taxonomies:
            verdicts = assess_columns(engine, columns, name, TODAY)
            reason_texts(engine, verdicts, TODAY, "en", {})
        times.append(time.perf_counter() - started)
    seconds = statistics.median(times)
    print(
        f"evaluation of {rows:,} projects with reasons in words, 3 taxonomies named: "
        f"median {seconds:.2f} s, {3 * rows / seconds:,.0f} verdicts/s"
    )


def mixed_columns(engine: Engine, rows: int, taxonomies: Sequence[str], each: int) -> Columns:
    """Every thing that any activity asks is a column; a third of its cells is blank.

    One row in ten is at fault: no activity, two of one taxonomy, or cells that could not be read.
    """
    chance = np.random.default_rng(3)
    activities = [a for name in taxonomies for a in engine.release.taxonomies[name].activities.values()]
    if each == 1:
        names = _names(activities, rows, chance)
    else:  # who names what in each edition goes together: so many kinds of projects
        picked = (
            _names(list(engine.release.taxonomies[name].activities.values()), KINDS, chance)
            for name in taxonomies
        )
        kinds = [tuple(itertools.chain(*several)) for several in zip(*picked, strict=True)]
        names = [kinds[place] for place in chance.integers(0, KINDS, rows).tolist()]
    unread = chance.random(rows) < 0.04
    subjects = {s for a in activities for s in engine.program(a).subjects if s.kind not in ("row", "named")}
    columns: dict[Subject, Column] = {}
    for subject in sorted(subjects):
        size, values = _domain(engine, subject)
        codes = chance.integers(1, size, rows, dtype=np.uint8)
        codes[(chance.random(rows, dtype=np.float32) < 0.33) | unread] = 0
        columns[subject] = Column(codes, values)
    return Columns(rows, names_told(names), columns)


def _names(activities: Sequence[Activity], rows: int, chance: np.random.Generator) -> list[tuple[str, ...]]:
    """Per row the activity named, mostly with its row; some name none, some two of one taxonomy."""
    options = [(f"{a.id}#{row.id}",) for a in activities for row in a.rows]
    options += [(a.id,) for a in activities for _ in range(4)]
    two = (activities[0].id, activities[1].id)
    options += [()] * (len(options) // 30) + [two] * (len(options) // 30)
    return [options[place] for place in chance.integers(0, len(options), rows).tolist()]


def _domain(engine: Engine, subject: Subject) -> tuple[int, tuple[frozenset[str], ...]]:
    """How many codes a subject has, and the choices they stand for."""
    if subject.kind == "standard":
        return FIRST_LEVEL + len(engine.release.standards[subject.id].scale), ()
    if subject.kind == "attestation":
        return 3, ()
    fact = engine.release.facts[subject.id]
    if fact.kind == "choice":
        return len(fact.choices) + 1, tuple(frozenset({choice}) for choice in sorted(fact.choices))
    if fact.kind == "level":
        return len(fact.scale) + 1, ()
    return (3 if fact.kind == "yes_no" else len(engine.domains[fact.id])), ()


def reading(engine: Engine, rows: int) -> None:
    """Reading raw cells of a table with 15 fact columns, one row in ten with a cell at fault."""
    chance = np.random.default_rng(5)
    table = [
        _cells(engine, fact, rows, chance)
        for fact in list(engine.release.facts.values())[:: max(1, len(engine.release.facts) // 15)][:15]
    ]
    names = [("hk-phase-2a:ENE-01",)] * rows
    started = time.perf_counter()
    batch = read_batch(engine, names, table)
    seconds = time.perf_counter() - started
    print(
        f"reading {rows:,} rows of {len(table)} raw columns: {seconds:.2f} s, {rows / seconds:,.0f} rows/s, "
        f"{len(batch.problems):,} cells at fault"
    )


def _cells(engine: Engine, fact: Fact, rows: int, chance: np.random.Generator) -> Cells:
    """Cells of one fact: numbers as floats, everything else as text; some blank, some at fault."""
    subject, faulty = Subject("fact", fact.id), chance.random(rows) < 0.1 / 15
    if fact.kind == "quantity":
        low, high = _span(engine, fact)
        values = np.round(chance.uniform(low, high, rows), 2)
        values[chance.random(rows) < 0.2] = np.nan
        values[faulty] = -1e9
        return Cells(subject, values, None if fact.unit in (None, "1") else fact.unit)
    if fact.kind == "choice":
        known: list[object] = sorted(fact.choices)
    elif fact.kind == "level":
        known = list(fact.scale)
    elif fact.kind == "date":
        known = [f"20{year}-06-01" for year in range(15, 35)]
    else:
        known = ["yes", "yes", "no"]
    options = np.array([*known, None, "no such answer"], dtype=object)
    place = chance.integers(0, len(known) + 1, rows)
    place[faulty] = len(known) + 1
    return Cells(subject, options[place].tolist())


def _span(engine: Engine, fact: Fact) -> tuple[float, float]:
    limits = [float(limit) for limit in engine.domains[fact.id].limits] or [1.0]
    low, high = min(limits) / 2, max(limits) * 2 + 1
    if fact.minimum is not None:
        low = max(low, float(in_fact_unit(fact.minimum, fact)))
    if fact.maximum is not None:
        high = min(high, float(in_fact_unit(fact.maximum, fact)))
    return low, high


if __name__ == "__main__":
    main()
