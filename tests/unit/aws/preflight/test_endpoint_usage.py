"""How many instances an endpoint's variant holds."""

from __future__ import annotations

from typing import Any

import pytest

from genai_templates.aws.preflight.endpoint_usage import _of_variant

_CONFIGURED = {"VariantName": "all", "InstanceType": "ml.g5.2xlarge", "InitialInstanceCount": 2}


@pytest.mark.parametrize(
    ("configured", "running", "expected"),
    [
        (_CONFIGURED, {"CurrentInstanceCount": 3, "DesiredInstanceCount": 1}, {"ml.g5.2xlarge": 3}),
        (_CONFIGURED, {"CurrentInstanceCount": 0, "DesiredInstanceCount": 2}, {"ml.g5.2xlarge": 2}),
        (_CONFIGURED, {"CurrentInstanceCount": 0, "DesiredInstanceCount": 0}, {}),
        (_CONFIGURED, {}, {"ml.g5.2xlarge": 2}),
        ({"VariantName": "all", "ServerlessConfig": {}}, {}, {}),
        (
            {"VariantName": "all"},
            {"InstancePools": [{"InstanceType": "ml.g6.xlarge", "CurrentInstanceCount": 1}]},
            {"ml.g6.xlarge": 1},
        ),
    ],
)
def test_instances_are_counted_by_type(
    configured: dict[str, Any], running: dict[str, Any], expected: dict[str, int]
) -> None:
    assert +_of_variant(configured, running) == expected
