"""A body of wrong names is refused as fast as it is read."""

from __future__ import annotations

from typing import Any

import pytest

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.assessment.reading import MOST_SEARCHES
from taxonomy_api.errors import InvalidInput


@pytest.mark.parametrize("key", ["facts", "attestations"])
def test_names_like_wrong_ones_are_looked_up_for_the_first_only(engine: Engine, key: str) -> None:
    """Each is told at its place; a search for each would take half a minute for a body of a mebibyte."""
    wrong: dict[str, Any] = {f"lifecycle_ghg_intensit{number}": True for number in range(MOST_SEARCHES + 20)}
    project: dict[str, Any] = {"activities": ["hk-phase-2a:ENE-01"], key: wrong}
    with pytest.raises(InvalidInput) as refused:
        read_request(engine, {"project": project})
    assert len(refused.value.problems) == len(wrong)
    assert not any(problem.nearest for problem in refused.value.problems[MOST_SEARCHES:])
    if key == "facts":
        assert all(problem.nearest for problem in refused.value.problems[:MOST_SEARCHES])


def test_a_wrong_choice_is_told_with_all_choices(engine: Engine) -> None:
    """The ones alike stand apart: told alone they would read as if there were no others."""
    project = {"activities": ["hk-phase-2a:ENE-01"], "facts": {"technology": "wint"}}
    with pytest.raises(InvalidInput) as refused:
        read_request(engine, {"project": project})
    (problem,) = refused.value.problems
    assert "wind" in problem.nearest
    assert "solar, solar_pv" in problem.message
