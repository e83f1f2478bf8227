"""What a rule of the checker is."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning"]


class RuleInfo(Struct, frozen=True):
    """A rule: what it is called, why it exists, and how a finding of it is mended.

    `mechanical`: `lint --fix` mends it, where nothing has to be decided.
    """

    id: str
    severity: Severity
    title: str
    explanation: str
    cure: str
    mechanical: bool = False


def error(id: str, title: str, explanation: str, cure: str, mechanical: bool = False) -> RuleInfo:
    return RuleInfo(id, "error", title, explanation, cure, mechanical)


def warning(id: str, title: str, explanation: str, cure: str, mechanical: bool = False) -> RuleInfo:
    return RuleInfo(id, "warning", title, explanation, cure, mechanical)
