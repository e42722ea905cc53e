"""AWS::CloudWatch::Alarm with ``Metrics``, which ministack refuses: checked and stored, never evaluated.

docs/upstream/ministack/cloudwatch-alarm-metrics.md
"""

from __future__ import annotations

import re
from typing import Any

from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
_STAND_IN = {"MetricName": "expression", "Namespace": "expression"}


def apply() -> None:
    """Have CloudFormation accept alarms with ``Metrics``."""
    record = provisioners._cw_metric_alarm_record

    def record_with_expressions(name: str, props: Properties) -> dict[str, Any]:
        if not (metrics := props.get("Metrics")):
            return dict(record(name, props))
        _check(metrics)
        plain = {key: value for key, value in props.items() if key != "Metrics"}
        return {**record(name, {**plain, **_STAND_IN}), "MetricName": None, "Namespace": None, "Metrics": metrics}

    provisioners._cw_metric_alarm_record = record_with_expressions


def _check(metrics: list[Properties]) -> None:
    ids = [metric["Id"] for metric in metrics]
    if sum(str(metric.get("ReturnData", True)).lower() == "true" for metric in metrics) != 1:
        raise ValueError("exactly one metric of an alarm returns its data")
    for metric in metrics:
        if ("Expression" in metric) == ("MetricStat" in metric):
            raise ValueError(f"metric {metric['Id']} of an alarm is either an expression or a metric")
        used = set(re.findall(r"\b[a-z]\w*\b", metric.get("Expression", "")))
        if unknown := used - set(ids):
            raise ValueError(f"expression {metric['Expression']!r} uses unknown {', '.join(sorted(unknown))}")
