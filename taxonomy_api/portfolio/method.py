"""What the Method sheet says: everything needed to repeat the run and to judge what it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from taxonomy_api.assessment.engine import ENGINE_VERSION
from taxonomy_api.assessment.messages import say
from taxonomy_api.catalog.criteria import Leaf, walk
from taxonomy_api.catalog.model import Activity, Release, Taxonomy
from taxonomy_api.catalog.terms import Language
from taxonomy_api.portfolio.exchange import RateTable
from taxonomy_api.portfolio.exchange_choice import origin_of, rate_text
from taxonomy_api.portfolio.headers import ColumnPlan
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.result_columns import TaxonomyResults
from taxonomy_api.portfolio.table import Table, letters
from taxonomy_api.portfolio.texts import label


def method_lines(
    release: Release,
    table: Table,
    plan: ColumnPlan,
    options: PortfolioOptions,
    results: Sequence[TaxonomyResults],
    digest: str,
    audit_anchor: str | None = None,
    rates: RateTable | None = None,
    file_name: str | None = None,
) -> list[tuple[str, str]]:
    """Pairs of heading and text in the language of the options; a heading may repeat.

    `audit_anchor`: the head of the organisation's audit trail, `SEQ:HASH`. `rates`: those of the totals in
    one currency. `file_name`: of the input, where it is stored under another.
    """
    language = options.language

    def name(key: str) -> str:
        return label(key, language)

    taxonomies = [release.taxonomies[one.taxonomy] for one in results]
    lines = [
        (name("disclaimer"), say("disclaimer", language)),
        *((name("disclaimer"), f"{one.id}: {one.disclaimer.in_language(language)}") for one in taxonomies),
        (name("release"), release.id),
        (name("engine"), ENGINE_VERSION),
        (name("as_of"), options.as_of.isoformat()),
        (name("file"), file_name or table.source.name),
        (name("file_hash"), digest),
        (name("sheet"), table.sheet),
        (name("header_row"), str(table.header_row)),
    ]
    lines += [(name("editions"), _edition(one, options)) for one in taxonomies]
    lines.append((name("editions"), name("editions_by_deal")))
    lines += [
        (name("coverage_holes"), f"{one.id}: {hole.in_language(language)}")
        for one in taxonomies
        for hole in one.holes
    ]
    lines += [(name("columns_read"), text) for text in _columns(table, plan, name("unit"))]
    lines.append((name("options"), json.dumps(options.as_json(), ensure_ascii=False)))
    if rates is not None:
        lines += [(name("fx_rates"), text) for text in _rates(rates, language)]
    lines += [(name("assumptions"), text) for text in _assumptions(results, options) or [name("none")]]
    confirmed = [f"{source or '*'} → {', '.join(targets)}" for source, targets in options.confirm.items()]
    lines += [(name("confirmations"), text) for text in confirmed or [name("none")]]
    lines += [(name("documents"), text) for text in _documents(release, taxonomies, results, options)]
    lines.append((name("audit_anchor"), audit_anchor or name("no_audit_anchor")))
    return lines


def _rates(table: RateTable, language: Language) -> Iterator[str]:
    origin = origin_of(table, language)
    yield label("fx_method", language).format(currency=table.currency, origin=origin)
    yield from (rate_text(rate, table, language) for rate in table.rates.values())


def _assumptions(results: Sequence[TaxonomyResults], options: PortfolioOptions) -> list[str]:
    """What the verdicts take as given."""
    texts = [label("assume_not_excluded", options.language)] if options.assume_not_excluded else []
    if any("listing" in one.basis.occurring() for one in results):
        texts.append(say("listed_item", options.language))
    return texts


def _edition(taxonomy: Taxonomy, options: PortfolioOptions) -> str:
    language = options.language
    dates = ", ".join(
        f"{what} {day.isoformat()}"
        for what, day in (("published", taxonomy.published), ("effective", taxonomy.effective))
        if day is not None
    )
    tested = ", ".join(f"{part}: {state}" for part, state in taxonomy.components.items())
    title = taxonomy.title.in_language(language)
    issuers = ", ".join(taxonomy.issuer)
    parts = (title, taxonomy.edition, issuers, dates, tested, taxonomy.status)
    return f"{taxonomy.id}: {'; '.join(part for part in parts if part)}"


def _columns(table: Table, plan: ColumnPlan, unit: str) -> Iterator[str]:
    for position, header, match in zip(table.positions, table.headers, plan.matches, strict=True):
        if match is not None:
            stated = f" ({unit}: {match.unit})" if match.unit else ""
            yield f"{letters(position)} {header!r} → {match.role.key}{stated}"


def _documents(
    release: Release,
    taxonomies: Sequence[Taxonomy],
    results: Sequence[TaxonomyResults],
    options: PortfolioOptions,
) -> Iterator[str]:
    """The documents behind the editions and the activities that occur in the results."""
    cited: dict[str, None] = {taxonomy.source.document: None for taxonomy in taxonomies}
    for one in results:
        for activity_id in dict.fromkeys(name.partition("#")[0] for name in one.activity.occurring()):
            activity = release.activity(activity_id)
            if activity is not None:
                cited.update(dict.fromkeys(_cited(activity)))
    for document in sorted(cited):
        source = release.sources.get(document)
        if source is not None:
            day = f", {source.date.isoformat()}" if source.date else ""
            yield f"{document}: {source.title.in_language(options.language)} ({source.issuer}{day})"


def _cited(activity: Activity) -> Iterator[str]:
    yield activity.source.document
    roots = [test.criterion for test in activity.classes.values()] + list(activity.dnsh.values())
    for root in roots:
        if root is not None:
            for node in walk(root):
                if isinstance(node, Leaf):
                    yield node.source.document
