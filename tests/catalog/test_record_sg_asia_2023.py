from tests.catalog.record_checks import RecordChecks


class TestRecord(RecordChecks):
    taxonomy = "sg-asia-2023"
