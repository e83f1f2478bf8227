"""`check`: one project, explained in the terminal."""

from __future__ import annotations

import json
import shutil
from datetime import date

import click

from taxonomy_api.cli.common import as_of_option, current_release, day, language_option, settings, split_list

MOST_COLUMNS = 100


@click.command()
@click.argument("activity", metavar="TAXONOMY:CODE")
@click.argument("answers", nargs=-1, metavar="[FACT=VALUE]...")
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="TAXONOMY,…",
    help="A taxonomy to test against; may be repeated.  [default: that of the activity]",
)
@as_of_option
@click.option(
    "--maturity", type=day, metavar="DATE", help="Last day of the deal; the timeline runs until then."
)
@click.option(
    "--confirm",
    multiple=True,
    metavar="TAXONOMY:CODE",
    help="A candidate that you confirm: the project is in it; may be repeated.",
)
@click.option(
    "--assume-not-excluded", is_flag=True, help="Count exclusions whose text is on file as answered with no."
)
@language_option
@click.option("--json", "as_json", is_flag=True, help="The answer as JSON, as POST /v1/assessments gives it.")
def check(
    activity: str,
    answers: tuple[str, ...],
    targets: tuple[str, ...],
    as_of: date | None,
    maturity: date | None,
    confirm: tuple[str, ...],
    assume_not_excluded: bool,
    language: str | None,
    as_json: bool,
) -> None:
    """Check one project and explain the verdict.

    FACT=VALUE states what is known: a fact (lifecycle_ghg_intensity="84 gCO2e/kWh"), a standard with its
    grade ("GB 30251=1") or with yes, no or not_covered, an attestation (its full id, yes or no), or a fact
    of a bought object (hydrogen.lifecycle_ghg_intensity=…).

    With --target of another taxonomy the answer shows the route of mappings that led there, or the
    candidates that mappings propose: --confirm says that the project is in one of them.
    """
    from taxonomy_api.assessment.answer import assess
    from taxonomy_api.assessment.engine import Engine
    from taxonomy_api.assessment.intake import read_request
    from taxonomy_api.cli.explain import explain
    from taxonomy_api.cli.project import read_answers

    current = settings()
    engine = Engine(current_release(current))
    language = language or current.language
    project: dict[str, object] = {"activities": [activity], **read_answers(engine.release, answers)}
    if maturity is not None:
        project["maturity"] = maturity.isoformat()
    body: dict[str, object] = {
        "project": project,
        "language": language,
        "assume_not_excluded": assume_not_excluded,
        "confirm": list(confirm),
    }
    if as_of is not None:
        body["as_of"] = as_of.isoformat()
    own = activity.partition(":")[0]
    if targets:
        body["taxonomies"] = list(dict.fromkeys(name for one in targets for name in split_list(one)))
    elif own in engine.release.taxonomies:
        body["taxonomies"] = [own]
    answer = assess(engine, read_request(engine, body))
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    columns = min(shutil.get_terminal_size((MOST_COLUMNS, 24)).columns, MOST_COLUMNS)
    for line in explain(answer, language, columns):
        click.echo(line)
