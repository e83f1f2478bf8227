"""The form of POST /v1/portfolios as the OpenAPI document describes it."""

from __future__ import annotations

from typing import Any

from taxonomy_api.catalog.terms import LANGUAGES

BINARY: dict[str, Any] = {"type": "string", "format": "binary"}
_ACTIVITIES = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_RATE = {
    "type": "object",
    "required": ["rate"],
    "additionalProperties": False,
    "properties": {
        "rate": {
            "type": ["string", "number"],
            "description": "What one unit is worth in the currency of the totals; a decimal, best in quotes",
        },
        "date": {"type": "string", "format": "date"},
    },
}
#: What the field `options` holds, by name; tests hold it against the names that are read.
OPTIONS: dict[str, Any] = {
    "taxonomies": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Left out: those of the activities that the rows name",
    },
    "as_of": {"type": "string", "format": "date", "description": "Left out: today"},
    "language": {"enum": list(LANGUAGES)},
    "assume_not_excluded": {"type": "boolean"},
    "confirm": {
        "description": "Candidates that the caller confirms: by the activity they stand for, or for all rows",
        "oneOf": [
            {"type": "object", "additionalProperties": _ACTIVITIES},
            {"type": "array", "items": {"type": "string"}},
        ],
    },
    "sheet": {"type": "string", "description": "Left out: found"},
    "header_row": {
        "type": "integer",
        "minimum": 1,
        "description": "As numbered in the sheet; left out: found",
    },
    "mapping": {
        "type": ["string", "object"],
        "description": "A saved mapping of headers: the text of a mapping.yaml, or the same as an object",
    },
    "fx": {
        "type": "object",
        "description": (
            "Rates for totals in one currency: the only one with rate 1 and no date. They take the place of "
            "a sheet FX in the file"
        ),
        "additionalProperties": _RATE,
        "examples": [{"HKD": {"rate": 1}, "CNY": {"rate": "1.09", "date": "2026-06-30"}}],
    },
    "amount_unit": {
        "type": "string",
        "description": "The unit of amounts where neither header nor cell states one, such as 亿元",
    },
    "annotated": {
        "type": "boolean",
        "description": (
            "Whether an annotated copy of the sheet is made beside the results; from .xlsx and .xlsm only, "
            "up to the rows that GET /v1/limits names. Left out: false"
        ),
    },
    "reuse": {
        "type": "boolean",
        "description": "Whether finished results of the same content may be the answer; left out: true",
    },
}
FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {**BINARY, "description": "A workbook, CSV or Parquet file"},
                    "options": {
                        "type": "string",
                        "description": "One JSON object",
                        "contentMediaType": "application/json",
                        "contentSchema": {
                            "type": "object",
                            "additionalProperties": False,
                            "properties": OPTIONS,
                        },
                    },
                },
            }
        }
    },
}
