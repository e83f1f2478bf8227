from tests.catalog.record_checks import RecordChecks


class TestRecord(RecordChecks):
    taxonomy = "cgt-2022"
