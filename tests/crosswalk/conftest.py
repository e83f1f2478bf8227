from __future__ import annotations

from pathlib import Path

import pytest

from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.model import Release


@pytest.fixture(scope="session")
def release() -> Release:
    """The project's own data files."""
    result = load_release(Path(__file__).parents[2])
    assert result.release is not None, "\n".join(map(str, result.findings))
    return result.release
