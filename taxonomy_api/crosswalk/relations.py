"""The two relations of a mapping and how they combine along a route.

Both are read subject -> object. `scope` compares the projects that two activities hold:

- `exact`: the same; `narrower`: the subject lies inside the object; `broader`: the object lies inside
  the subject; `overlap`: some project is in both; `unknown`: nothing is asserted.

`stringency` compares the projects that meet the criteria of both:

- `equal`: the same; `stricter`: whatever meets the subject's criteria meets the object's; `looser`: the
  other way round; `incomparable`: neither entails the other; `unknown`: nothing is asserted.

No activity is empty, which is why `broader` then `narrower` still gives `overlap`.

Laws, held by tests over every model of up to three projects:

- composition is associative, `exact` and `equal` are neutral, `unknown` absorbs;
- inversion is an involution and turns composition round: inv(a . b) = inv(b) . inv(a);
- sound: what a composition asserts holds in every model of its parts;
- nothing is held back: for whatever a composition does not assert, some model of its parts denies it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Scope = Literal["exact", "narrower", "broader", "overlap", "unknown"]
Stringency = Literal["equal", "stricter", "looser", "incomparable", "unknown"]

SCOPES: tuple[Scope, ...] = ("exact", "narrower", "broader", "overlap", "unknown")
STRINGENCIES: tuple[Stringency, ...] = ("equal", "stricter", "looser", "incomparable", "unknown")

_SCOPES: Mapping[tuple[Scope, Scope], Scope] = {
    ("narrower", "narrower"): "narrower",
    ("broader", "broader"): "broader",
    ("broader", "narrower"): "overlap",
    ("overlap", "narrower"): "overlap",
    ("broader", "overlap"): "overlap",
}
_SCOPE_INVERSES: Mapping[Scope, Scope] = {"narrower": "broader", "broader": "narrower"}
_STRINGENCY_INVERSES: Mapping[Stringency, Stringency] = {"stricter": "looser", "looser": "stricter"}


def compose_scopes(first: Scope, second: Scope) -> Scope:
    """The scope of A -> C, from that of A -> B (`first`) and of B -> C (`second`)."""
    if first == "exact":
        return second
    if second == "exact":
        return first
    return _SCOPES.get((first, second), "unknown")


def compose_stringencies(first: Stringency, second: Stringency) -> Stringency:
    """The stringency of A -> C, from that of A -> B (`first`) and of B -> C (`second`)."""
    if first == "equal":
        return second
    if second == "equal":
        return first
    return first if first == second and first in ("stricter", "looser") else "unknown"


def invert_scope(scope: Scope) -> Scope:
    """The same relation read object -> subject."""
    return _SCOPE_INVERSES.get(scope, scope)


def invert_stringency(stringency: Stringency) -> Stringency:
    """The same relation read object -> subject."""
    return _STRINGENCY_INVERSES.get(stringency, stringency)
