"""Examples in the OpenAPI document: real requests with their answers, shortened.

They stand in api_examples.json, by `METHOD path`; scripts/make_api_examples.py makes them.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from apispec import BasePlugin

FILE = Path(__file__).with_name("api_examples.json")


class Examples(BasePlugin):
    """Puts the examples of an operation beside the schemas of its body and its answer."""

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **_: Any
    ) -> None:
        for method, operation in (operations or {}).items():
            example = examples().get(f"{method.upper()} {path}")
            if example is None:
                continue
            for status, answer in operation.get("responses", {}).items():
                if str(status) == example["status"]:
                    _add(answer, example.get("response"))
            _add(operation.get("requestBody", {}), example.get("request"))
            for parameter in operation.get("parameters", []):
                if isinstance(parameter, dict) and parameter["name"] in example.get("parameters", {}):
                    parameter["example"] = example["parameters"][parameter["name"]]


def _add(part: Any, example: Any) -> None:
    kinds = part.get("content", {}) if isinstance(part, dict) else {}
    if example is not None and "application/json" in kinds:
        kinds["application/json"]["example"] = example


@cache
def examples() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
