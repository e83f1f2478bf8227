from tests.catalog.record_checks import RecordChecks
from tests.catalog.record_logic import not_binding


class TestRecord(RecordChecks):
    taxonomy = "cn-green-bond-2021"

    def test_every_demand_of_both_texts_binds(self) -> None:
        """Note 1 joins the text of 2021 and the explanation of 2019; listed are cases and examples."""
        entries = self.record["entries"]
        found = {
            ("logic", code): not_binding(entries[code], activity, self.edition)
            for code, activity in self.edition.activities.items()
        }
        self.compare("logic", {key: ids for key, ids in found.items() if ids})
