"""Metrics in CloudWatch's embedded format: one line on the standard output, no call and no wait."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

NAMESPACE = "GenAITemplates"


def emit(
    metrics: Mapping[str, tuple[float, str]],
    *,
    stack_name: str,
    operation: str,
    reason: str = "",
    **properties: object,
) -> None:
    """Print the metrics (value and CloudWatch unit by name) of one operation; properties are searchable.

    With a ``reason`` the metrics are counted by it too: a metric more, which is charged for, for each reason.

    The format is "Embedded metric format specification" of the CloudWatch user guide.
    """
    dimensions = {"Stack": stack_name, "Operation": operation, **({"Reason": reason} if reason else {})}
    line = {
        **properties,
        "_aws": {
            "Timestamp": time.time_ns() // 1_000_000,
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [list(dimensions)],
                    "Metrics": [{"Name": name, "Unit": unit} for name, (_, unit) in metrics.items()],
                }
            ],
        },
        **dimensions,
        **{name: value for name, (value, _) in metrics.items()},
    }
    print(json.dumps(line, separators=(",", ":")), flush=True)
