"""The verdict columns of a table while its groups are being judged.

A group's masks are laid end to end with those of the others, each in whole bytes, and turned into columns
once for the whole table: most groups are small, and an array operation costs as much as a hundred projects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from taxonomy_api.assessment.causes import BIT, Cause
from taxonomy_api.assessment.decision import VERDICTS
from taxonomy_api.assessment.remarks import Remark
from taxonomy_api.catalog.model import Activity

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Group(Struct, frozen=True):
    """The projects `rows` judged by the same activities; the masks of `causes` and `remarks` count within.

    `leads`: the place in `activities` of the one that speaks for each.
    """

    activities: tuple[Activity, ...]
    rows: NDArray[np.intp]
    leads: NDArray[np.int8]
    causes: tuple[Cause, ...]
    remarks: tuple[tuple[Remark, int], ...]


class GroupVerdicts(Struct, frozen=True):
    """Masks of the projects of a group: per verdict, and what holds of those that are determined.

    `verified`, `by_criteria`: the verdict stands on verified sources, without listings; `by_mapping`: not
    without what was inferred; `composite`: a comparison speaks for them; `assumed`, `estimated` as in the
    columns; `reasons`: by reason code.
    """

    verdicts: Mapping[str, int]
    verified: int
    by_criteria: int
    by_mapping: int
    composite: int
    assumed: int
    estimated: int
    reasons: Mapping[str, int]


_TRAITS = ("verified", "by_criteria", "by_mapping", "composite", "assumed", "estimated")


@dataclass(slots=True)
class VerdictSheet:
    """Columns of `size` projects, to be filled group by group."""

    size: int
    valid_until: NDArray[np.int32] = field(init=False)
    unplaced: list[tuple[NDArray[np.intp], tuple[Remark, ...]]] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    activity: NDArray[np.int32] = field(init=False)
    activities: dict[str, int] = field(default_factory=lambda: {"": 0})
    _starts: list[int] = field(default_factory=lambda: [0])
    _masks: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    _not_covered: list[tuple[NDArray[np.intp], int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.valid_until = np.zeros(self.size, dtype=np.int32)
        self.activity = np.zeros(self.size, dtype=np.int32)

    def activity_code(self, name: str) -> int:
        """The number of an activity (with its rows), as the column of activities holds it."""
        return self.activities.setdefault(name, len(self.activities))

    def add(self, group: Group, found: GroupVerdicts) -> None:
        """The verdicts of a group."""
        start, width = self._starts[-1], (len(group.rows) + 7) // 8
        masks = {
            **found.verdicts,
            **{trait: getattr(found, trait) for trait in _TRAITS},
            **{f"reason {reason}": mask for reason, mask in found.reasons.items()},
        }
        for name, mask in masks.items():
            if mask:
                self._masks.setdefault(name, []).append((start, mask.to_bytes(width, "little")))
        self._starts.append(start + width)
        self.groups.append(group)

    def add_unplaced(
        self, rows: NDArray[np.intp], why: tuple[Remark, ...], not_covered_by: int | None
    ) -> None:
        """Projects in no activity; `not_covered_by`: the rank of what says that there is none for them."""
        self.unplaced.append((rows, why))
        if not_covered_by is not None:
            self._not_covered.append((rows, not_covered_by))

    def verdicts(self) -> tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.int8]]:
        """The codes of verdict, basis and weakest status."""
        verdict = np.zeros(self.size, dtype=np.int8)
        for number, name in enumerate(VERDICTS):
            if number:
                verdict += self.flags(name) * np.int8(number)
        determined = verdict != 0
        weakest = np.where(self.flags("verified"), 1, 2).astype(np.int8)
        shown, mapped = self.flags("by_criteria"), self.flags("by_mapping")
        basis = np.where(self.flags("composite"), 3, np.where(mapped, 4, np.where(shown, 1, 2))).astype(
            np.int8
        )
        weakest[~determined] = basis[~determined] = 0
        for rows, rank in self._not_covered:
            verdict[rows] = VERDICTS.index("not_covered")
            weakest[rows] = rank + 1
        return verdict, basis, weakest

    def reasons(self) -> NDArray[np.uint64]:
        """Bits of the reason codes."""
        reasons = np.zeros(self.size, dtype=np.uint64)
        for name in self._masks:
            _, is_reason, code = name.partition("reason ")
            if is_reason:
                reasons |= self.flags(name) * np.uint64(BIT[code])
        for rows, why in self.unplaced:
            reasons[rows] = np.uint64(sum({BIT[one.code] for one in why}))
        return reasons

    def flags(self, name: str) -> NDArray[np.bool_]:
        """The projects for whom a verdict, trait or reason holds."""
        found = np.zeros(self.size, dtype=np.bool_)
        masks = self._masks.get(name)
        if masks is None:
            return found
        joined = bytearray(self._starts[-1])
        for start, mask in masks:
            joined[start : start + len(mask)] = mask
        bits = np.unpackbits(np.frombuffer(joined, dtype=np.uint8), bitorder="little").view(np.bool_)
        rows, places = self._rows()
        found[rows] = bits[places]
        return found

    def _rows(self) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """The projects in the order of the groups, and the place of each one's bit."""
        rows: Sequence[NDArray[np.intp]] = [group.rows for group in self.groups]
        sizes = np.array([len(one) for one in rows], dtype=np.int64)
        before = np.cumsum(sizes) - sizes
        shift = np.repeat(8 * np.array(self._starts[:-1], dtype=np.int64) - before, sizes)
        return np.concatenate(rows), np.arange(len(shift), dtype=np.int64) + shift
