"""Parameters of alarms and logs."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Ref

from ...parameters import ParameterGroup
from ...scope import Scope

# What CloudWatch Logs takes up to ten years. (CloudWatch Logs API reference, PutRetentionPolicy.)
_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653]


class MonitoringParameters(NamedTuple):
    """Who hears of alarms, and what is logged for how long."""

    email: Ref
    email_condition: str
    log_retention: Ref
    access_log_condition: str


def add_monitoring_parameters(scope: Scope) -> MonitoringParameters:
    """Add the parameters of alarms and logs."""
    group = ParameterGroup(scope, "Monitoring")
    email = group.text(
        "AlarmEmail",
        "E-mail address for alarms",
        default="",
        pattern=r"|[^@\s]+@[^@\s]+\.[^@\s]+",
        description="Left empty, alarms are shown in CloudWatch alone",
        constraint="Give an e-mail address, or nothing.",
    )
    log_retention = group.choice(
        "LogRetentionDays",
        "Days that logs are kept",
        default=30,
        values=_RETENTION_DAYS,
        description="For the logs of the functions and of the API",
    )
    access_logs = group.flag(
        "AccessLogs",
        "Access logs of CloudFront and the buckets",
        default=True,
        description="In a bucket that outlives the stack; choose false in regions that are opted in to",
    )
    return MonitoringParameters(
        email=email,
        email_condition=group.is_given(email),
        log_retention=log_retention,
        access_log_condition=group.is_true(access_logs),
    )
