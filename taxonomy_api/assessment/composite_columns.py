"""Which activities of the sides of composites each project of a table names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from taxonomy_api.assessment.composites import scope_code
from taxonomy_api.assessment.domains import Column, Subject, encode_sets
from taxonomy_api.assessment.encoding import rows_told
from taxonomy_api.catalog.model import Activity

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What a project names and what it confirms.
Pair = tuple[tuple[str, ...], tuple[str, ...]]


class Names(Struct, frozen=True):
    """For each project the place, in `pairs`, of what it names and confirms."""

    places: NDArray[np.int32]
    pairs: tuple[Pair, ...]


def names_told(names: Sequence[Sequence[str]], confirmed: Sequence[Sequence[str]] | None = None) -> Names:
    """The distinct pairs of names and confirmed activities, and who has which."""
    index: dict[Pair, int] = {}
    places = np.empty(len(names), dtype=np.int32)
    for project, named in enumerate(names):
        pair = tuple(named), () if confirmed is None else tuple(confirmed[project])
        places[project] = index.setdefault(pair, len(index))
    return Names(places, tuple(index))


def side_column(
    activities: Mapping[str, Activity], subject: Subject, pairs: Sequence[Pair], places: NDArray[np.int32]
) -> Column:
    """The codes of a `named` subject, or of the rows of an activity, for projects with these `pairs`.

    `places`: for each project that of its own among them.
    """
    if subject.kind == "named":
        codes = np.array([scope_code(subject.id, *pair) for pair in pairs], dtype=np.uint8)
        return Column(codes[places])
    activity = activities[subject.id]
    told = encode_sets([rows_told(activity, (*named, *confirmed)) or None for named, confirmed in pairs])
    return Column(told.codes[places], told.values)
