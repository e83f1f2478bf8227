"""The looks of cells from the styles of a workbook; runs in the reading process only."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from taxonomy_api.portfolio.sheet_copy import CellLook
from taxonomy_api.portfolio.xlsx_package import Package

_UNDERLINES = {"single": 1, "double": 2, "singleAccounting": 33, "doubleAccounting": 34}
_SCRIPTS = {"superscript": 1, "subscript": 2}
_LINES = (
    *("none", "thin", "medium", "dashed", "dotted", "thick", "double", "hair", "mediumDashed", "dashDot"),
    *("mediumDashDot", "dashDotDot", "mediumDashDotDot", "slantDashDot"),
)
_PATTERNS = (
    *("none", "solid", "mediumGray", "darkGray", "lightGray", "darkHorizontal", "darkVertical", "darkDown"),
    *("darkUp", "darkGrid", "darkTrellis", "lightHorizontal", "lightVertical", "lightDown", "lightUp"),
    *("lightGrid", "lightTrellis", "gray125", "gray0625"),
)
_ACROSS = {
    **{name: name for name in ("left", "center", "right", "fill", "justify", "distributed")},
    "centerContinuous": "center_across",
}
_UPRIGHT = {
    "top": "top",
    "center": "vcenter",
    "bottom": "bottom",
    "justify": "vjustify",
    "distributed": "vdistributed",
}
#: The theme's colours as cells count them; in the theme itself each of the first pairs stands dark first.
_THEME = (
    *("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6"),
    *("hlink", "folHlink"),
)
_TEXT_COLOUR = 1


class Looks:
    """The look of every style number of a workbook.

    `readable` is False where its styles could not be read; every look is then the plain one.
    """

    def __init__(self, package: Package) -> None:
        self.readable = True
        self._theme = _theme_colours(package)
        self._sheet: Any = None
        self._custom: Mapping[int, str] = {}
        part = package.related("/styles")
        if part is None:
            return
        # Refuses document type declarations before a library sees the part.
        package.parse(part, lambda name, attributes: None)
        from openpyxl.styles.stylesheet import Stylesheet
        from openpyxl.xml.functions import fromstring

        with package.open(part) as stream:
            content = stream.read()
        try:
            tree: Any = fromstring(content)
            self._sheet = Stylesheet.from_tree(tree)
            self._custom = dict(enumerate(self._sheet.number_formats, start=164))
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            # Programs write styles that the library finds wrong; the values are worth a plain copy.
            self.readable = False

    def look(self, number: int) -> CellLook:
        """The look of a style number; the plain one where there is no such style."""
        sheet = self._sheet
        if sheet is None or not 0 <= number < len(sheet.cell_styles):
            return CellLook()
        style = sheet.cell_styles[number]
        try:
            found = {
                **self._font(sheet.fonts[style.fontId]),
                **self._fill(sheet.fills[style.fillId]),
                **self._border(sheet.borders[style.borderId]),
                **_alignment(sheet.alignments[style.alignmentId] if style.alignmentId else None),
                "num_format": self._custom.get(style.numFmtId, style.numFmtId),
            }
            # Bounds are checked here, so that one odd style costs its own look and no more.
            return msgspec.convert(found, CellLook)
        except (msgspec.ValidationError, IndexError, TypeError, ValueError):
            self.readable = False
            return CellLook()

    def _font(self, font: Any) -> dict[str, Any]:
        colour = font.color
        is_usual = colour is not None and colour.type == "theme" and colour.theme == _TEXT_COLOUR
        return {
            "font_name": font.name or "Calibri",
            "font_size": float(font.sz or 11),
            "font_color": "" if is_usual and not colour.tint else self._colour(colour),
            "bold": bool(font.b),
            "italic": bool(font.i),
            "font_strikeout": bool(font.strike),
            "underline": _UNDERLINES.get(font.u, 0),
            "font_script": _SCRIPTS.get(font.vertAlign, 0),
        }

    def _fill(self, fill: Any) -> dict[str, Any]:
        pattern = getattr(fill, "fill_type", None)
        if pattern not in _PATTERNS[1:]:
            # A gradient is no pattern; it is left out.
            return {}
        number = _PATTERNS.index(pattern)
        front, back = self._colour(fill.fgColor), self._colour(fill.bgColor)
        return {"pattern": number, "fg_color": front, "bg_color": "" if number == 1 else back}

    def _border(self, border: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for side in ("left", "right", "top", "bottom"):
            one: Any = getattr(border, side, None)
            style = getattr(one, "style", None)
            if style in _LINES[1:]:
                found[side] = _LINES.index(style)
                found[f"{side}_color"] = self._colour(one.color)
        return found

    def _colour(self, colour: Any) -> str:
        """#RRGGBB, or "" for the automatic one."""
        if colour is None:
            return ""
        if colour.type == "theme":
            base = self._theme[colour.theme] if 0 <= colour.theme < len(self._theme) else ""
        elif colour.type == "indexed":
            base = _indexed(colour.indexed, self._sheet.colors)
        else:
            base = colour.rgb if colour.type == "rgb" and isinstance(colour.rgb, str) else ""
        base = base[-6:].upper()
        if len(base) != 6 or any(sign not in "0123456789ABCDEF" for sign in base):
            return ""
        return f"#{_tinted(base, colour.tint or 0.0)}"


def _alignment(found: Any) -> dict[str, Any]:
    if found is None:
        return {}
    turned = int(found.textRotation or 0)
    rotation = 270 if turned == 255 else turned if turned <= 90 else 90 - turned
    return {
        "align": _ACROSS.get(found.horizontal, ""),
        "valign": _UPRIGHT.get(found.vertical, ""),
        "text_wrap": bool(found.wrapText),
        "shrink": bool(found.shrinkToFit),
        "rotation": rotation,
        "indent": int(found.indent or 0),
    }


def _indexed(number: int, own: Any) -> str:
    from openpyxl.styles.colors import COLOR_INDEX

    colours: Sequence[str] = own.index if own is not None and own.indexedColors else COLOR_INDEX
    # 64 and 65 are those of the system.
    return colours[number] if 0 <= number < min(len(colours), 64) else ""


def _tinted(colour: str, tint: float) -> str:
    """The colour made lighter (up to 1) or darker (down to -1)."""
    if not -1 <= tint <= 1 or not tint:
        return colour
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, light, strength = colorsys.rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    return "".join(f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, light, strength))


def _theme_colours(package: Package) -> list[str]:
    part = package.related("/theme")
    found: dict[str, str] = {}
    if part is None:
        return []
    inside, name_of = False, ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside, name_of
        if name == "clrScheme":
            inside = True
        elif inside and name in _THEME:
            name_of = name
        elif inside and name in ("srgbClr", "sysClr"):
            found.setdefault(name_of, attributes.get("lastClr") or attributes.get("val", ""))

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name != "clrScheme"

    package.parse(part, start, end)
    return [found.get(name, "") for name in _THEME]
