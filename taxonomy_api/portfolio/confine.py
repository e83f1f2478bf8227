"""Gives up rights of this process before it opens a file that somebody sent.

Memory, processor time, open files and the size of files written are limited by the kernel. On Linux
(x86-64, ARM64) a system-call filter then refuses sockets, other programs, tracing, signals to others,
and creating, changing or removing files by name. What stays possible is to read files that the user
of the service may read: there is no way to refuse that without privileges that all systems give.

On Linux it also ends with the process that started it.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass

_SET_DEATH_SIGNAL = 1
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER_MODE = 38, 22, 2
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | 1  # EPERM
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
#: Instructions of the kernel's packet filter.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16


@dataclass(frozen=True, slots=True)
class _Calls:
    """System calls of one processor: those refused, and those refused where their flags ask to write
    (by the place of the flags among the arguments)."""

    architecture: int
    refused: tuple[int, ...]
    opening: Mapping[int, int]


_CALLS: Mapping[str, _Calls] = {
    "x86_64": _Calls(
        0xC000003E,
        (
            *(41, 42, 43, 44, 46, 49, 50, 53, 288, 307),  # sockets
            *(59, 322, 62, 101, 310, 311, 425, 434, 438),  # programs, signals, tracing, rings
            *(76, 82, 83, 84, 85, 86, 87, 88, 90, 92, 132, 133, 235),  # files by name
            *(258, 259, 260, 263, 264, 265, 266, 268, 280, 316, 437),
        ),
        {2: 1, 257: 2},
    ),
    "aarch64": _Calls(
        0xC00000B7,
        (
            *(198, 199, 200, 201, 202, 203, 206, 211, 242, 269),
            *(221, 281, 129, 117, 270, 271, 425, 434, 438),
            *(33, 34, 35, 36, 37, 38, 45, 53, 54, 88, 276, 437),
        ),
        {56: 2},
    ),
}


def end_with(parent: int) -> None:
    """Have the kernel kill this process when the thread of `parent` that started it ends, by whatever.

    Elsewhere than on Linux it ends at its own limits, or when it next looks for a request.
    """
    if sys.platform == "linux":
        number, death = ctypes.c_int(_SET_DEATH_SIGNAL), ctypes.c_ulong(signal.SIGKILL)
        ctypes.CDLL(None).prctl(number, death)
    if os.getppid() != parent:
        # It had ended before the kernel was told.
        sys.exit(1)


def limit(memory: int, seconds: int, file_size: int) -> None:
    """Bound what this process may use: bytes of memory, seconds of processor time, bytes per file."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, 128)
    _lower(resource.RLIMIT_FSIZE, file_size)
    _lower(resource.RLIMIT_CPU, seconds)
    _lower(resource.RLIMIT_AS, memory)


def _lower(kind: int, value: int) -> None:
    _, most = resource.getrlimit(kind)
    if most != resource.RLIM_INFINITY:
        value = min(value, most)
    resource.setrlimit(kind, (value, value))


def filter_calls() -> bool:
    """Install the system-call filter for good; False where this system has none."""
    calls = _CALLS.get(platform.machine())
    if sys.platform != "linux" or calls is None:
        return False
    program = b"".join(_program(calls))
    code = ctypes.create_string_buffer(program, len(program))
    library = ctypes.CDLL(None, use_errno=True)
    described = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code)), 16
    )
    arguments = [ctypes.c_ulong(one) for one in (1, 0, 0, 0)]
    if library.prctl(_NO_NEW_PRIVILEGES, *arguments) != 0:
        return False
    mode, none = ctypes.c_ulong(_FILTER_MODE), ctypes.c_ulong(0)
    return bool(library.prctl(_SET_SECCOMP, mode, ctypes.byref(described), none, none) == 0)


def _program(calls: _Calls) -> list[bytes]:
    """The filter: another processor's calls are refused, then each call by its number."""
    lines = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, calls.architecture, 1, 0),
        _step(_RETURN, _REFUSE),
        _step(_LOAD, _NUMBER),
        # The calls of the 32-bit mode of x86-64 have numbers of their own.
        _step(_AT_LEAST, 0x40000000, 0, 1),
        _step(_RETURN, _REFUSE),
    ]
    for number in calls.refused:
        lines += [_step(_EQUAL, number, 0, 1), _step(_RETURN, _REFUSE)]
    for number, argument in calls.opening.items():
        lines += [
            _step(_EQUAL, number, 0, 4),
            _step(_LOAD, _FIRST_ARGUMENT + 8 * argument),
            _step(_ANY_BIT, _WRITING, 0, 1),
            _step(_RETURN, _REFUSE),
            _step(_RETURN, _ALLOW),
        ]
    return [*lines, _step(_RETURN, _ALLOW)]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
