"""Quotas of SageMaker endpoints: the most frequent reason for a model that cannot be deployed in a new account."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.logs import logger

from .response import CustomResourceError
from .retry import retry_refused


def check_endpoint_quotas(client: Any, instance_types: Collection[str]) -> None:
    """Raise CustomResourceError when the account may run none of these instance types as an endpoint.

    A look that fails, or that does not find the quota of each, stops nothing: the quotas cannot be seen everywhere, and
    the deployment will find out.
    """
    try:
        # The janitor is made at the very beginning, when its own permissions may not have arrived everywhere.
        quotas = retry_refused(lambda: _endpoint_quotas(client, instance_types))
    except (BotoCoreError, ClientError):
        logger.exception("the quotas could not be looked at")
        return
    if quotas and quotas.keys() == set(instance_types) and not any(quotas.values()):
        names = " or ".join(_quota_name(instance_type) for instance_type in quotas)
        raise CustomResourceError(
            f"the quota of SageMaker for {names} is 0 in this account and region: ask for 1 in the console, under "
            "Service Quotas, Amazon SageMaker, and begin again when it is granted"
        )


def _quota_name(instance_type: str) -> str:
    return f"{instance_type} for endpoint usage"


def _endpoint_quotas(client: Any, instance_types: Iterable[str]) -> dict[str, float]:
    """Return the quota of each instance type that has one, read page by page until all are found."""
    wanted = {_quota_name(instance_type): instance_type for instance_type in instance_types}
    found: dict[str, float] = {}
    for page in client.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker"):
        for quota in page["Quotas"]:
            if quota["QuotaName"] in wanted and "Value" in quota:
                found[wanted[quota["QuotaName"]]] = quota["Value"]
        if len(found) == len(wanted):
            break
    return found
