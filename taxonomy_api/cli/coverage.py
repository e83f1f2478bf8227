"""`coverage`: how much is on file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from taxonomy_api.cli.common import current_release, settings

if TYPE_CHECKING:
    from taxonomy_api.catalog.model import Release


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON object, with the codes not on file.")
@click.option("--markdown", is_flag=True, help="In full, as docs/coverage.md stands.")
def coverage(as_json: bool, markdown: bool) -> None:
    """Tell how much is on file, by taxonomy and by mapping.

    A table of taxonomies (activities on file and officially, with the complete criteria, as listings,
    as composites, not on file) and one of mappings. docs/coverage.md holds the same in full.
    """
    release = current_release(settings())
    if markdown:
        from taxonomy_api.catalog.coverage_page import page

        click.echo(page(release), nl=False)
        return
    said = _said(release)
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    _table(
        ("taxonomy", "activities", "officially", "criteria", "listing", "composite", "not on file"),
        [
            (
                id,
                one["activities"],
                "not on file" if one["official"] is None else one["official"],
                one["criteria"],
                one["listing"],
                one["composite"],
                one["not_on_file"],
            )
            for id, one in said["taxonomies"].items()
        ],
    )
    click.echo()
    _table(
        ("mapping", "rows", "without counterpart", "subjects unmapped", "objects unmapped"),
        [
            (
                f"{one['subject']} -> {one['object']}",
                one["positive"],
                one["negative"],
                len(one["subjects_unmapped"]),
                len(one["objects_unmapped"]),
            )
            for one in said["mappings"]
        ],
    )


def _said(release: Release) -> dict[str, Any]:
    from taxonomy_api.catalog.coverage import coverage, leaf_statuses, level_counts, not_on_file, pairs

    return {
        "release": release.id,
        "taxonomies": {
            taxonomy.id: {
                **_plain(coverage(taxonomy)),
                "levels": [_plain(count) for count in level_counts(taxonomy)],
                "tests_by_status": dict(leaf_statuses(taxonomy)),
                "holes": [hole.en for hole in taxonomy.holes],
                "missing": [
                    {"class": name, "document": place.document, "locator": place.locator, "activities": codes}
                    for (name, place), codes in not_on_file(taxonomy).items()
                ],
            }
            for taxonomy in release.taxonomies.values()
        },
        "mappings": [_plain(pair) for pair in pairs(release)],
    }


def _plain(value: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(value)


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Columns as wide as their widest cell; the first to the left, numbers to the right."""
    lines = [head, *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    for line in lines:
        cells = [
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())
