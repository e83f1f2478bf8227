"""Activities whose classes are, word for word, those of an activity of another edition (`as_in`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from taxonomy_api.catalog.criteria import Cases, Criterion, Group, Rows
from taxonomy_api.catalog.findings import Place, Report
from taxonomy_api.catalog.links import check_target
from taxonomy_api.catalog.model import Activity, ClassName, ClassTest, Taxonomy
from taxonomy_api.catalog.terms import Citation


def take_over(
    taxonomies: Mapping[str, Taxonomy], places: Mapping[str, Place], report: Report
) -> dict[str, Taxonomy]:
    """The editions, once all of them are read, with such activities holding the other's classes.

    `places` says where the `as_in` of each such activity stands. Statuses and the ids of attestations
    are the other's; what the other cites from its own document stands at the same place of this one's.
    """
    found = dict(taxonomies)
    for id, taxonomy in taxonomies.items():
        taken: dict[str, Activity] = {}
        for code, activity in taxonomy.activities.items():
            if activity.as_in is not None:
                place = places[activity.id]
                other = _other(place, activity.as_in, taxonomy, taxonomies, report)
                if other is not None:
                    cited = _Recited(other.source.document, activity.source.document)
                    taken[code] = replace(activity, classes=cited.classes(other.classes))
        if taken:
            found[id] = replace(taxonomy, activities={**taxonomy.activities, **taken})
    return found


@dataclass(frozen=True, slots=True)
class _Recited:
    """Criteria with their citations of one document turned into citations of another."""

    before: str
    after: str

    def classes(self, classes: Mapping[ClassName, ClassTest]) -> dict[ClassName, ClassTest]:
        return {name: replace(test, criterion=self.known(test.criterion)) for name, test in classes.items()}

    def known(self, criterion: Criterion | None) -> Criterion | None:
        return None if criterion is None else self.criterion(criterion)

    def criterion(self, criterion: Criterion) -> Criterion:
        criterion = replace(criterion, applies_if=self.known(criterion.applies_if))
        if isinstance(criterion, Group):
            return replace(criterion, parts=tuple(map(self.criterion, criterion.parts)))
        if isinstance(criterion, Cases):
            otherwise = criterion.otherwise
            return replace(
                criterion,
                cases=tuple(
                    replace(case, criterion=self.criterion(case.criterion)) for case in criterion.cases
                ),
                otherwise=otherwise if isinstance(otherwise, str) else self.criterion(otherwise),
            )
        if isinstance(criterion, Rows):
            rows = (
                replace(row, criterion=self.criterion(row.criterion), source=self.citation(row.source))
                for row in criterion.rows
            )
            return replace(criterion, rows=tuple(rows))
        return replace(criterion, source=self.citation(criterion.source))

    def citation(self, source: Citation) -> Citation:
        return Citation(self.after, source.locator) if source.document == self.before else source


def _other(
    place: Place, target: str, taxonomy: Taxonomy, taxonomies: Mapping[str, Taxonomy], report: Report
) -> Activity | None:
    """The activity whose text is the same; None after a finding."""
    check_target(place, target, taxonomies, report, must_be_loaded=True)
    edition_id, _, code = target.partition(":")
    code, row_sign, _ = code.partition("#")
    edition = taxonomies.get(edition_id)
    other = None if edition is None else edition.activities.get(code)
    if edition is None or other is None:
        return None
    if row_sign:
        report.add(place, "as-in", f"{target} is a row", f"write {other.id}")
    elif edition is taxonomy:
        report.add(place, "as-in", f"{target} is of this edition", "name an activity of another edition")
    elif other.as_in is not None:
        report.add(place, "as-in", f"{target} says as_in itself", f"write {other.as_in}")
    elif other.composite is not None:
        report.add(place, "as-in", f"{target} has no classes of its own", "write criteria_of here too")
    elif set(edition.classes) != set(taxonomy.classes):
        message = f"{edition_id} lists other classes: {', '.join(edition.classes)}"
        report.add(place, "as-in", message, "state the classes here, or correct the list in taxonomy.yaml")
    else:
        return other
    return None
