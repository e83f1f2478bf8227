"""The JSON Schema of files of scenarios, from the keys that their reader knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from taxonomy_api.assessment.intake import REQUEST_KEYS
from taxonomy_api.assessment.proceeds_intake import INSTRUMENT_KEYS
from taxonomy_api.assessment.scenario_cases import (
    ALLOCATION_KEYS,
    FILE_KEYS,
    LINE_KEYS,
    OF_A_VERDICT,
    OF_PROCEEDS,
    PROCEEDS_LINE_KEYS,
    SCENARIO_KEYS,
)

Schema = dict[str, Any]


def scenario_schema(words: Mapping[str, str]) -> Schema:
    """`words` describe keys."""
    ask = _object(REQUEST_KEYS, words)
    expected = {"anyOf": [{"type": "string"}, _object({*OF_A_VERDICT, *OF_PROCEEDS}, words)]}
    line = _object({*LINE_KEYS, *PROCEEDS_LINE_KEYS}, words, ask=ask, expect=expected)
    allocation = _object(ALLOCATION_KEYS, words)
    scenario = _object(
        SCENARIO_KEYS,
        words,
        ask=ask,
        expect=expected,
        table={"type": "array", "items": line},
        instrument=_object(INSTRUMENT_KEYS, words),
        allocations={"type": "array", "items": allocation},
    )
    # Either what is expected, or a table of cases with their own.
    scenario |= {"required": ["name"], "oneOf": [{"required": ["expect"]}, {"required": ["table"]}]}
    scenarios = {"type": "array", "items": scenario}
    return _object(FILE_KEYS, words, defaults={"type": "object"}, scenarios=scenarios)


def _object(keys: Iterable[str], words: Mapping[str, str], **known: Schema) -> Schema:
    properties = {
        key: {**known.get(key, {}), **({"description": words[key]} if key in words else {})}
        for key in sorted(keys)
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}
