"""API keys and the organisations that they open.

A key reads `ta_<public id>_<secret>`. The secret has 256 random bits, so its plain SHA-256 is
enough at rest; the key itself is shown once and never stored.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from taxonomy_api.errors import Conflict, InvalidInput, NotFound, Problem
from taxonomy_api.settings import Settings
from taxonomy_api.store.audit import OPERATOR, record
from taxonomy_api.store.database import Database
from taxonomy_api.store.ids import new_id, now
from taxonomy_api.store.models import ApiKey, Organisation

Scope = Literal["read", "assess", "portfolio", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
FIRST_ORGANISATION = "default"

_KEY = re.compile(r"ta_([0-9a-f]{16})_[A-Za-z0-9_-]{43}")
_LONGEST_KEY = 1_000
#: Columns, not an object: every request waits for it.
_KEYS = ApiKey.metadata.tables[ApiKey.__tablename__]
_FIND = select(
    _KEYS.c.id, _KEYS.c.organisation_id, _KEYS.c.hash, _KEYS.c.scopes, _KEYS.c.expires, _KEYS.c.revoked
).where(_KEYS.c.id == bindparam("key_id"))


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks: the organisation of the key, the key's public id and its scopes."""

    organisation_id: str
    key_id: str
    scopes: frozenset[str]


def create_organisation(session: Session, name: str) -> Organisation:
    """Raises InvalidInput for an unusable name, Conflict where the name is taken."""
    clean = name.strip()
    if not clean or len(clean) > 200 or not clean.isprintable():
        raise InvalidInput(Problem("/name", "bad_name", "A name has 1 to 200 printable characters."))
    if session.scalar(select(Organisation).where(Organisation.name == clean)) is not None:
        raise Conflict("name_taken", f"There is an organisation {clean!r} already.")
    organisation = Organisation(id=new_id(), name=clean, created=now())
    session.add(organisation)
    session.flush()
    record(session, OPERATOR, "organisation.created", OPERATOR, organisation.id)
    return organisation


def list_organisations(session: Session) -> Sequence[Organisation]:
    """All organisations by name."""
    return session.scalars(select(Organisation).order_by(Organisation.name)).all()


def find_organisation(session: Session, name_or_id: str) -> Organisation:
    """Raises NotFound, naming the organisations that exist."""
    found = session.scalar(
        select(Organisation).where((Organisation.name == name_or_id) | (Organisation.id == name_or_id))
    )
    if found is None:
        names = ", ".join(organisation.name for organisation in list_organisations(session)) or "none yet"
        raise NotFound("unknown_organisation", f"There is no organisation {name_or_id!r}. Known: {names}.")
    return found


def create_key(
    session: Session,
    organisation_id: str,
    scopes: Iterable[str] = SCOPES,
    name: str = "",
    expires: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Stores a new key; the second value is the key itself, which cannot be had again.

    Raises InvalidInput for an unknown scope or an expiry that is past or without time zone.
    """
    key = f"ta_{secrets.token_hex(8)}_{secrets.token_urlsafe(32)}"
    return _store_key(session, organisation_id, key, scopes, name, expires), key


def list_keys(session: Session, organisation_id: str) -> Sequence[ApiKey]:
    """The organisation's keys, revoked ones too, oldest first."""
    return session.scalars(
        select(ApiKey).where(ApiKey.organisation_id == organisation_id).order_by(ApiKey.created, ApiKey.id)
    ).all()


def revoke_key(session: Session, key_id: str, organisation_id: str | None = None) -> ApiKey:
    """Ends a key at once; ending it twice changes nothing. Raises NotFound."""
    stored = session.get(ApiKey, key_id)
    if stored is None or organisation_id not in (None, stored.organisation_id):
        raise NotFound("unknown_key", f"There is no key {key_id!r}.")
    if stored.revoked is None:
        stored.revoked = now()
        record(session, stored.organisation_id, "key.revoked", OPERATOR, stored.id)
    return stored


def rotate_key(
    session: Session, key_id: str, overlap: timedelta, organisation_id: str | None = None
) -> tuple[ApiKey, str]:
    """A new key with scopes, name and expiry of the old one, which goes on counting for `overlap`.

    So callers can change over without a gap. The second value is the new key itself. Raises NotFound, and
    Conflict for a key that no longer counts.
    """
    old = session.get(ApiKey, key_id)
    if old is None or organisation_id not in (None, old.organisation_id):
        raise NotFound("unknown_key", f"There is no key {key_id!r}.")
    if old.revoked is not None or (old.expires is not None and old.expires <= now()):
        raise Conflict("key_ended", f"Key {key_id} no longer counts; make a new one with `key create`.")
    made = create_key(session, old.organisation_id, old.scopes.split(), old.name, old.expires)
    end = now() + overlap
    old.expires = end if old.expires is None else min(end, old.expires)
    record(session, old.organisation_id, "key.rotated", OPERATOR, old.id, successor=made[0].id)
    return made


def identify(connection: Connection, key: str) -> Identity | None:
    """Whose key this is; None for a key that is unknown, wrong, expired or revoked."""
    if len(key) > _LONGEST_KEY:
        return None
    stored = connection.execute(_FIND, {"key_id": _public_id(key)}).one_or_none()
    # Compared even where nothing was found, so that time does not tell which public ids exist.
    expected = "0" * 64 if stored is None else stored.hash
    matches = hmac.compare_digest(expected, _hash(key))
    if stored is None or not matches or stored.revoked is not None:
        return None
    if stored.expires is not None and stored.expires <= now():
        return None
    return Identity(stored.organisation_id, stored.id, frozenset(stored.scopes.split()))


def ensure_first_key(database: Database, settings: Settings, host: str) -> str | None:
    """Makes the first key where none exists; returns it only if it must be printed now.

    A bootstrap key of the settings becomes the first key and is never printed. Otherwise one is
    made only on the embedded database served on a loopback address.
    """
    try:
        with database.unit_of_work() as session:
            if session.scalar(select(ApiKey.id).limit(1)) is not None:
                return None
            if settings.bootstrap_key:
                _store_key(
                    session, _first_organisation(session), settings.bootstrap_key, SCOPES, "bootstrap", None
                )
                return None
            if not settings.is_embedded or not is_loopback(host):
                return None
            return create_key(session, _first_organisation(session), name="first")[1]
    except IntegrityError:
        # Another instance made it at the same moment.
        return None


def is_loopback(host: str) -> bool:
    """Whether an address to serve on is reachable from this machine only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _first_organisation(session: Session) -> str:
    known = session.scalar(select(Organisation).order_by(Organisation.created, Organisation.id).limit(1))
    return (known or create_organisation(session, FIRST_ORGANISATION)).id


def _store_key(
    session: Session,
    organisation_id: str,
    key: str,
    scopes: Iterable[str],
    name: str,
    expires: datetime | None,
) -> ApiKey:
    wanted = tuple(dict.fromkeys(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown or not wanted:
        message = f"Scopes are one or more of {', '.join(SCOPES)}; given: {', '.join(wanted) or 'none'}."
        raise InvalidInput(Problem("/scopes", "unknown_scope", message, allowed=SCOPES))
    if expires is not None and (expires.tzinfo is None or expires <= now()):
        told = "is past" if expires.tzinfo else "has no time zone"
        message = f"{expires:%Y-%m-%d %H:%M} {told}; a key expires at a future time with a time zone."
        raise InvalidInput(Problem("/expires", "bad_expiry", message))
    stored = ApiKey(
        id=_public_id(key),
        organisation_id=organisation_id,
        created=now(),
        name=name[:200],
        hash=_hash(key),
        scopes=" ".join(wanted),
        expires=expires,
        revoked=None,
    )
    session.add(stored)
    session.flush()
    record(session, organisation_id, "key.created", OPERATOR, stored.id, scopes=stored.scopes)
    return stored


def _public_id(key: str) -> str:
    """The part under which a key is found; a bootstrap key of another form gets one from a hash."""
    own_form = _KEY.fullmatch(key)
    if own_form:
        return own_form.group(1)
    return "b" + hashlib.sha256(b"public id:" + key.encode("utf-8", "surrogatepass")).hexdigest()[:15]


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
