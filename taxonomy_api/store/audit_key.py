"""The secret that seals the audit trail: from the settings, or a file that is made once."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from taxonomy_api.errors import ConfigurationError
from taxonomy_api.settings import Settings

FILE = "audit.key"


def audit_key(settings: Settings) -> bytes:
    """The secret of the settings, else that of `audit.key` in the store folder, which the first call makes.

    Raises ConfigurationError for a file that others can read.
    """
    if settings.audit_key:
        return settings.audit_key.encode()
    path = settings.store / FILE
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(f"{path} can be read by others; run `chmod 600` on it.")
    return path.read_text(encoding="ascii").strip().encode()


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    begun = path.with_name(f".{FILE}.{secrets.token_hex(8)}")
    with open(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # Fails where another process was first; its secret then counts for both.
        os.link(begun, path)
    except FileExistsError:
        pass
    finally:
        begun.unlink()
