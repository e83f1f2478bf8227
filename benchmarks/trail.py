"""`audit verify` over a long trail, with the answers that its entries are about.

    python -m benchmarks.trail [--entries 200000]

On SQLite, in a folder of its own: one real answer is stored again and again, each time with an entry of its
own, and the command checks the trail when a tenth is there and at the end. Tells processor seconds and the
largest memory of the command.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.service import ONE_TAXONOMY
from taxonomy_api.settings import load
from taxonomy_api.store.audit import record, sha256
from taxonomy_api.store.ids import new_id
from taxonomy_api.store.keys import SCOPES, Identity, create_organisation
from taxonomy_api.store.repository import NewAssessment, Repository
from taxonomy_api.web.services import Services, make_services

MOST = 2_000_000
_TOGETHER = 1_000


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--entries", type=int, default=200_000)
    entries = min(arguments.parse_args().entries, MOST)
    with tempfile.TemporaryDirectory() as folder:
        environment = {"TAXONOMY_API_STORE": folder}
        services = make_services(load(environment))
        services.database.upgrade()
        with services.database.unit_of_work() as session:
            organisation = create_organisation(session, "Bank").id
        who = Identity(organisation, "benchmark", frozenset(SCOPES))
        made = services.assessments.create(who, ONE_TAXONOMY)
        size = len(made.request) + len(made.answer)
        there = 1
        for wanted in (entries // 10, entries):
            fill(services, organisation, made, wanted - there)
            there = wanted
            for option in ("--entries-only", None):
                verify(Path(folder), wanted, size, option)
        services.database.close()


def fill(services: Services, organisation: str, made: NewAssessment, count: int) -> None:
    hashes = {"request": sha256(made.request), "answer": sha256(made.answer)}
    for start in range(0, count, _TOGETHER):
        with services.database.unit_of_work() as session:
            again = [dataclasses.replace(made, id=new_id()) for _ in range(min(_TOGETHER, count - start))]
            Repository(session, organisation).add_assessments(again)
            for one in again:
                kind = "assessment.created"
                record(session, organisation, kind, "benchmark", one.id, release=one.release, **hashes)


def verify(store: Path, entries: int, size: int, option: str | None) -> None:
    program = str(Path(sys.executable).with_name("taxonomy-api"))
    command = [program, "audit", "verify", *([option] if option else [])]
    process = subprocess.Popen(
        command,
        env={**os.environ, "TAXONOMY_API_STORE": str(store)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    what = "entries alone" if option else f"with answers of {size:,} bytes"
    seconds, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 2**10
    print(f"{entries:9,} entries, {what:26} {seconds:6.1f} s of processor time, {memory:6.0f} MiB")


if __name__ == "__main__":
    main()
