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

    def test_every_row_and_every_mark_is_there(self) -> None:
        rows = {
            (code, id)
            for code, entry in self.record["entries"].items()
            for id, one in entry.get("criteria", {}).items()
            if one["class"] == "green"
        }
        assert rows == {(code, row.id) for code, one in self.edition.activities.items() for row in one.rows}
        assert len(rows) == 847
        printed = [
            marks for entry in self.record["entries"].values() for marks in entry.get("marks", {}).values()
        ]
        assert sum(map(len, printed)) == 1036 - self.twice()

    def twice(self) -> int:
        """Printed rows that share condition, code and mark with another."""
        return 0
