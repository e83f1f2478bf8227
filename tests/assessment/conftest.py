from __future__ import annotations

from pathlib import Path

import pytest

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.load import load_release

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine over the project's own data files."""
    result = load_release(ROOT)
    assert result.release is not None, "\n".join(map(str, result.findings))
    return Engine(result.release)
