"""`explain`: what a rule of the checker is about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from taxonomy_api.catalog.rule_info import RuleInfo


@click.command()
@click.argument("rule", required=False)
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
def explain(rule: str | None, as_json: bool) -> None:
    """Explain a rule of the checker; without RULE, list all.

    RULE is the word after the place in a finding of `lint`.
    """
    from msgspec.structs import asdict

    from taxonomy_api.catalog.nearest import did_you_mean
    from taxonomy_api.catalog.rules import RULES

    if rule is not None and rule not in RULES:
        holding = " or ".join(name for name in RULES if rule in name.split("-"))
        hint = (
            did_you_mean(rule, RULES)
            or (holding and f"did you mean {holding}?")
            or "`taxonomy-api explain` lists all rules"
        )
        raise click.ClickException(f"{rule} is no rule; {hint}")
    chosen = [RULES[rule]] if rule else list(RULES.values())
    if as_json:
        click.echo(json.dumps({"rules": [asdict(one) for one in chosen]}, ensure_ascii=False, indent=2))
    elif rule:
        click.echo(_in_full(RULES[rule]))
    else:
        width = max(map(len, RULES))
        for one in chosen:
            click.echo(f"{one.id:{width}}  {one.severity:7}  {one.title}")


def _in_full(rule: RuleInfo) -> str:
    fix = "\n\n`taxonomy-api lint --fix` does this." if rule.mechanical else ""
    text = f"{rule.id} ({rule.severity}): {rule.title}\n\n{rule.explanation}\n\nCure: {rule.cure}{fix}"
    return "\n\n".join(click.wrap_text(part, 100) for part in text.split("\n\n"))
