"""Messages are JSON with a job id and nothing else."""

from __future__ import annotations

import json
import os
import pickle
import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from taxonomy_api.errors import ConfigurationError
from taxonomy_api.jobs.queue import JobMessages, open_queue
from taxonomy_api.settings import Settings
from taxonomy_api.store.ids import new_id

Make = Callable[..., Settings]


def test_ids_arrive_in_order(tmp_path: Path, settings_for: Make) -> None:
    received: list[str] = []
    sender, receiver = open_queue(settings_for(tmp_path)), open_queue(settings_for(tmp_path), received.append)
    ids = [new_id() for _ in range(3)]
    assert receiver.is_empty()
    for each in ids:
        sender.send(each)
    assert not receiver.is_empty()
    assert [receiver.receive() for _ in range(4)] == [True, True, True, False]
    assert received == ids


def test_a_message_holds_the_id_only(tmp_path: Path, settings_for: Make) -> None:
    job_id = new_id()
    open_queue(settings_for(tmp_path)).send(job_id)
    with sqlite3.connect(tmp_path / "queue.sqlite3") as connection:
        ((message,),) = connection.execute("SELECT data FROM task").fetchall()
    connection.close()
    fields = json.loads(message)
    assert fields.keys() == {"message", "task", "job"}
    assert fields["job"] == job_id


class Trap:
    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return os.putenv, ("TAXONOMY_TRAP", "sprung")


GOOD = {"message": "m", "task": "taxonomy_api.jobs.queue.portfolio", "job": "0" * 32}


@pytest.mark.parametrize(
    "message",
    [
        pickle.dumps(Trap()),
        pickle.dumps(GOOD),
        b"",
        b"[]",
        b'"text"',
        json.dumps({**GOOD, "job": "../../etc"}).encode(),
        json.dumps({**GOOD, "job": 1}).encode(),
        json.dumps({**GOOD, "args": ["x"]}).encode(),
        json.dumps({"job": "0" * 32}).encode(),
    ],
)
def test_any_other_message_is_refused(message: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        JobMessages().deserialize(message)
    assert "TAXONOMY_TRAP" not in os.environ


def test_a_foreign_message_does_not_block_those_behind_it(tmp_path: Path, settings_for: Make) -> None:
    received: list[str] = []
    queue = open_queue(settings_for(tmp_path), received.append)
    with sqlite3.connect(tmp_path / "queue.sqlite3") as connection:
        connection.execute(
            "INSERT INTO task (queue, data) VALUES ('taxonomy-api', ?)", (pickle.dumps(Trap()),)
        )
    connection.close()
    job_id = new_id()
    queue.send(job_id)
    with pytest.raises(ValueError):  # noqa: PT011
        queue.receive()
    assert queue.receive()
    assert received == [job_id]


def test_the_queue_may_be_redis(tmp_path: Path, settings_for: Make) -> None:
    url = f"redis://127.0.0.1:6379/{1 + secrets.randbelow(15)}"
    try:
        with redis.Redis.from_url(url) as server:
            server.ping()
            server.delete("huey.redis.taxonomyapi")
    except redis.ConnectionError:
        if os.environ.get("CI"):
            raise
        pytest.skip("no Redis on 127.0.0.1:6379")
    received: list[str] = []
    settings = settings_for(tmp_path, QUEUE_URL=url)
    job_id = new_id()
    open_queue(settings).send(job_id)
    receiver = open_queue(settings, received.append)
    assert receiver.receive()
    assert received == [job_id]
    assert receiver.is_empty()


def test_another_kind_of_queue_is_refused(tmp_path: Path, settings_for: Make) -> None:
    with pytest.raises(ConfigurationError, match="redis://"):
        open_queue(settings_for(tmp_path, QUEUE_URL="amqp://example"))
