"""Checks data files: everything the loader finds, and advice on what nothing uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from taxonomy_api.catalog.advice import check_release
from taxonomy_api.catalog.check_industry import check_stated, check_tables
from taxonomy_api.catalog.check_mappings import check_mappings
from taxonomy_api.catalog.criteria import Cases, Criterion, FactLeaf, Leaf, Rows, StandardLeaf, walk
from taxonomy_api.catalog.curators import accepting, check_reviews, read_reviews
from taxonomy_api.catalog.findings import Finding, Report
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.load_result import LoadResult
from taxonomy_api.catalog.model import Release, Taxonomy
from taxonomy_api.catalog.places import Places
from taxonomy_api.catalog.terms import Citation

#: A check of a release that has loaded, by a room above this one, with where things stand in its files.
Check = Callable[[Release, Places], Iterable[Finding]]


def lint(paths: Iterable[Path], *further: Check) -> tuple[Finding, ...]:
    """The findings in these data folders, or in these files and folders within a data folder.

    A file is checked together with its data folder, since it refers to the others; only its own
    findings are given. Places begin with the path as given. `further` checks come on top.
    """
    found: set[Finding] = set()
    for path in paths:
        folder = data_folder_of(path)
        for finding in lint_folder(folder, *further):
            if stands_in(finding, path, folder):
                found.add(replace(finding, file=(folder / finding.file).as_posix()))
    return tuple(sorted(found))


def lint_folder(folder: Path, *further: Check) -> tuple[Finding, ...]:
    """The findings of the loader and, where it found no error, of the tables of industry codes, what is
    never used, and what `further` checks find. Those that a review accepts say why."""
    return lint_loaded(folder, load_release(folder), *further)


def lint_loaded(folder: Path, result: LoadResult, *further: Check) -> tuple[Finding, ...]:
    """As `lint_folder`, for a folder that was loaded already; `result` is what came of it."""
    if result.release is None:
        return result.findings
    report, places = Report(), Places(folder)
    if result.release.industry is not None:
        check_tables(result.release.industry, folder, report)
        check_stated(result.release, folder, report)
    reviews = read_reviews(folder, result.release, report)
    if reviews is not None:
        check_reviews(reviews, result.release, report)
    check_release(result.release, places, report, reviews or {})
    check_mappings(result.release, report)
    _check_unused(result.release, places, report)
    more = (finding for check in further for finding in check(result.release, places))
    found = {*result.findings, *report.findings, *more}
    unused = Report()
    found = set(accepting(found, reviews or {}, unused))
    return tuple(sorted({*found, *unused.findings}))


def data_folder_of(path: Path) -> Path:
    """The data folder that holds `path`: the nearest folder at or above it with taxonomies/ in it."""
    if path.is_dir() and (path / "taxonomies").is_dir():
        return path
    for folder in path.parents:
        if (folder / "taxonomies").is_dir():
            return folder
    return path


def stands_in(finding: Finding, path: Path, folder: Path) -> bool:
    """Whether a finding in the data folder is one of `path`, a file or folder within it."""
    within = path.relative_to(folder).as_posix()
    return within in (".", finding.file) or finding.file.startswith(f"{within}/")


def _check_unused(release: Release, places: Places, report: Report) -> None:
    used = [
        (criterion, taxonomy) for taxonomy in release.taxonomies.values() for criterion in criteria(taxonomy)
    ]
    facts = {c.fact for c, _ in used if isinstance(c, FactLeaf)} | {
        c.by for c, _ in used if isinstance(c, Cases)
    }
    standards = {c.standard for c, _ in used if isinstance(c, StandardLeaf)}
    cited = {citation.document for citation in citations(release)}
    for name, rule, known, is_used in (
        ("facts", "fact-unused", release.facts, facts),
        ("standards", "standard-unused", release.standards, standards),
        ("sources", "source-uncited", release.sources, cited),
    ):
        for id in known:
            if id not in is_used:
                place = places.entry(f"taxonomies/{name}.yaml", name, id)
                report.add(place, rule, f"nothing uses {id}", "remove it or use it")


def criteria(taxonomy: Taxonomy) -> Iterator[Criterion]:
    """Every criterion of a taxonomy, shared ones where they are used and where they stand."""
    tops: list[Criterion | None] = [*taxonomy.shared.values(), taxonomy.requires, taxonomy.minimum_safeguards]
    for activity in taxonomy.activities.values():
        tops += [test.criterion for test in activity.classes.values()]
        tops += activity.dnsh.values()
    for top in tops:
        if top is not None:
            yield from walk(top)


def citations(release: Release) -> Iterator[Citation]:
    """Every citation of a release."""
    for taxonomy in release.taxonomies.values():
        yield taxonomy.source
        if taxonomy.list_complete_source is not None:
            yield taxonomy.list_complete_source
        if taxonomy.instruments is not None:
            yield taxonomy.instruments.source
        yield from (rule.source for rule in taxonomy.edition_rules)
        yield from (entry.source for entry in taxonomy.entries)
        yield from (activity.source for activity in taxonomy.activities.values())
        for criterion in criteria(taxonomy):
            if isinstance(criterion, Leaf):
                yield criterion.source
            elif isinstance(criterion, Rows):
                yield from (row.source for row in criterion.rows)
    yield from (row.source for row in release.mappings)
    for profile in release.instruments.values():
        for scope in profile.taxonomies.values():
            yield from (place for place in (scope.source, scope.rules_stand_in) if place is not None)
            yield from (rule.source for rule in scope.rules)
    if release.industry is not None:
        yield from (system.source for system in release.industry.systems.values())
        yield from (concordance.source for concordance in release.industry.concordances.values())
