"""Parameters of an application with jobs."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Ref

from ...parameters import ParameterGroup
from ...scope import Scope


class JobParameters(NamedTuple):
    """How often a job is tried, and how long it may wait for a start."""

    retries: Ref
    maximum_age: Ref


def add_job_parameters(scope: Scope) -> JobParameters:
    """Add the parameters of jobs."""
    group = ParameterGroup(scope, "Jobs")
    return JobParameters(
        retries=group.number(
            "JobRetries",
            "Retries of a job",
            default=2,
            minimum=0,
            maximum=2,
            unit="retries",
            description="How often a job is tried again after a passing fault",
        ),
        maximum_age=group.number(
            "JobMaximumAge",
            "Longest wait of a job (seconds)",
            default=3600,
            minimum=60,
            maximum=21_600,
            unit="seconds",
            description="A job that waits longer is marked as failed",
        ),
    )
