from tests.catalog.record_checks import RecordChecks


class TestRecord(RecordChecks):
    taxonomy = "cn-transition-industry-2024"
