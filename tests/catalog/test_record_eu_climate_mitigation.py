from taxonomy_api.catalog.criteria import Criterion, Leaf, walk
from taxonomy_api.catalog.model import OBJECTIVES
from tests.catalog.record_checks import RecordChecks
from tests.catalog.record_logic import joined_otherwise


class TestRecord(RecordChecks):
    taxonomy = "eu-climate-mitigation"

    def test_criteria_are_joined_as_the_record_joins_them(self) -> None:
        entries = self.record["entries"]
        self.compare(
            "logic",
            {
                ("logic", code): {"joined otherwise"}
                for code, activity in self.edition.activities.items()
                if joined_otherwise(entries[code], activity, self.edition)
            },
        )

    def test_each_objective_not_to_be_harmed_has_the_tests_that_its_letters_name(self) -> None:
        entries = self.record["entries"]
        assert {
            (code, objective): entries[code]["dnsh"][objective]
            for code, activity in self.edition.activities.items()
            for objective in OBJECTIVES
            if self.letters(activity.dnsh[objective]) != set(entries[code]["dnsh"][objective].split("+"))
        } == {}

    def letters(self, criterion: Criterion | None) -> set[str]:
        """The appendices that a test asks for, and `specific` where it has leaves of its own."""
        if criterion is None:
            return {"none"}
        shared = {id(one): name[-1].upper() for name, one in self.edition.shared.items()}
        found = {shared[id(part)] for part in walk(criterion) if id(part) in shared}
        own = [part for part in walk(criterion) if isinstance(part, Leaf) and id(part) not in shared]
        return found | ({"specific"} if own else set())

    def test_activities_count_as_the_record_says(self) -> None:
        assert {code: self.record["entries"][code]["contribution"] for code in self.edition.activities} == {
            code: activity.contribution for code, activity in self.edition.activities.items()
        }
