"""Database and Redis servers of a test's own, to be stopped in the middle of things."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_PATIENCE = 120
#: Where packages put the programs of a server, beside the folders of PATH.
_POSTGRES_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")


@dataclass(frozen=True)
class Postgres:
    """A cluster in a folder of its own; `folder` belongs to the user that the server runs as."""

    programs: Path
    folder: Path
    port: int
    user: str | None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        self._run("pg_ctl", "start", "-w", "-D", self.data, "-l", f"{self.folder}/log", "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """`immediate` is as a crash: no transaction is finished, nothing is written that is not on disk."""
        self._run("pg_ctl", "stop", "-w", "-m", mode, "-D", self.data)

    def make(self) -> None:
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "-D", self.data)

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            user=self.user,
            cwd=self.folder,
            # A server that stays would hold a pipe open.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        log = self.folder / "log"
        assert done.returncode == 0, log.read_text() if log.exists() else program


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A running cluster, gone at the end. It refuses to run as root, so it runs as `postgres` then."""
    programs = _folder_of("initdb", *_POSTGRES_FOLDERS)
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="cluster-") as folder:
        if user is not None:
            shutil.chown(folder, user)
        cluster = Postgres(programs, Path(folder), free_port(), user)
        cluster.make()
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop("immediate")


class Redis:
    """A server that keeps nothing."""

    def __init__(self, program: Path) -> None:
        self._command = [str(program), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--port"]
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen([*self._command, str(self.port)], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                assert time.monotonic() < deadline and self._process.poll() is None
                time.sleep(0.02)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """It takes connections, and never answers."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def redis() -> Iterator[Redis]:
    server = Redis(_folder_of("redis-server") / "redis-server")
    try:
        yield server
    finally:
        server.kill()


def _folder_of(program: str, *patterns: str) -> Path:
    """A folder that holds a program."""
    found = shutil.which(program)
    if found is not None:
        return Path(found).parent
    folders = [folder for pattern in patterns for folder in Path("/").glob(pattern.lstrip("/"))]
    folders = [folder for folder in folders if (folder / program).is_file()]
    if not folders:
        if os.environ.get("CI"):
            pytest.fail(f"{program} is needed")
        pytest.skip(f"no {program}")
    return max(folders)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
