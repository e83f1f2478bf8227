"""The release on file, an engine, and an assessor that knows nothing."""

from __future__ import annotations

from datetime import date

import pytest

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.model import Release
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.vocabulary import Vocabulary, build_vocabulary


@pytest.fixture(scope="session")
def release() -> Release:
    release = load_release(default_data_folder()).release
    assert release is not None
    return release


@pytest.fixture(scope="session")
def engine(release: Release) -> Engine:
    return Engine(release)


@pytest.fixture(scope="session")
def vocabulary(release: Release) -> Vocabulary:
    return build_vocabulary(release)


@pytest.fixture
def options() -> PortfolioOptions:
    return PortfolioOptions(taxonomies=("hk-phase-2a",), as_of=date(2026, 11, 22))
