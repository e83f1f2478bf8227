"""Made-up requests against the really running service, through its server and over loopback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.web.live import running
from tests.web.test_contract import CHECKS

KEY = "a-key-for-made-up-requests-0123456789"


def test_nothing_made_up_breaks_the_running_service(tmp_path: Path, minimal_data: Path) -> None:
    with running(tmp_path / "store", minimal_data, workers=2, BOOTSTRAP_KEY=KEY) as server:
        address = f"http://127.0.0.1:{server.port}"
        schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
        tried = 0
        for result in schema.get_all_operations():
            operation: Any = result.ok()
            tried += 1

            @settings(
                max_examples=6,
                deadline=None,
                derandomize=True,
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy())
            def one(case: Any) -> None:
                case.call_and_validate(
                    headers={"Authorization": f"Bearer {KEY}"}, checks=CHECKS, base_url=address, timeout=30
                )

            one()
        assert tried >= 20
        assert not [line for line in server.lines() if line["level"] == "ERROR"]
