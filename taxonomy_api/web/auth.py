"""Who may do what: API keys as bearer tokens."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, request
from flask_smorest import Blueprint

from taxonomy_api.errors import Forbidden, Unauthenticated
from taxonomy_api.store.keys import Identity, Scope, identify
from taxonomy_api.web.services import services

View = TypeVar("View", bound=Callable[..., Any])
SECURITY_SCHEME = "key"


def requires(*scopes: Scope) -> Callable[[View], View]:
    """The view needs a key with one of these scopes; it finds the organisation in `organisation_id()`."""
    return _guard(scopes, lambda: True)


def reads_catalogue(view: View) -> View:
    """The view shows published data only: open to all, unless the service is set to want a key."""
    return _guard(("read",), lambda: not services().settings.public_reading, ({},))(view)


def organisation_id() -> str:
    """Whose data this request is about. Only behind `requires`."""
    return who().organisation_id


def who() -> Identity:
    """Who asks. Only behind `requires`."""
    return cast(Identity, g.identity)


def _guard(
    scopes: tuple[Scope, ...], is_needed: Callable[[], bool], open_too: tuple[dict[str, Any], ...] = ()
) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            # A key that is sent must be good even where none is needed: a typing error should show.
            if is_needed() or "Authorization" in request.headers:
                g.identity = _authenticate()
                _check(g.identity, scopes, is_needed())
            else:
                _count_address()
            return view(*args, **kwargs)

        documented = Blueprint.doc(security=[{SECURITY_SCHEME: list(scopes)}, *open_too])(guarded)
        return cast(View, documented)

    return decorate


def _authenticate() -> Identity:
    """Who asks, counted. Raises Unauthenticated and TooMany."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    identity = None
    if key.strip() and scheme.lower() == "bearer":
        with services().database.looking_up() as connection:
            identity = identify(connection, key.strip())
    if identity is not None:
        services().rate_limits.count_key(identity.key_id)
        return identity
    _count_address()
    if not key.strip():
        raise Unauthenticated("key_missing", "This needs an API key: send Authorization: Bearer KEY.")
    raise Unauthenticated("key_refused", "The API key is unknown, expired or revoked.")


def _count_address() -> None:
    services().rate_limits.count_address(request.remote_addr or "")


def _check(identity: Identity, scopes: tuple[Scope, ...], needed: bool) -> None:
    if needed and not identity.scopes.intersection(scopes):
        wanted = " or ".join(scopes)
        has = ", ".join(sorted(identity.scopes))
        raise Forbidden("scope_missing", f"This needs a key with the scope {wanted}; this one has: {has}.")
