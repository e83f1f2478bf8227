"""What is wrong with a request, with the place and the cure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake of the caller.

    `pointer` is a JSON pointer into the request; `code` is stable; `allowed` and `nearest` help to
    mend it.
    """

    pointer: str
    code: str
    message: str
    allowed: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


class InvalidRequest(Exception):
    """A request that cannot be assessed; all its problems at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.pointer}: {problem.message}" for problem in problems))
        self.problems = problems
