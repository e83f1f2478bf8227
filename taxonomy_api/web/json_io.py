"""JSON in and out: strict reading, readable writing."""

from __future__ import annotations

import json
import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from flask import Request, request
from flask.json.provider import JSONProvider
from werkzeug.exceptions import UnsupportedMediaType

from taxonomy_api.errors import Malformed

DEEPEST = 64


class Json(JSONProvider):
    """Chinese as it is, keys in their order, dates in ISO form, never NaN."""

    def dumps(self, obj: Any, **options: Any) -> str:
        options = {
            "ensure_ascii": False,
            "allow_nan": False,
            "default": _plain,
            "separators": (",", ":"),
            **options,
        }
        return json.dumps(obj, **options)

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return read_json(s if isinstance(s, bytes) else s.encode())


def json_object(*, optional: bool = False) -> dict[str, Any]:
    """The body of the current request, which must be one JSON object; no body is `{}` where it is `optional`.

    Raises UnsupportedMediaType for another content type, Malformed for anything that is not one
    plain JSON object, RequestEntityTooLarge beyond the limit.
    """
    if optional and not request.get_data(cache=True):
        return {}
    return read_object(_body(request), "The body")


def read_object(raw: bytes, what: str) -> dict[str, Any]:
    """One JSON object, strictly read; `what` names it in errors. Raises Malformed."""
    try:
        value = read_json(raw)
    except Malformed as problem:
        raise Malformed(problem.code, f"{what} {problem.detail}") from None
    if not isinstance(value, dict):
        raise Malformed("not_an_object", f"{what} is not a JSON object; write {{…}}.")
    return value


def read_json(raw: bytes) -> Any:
    """Any JSON value. Duplicate keys, NaN, infinities and excessive nesting are refused with Malformed."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Malformed("not_utf8", f"is not UTF-8 text (byte {problem.start}).") from None
    try:
        value = json.loads(
            text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant, parse_float=_finite
        )
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno}, column {problem.colno}"
        raise Malformed("not_json", f"is not JSON: {problem.msg} at {place}.") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        # Python refuses to read integers of thousands of digits.
        raise Malformed("number_too_long", "holds a number with too many digits.") from None
    _check_depth(value)
    _check_text(text, value)
    return value


def _body(current: Request) -> bytes:
    if current.mimetype != "application/json" and not current.mimetype.endswith("+json"):
        given = current.mimetype or "no content type"
        raise UnsupportedMediaType(f"The body has {given}; send Content-Type: application/json.")
    raw = current.get_data(cache=False)
    if current.content_length is None:
        # A body sent in chunks is cut off at the limit without a word; one more read tells.
        current.stream.read(1)
    return raw


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Malformed(
            "duplicate_key", f"has the key {twice[:80]!r} twice in one object; keep one of the two."
        )
    return found


def _no_constant(name: str) -> NoReturn:
    raise Malformed("not_a_number", f"holds {name}, which is not a JSON number; leave the value out.")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise Malformed("not_a_number", f"holds {text[:40]}, which is too large for a number.")
    return number


def _check_depth(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise _too_deep()
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]


def _check_text(text: str, value: Any) -> None:
    # Half of a surrogate pair can be escaped, but is no character and could not be answered back.
    if "\\u" not in text:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Malformed("not_text", "holds an escape that is half a character (a lone surrogate).") from None


def _too_deep() -> Malformed:
    return Malformed("too_deep", f"is nested more than {DEEPEST} levels deep.")


def instant(value: datetime) -> str:
    """The form of an instant in answers; it must be UTC."""
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    raise TypeError(f"{type(value).__name__} has no JSON form")
