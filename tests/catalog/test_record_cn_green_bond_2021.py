from tests.catalog.record_checks import RecordChecks


class TestRecord(RecordChecks):
    taxonomy = "cn-green-bond-2021"
