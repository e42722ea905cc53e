"""The quotas of what else a stack needs: notebooks, VPCs, and the concurrency of functions."""

from __future__ import annotations

from typing import Any

from ..failures import translated
from .check import Check, Verdict
from .quota_check import check_quota
from .surroundings import Surroundings

_STOPPED = {"Stopped", "Failed", "Deleting"}
# What new accounts have, and what has to be left unreserved.
# (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, read in November 2026)
_CONCURRENCY_OF_NEW_ACCOUNTS = 10


def check_notebook_quotas(surroundings: Surroundings) -> list[Check]:
    """Return whether there may be another notebook instance, of the template's type."""
    types = [deployment.notebook_type for deployment in surroundings.model_deployments]
    if not types:
        return []
    with translated():
        pages = surroundings.account.client("sagemaker").get_paginator("list_notebook_instances").paginate()
        found = [each for page in pages for each in page["NotebookInstances"]]
    running = [each.get("InstanceType") for each in found if each["NotebookInstanceStatus"] not in _STOPPED]
    needed = 0 if surroundings.deployed else len(types)
    checks = [
        check_quota(
            surroundings,
            f"quota {kind} notebook",
            "sagemaker",
            f"{kind} for notebook instance usage",
            used=running.count(kind),
            needed=needed and types.count(kind),
        )
        for kind in sorted(set(types))
    ]
    total = "Total number of notebook instances"
    return [
        *checks,
        check_quota(surroundings, "quota notebooks", "sagemaker", total, used=len(found), needed=needed),
    ]


def check_vpc_quota(surroundings: Surroundings) -> list[Check]:
    """Return whether there may be another VPC, for a template that has one."""
    wanted = len(list(surroundings.resources("AWS::EC2::VPC")))
    if not wanted:
        return []
    with translated():
        pages = surroundings.account.client("ec2").get_paginator("describe_vpcs").paginate()
        used = sum(len(page["Vpcs"]) for page in pages)
    needed = 0 if surroundings.deployed else wanted
    return [check_quota(surroundings, "quota VPCs", "vpc", "VPCs per Region", used=used, needed=needed)]


def check_concurrency(surroundings: Surroundings) -> list[Check]:
    """Return how many functions may run at the same time."""
    with translated():
        settings = surroundings.account.client("lambda").get_account_settings()
    limit = settings["AccountLimit"]
    concurrency, unreserved = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    finding = f"{concurrency} functions at the same time, {unreserved} of them unreserved"
    reserved = 0 if surroundings.deployed else _reserved(surroundings)
    if reserved and unreserved - reserved < _CONCURRENCY_OF_NEW_ACCOUNTS:
        finding += f"; the template reserves {reserved}, and {_CONCURRENCY_OF_NEW_ACCOUNTS} have to be left"
        return [Check("concurrency", Verdict.FAILS, finding, "request more for Lambda in Service Quotas")]
    if unreserved <= _CONCURRENCY_OF_NEW_ACCOUNTS:
        advice = "enough to try it; for more users request more for Lambda in Service Quotas"
        return [Check("concurrency", Verdict.WARNING, finding, advice)]
    return [Check("concurrency", Verdict.OK, finding)]


def _reserved(surroundings: Surroundings) -> int:
    values: list[Any] = [
        each.get("ReservedConcurrentExecutions", 0) for each in surroundings.resources("AWS::Lambda::Function")
    ]
    return sum(int(text) for text in map(surroundings.value, values) if text.isdecimal())
