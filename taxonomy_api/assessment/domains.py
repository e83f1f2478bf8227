"""Small integer codes for everything that a criterion can read.

A criterion never sees a raw value. Each value is turned once, exactly, into a code of its subject's
domain; a test is then a table from code to possible outcomes. Quantities and dates are coded by
their place among all limits that any criterion sets for them: for the limits 50 and 100 the five
codes are "below 50", "50", "between", "100" and "above 100". Nothing is rounded on the way.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: One code per project; a byte each where the domain allows it.
Codes: TypeAlias = "NDArray[Any]"
Table = bytes

#: The code of an unknown value in every domain.
UNKNOWN = 0

#: Bits of an entry in a test's table: results that are possible for a value.
MET, NOT_MET, LEFT_OUT = 1, 2, 4
EITHER = MET | NOT_MET

YES, NO, YES_WITH_EVIDENCE = 1, 2, 3
#: Answers about a standard; its levels follow, best first.
COMPLIES, FAILS, NOT_COVERED, FIRST_LEVEL = 1, 2, 3, 4


#: Code of an activity named beside others of its edition: a project does one thing.
BESIDE_OTHERS = 2


class Subject(NamedTuple):
    """What a criterion reads: a shared fact, a standard, an attestation, the row of an activity, or
    whether the project is said to be in the scope of an activity (`named`: YES, BESIDE_OTHERS).
    """

    kind: Literal["fact", "standard", "attestation", "row", "named"]
    id: str


class Column(Struct, frozen=True):
    """The codes of one subject for every project of a batch.

    `values` holds the distinct choice sets that the codes (from 1) stand for; it is empty for
    domains whose codes are fixed.
    """

    codes: Codes
    values: tuple[frozenset[str], ...] = ()


class OrderedDomain(Struct, frozen=True):
    """Values of an ordered kind (quantity in the fact's own unit, or day number) among `limits`."""

    limits: tuple[Fraction, ...]

    def __len__(self) -> int:
        return 2 * len(self.limits) + 2

    def code(self, value: Fraction) -> int:
        place = bisect_left(self.limits, value)
        on_limit = place < len(self.limits) and self.limits[place] == value
        return 1 + 2 * place + on_limit

    def limit_code(self, limit: Fraction) -> int:
        """The code of a value that equals `limit`, which must be one of the domain's."""
        return 2 + 2 * self.limits.index(limit)

    def codes_of(self, values: NDArray[np.float64], factor: Fraction) -> NDArray[np.int32]:
        """Codes of many floats times `factor`, each float read as its shortest decimal.

        Floating point settles what is far from every limit; what is near one is computed exactly.
        NaN gives UNKNOWN.
        """
        if not self.limits:
            return np.where(np.isnan(values), UNKNOWN, 1).astype(np.int32)
        scaled = values * float(factor)
        limits = np.array([float(limit) for limit in self.limits])
        place = np.searchsorted(limits, scaled)
        codes = (1 + 2 * place).astype(np.int32)
        tolerance = 1e-9 * np.maximum(np.abs(scaled), 1e-9)
        above = np.abs(limits[np.minimum(place, len(limits) - 1)] - scaled)
        below = np.abs(scaled - limits[np.maximum(place - 1, 0)])
        for row in np.flatnonzero(np.minimum(above, below) <= tolerance):
            codes[row] = self.code(Fraction(repr(float(values[row]))) * factor)
        codes[np.isnan(values)] = UNKNOWN
        return codes

    def representative(self, code: int) -> Fraction:
        """Some value with this code."""
        place, on_limit = divmod(code - 1, 2)
        if on_limit:
            return self.limits[place]
        if not self.limits:
            return Fraction(0)
        if place == 0:
            return self.limits[0] - 1
        if place == len(self.limits):
            return self.limits[-1] + 1
        return (self.limits[place - 1] + self.limits[place]) / 2


def table(size: int, met: Iterable[int], unknown: Iterable[int] = ()) -> Table:
    """A test's table over `size` codes: the given ones met or unknown, UNKNOWN unknown, the rest not met."""
    entries = bytearray([NOT_MET] * size)
    for code in met:
        entries[code] = MET
    for code in unknown:
        entries[code] = EITHER
    entries[UNKNOWN] = EITHER
    return bytes(entries)


def pack(bits: NDArray[Any]) -> int:
    """A column of bits as one integer, project i in bit i."""
    return int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little")


def unpack(mask: int, size: int) -> NDArray[np.bool_]:
    """The reverse of `pack`."""
    raw = np.frombuffer(mask.to_bytes((size + 7) // 8, "little"), dtype=np.uint8)
    return np.unpackbits(raw, count=size, bitorder="little").view(np.bool_)


#: Up to so many projects Python's own reading of binary digits is faster than packing an array.
FEW = 1000


def _digits(result: int) -> Table:
    """Turns an entry into the digit that says whether it holds the result."""
    return bytes(ord("1") if entry & result else ord("0") for entry in range(256))


_MET, _NOT_MET, _LEFT_OUT = _digits(MET), _digits(NOT_MET), _digits(LEFT_OUT)


def look_up(entries: Table, codes: Codes) -> tuple[int, int, int]:
    """For each result the mask of projects for which the table allows it: (met, not met, left out)."""
    results = _results(entries, codes)
    if len(results) <= FEW:
        results = results[::-1]  # the first project is the last digit
        left_out = results.translate(_LEFT_OUT)
        return (
            int(results.translate(_MET), 2),
            int(results.translate(_NOT_MET), 2),
            int(left_out, 2) if b"1" in left_out else 0,
        )
    many = np.frombuffer(results, dtype=np.uint8)
    possible = int(np.bitwise_or.reduce(many))
    return (
        pack(many & MET) if possible & MET else 0,
        pack(many & NOT_MET) if possible & NOT_MET else 0,
        pack(many & LEFT_OUT) if possible & LEFT_OUT else 0,
    )


def met_by(entries: Table, codes: Codes) -> int:
    """As `look_up`, only the projects that can be met."""
    results = _results(entries, codes)
    if len(results) <= FEW:
        return int(results[::-1].translate(_MET), 2)
    return pack(np.frombuffer(results, dtype=np.uint8) & MET)


def _results(entries: Table, codes: Codes) -> bytes:
    """Per project the entry of its code."""
    if codes.itemsize == 1:
        return codes.tobytes().translate(entries.ljust(256, b"\0")[:256])
    # A table may end before the codes do: what it does not name, it does not allow.
    return np.frombuffer(entries.ljust(int(codes.max(initial=0)) + 1, b"\0"), dtype=np.uint8)[codes].tobytes()


def narrow(codes: NDArray[np.int32]) -> Codes:
    """The codes in one byte each where they fit."""
    return codes.astype(np.uint8) if not len(codes) or int(codes.max()) < 256 else codes


def constant(code: int, size: int) -> Codes:
    return np.full(size, code, dtype=np.uint8 if code < 256 else np.int32)


def encode_sets(sets: Sequence[frozenset[str] | None]) -> Column:
    """A column of choice sets (None: unknown)."""
    index: dict[frozenset[str], int] = {}
    codes = [UNKNOWN if value is None else index.setdefault(value, len(index) + 1) for value in sets]
    return Column(narrow(np.array(codes, dtype=np.int32)), tuple(index))
