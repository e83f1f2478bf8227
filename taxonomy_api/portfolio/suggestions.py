"""How many searches for the names most like a wrong one a run makes: each takes its time."""

from __future__ import annotations

from msgspec import Struct, field

#: For so many wrong cells of a column that differ the nearest known names are looked up; no more of one cause
#: are listed anyway.
MOST_SUGGESTIONS = 200


class Suggestions(Struct):
    """The searches that are left, by column (None: cells that belong to none)."""

    most: int = MOST_SUGGESTIONS
    exhausted: bool = False
    _made: dict[int | None, int] = field(default_factory=dict)

    def spend(self, column: int | None = None) -> bool:
        """Whether another search may be made, which then counts."""
        made = self._made.get(column, 0)
        if made >= self.most:
            self.exhausted = self.exhausted or self.most > 0
            return False
        self._made[column] = made + 1
        return True
