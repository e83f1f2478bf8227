"""`export`: a taxonomy or a mapping in the forms of other tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from taxonomy_api.cli.common import check_free, current_release, language_option, settings

if TYPE_CHECKING:
    from taxonomy_api.catalog.model import Release, Taxonomy
    from taxonomy_api.catalog.terms import Language

OF_TAXONOMIES = ("skos-ttl", "skos-jsonld", "json", "csv", "xlsx")
OF_MAPPINGS = ("sssom",)


@click.command()
@click.argument("subject", metavar="TAXONOMY|MAPPING")
@click.option("--format", "form", type=click.Choice([*OF_TAXONOMIES, *OF_MAPPINGS]), required=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where it goes.  [default: standard output; a workbook needs a FILE]",
)
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@language_option
def export(subject: str, form: str, output: Path | None, force: bool, language: str | None) -> None:
    """Write a taxonomy or a mapping in the form of another tool.

    A taxonomy (hk-phase-2a) as SKOS in Turtle or JSON-LD, as JSON with its criteria in full, or as a
    table; a mapping (hk-phase-2a--hk-phase-1) as SSSOM. SKOS states only mappings that are positive,
    undated and rest on a source. --lang chooses the texts of JSON, names are in all languages anyway.
    """
    if form == "xlsx" and output is None:
        raise click.UsageError("a workbook goes into a file; name one with -o FILE.xlsx")
    if output is not None:
        check_free(output, force)
    current = settings()
    release = current_release(current)
    if subject in release.taxonomies:
        _refuse(form, OF_TAXONOMIES, "a taxonomy")
        chosen = cast("Language", language or current.language)
        content = _taxonomy(release, release.taxonomies[subject], form, chosen)
    else:
        content = _mapping(release, subject, current.data, form)
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)
        click.echo(f"{output}", err=True)


def _refuse(form: str, known: tuple[str, ...], what: str) -> None:
    if form not in known:
        raise click.UsageError(f"{what} is exported as {', '.join(known)}, not as {form}")


def _taxonomy(release: Release, taxonomy: Taxonomy, form: str, language: Language) -> bytes:
    from taxonomy_api.catalog.rdf import json_ld, turtle
    from taxonomy_api.catalog.skos import taxonomy_triples

    if form == "skos-ttl":
        return turtle(taxonomy_triples(release, taxonomy)).encode()
    if form == "skos-jsonld":
        return json_ld(taxonomy_triples(release, taxonomy)).encode()
    if form == "json":
        return _json(release, taxonomy, language)
    from taxonomy_api.portfolio.taxonomy_table import table_file

    return table_file(cast(Literal["csv", "xlsx"], form), release, taxonomy)


def _json(release: Release, taxonomy: Taxonomy, language: Language) -> bytes:
    """As the API shows it: the edition, and every activity with its criteria."""
    from taxonomy_api.catalog.catalogue_json import activity_detail, taxonomy_detail

    said = {
        "release": release.id,
        **taxonomy_detail(release, taxonomy, language),
        "activities": [activity_detail(release, one, language) for one in taxonomy.activities.values()],
    }
    return (json.dumps(said, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def _mapping(release: Release, id: str, data: Path, form: str) -> bytes:
    from taxonomy_api.catalog.nearest import did_you_mean
    from taxonomy_api.catalog.places import mapping_files
    from taxonomy_api.catalog.sssom import mapping_set, sssom_tsv

    known = mapping_files(data)
    if id not in known:
        near = did_you_mean(id, [*release.taxonomies, *known])
        raise click.ClickException(
            f"{id} is neither a taxonomy nor a mapping on file; {near or 'see coverage'}"
        )
    _refuse(form, OF_MAPPINGS, "a mapping")
    return sssom_tsv(release, mapping_set(release, id, known[id].read_text(encoding="utf-8-sig"))).encode()
