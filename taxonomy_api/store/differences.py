"""How two JSON values differ, path by path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def differences(before: Any, after: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """`{path, before?, after?}` for every place that differs; the path is a JSON pointer.

    A side that has nothing there has no key. 1 and true differ, as do 1 and 1.0.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for key in (*before, *(key for key in after if key not in before)):
            place = f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"
            if key not in after:
                yield {"path": place, "before": before[key]}
            elif key not in before:
                yield {"path": place, "after": after[key]}
            else:
                yield from differences(before[key], after[key], place)
    elif isinstance(before, list) and isinstance(after, list):
        for number in range(max(len(before), len(after))):
            place = f"{path}/{number}"
            if number >= len(after):
                yield {"path": place, "before": before[number]}
            elif number >= len(before):
                yield {"path": place, "after": after[number]}
            else:
                yield from differences(before[number], after[number], place)
    elif type(before) is not type(after) or before != after:
        yield {"path": path, "before": before, "after": after}
