"""Several waiting writes in one transaction, so that they share the wait for the disk."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar, cast

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

Value = TypeVar("Value")
#: Writes of one transaction; more wait for the next.
LARGEST_GROUP = 64


class _Write(Generic[Value]):
    def __init__(self, work: Callable[[Session], Value]) -> None:
        self.work = work
        self.done = False
        self.value: Value | None = None
        self.error: BaseException | None = None


class GroupCommit:
    """Whoever gets the lock commits for all that wait; the others find their work done.

    While one transaction is being committed, those who come meanwhile gather for the next. A write that
    fails takes no other with it: then each is tried in a transaction of its own.
    """

    def __init__(self, unit_of_work: Callable[[], AbstractContextManager[Session]]) -> None:
        self._unit_of_work = unit_of_work
        self._waiting: deque[_Write[Any]] = deque()
        self._lock = threading.Lock()

    def run(self, work: Callable[[Session], Value]) -> Value:
        """The value of `work`, once it is committed; raises what it raised.

        `work` may be run by another thread, and again after a failure of its neighbours: it must touch
        nothing but the session.
        """
        write = _Write(work)
        self._waiting.append(write)
        while not write.done:
            with self._lock:
                if not write.done:
                    self._commit_some()
        if write.error is not None:
            raise write.error
        return cast(Value, write.value)

    def _commit_some(self) -> None:
        group = [self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST_GROUP))]
        try:
            self._commit(group)
        except OperationalError as problem:
            # The database is away or busy for all of them alike.
            for write in group:
                write.error, write.done = problem, True
        except BaseException as problem:
            if len(group) == 1:
                group[0].error, group[0].done = problem, True
                return
            for write in group:
                try:
                    self._commit([write])
                except BaseException as own:
                    write.error, write.done = own, True

    def _commit(self, group: list[_Write[Any]]) -> None:
        with self._unit_of_work() as session:
            for write in group:
                write.value = write.work(session)
        for write in group:
            write.done = True
