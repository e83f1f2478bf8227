"""How many searches for the names most like a wrong one a run makes: each takes its time."""

from __future__ import annotations

from dataclasses import dataclass, field

from taxonomy_api.catalog.terms import Text

#: For so many wrong cells of a column that differ the nearest known names are looked up; no more of one cause
#: are listed anyway.
MOST_SUGGESTIONS = 200
#: What is done, and what can be done about it.
EXHAUSTED = (
    Text(
        "Known names like a wrong one were looked up for the first {most} different cells of a column; there "
        "are more, which are told without.",
        "每列仅为前{most}个不同的错误单元格查找相近的已知名称；其余只提示错误。",
        "每列僅為前{most}個不同的錯誤單元格查找相近的已知名稱；其餘只提示錯誤。",
    ),
    Text(
        "Correct those and assess the file again.",
        "请更正后重新评估该文件。",
        "請更正後重新評估該文件。",
    ),
)


@dataclass(slots=True)
class Suggestions:
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
