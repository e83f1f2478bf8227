"""What the views work with; made once per process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from taxonomy_api.jobs.portfolios import Portfolios
from taxonomy_api.jobs.queue import open_queue
from taxonomy_api.jobs.stored_impact import StoredImpacts
from taxonomy_api.settings import Settings
from taxonomy_api.store.assessments import Assessments
from taxonomy_api.store.current import CurrentRelease
from taxonomy_api.store.database import Database, open_database
from taxonomy_api.store.files import FileStore
from taxonomy_api.store.idempotency import IdempotencyKeys
from taxonomy_api.store.releases import Releases
from taxonomy_api.store.rollout import Rollout
from taxonomy_api.web.metrics import Metrics
from taxonomy_api.web.rate_limits import RateLimits

_KEY = "taxonomy_api"


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    database: Database
    current: CurrentRelease
    files: FileStore
    portfolios: Portfolios
    releases: Releases
    impacts: StoredImpacts
    assessments: Assessments
    idempotency: IdempotencyKeys
    rate_limits: RateLimits
    metrics: Metrics


def make_services(settings: Settings) -> Services:
    """Opens what the settings name; nothing is migrated or loaded yet."""
    database = open_database(settings)
    files = FileStore(settings.store)
    portfolios = Portfolios(database, files, open_queue(settings), settings.max_upload_bytes)
    current = CurrentRelease(settings.data, settings.cache, Rollout(settings.store))
    releases = Releases(database, current)
    metrics = Metrics()
    return Services(
        settings,
        database,
        current,
        files,
        portfolios,
        releases,
        StoredImpacts(files, releases),
        Assessments(database, releases, metrics.gave),
        IdempotencyKeys(database),
        RateLimits(settings),
        metrics,
    )


def services() -> Services:
    """Those of the current application."""
    return cast(Services, current_app.extensions[_KEY])


def attach(extensions: dict[str, object], made: Services) -> None:
    extensions[_KEY] = made
