"""Who hears of alarms, and what is logged for how long."""

from __future__ import annotations

from dataclasses import dataclass

from troposphere import Equals, Not, Ref

from ...parameters import ParameterForm

_GROUP = "Monitoring"
_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653]


@dataclass(frozen=True)
class MonitoringAnswers:
    """Who hears of alarms, and what is logged for how long."""

    email: Ref
    email_condition: str
    log_retention: Ref
    access_log_condition: str


def ask_monitoring(form: ParameterForm) -> MonitoringAnswers:
    """Ask about alarms and logs."""
    email = form.ask(
        _GROUP,
        "AlarmEmail",
        "E-mail address for alarms",
        Default="",
        AllowedPattern=r"|[^@\s]+@[^@\s]+\.[^@\s]+",
        Description="Left empty, alarms are shown in CloudWatch alone",
        ConstraintDescription="Give an e-mail address, or nothing.",
    )
    log_retention = form.ask(
        _GROUP,
        "LogRetentionDays",
        "Days that logs are kept",
        kind="Number",
        Default=30,
        AllowedValues=_RETENTION_DAYS,
        Description="For the logs of the functions and of the API",
        ConstraintDescription="Choose one of the listed numbers of days.",
    )
    access_log_condition = form.ask_whether(
        _GROUP,
        "AccessLogs",
        "Access logs of CloudFront",
        default=True,
        description="In a bucket that outlives the stack; choose false in regions that are opted in to",
    )
    email_condition = form.when("AlarmEmailIsGiven", Not(Equals(email, "")))
    return MonitoringAnswers(email, email_condition, log_retention, access_log_condition)
