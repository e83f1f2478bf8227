"""What the operators of limits and dates mean, and the signs that they are shown with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

#: Whether a value meets one limit, or the two of `between`. Values and limits are of one ordered kind.
LIMIT_MET: Mapping[str, Callable[[Any, tuple[Any, ...]], bool]] = {
    "at_most": lambda value, limits: value <= limits[0],
    "below": lambda value, limits: value < limits[0],
    "at_least": lambda value, limits: value >= limits[0],
    "above": lambda value, limits: value > limits[0],
    "equals": lambda value, limits: value == limits[0],
    "between": lambda value, limits: limits[0] <= value <= limits[1],
    "by": lambda value, limits: value <= limits[0],
    "before": lambda value, limits: value < limits[0],
    "after": lambda value, limits: value > limits[0],
    "on_or_after": lambda value, limits: value >= limits[0],
}
SIGNS: Mapping[str, str] = {
    "at_most": "≤",
    "below": "<",
    "at_least": "≥",
    "above": ">",
    "equals": "=",
    "by": "≤",
    "before": "<",
    "after": ">",
    "on_or_after": "≥",
}
