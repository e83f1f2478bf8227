"""Several waiting writes in one transaction, so that they share the wait for the disk."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar, cast

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

Value = TypeVar("Value")
#: Writes of one transaction; more wait for the next.
LARGEST_GROUP = 64


class _Write(Generic[Value]):
    def __init__(self, owner: str, work: Callable[[Session], Value]) -> None:
        self.owner = owner
        self.work = work
        # Held until it is called; of what one thread can wait for, the cheapest.
        self.called = threading.Lock()
        self.called.acquire()
        self.done = False
        self.value: Value | None = None
        self.error: BaseException | None = None


class GroupCommit:
    """One of those that wait leads: it commits for all of them, then calls the first of the next to lead.

    Who belongs to a transaction is settled only once it is this process's turn to write, so that those who
    come while another process writes belong to it too. A write that fails takes no other with it: then each
    is tried in a transaction of its own.
    """

    def __init__(self, turn: Callable[[str], AbstractContextManager[Session]]) -> None:
        """`turn` opens a unit of work as soon as nobody else writes for an owner."""
        self._turn = turn
        self._waiting: deque[_Write[Any]] = deque()
        self._lock = threading.Lock()
        self._is_led = False

    def run(self, owner: str, work: Callable[[Session], Value]) -> Value:
        """The value of `work`, once it is committed; raises what it raised.

        `work` may be run by another thread, and again after a failure of its neighbours: it must touch
        nothing but the session.
        """
        write = _Write(owner, work)
        with self._lock:
            self._waiting.append(write)
            leads, self._is_led = not self._is_led, True
        if not leads:
            write.called.acquire()
        if not write.done:
            self._lead()
        if write.error is not None:
            raise write.error
        return cast(Value, write.value)

    def _lead(self) -> None:
        group = self._commit_some()
        with self._lock:
            following = self._waiting[0] if self._waiting else None
            self._is_led = following is not None
        if following is not None:
            following.called.release()
        for write in group:
            write.done = True
            write.called.release()

    def _commit_some(self) -> list[_Write[Any]]:
        group: list[_Write[Any]] = []
        try:
            with self._turn(self._waiting[0].owner) as session:
                group = self._gathered()
                for write in group:
                    write.value = write.work(session)
        except BaseException as problem:
            group = group or self._gathered()
            is_away = isinstance(problem, OperationalError | InterfaceError | PoolTimeout)
            for write in group:
                if is_away or len(group) == 1:
                    # The database is away or busy for all of them alike.
                    write.error = problem
                else:
                    self._commit_alone(write)
        return group

    def _gathered(self) -> list[_Write[Any]]:
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST_GROUP))]

    def _commit_alone(self, write: _Write[Any]) -> None:
        try:
            with self._turn(write.owner) as session:
                write.value = write.work(session)
        except BaseException as problem:
            write.error = problem
