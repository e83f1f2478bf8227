"""The register of rules, by id. `taxonomy-api explain RULE` shows one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from taxonomy_api.catalog.rule_info import RuleInfo
from taxonomy_api.catalog.rules_of_content import ADVICE, CRITERIA, INDUSTRY, MAPPINGS
from taxonomy_api.catalog.rules_of_form import FILES, REFERENCES, VALUES, YAML
from taxonomy_api.catalog.rules_of_worksheets import WORKSHEETS

RULES: Mapping[str, RuleInfo] = MappingProxyType(
    {
        rule.id: rule
        for rules in (FILES, YAML, VALUES, REFERENCES, CRITERIA, MAPPINGS, INDUSTRY, ADVICE, WORKSHEETS)
        for rule in rules
    }
)
