"""What a request uses: the figures fit the templates, and cost what the prices say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from genai_templates import Architecture, Hosting
from genai_templates.apps import APPS
from genai_templates.costs.prices import Prices
from genai_templates.costs.usage import UseLine, usage_of, use_costs
from genai_templates.options import ContentFilter


def _template(app: str, **options: Any) -> dict[str, Any]:
    template: dict[str, Any] = json.loads(APPS[app].load_stack()(**options).to_json())
    return template


def _by_service(lines: list[UseLine]) -> dict[str, float | None]:
    return {line.what: line.usd_per_month for line in lines}


@pytest.mark.parametrize("app", APPS)
def test_every_application_has_its_usage_of_items_that_have_a_price(app: str) -> None:
    usage, prices = usage_of(app), Prices("us-east-1")
    assert all(prices.find(item) for item in usage.items)
    assert set(usage.functions) <= {name for kind in Hosting for name in _template(app, hosting=kind)["Resources"]}
    assert sum(use.waits_for_model for use in usage.functions.values()) == 1


def test_a_try_is_as_long_as_the_api_waits_and_as_often_as_lambda_tries() -> None:
    text, image = _template("text")["Parameters"], _template("image")["Parameters"]
    assert usage_of("text").try_seconds * 1000 == text["IntegrationTimeout"]["Default"]
    assert usage_of("text").retry_seconds == ()
    assert len(usage_of("image").retry_seconds) == image["JobRetries"]["Default"]


@pytest.mark.parametrize("app", APPS)
def test_twice_the_requests_cost_twice_as_much_but_for_metrics(app: str) -> None:
    template, prices = _template(app), Prices("us-east-1")
    once, twice = (
        _by_service(use_costs(template, usage_of(app), prices, requests_per_hour=number)) for number in (1000, 2000)
    )
    for service in set(once) - {"CloudWatch"}:
        assert twice[service] == pytest.approx(2 * (once[service] or 0))


def test_metrics_cost_no_more_than_a_whole_month_and_nothing_without_requests() -> None:
    template, prices = _template("text"), Prices("us-east-1")
    busy = _by_service(use_costs(template, usage_of("text"), prices, requests_per_hour=1000))["CloudWatch"] or 0
    logs = usage_of("text").items["cloudwatch/log-gb"] * 0.5 * 730_000
    assert busy - logs == pytest.approx(10 * 0.30)
    idle = use_costs(template, usage_of("text"), prices, requests_per_hour=0)
    assert all(line.usd_per_month == 0 for line in idle)


def test_lambda_is_charged_by_memory_architecture_and_the_models_time() -> None:
    usage, prices = usage_of("text"), Prices("us-east-1")
    seconds = 0.05 + usage.model.mean_seconds
    for architecture, price in ((Architecture.X86_64, 0.0000166667), (Architecture.ARM64, 0.0000133334)):
        lines = use_costs(_template("text", architecture=architecture), usage, prices, requests_per_hour=10)
        assert _by_service(lines)["Lambda"] == pytest.approx(7300 * (0.0000002 + seconds * 0.5 * price))


def test_a_service_with_a_price_that_is_not_known_comes_first_and_is_not_known() -> None:
    lines = use_costs(_template("image"), usage_of("image"), Prices("eu-west-1"), requests_per_hour=10)
    assert lines[0].usd_per_month is None
    assert _by_service(lines)["DynamoDB"] is None
    assert _by_service(lines)["Lambda"]


def test_filters_are_charged_for_where_a_stack_has_them() -> None:
    prices = Prices("us-east-1")

    def costs(app: str, **options: Any) -> dict[str, float | None]:
        return _by_service(use_costs(_template(app, **options), usage_of(app), prices, requests_per_hour=1000))

    assert not {"Bedrock", "Rekognition"} & costs("image").keys()
    filtered = costs("image", content_filter=ContentFilter.GUARDRAIL, image_moderation=True)
    assert filtered["Bedrock"] == pytest.approx(0.00015 * 730_000)
    assert filtered["Rekognition"] == pytest.approx(0.001 * 730_000)
    units = usage_of("text").guardrail_units
    assert costs("text", content_filter=ContentFilter.GUARDRAIL)["Bedrock"] == pytest.approx(units * 0.00015 * 730_000)
