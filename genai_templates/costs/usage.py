"""What one request of an application uses, and what a month of requests costs.

The figures are in ``data/usage.json``, with the month in which they were counted or assumed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from .prices import HOURS_PER_MONTH, Prices
from .template_values import Template, TemplateValues

_MEGABYTES_PER_GIGABYTE = 1024

_SERVICES = {
    "api-gateway": "API Gateway",
    "bedrock": "Bedrock",
    "cloudfront": "CloudFront",
    "cloudwatch": "CloudWatch",
    "dynamodb": "DynamoDB",
    "lambda": "Lambda",
    "rekognition": "Rekognition",
    "s3": "S3",
    "x-ray": "X-Ray",
}


class ServiceTime(NamedTuple):
    """How long the model works on a request: log-normal, with this median, and this deviation of its logarithm.

    ``slots`` is how many requests one instance works on at once, each at this speed.
    """

    median_seconds: float
    sigma: float
    slots: int

    @property
    def mean_seconds(self) -> float:
        """The mean of the distribution, in seconds."""
        return self.median_seconds * math.exp(self.sigma**2 / 2)


class FunctionUse(NamedTuple):
    """How often a request calls a function, and for how many seconds besides the model's, where it waits for that.

    A function that an application has with some kinds of hosting alone counts where it is there.
    """

    calls: float
    seconds: float
    waits_for_model: bool


class Usage(NamedTuple):
    """What a request of an application uses.

    A try of a request may take ``try_seconds``, its wait for the model included; after each but the last, the next
    comes ``retry_seconds`` later. ``items`` are units of the list of prices, ``foundation_model`` those of a model on
    Bedrock, ``functions`` are by logical id, and ``custom_metrics`` is how many metrics the requests fill.
    ``guardrail_units`` are the units of text that a guardrail looks at, ``moderated_images`` what Rekognition does.
    """

    model: ServiceTime
    try_seconds: float
    retry_seconds: tuple[float, ...]
    functions: Mapping[str, FunctionUse]
    custom_metrics: int
    items: Mapping[str, float]
    foundation_model: Mapping[str, float]
    guardrail_units: float
    moderated_images: float


class UseLine(NamedTuple):
    """What a service costs a month by use; ``usd_per_month`` is None where a price is not known."""

    what: str
    usd_per_month: float | None


@cache
def usage_of(app: str) -> Usage:
    """Return what a request of the application of this name uses."""
    text = (Path(__file__).parents[1] / "data" / "usage.json").read_text("utf-8")
    facts: dict[str, Any] = json.loads(text)["apps"][app]
    model = facts["model"]
    return Usage(
        model=ServiceTime(model["median_seconds"], model["sigma"], model["slots"]),
        try_seconds=facts["try_seconds"],
        retry_seconds=tuple(facts["retry_seconds"]),
        functions={name: FunctionUse(**use) for name, use in facts["functions"].items()},
        custom_metrics=facts["custom_metrics"],
        items=facts["items"],
        foundation_model=facts["foundation_model"],
        guardrail_units=facts["guardrail_units"],
        moderated_images=facts["moderated_images"],
    )


def use_costs(template: Template, usage: Usage, prices: Prices, *, requests_per_hour: float) -> list[UseLine]:
    """Return what so many requests cost a month, a line a service, the dearest first.

    It is by the request: no free tier, no volume discount. What is stored counts as when it has been stored for as
    long as it is kept.
    """
    requests = requests_per_hour * HOURS_PER_MONTH
    used = {
        **usage.items,
        **_function_items(template, usage),
        **_model_items(template, usage),
        **_filter_items(template, usage),
    }
    units = {item: each * requests for item, each in used.items()}
    # A custom metric is charged for by the hour in which something is written to it.
    units["cloudwatch/custom-metric"] = usage.custom_metrics * -math.expm1(-requests_per_hour)
    sums: dict[str, float | None] = {}
    for item, number in units.items():
        price, service = prices.find(item), _SERVICES[item.partition("/")[0]]
        so_far = sums.get(service, 0.0)
        sums[service] = None if price is None or so_far is None else so_far + number * price
    lines = [UseLine(service, usd) for service, usd in sums.items()]
    return sorted(lines, key=lambda line: -math.inf if line.usd_per_month is None else -line.usd_per_month)


def _model_items(template: Template, usage: Usage) -> dict[str, float]:
    """Return what one request uses of a model on Bedrock, whose id is a parameter."""
    model = template["Parameters"].get("ModelId", {}).get("Default")
    return {f"bedrock/{model}/{unit}": each for unit, each in usage.foundation_model.items()} if model else {}


def _filter_items(template: Template, usage: Usage) -> dict[str, float]:
    """Return what one request uses of the filters that the template has."""
    items = {"bedrock/guardrail-unit": usage.guardrail_units} if "Guardrail" in template["Resources"] else {}
    if "ModerationConfidence" in template["Parameters"]:
        items["rekognition/moderated-image"] = usage.moderated_images
    return items


def _function_items(template: Template, usage: Usage) -> dict[str, float]:
    """Return what the functions of the template use for one request, in Lambda's items."""
    items = {"lambda/request": 0.0}
    is_asynchronous = _is_asynchronous(template)
    for name, use in usage.functions.items():
        if name not in template["Resources"]:
            continue
        properties = template["Resources"][name]["Properties"]
        waits = use.waits_for_model and not is_asynchronous
        seconds = use.seconds + (usage.model.mean_seconds if waits else 0.0)
        item = f"lambda/gb-second-{properties['Architectures'][0]}"
        gigabytes = properties["MemorySize"] / _MEGABYTES_PER_GIGABYTE
        items["lambda/request"] += use.calls
        items[item] = items.get(item, 0.0) + use.calls * seconds * gigabytes
    return items


def _is_asynchronous(template: Template) -> bool:
    """Whether requests wait for the model in the endpoint's own queue, and not in a function."""
    configs = TemplateValues(template, {}).resources("AWS::SageMaker::EndpointConfig")
    return any("AsyncInferenceConfig" in each["Properties"] for _, each in configs)
