"""What a stack costs and has cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from genai_templates import TextStack
from genai_templates.aws.cloudformation.stacks import StackDescription
from genai_templates.aws.endpoints import EndpointDescription, Instances
from genai_templates.aws.status.running_cost import RunningCost, running_cost
from genai_templates.costs.prices import Prices

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
STACK = StackDescription("id", "genai-text", "CREATE_COMPLETE", "", NOW - timedelta(hours=10), None, "")
TEMPLATE: dict[str, Any] = TextStack().template.to_dict()


def endpoint(
    status: str = "InService", instance_type: str = "ml.g5.2xlarge", instances: int = 2
) -> EndpointDescription:
    since = NOW - timedelta(hours=4)
    return EndpointDescription("e", status, "", since, since, (Instances(instance_type, instances, instances),))


def cost(of: EndpointDescription | None, template: dict[str, Any] = TEMPLATE, region: str = "us-east-1") -> RunningCost:
    found = running_cost(template, STACK, of, region=region, now=NOW)
    assert found is not None
    return found


def test_the_endpoint_counts_with_its_instances_since_its_creation() -> None:
    price = Prices("us-east-1").find("hosting/ml.g5.2xlarge")
    assert price is not None
    without, with_it = cost(None), cost(endpoint())
    assert with_it.usd_per_hour - without.usd_per_hour == pytest.approx(2 * price)
    assert with_it.usd_so_far - without.usd_so_far == pytest.approx(4 * 2 * price)
    assert without.usd_so_far == pytest.approx(10 * without.usd_per_hour)
    assert 0 < without.usd_per_hour < 0.05
    assert with_it.unknown == ()


@pytest.mark.parametrize("status", ["Creating", "Failed", "OutOfService"])
def test_an_endpoint_that_does_not_run_costs_nothing(status: str) -> None:
    assert cost(endpoint(status)) == cost(None)


def test_an_instance_without_a_price_is_not_known() -> None:
    assert cost(endpoint(instance_type="ml.new.large")).unknown == ("endpoint, 2 x ml.new.large",)
    assert cost(endpoint(instance_type="")).unknown == ("endpoint, 2 x unknown instances",)


def test_a_region_without_prices_has_no_cost() -> None:
    assert running_cost(TEMPLATE, STACK, endpoint(), region="xx-nowhere-1", now=NOW) is None


def test_a_template_of_another_version_has_no_cost() -> None:
    template = {"Resources": {"ModelJanitor": {"Type": "Custom::ModelJanitor", "Properties": {"EndpointName": "e"}}}}
    assert running_cost(template, STACK, endpoint(), region="us-east-1", now=NOW) is None
