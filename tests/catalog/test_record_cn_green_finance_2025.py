from tests.catalog.record_checks import RecordChecks
from tests.catalog.record_logic import rows_joined_otherwise


class TestRecord(RecordChecks):
    taxonomy = "cn-green-finance-2025"

    def test_demands_of_a_row_are_joined_as_the_record_joins_them(self) -> None:
        entries = self.record["entries"]
        found = {
            ("logic", code): rows_joined_otherwise(entries[code], activity, self.edition)
            for code, activity in self.edition.activities.items()
        }
        self.compare("logic", {key: rows for key, rows in found.items() if rows})

    def test_every_row_is_there(self) -> None:
        rows = {
            (code, id)
            for code, entry in self.record["entries"].items()
            for id, one in entry.get("criteria", {}).items()
            if one["class"] == "green"
        }
        assert rows == {(code, row.id) for code, one in self.edition.activities.items() for row in one.rows}
        assert len(rows) == 847

    def test_open_lists_of_industry_codes_are_told_as_such(self) -> None:
        entries = self.record["entries"]
        open_lists = {
            (code, row.id): row.codes_are_examples
            for code, activity in self.edition.activities.items()
            for row in activity.rows
        }
        assert open_lists == {
            (code, id): entries[code]["criteria"][id].get("codes_are_examples", False)
            for code, id in open_lists
        }
