"""The page docs/units.md, made from the table of units: `python -m taxonomy_api.catalog.unit_page`."""

from __future__ import annotations

from taxonomy_api.catalog import unit_table
from taxonomy_api.catalog.units import combinations, dimension_name, multipliers, spellings

_TOP = """# Units
The service reads these units and no others. This page is generated from the table of units \
(`python -m taxonomy_api.catalog.unit_page`); a test keeps both the same.

- Width, spaces, dots, hyphens, brackets, subscripts, invisible characters and traditional characters do \
not matter; `per` may stand for `/`; `a/b/c` is `a/(b c)`.
- Case matters only where two units differ by it: mW is not MW; Mt is a megatonne, MT is refused.
- A mass that names no gas (kg/MWh, g/pkm) is read as being of the fact's own gas, and the answer says so. \
CO2 is never read as CO2e, nor the other way round.
- A bare number is in the fact's own unit, and the answer says so. A bare number up to 1 for a share is \
refused: it may be 0.9 % or 90 %.
- Percentage points are not %, and %/year is neither.
"""


def page() -> str:
    """The whole page as Markdown."""
    notes = (unit_table.__doc__ or "").split("Conventions that are not plain SI arithmetic:\n")[1].strip()
    below = {row.symbol for row in unit_table.BELOW_ONLY}
    gases = {unit_table.CO2E, unit_table.CO2}
    lines = [_TOP, "## Conventions", notes, "", "## Units", "| unit | is a | in base units | also written |"]
    lines.append("| --- | --- | --- | --- |")
    for symbol, (unit, names) in spellings().items():
        if unit.dimension in gases:
            continue
        kind = dimension_name(unit.dimension).en + (" (below a slash only)" if symbol in below else "")
        lines.append(f"| {symbol} | {kind} | {unit.factor} | {' · '.join(names[1:])} |")
    lines += ["", "A mass of gas is a mass from gram upwards (not mg) followed by one of:", ""]
    for gas, names in unit_table.GAS_SPELLINGS.items():
        lines.append(f"- {dimension_name(gas).en}: {' · '.join(names)}")
    lines += ["", "## Words before a unit"]
    lines.append(", ".join(f"{word} {times:,}" for word, times in multipliers().items()))
    lines += ["", "## Units of two sides", "What may stand above and below a slash:", ""]
    above: dict[str, list[str]] = {}
    for top, bottom in combinations():
        above.setdefault(top, []).append(dimension_name(bottom).en)
    lines += [f"- {dimension_name(top).en} per: {', '.join(bottoms)}" for top, bottoms in above.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
