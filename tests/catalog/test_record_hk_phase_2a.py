from tests.catalog.record_checks import RecordChecks


class TestRecord(RecordChecks):
    taxonomy = "hk-phase-2a"
