"""What an answer says of each component of a taxonomy, whatever is on file of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.catalog.load import load_release

MINIMAL = Path(__file__).parents[1] / "catalog" / "minimal"
NAMES = {
    "en": ("Substantial contribution", "Do no significant harm", "Minimum safeguards"),
    "zh-Hans": ("实质性贡献", "无重大损害", "最低限度保障"),
    "zh-Hant": ("實質性貢獻", "無重大損害", "最低限度保障"),
}
COMPONENTS = ("substantial_contribution", "dnsh", "minimum_safeguards")
#: Its criteria are not on file either, as those of a draft.
ACTIVITY, SECTOR = "demo-a:1.4", "1-energy.yaml"


def told(folder: Path, language: str) -> dict[str, Any]:
    release = load_release(folder).release
    assert release is not None
    asked = {"project": {"activities": [ACTIVITY]}, "as_of": "2026-11-22", "language": language}
    engine = Engine(release)
    answer: Any = assess(engine, read_request(engine, {**asked, "taxonomies": ["demo-a"]}))
    (verdict,) = answer["verdicts"]
    return dict(verdict)


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_that_is_not_on_file_is_named_and_decides_nothing(
    tmp_path: Path, component: str, language: str
) -> None:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "data"))
    sector = folder / "taxonomies" / "demo-a" / SECTOR
    listed = sector.read_text(encoding="utf-8")
    assert listed.count("green: listing") == 1
    sector.write_text(listed.replace("green: listing", "green: not_on_file"), encoding="utf-8")
    edition = folder / "taxonomies" / "demo-a" / "taxonomy.yaml"
    text = edition.read_text(encoding="utf-8").replace(
        f"  {component}: tested", f"  {component}: not_on_file"
    )
    kept = (line for line in text.splitlines(True) if not line.startswith(f"{component}: {{"))
    edition.write_text("".join(kept), encoding="utf-8")
    verdict = told(folder, language)
    assert verdict["verdict"] == "undetermined"
    assert verdict["components"][component] == ("unknown" if component == COMPONENTS[0] else "not_on_file")
    name = NAMES[language][COMPONENTS.index(component)]
    reasons = [one["text"] for one in verdict["reasons"] if one["code"] == "component_not_on_file"]
    assert len(reasons) == 1 and name in reasons[0]
