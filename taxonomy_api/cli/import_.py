"""`import`: a classification from elsewhere as the skeleton of a new taxonomy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from taxonomy_api.cli.common import counted, current_release, settings, write_edition

if TYPE_CHECKING:
    from taxonomy_api.catalog.classification import Classification, Remark

FORMS = {".ttl": "turtle", ".jsonld": "json-ld", ".json": "json-ld", ".csv": "csv"}
MOST_REMARKS = 50


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", required=True, metavar="NEW-ID", help="Id of the new taxonomy and name of its folder.")
@click.option(
    "--source", required=True, metavar="DOCUMENT", help="The document of sources.yaml that FILE stands for."
)
@click.option("--title", help="Title in English.  [default: that of the file, else the id]")
def import_classification(file: Path, id: str, source: str, title: str | None) -> None:
    """Make the skeleton of a new taxonomy from a classification.

    FILE is SKOS (.ttl, .jsonld) or a table (.csv with the columns code, parent, name_en, and if wanted
    level, name_zh-Hans, name_zh-Hant, aliases, scope). Names, codes and hierarchy are taken; every criterion
    is not_on_file and every status recalled, so that it decides nothing. What is there is never overwritten.
    """
    from taxonomy_api.catalog.classification import check
    from taxonomy_api.catalog.nearest import did_you_mean
    from taxonomy_api.catalog.new_edition import EDITION_ID
    from taxonomy_api.catalog.skeleton import skeleton
    from taxonomy_api.catalog.terms import Text

    if file.suffix.lower() not in FORMS:
        raise click.UsageError(f"{file}: known are {', '.join(FORMS)}")
    current = settings()
    folder = current.data / "taxonomies" / id
    if not EDITION_ID.fullmatch(id):
        raise click.ClickException(f"{id!r} cannot be an id; write small letters, digits and single hyphens")
    if folder.exists() or id == "industry":
        raise click.ClickException(f"{folder} is there already; choose another --id")
    release = current_release(current)
    if source not in release.sources:
        cure = did_you_mean(source, release.sources) or "register the document there first"
        raise click.ClickException(f"{source} is not in sources.yaml; {cure}")
    classification, remarks = _read(file)
    # Of a broken SKOS file it is not known what is missing; a table is checked as far as it was read.
    whole = not remarks or (file.suffix.lower() == ".csv" and classification.items)
    remarks = [*remarks, *(check(classification) if whole else ())]
    if remarks:
        for remark in remarks[:MOST_REMARKS]:
            click.echo(f"{file}: {remark}", err=True)
        more = f", {MOST_REMARKS} of them shown" if len(remarks) > MOST_REMARKS else ""
        raise click.ClickException(f"{counted(len(remarks), 'finding')}{more}; nothing was written")
    words = Text(title) if title else classification.title or Text(id)
    files = skeleton(classification, id, words, source)
    errors = write_edition(folder, files)
    activities = counted(len(classification.activities), "activity", "activities")
    told = f"{counted(len(files), 'file')}, {activities}, {counted(errors, 'error')}."
    click.echo(told, err=True)
    if errors:
        click.get_current_context().exit(1)


def _read(file: Path) -> tuple[Classification, list[Remark]]:
    from taxonomy_api.catalog.classification_csv import read_table
    from taxonomy_api.catalog.classification_skos import Unreadable, read_skos
    from taxonomy_api.catalog.load import MAX_FILE_BYTES

    if file.stat().st_size > MAX_FILE_BYTES:
        raise click.ClickException(f"{file}: larger than {MAX_FILE_BYTES} bytes")
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file}: not UTF-8; save it as UTF-8") from None
    form = FORMS[file.suffix.lower()]
    if form == "csv":
        return read_table(text)
    try:
        return read_skos(text, "turtle" if form == "turtle" else "json-ld")
    except Unreadable as problem:
        raise click.ClickException(f"{file}: {problem}") from None
    except ImportError:
        raise click.ClickException(
            "SKOS is read with rdflib, which is not installed: pip install 'taxonomy-api[skos]', "
            "or in a checkout pip install -e '.[skos]'"
        ) from None
