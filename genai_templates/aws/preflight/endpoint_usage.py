"""How many instances of each type the account's endpoints run on."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any, NamedTuple

from ..account import Account
from ..failures import translated
from ..parallel import in_parallel

_MAX_ENDPOINTS = 60


class EndpointUsage(NamedTuple):
    """Instances by type; ``complete`` is false when the account has more endpoints than were looked at."""

    instances: Counter[str]
    complete: bool


def endpoint_usage(account: Account) -> EndpointUsage:
    """Count the instances of the region's endpoints, of 60 at most; raises AwsError."""
    client = account.client("sagemaker")
    with translated():
        pages = client.get_paginator("list_endpoints").paginate()
        listed = (each["EndpointName"] for page in pages for each in page["Endpoints"])
        names = list(islice(listed, _MAX_ENDPOINTS + 1))
    found = in_parallel(lambda name: _instances(client, name), names[:_MAX_ENDPOINTS])
    return EndpointUsage(sum((each.result() for each in found), Counter()), len(names) <= _MAX_ENDPOINTS)


def _instances(client: Any, name: str) -> Counter[str]:
    from botocore.exceptions import ClientError

    with translated():
        try:
            endpoint = client.describe_endpoint(EndpointName=name)
            configuration = client.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
        except ClientError as error:
            if "Could not find" in str(error):  # deleted in the meantime
                return Counter()
            raise
    running = {each["VariantName"]: each for each in endpoint.get("ProductionVariants", [])}
    usage: Counter[str] = Counter()
    for variant in configuration["ProductionVariants"]:
        usage += _of_variant(variant, running.get(variant["VariantName"], {}))
    return usage


def _of_variant(variant: dict[str, Any], running: dict[str, Any]) -> Counter[str]:
    if pools := running.get("InstancePools"):
        return Counter({each["InstanceType"]: each.get("CurrentInstanceCount", 0) for each in pools})
    if "InstanceType" not in variant:  # serverless
        return Counter()
    # While it is being made it has no current count, and holds its quota already.
    count = max(running.get("CurrentInstanceCount", 0), running.get("DesiredInstanceCount", 0))
    return Counter({variant["InstanceType"]: count or (0 if running else variant.get("InitialInstanceCount", 0))})
