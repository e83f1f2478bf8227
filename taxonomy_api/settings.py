"""Settings of the service, each from an environment variable `TAXONOMY_API_<NAME>`.

They are described once, here; docs/settings.md holds the same table and a test compares them.
"""

from __future__ import annotations

import dataclasses
import os
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from taxonomy_api.errors import ConfigurationError

PREFIX = "TAXONOMY_API_"
SMALLEST_SECRET = 32

_YES = frozenset({"1", "yes", "true", "on"})
_NO = frozenset({"0", "no", "false", "off"})
_ORIGIN = re.compile(r"https?://[a-zA-Z0-9.\[\]:-]+")


@dataclass(frozen=True, slots=True)
class Setting:
    """How one setting is called outside, its default as written there, and what it does."""

    name: str
    default: str
    help: str


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their types. Paths are absolute once read by `load`."""

    data: Annotated[
        Path, "Folder that holds `taxonomies/` and `mappings/`; empty: the data of this installation"
    ] = Path()
    cache: Annotated[
        Path,
        "Folder for the data as they were checked, so that they need not be read again; "
        "empty: `taxonomy-api` in the user's cache folder; `/dev/null`: none",
    ] = Path()
    store: Annotated[Path, "Folder for the embedded database, the queue, uploads and results"] = Path("var")
    database_url: Annotated[
        str, "SQLAlchemy URL, e.g. `postgresql://…`; empty: embedded SQLite in the store folder"
    ] = field(default="", repr=False)
    database_url_file: Annotated[str, "File that holds the URL of the database, instead of the variable"] = ""
    queue_url: Annotated[str, "`redis://…` for the job queue; empty: embedded SQLite in the store folder"] = (
        field(default="", repr=False)
    )
    host: Annotated[str, "Address to serve on"] = "127.0.0.1"
    port: Annotated[int, "Port to serve on"] = 8000
    workers: Annotated[int, "Web processes"] = 1
    operations_host: Annotated[str, "Address for /metrics and the details of readiness"] = "127.0.0.1"
    operations_port: Annotated[
        int, "Port for /metrics and the details of readiness; 0: the one after the port of the service"
    ] = 0
    behind_tls: Annotated[
        bool, "Callers reach the service through TLS only: browsers are told so (Strict-Transport-Security)"
    ] = False
    trusted_proxies: Annotated[
        int,
        "Proxies before the service that add to X-Forwarded-For; 0: the header is not believed",
    ] = 0
    allowed_origins: Annotated[
        str, "Origins of web pages that may call the service (CORS), separated by commas; empty: none"
    ] = ""
    requests_per_minute: Annotated[int, "Most requests a minute with one key; 0: no limit"] = 60_000
    keyless_requests_per_minute: Annotated[
        int, "Most requests a minute from one address without a good key; 0: no limit"
    ] = 6_000
    rate_limit_url: Annotated[
        str, "`redis://…` to count requests together; empty: each web process counts for itself"
    ] = field(default="", repr=False)
    embedded_worker: Annotated[bool, "Start a worker for portfolios together with the web server"] = True
    max_body_bytes: Annotated[int, "Largest JSON body, in bytes"] = 2**20
    max_upload_bytes: Annotated[int, "Largest uploaded portfolio, in bytes"] = 100 * 2**20
    max_portfolio_rows: Annotated[int, "Most rows of one portfolio"] = 50_000
    max_unpacked_bytes: Annotated[int, "Most that an uploaded workbook may unpack to, in bytes"] = 2**30
    max_workbook_parts: Annotated[int, "Most parts that an uploaded workbook may be packed of"] = 2_000
    reading_memory_bytes: Annotated[int, "Memory of the process in which an upload is opened, in bytes"] = (
        3 * 2**30
    )
    reading_seconds: Annotated[int, "Seconds of that process, of its processor time and by the clock"] = 120
    low_memory: Annotated[
        bool,
        "The cells of a portfolio are held in a file while it is assessed, and not in memory; same results",
    ] = False
    stall_seconds: Annotated[
        int,
        "Seconds after which a caller is cut off who meanwhile sent, or took, fewer than 256 bytes a second; "
        "0: never",
    ] = 60
    public_reading: Annotated[bool, "Taxonomies may be read without a key"] = True
    bootstrap_key: Annotated[
        str, "First API key, at least 32 characters; ignored once any key exists, even a revoked one"
    ] = field(default="", repr=False)
    bootstrap_key_file: Annotated[str, "File that holds the first API key, instead of the variable"] = ""
    language: Annotated[str, "Language of answers where a request names none: en, zh-Hans or zh-Hant"] = "en"
    reload_seconds: Annotated[
        int, "For development: seconds between looks at the data folder for changes; 0: no looks"
    ] = 0
    job_lease_seconds: Annotated[
        int, "Seconds after which a running job without a sign of life is started again"
    ] = 60
    max_batch_bytes: Annotated[int, "Largest JSON body of a batch of projects, in bytes"] = 8 * 2**20
    assessment_days: Annotated[
        int, "Days after which a single assessment is deleted; 0: kept until somebody deletes it"
    ] = 0
    result_days: Annotated[int, "Days after its end for which a portfolio and its results are kept"] = 30
    audit_key: Annotated[
        str,
        "Secret that seals the audit trail, at least 32 characters; empty: `audit.key` in the store folder",
    ] = field(default="", repr=False)
    audit_key_file: Annotated[str, "File that holds the secret of the trail, instead of the variable"] = ""
    audit_anchors: Annotated[
        Path,
        "File to which heads of the audit trail are added; empty: `audit-anchors.jsonl` in the store folder",
    ] = Path()
    audit_anchor_seconds: Annotated[int, "Seconds between looks for heads to be written there"] = 300

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a SQLite file of this machine."""
        return not self.database_url or self.database_url.startswith("sqlite")

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins of web pages that may call the service."""
        return tuple(origin.strip() for origin in self.allowed_origins.split(",") if origin.strip())

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the database in use."""
        return self.database_url or f"sqlite:///{self.store / 'taxonomy-api.sqlite3'}"


def _default_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value == Path() else str(value)


_HINTS = typing.get_type_hints(Settings, include_extras=True)
SETTINGS: tuple[Setting, ...] = tuple(
    Setting(PREFIX + item.name.upper(), _default_text(item.default), _HINTS[item.name].__metadata__[0])
    for item in dataclasses.fields(Settings)
)


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; raises ConfigurationError naming the variable and the cure."""
    given = os.environ if environment is None else environment
    _refuse_unknown(given)
    types = typing.get_type_hints(Settings)
    values: dict[str, Any] = {
        item.name: _parse(PREFIX + item.name.upper(), given[PREFIX + item.name.upper()], types[item.name])
        for item in dataclasses.fields(Settings)
        if given.get(PREFIX + item.name.upper(), "") != ""
    }
    settings = Settings(**values)
    return _check(
        dataclasses.replace(
            settings,
            data=installed_data() if settings.data == Path() else settings.data.absolute(),
            cache=_user_cache(given) if settings.cache == Path() else settings.cache.absolute(),
            store=settings.store.absolute(),
            bootstrap_key=_secret(settings, "bootstrap_key"),
            database_url=_secret(settings, "database_url"),
            audit_key=_secret(settings, "audit_key"),
            audit_anchors=_anchor_file(settings),
        )
    )


def installed_data() -> Path:
    """The data that came with this installation: inside the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "_data"
    return inside if inside.is_dir() else package.parent


def _anchor_file(settings: Settings) -> Path:
    given = settings.audit_anchors
    return (settings.store / "audit-anchors.jsonl" if given == Path() else given).absolute()


def _user_cache(given: Mapping[str, str]) -> Path:
    """The user's cache folder by the XDG rules; a path that is no folder where there is none."""
    base = Path(given.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():
        try:
            base = Path.home() / ".cache"
        except RuntimeError:
            return Path(os.devnull)
    return base / "taxonomy-api"


def _refuse_unknown(given: Mapping[str, str]) -> None:
    known = {setting.name for setting in SETTINGS}
    unknown = sorted(name for name in given if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise ConfigurationError(f"{', '.join(unknown)}: no such setting. Known: {', '.join(sorted(known))}.")


def _parse(name: str, text: str, wanted: type) -> object:
    if wanted is bool:
        word = text.strip().lower()
        if word in _YES | _NO:
            return word in _YES
        raise ConfigurationError(f"{name} is {text!r}; write yes or no.")
    if wanted is int:
        try:
            number = int(text)
        except ValueError:
            raise ConfigurationError(f"{name} is {text!r}; write a whole number.") from None
        if number < 0:
            raise ConfigurationError(f"{name} is {number}; it cannot be negative.")
        return number
    return Path(text) if wanted is Path else text


def _secret(settings: Settings, name: str) -> str:
    """A secret from its variable, or from the file that another one names."""
    text, file = getattr(settings, name), getattr(settings, f"{name}_file")
    variable = PREFIX + name.upper()
    if not file:
        return str(text).strip()
    if text:
        raise ConfigurationError(f"Set {variable} or {variable}_FILE, not both.")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigurationError(f"{variable}_FILE cannot be read: {problem}.") from None


def _check(settings: Settings) -> Settings:
    for what, secret in (("bootstrap key", settings.bootstrap_key), ("audit key", settings.audit_key)):
        if secret and (
            len(secret) < SMALLEST_SECRET or not secret.isascii() or not secret.isprintable() or " " in secret
        ):
            raise ConfigurationError(
                f"The {what} needs {SMALLEST_SECRET} or more printable ASCII characters, no spaces."
            )
    if settings.result_days < 1:
        raise ConfigurationError(
            f"{PREFIX}RESULT_DAYS is {settings.result_days}; results stay for a day or more."
        )
    if settings.language not in ("en", "zh-Hans", "zh-Hant"):
        raise ConfigurationError(f"{PREFIX}LANGUAGE is {settings.language!r}; write en, zh-Hans or zh-Hant.")
    for name, port in (("PORT", settings.port), ("OPERATIONS_PORT", settings.operations_port)):
        if port > 65535:
            raise ConfigurationError(f"{PREFIX}{name} is {port}; ports end at 65535.")
    for origin in settings.origins:
        if not _ORIGIN.fullmatch(origin):
            raise ConfigurationError(
                f"{PREFIX}ALLOWED_ORIGINS holds {origin!r}; write each as https://host or https://host:port."
            )
    if settings.rate_limit_url and not settings.rate_limit_url.startswith(("redis://", "rediss://")):
        raise ConfigurationError(f"{PREFIX}RATE_LIMIT_URL begins with redis:// or rediss://, or is empty.")
    return settings
