"""The canonical form of a release and its content hash.

Two data folders have the same hash exactly if they say the same: the order of files and keys,
comments and formatting do not count, every value does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from taxonomy_api.catalog.model import Cases, MappingRow, Release, Rows, Taxonomy

#: Fields that are no content: the id is made of the rest, a line moves with comments.
_NOT_CONTENT: Mapping[type, frozenset[str]] = {
    Release: frozenset({"id"}),
    MappingRow: frozenset({"line"}),
}


def canonical_json(release: Release) -> bytes:
    """The content of a release as JSON in UTF-8: sorted keys, no blanks, ids and lines left out.

    Dates are YYYY-MM-DD, numbers are decimal text without trailing zeros; each object of the model
    names its kind under `@`. A table of industry codes stands there as the hash of its text.
    """
    return json.dumps(plain(release), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def content_hash(release: Release) -> str:
    """`sha256:` and the hash of the canonical content."""
    return "sha256:" + hashlib.sha256(canonical_json(release)).hexdigest()


def plain(value: Any) -> Any:
    """Values of the model as JSON values."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return "sha256:" + hashlib.sha256(value).hexdigest()
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return _object(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _object(value: Any) -> dict[str, Any]:
    kind = type(value)
    content: dict[str, Any] = {"@": kind.__name__}
    for name in _content_fields(kind):
        stated = getattr(value, name)
        if stated is not None:
            content[name] = plain(stated)
    _order(value, content)
    return content


def _order(value: object, content: dict[str, Any]) -> None:
    """What the files state as a mapping, or in several files, has no order of its own."""
    if isinstance(value, Cases):
        for case in content["cases"]:
            case["values"].sort()
        content["cases"].sort(key=lambda case: case["values"])
    elif isinstance(value, Rows):
        content["rows"].sort(key=lambda row: row["id"])
    elif isinstance(value, Taxonomy):
        content["entries"].sort(key=lambda entry: entry["code"])
    elif isinstance(value, Release):
        content["mappings"].sort(key=lambda row: json.dumps(row, sort_keys=True))


def _content_fields(kind: type) -> tuple[str, ...]:
    left_out = _NOT_CONTENT.get(kind, frozenset())
    return tuple(field.name for field in fields(kind) if field.name not in left_out)
