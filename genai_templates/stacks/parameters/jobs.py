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


def add_job_concurrency(scope: Scope) -> Ref:
    """Add the parameter of how many jobs are processed at once; the range is that of Lambda."""
    return ParameterGroup(scope, "Jobs").number(
        "JobConcurrency",
        "Jobs at once",
        default=2,
        minimum=2,
        maximum=1000,
        unit="jobs",
        description="How many jobs the model is given at once; all others wait. 2 is the least that Lambda takes, and "
        "what one instance carries: while one image is stored, the next is made",
    )


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
