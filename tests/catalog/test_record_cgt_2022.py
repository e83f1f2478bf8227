from taxonomy_api.catalog.model import Activity
from tests.catalog.record_checks import RecordChecks


class TestRecord(RecordChecks):
    taxonomy = "cgt-2022"

    def test_the_same_activities_stand_on_the_two_sides(self) -> None:
        sides = {
            code: {name: set(self.record["entries"][code]["sides"].get(name, ())) for name in ("eu", "cn")}
            for code in self.edition.activities
        }
        assert sides == {code: self.sides(one) for code, one in self.edition.activities.items()}

    @staticmethod
    def sides(activity: Activity) -> dict[str, set[str]]:
        assert activity.composite is not None
        return {
            name: {code.partition(":")[2] for code in codes}
            for name, codes in activity.composite.sides.items()
        }

    def test_only_what_a_source_says_of_an_entry_is_on_file(self) -> None:
        """A pair of two texts is a candidate; a scenario is that of the record."""
        for code, activity in self.edition.activities.items():
            entry, composite = self.record["entries"][code], activity.composite
            assert composite is not None
            assert composite.scenario == entry.get("scenario"), code
            assert composite.included <= (entry["status"] in ("verified", "single-source")), code
            assert (activity.code_status == "official") == (entry.get("official_code") is True), code
