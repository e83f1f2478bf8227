"""Errors that a caller sees. Codes are stable; texts name the place and the cure.

Rooms raise these; the web turns them into problem documents, the command line into lines of text.
"""

from __future__ import annotations

import errno

from msgspec import Struct

#: What the system says where a disk, a quota or the size of a file is used up.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Problem(Struct, frozen=True):
    """One mistake in an input. `pointer` is a JSON pointer into it, "" for the whole."""

    pointer: str
    code: str
    message: str
    allowed: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


class ServiceError(Exception):
    """An expected error; `code` is stable, `detail` is for people."""

    def __init__(self, code: str, detail: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.problems = problems


class InvalidInput(ServiceError):
    """Understood, but wrong in the places that `problems` name."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("invalid_request", " ".join(problem.message for problem in problems), problems)


class Malformed(ServiceError):
    """Not readable at all: not JSON, duplicate keys, a broken form."""


class NotFound(ServiceError):
    """The thing named does not exist, or not for this organisation."""


class Conflict(ServiceError):
    """The state of the thing does not allow the step."""


class TooLarge(ServiceError):
    """More bytes than a limit allows."""


class NoRoom(ServiceError):
    """The disk of the service is full."""


class Unavailable(ServiceError):
    """Something that is needed for the answer is not ready yet; trying again later may help."""


class TooMany(ServiceError):
    """More requests than a limit allows; `retry_after` seconds from now there is room again."""

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__("too_many_requests", detail)
        self.retry_after = retry_after


class Unauthenticated(ServiceError):
    """No key, or none that counts."""


class Forbidden(ServiceError):
    """A good key without the scope that the step needs."""


class ConfigurationError(ServiceError):
    """A setting that cannot be used; refuses the start."""

    def __init__(self, detail: str) -> None:
        super().__init__("configuration", detail)
