"""One sheet of an upload as plain data: values, looks, sizes and merged blocks, and nothing that could act.

This is all that leaves the reading process for an annotated copy. Types and bounds are checked when it is
read back, so that a reader that was taken over can hand on wrong cells at most.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, json

Colour = Annotated[str, Meta(pattern=r"^(#[0-9A-F]{6})?$")]
Line = Annotated[int, Meta(ge=0, le=13)]
#: Kinds of content that a copy does not hold, in the order in which they are told.
LeftBehind = Literal[
    "formulas", "macros", "external_links", "embedded_objects", "connections", "custom_xml",
    "defined_names", "hidden_sheets", "other_sheets", "document_properties", "hyperlinks",
    "conditional_formats", "validations", "comments", "drawings", "tables", "filters", "protection",
    "print_settings", "extensions", "styles",
]  # fmt: skip


class CellLook(Struct, frozen=True, omit_defaults=True):
    """How a cell looks, by the names and numbers of XlsxWriter's formats; "" and 0 stand for nothing set."""

    font_name: Annotated[str, Meta(max_length=100)] = "Calibri"
    font_size: Annotated[float, Meta(ge=1, le=409)] = 11.0
    font_color: Colour = ""
    bold: bool = False
    italic: bool = False
    font_strikeout: bool = False
    underline: Literal[0, 1, 2, 33, 34] = 0
    font_script: Literal[0, 1, 2] = 0
    #: The number of a built-in format, or the format itself.
    num_format: Annotated[int, Meta(ge=0, le=163)] | Annotated[str, Meta(max_length=255)] = 0
    align: Literal["", "left", "center", "right", "fill", "justify", "center_across", "distributed"] = ""
    valign: Literal["", "top", "vcenter", "bottom", "vjustify", "vdistributed"] = ""
    text_wrap: bool = False
    shrink: bool = False
    rotation: Annotated[int, Meta(ge=-90, le=90)] | Literal[270] = 0
    indent: Annotated[int, Meta(ge=0, le=250)] = 0
    pattern: Annotated[int, Meta(ge=0, le=18)] = 0
    fg_color: Colour = ""
    bg_color: Colour = ""
    left: Line = 0
    left_color: Colour = ""
    right: Line = 0
    right_color: Colour = ""
    top: Line = 0
    top_color: Colour = ""
    bottom: Line = 0
    bottom_color: Colour = ""


RowNumber = Annotated[int, Meta(ge=1, le=1_048_576)]
ColumnNumber = Annotated[int, Meta(ge=0, le=16_383)]
LookNumber = Annotated[int, Meta(ge=0)]
Size = Annotated[float, Meta(ge=0, le=2_000)]
#: An empty cell has a look only; error values are their text.
Value = None | bool | int | float | str


class CopiedRow(Struct, frozen=True, array_like=True):
    """Number as in the sheet, height in points (None: automatic), and (column, look, value) per cell."""

    number: RowNumber
    height: Size | None
    hidden: bool
    cells: list[tuple[ColumnNumber, LookNumber, Value]]


class CopiedColumns(Struct, frozen=True, array_like=True):
    """Columns from `first` to `last`, width in characters (None: as usual)."""

    first: ColumnNumber
    last: ColumnNumber
    width: Size | None
    hidden: bool
    look: LookNumber


class SheetCopy(Struct, frozen=True):
    """`looks` is referred to by its places; `frozen` counts the rows and columns that stay in sight."""

    looks: list[CellLook]
    rows: list[CopiedRow]
    columns: list[CopiedColumns]
    merged: list[tuple[RowNumber, ColumnNumber, RowNumber, ColumnNumber]]
    frozen: tuple[Annotated[int, Meta(ge=0, le=1_048_575)], ColumnNumber]
    date_1904: bool
    row_height: Size | None
    #: How many of each kind.
    left_behind: dict[LeftBehind, int]

    def pack(self) -> bytes:
        return json.encode(self)

    @staticmethod
    def unpack(packed: bytes) -> SheetCopy:
        """Raises ValueError where it is none."""
        return json.decode(packed, type=SheetCopy)
