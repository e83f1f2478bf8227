"""Possible results of many projects at once, and how the results of parts are joined (DESIGN §2)."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct


class Masks(Struct, frozen=True):
    """The projects for which a node can be met, not met, left out."""

    met: int
    not_met: int
    left_out: int

    @property
    def surely_met(self) -> int:
        return self.met & ~self.not_met & ~self.left_out

    @property
    def surely_not_met(self) -> int:
        return self.not_met & ~self.met & ~self.left_out

    @property
    def surely_left_out(self) -> int:
        return self.left_out & ~self.met & ~self.not_met

    @property
    def unknown(self) -> int:
        return self.met & self.not_met | self.met & self.left_out | self.not_met & self.left_out


def all_of(parts: Iterable[Masks], full: int) -> Masks:
    """Met if no part is not met and some part is met; left out if every part is."""
    none_fails = all_left = full
    some_met = some_fails = 0
    for part in parts:
        none_fails &= part.met | part.left_out
        all_left &= part.left_out
        some_met |= part.met
        some_fails |= part.not_met
    return Masks(none_fails & some_met, some_fails, all_left)


def any_of(parts: Iterable[Masks], full: int) -> Masks:
    """Met if some part is; not met if none is and some part is left; unknown if every part is left out."""
    none_met = all_left = full
    some_met = some_fails = 0
    for part in parts:
        none_met &= part.not_met | part.left_out
        all_left &= part.left_out
        some_met |= part.met
        some_fails |= part.not_met
    return Masks(some_met | all_left, none_met & some_fails | all_left, 0)


def any_chosen(parts: Iterable[Masks], full: int) -> Masks:
    """As `any_of`, but left out if every part is: the chosen cases of a question that one may answer."""
    parts = list(parts)
    all_left = full
    for part in parts:
        all_left &= part.left_out
    some_met = some_fails = 0
    none_met = full
    for part in parts:
        some_met |= part.met
        some_fails |= part.not_met
        none_met &= part.not_met | part.left_out
    return Masks(some_met, none_met & some_fails, all_left)


def first_of(parts: Iterable[Masks], full: int) -> Masks:
    """The first part that is not left out; left out if every part is."""
    met = not_met = 0
    reached = full  # those for whom every part so far can be left out
    for part in parts:
        met |= part.met & reached
        not_met |= part.not_met & reached
        reached &= part.left_out
    return Masks(met, not_met, reached)


def at_least(count: int, parts: list[Masks], full: int) -> Masks:
    """Met if `count` parts are. Parts left out do not count; unknown if every part is left out."""
    can = [full, *([0] * count)]  # can[k]: at least k parts can be met
    must = [full, *([0] * count)]  # must[k]: at least k parts are surely met
    all_left = full
    some_counts = 0
    for part in parts:
        all_left &= part.left_out
        some_counts |= part.met | part.not_met
        for number in range(count, 0, -1):
            can[number] |= can[number - 1] & part.met
            must[number] |= must[number - 1] & part.surely_met
    return Masks(can[count] | all_left, (full & ~must[count] & some_counts) | all_left, 0)


def only(part: Masks, inside: int, full: int) -> Masks:
    """The part where `inside`, left out elsewhere."""
    return Masks(part.met & inside, part.not_met & inside, part.left_out & inside | full & ~inside)
