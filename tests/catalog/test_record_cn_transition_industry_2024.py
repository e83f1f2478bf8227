from tests.catalog.record_checks import RecordChecks


class TestRecord(RecordChecks):
    taxonomy = "cn-transition-industry-2024"

    def test_inferred_numbers_are_local_codes(self) -> None:
        inferred = {
            code: "local" if entry["code_status"].startswith("inferred") else "official"
            for code, entry in self.record["entries"].items()
            if code in self.edition.activities
        }
        assert inferred == {code: one.code_status for code, one in self.edition.activities.items()}
