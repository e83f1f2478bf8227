"""`schema`: JSON Schemas of the data files, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("name", required=False)
@click.option(
    "--write",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write all of them to FOLDER/NAME.schema.json.",
)
def schema(name: str | None, folder: Path | None) -> None:
    """Print the JSON Schema of the data files of one kind; without NAME, list the kinds.

    They are made of what the loader reads. The repository holds them under schemas/, and docs/data-format.md
    says how an editor finds them. A schema knows the form of one file; `lint` knows all of them together.
    """
    made = schemas()
    if name is not None and name not in made:
        raise click.ClickException(f"no schema {name}; there are {', '.join(made)}")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for one, content in made.items():
            (folder / f"{one}.schema.json").write_text(content, encoding="utf-8")
        click.echo(f"{len(made)} schemas written to {folder}", err=True)
    elif name is None:
        click.echo("\n".join(made))
    else:
        click.echo(made[name], nl=False)


def schemas() -> dict[str, str]:
    """Every schema as text, by name."""
    from taxonomy_api.assessment.scenario_schema import scenario_schema
    from taxonomy_api.catalog.format_words import described
    from taxonomy_api.catalog.schemas import DRAFT, data_schemas
    from taxonomy_api.portfolio.column_mapping import mapping_schema

    made: dict[str, dict[str, Any]] = {
        **data_schemas(),
        "scenarios": {
            "$schema": DRAFT,
            "title": "scenarios",
            **scenario_schema(described("scenarios")),
        },
        "mapping": {"$schema": DRAFT, "title": "mapping", **mapping_schema()},
    }
    return {
        name: json.dumps(one, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
        for name, one in made.items()
    }
