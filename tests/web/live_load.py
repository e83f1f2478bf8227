"""Callers that write to a running service at once, and what they were told."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.web.conftest import BATCH, PROJECT
from tests.web.live import Running

_ANSWER_SECONDS = 30


@dataclass
class Load:
    """What the callers of one run were told, all of them together.

    `singles` and `batched` are ids that were acknowledged with 201, `refusals` the answers with another
    status as (status, code, Retry-After), `broken` the connections that ended without an answer.
    """

    singles: list[str] = field(default_factory=list)
    batched: list[str] = field(default_factory=list)
    refusals: Counter[tuple[int, str, str | None]] = field(default_factory=Counter)
    broken: int = 0

    @property
    def acknowledged(self) -> list[str]:
        return self.singles + self.batched


@contextmanager
def writing(server: Running, key: str, callers: int = 6) -> Iterator[Load]:
    """Callers that write single assessments and small batches as long as the block runs."""
    load, ended = Load(), threading.Event()
    threads = [
        threading.Thread(target=_write, args=(server, key, number, load, ended)) for number in range(callers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _write(server: Running, key: str, turn: int, load: Load, ended: threading.Event) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_ANSWER_SECONDS)
    while not ended.is_set():
        turn += 1
        if turn % 10 == 0:
            # Whichever process takes the next connection; else one may get all of them.
            connection.close()
        path, body = ("/v1/assessments", PROJECT) if turn % 5 else ("/v1/assessments/batch", BATCH)
        try:
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
        except (OSError, http.client.HTTPException):
            load.broken += 1
            connection.close()
            time.sleep(0.05)
            continue
        if answer.status >= 400:
            load.refusals[answer.status, str(told["code"]), answer.headers["Retry-After"]] += 1
            time.sleep(0.05)
        elif answer.status == 201:
            load.singles.append(told["id"])
        else:
            load.batched += [one["assessment"]["id"] for one in told["results"].values() if _is_kept(one)]
    connection.close()


def _is_kept(item: dict[str, Any]) -> bool:
    return bool(item["status"] == 201)


def trail(server: Running, key: str) -> list[dict[str, Any]]:
    """All entries of the organisation's trail, newest first."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        at = f"/v1/audit?limit=200{cursor and f'&cursor={cursor}'}"
        page = server(at, Authorization=f"Bearer {key}")[1]
        found += page["entries"]
        cursor = page["next_cursor"]
    return found


def assert_nothing_is_lost(server: Running, key: str, load: Load) -> None:
    """Each acknowledged id is readable and has its entry, and the trail is whole."""
    assert load.singles and load.batched
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_ANSWER_SECONDS)
    gone = []
    for one in load.acknowledged:
        connection.request("GET", f"/v1/assessments/{one}", headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        if json.loads(answer.read()).get("id") != one:
            gone.append((one, answer.status))
    connection.close()
    assert gone == []
    entries = trail(server, key)
    created = [entry["subject"] for entry in entries if entry["kind"] == "assessment.created"]
    assert len(created) == len(set(created))
    assert set(load.singles) <= set(created)
    batches = [entry["detail"] for entry in entries if entry["kind"] == "assessment.batch"]
    assert sum(int(detail["stored"]) for detail in batches) >= len(load.batched)
    checked = server.command("audit", "verify")
    assert checked.returncode == 0, checked.stdout
