"""The charts of the Summary sheet: what the verdicts of each taxonomy come to."""

from __future__ import annotations

from typing import Any

from taxonomy_api.portfolio.book_formats import COLOURS
from taxonomy_api.portfolio.texts import VERDICTS

CHART_WIDTH, CHART_HEIGHT = 430, 270
#: Columns left free for one chart.
CHART_COLUMNS = 6
CHART_COLUMN_WIDTH = 10


def add_chart(workbook: Any, sheet: Any, place: tuple[int, int], title: str, name: str, values: int) -> None:
    """A bar per verdict at `place` (row and column). The verdicts stand in the sheet from this row on,
    their names in column 1 and their numbers in column `values`."""
    first, column = place
    last = first + len(VERDICTS) - 1
    chart = workbook.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": name,
            "categories": [sheet.get_name(), first, 1, last, 1],
            "values": [sheet.get_name(), first, values, last, values],
            "points": [
                {"fill": {"color": COLOURS[verdict][0]}, "border": {"color": COLOURS[verdict][1]}}
                for verdict in VERDICTS
            ],
            # No label where there is nothing to see.
            "data_labels": {"value": True, "num_format": "#,##0;-#,##0;;", "font": {"size": 9}},
            "gap": 40,
        }
    )
    chart.set_title({"name": title, "name_font": {"size": 11}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    # The numbers stand at the bars.
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_plotarea({"layout": {"x": 0.36, "y": 0.16, "width": 0.4, "height": 0.8}})
    chart.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
    sheet.insert_chart(first, column, chart, {"x_offset": 5, "y_offset": 5, "object_position": 2})
