"""What a stack costs an hour while nobody uses it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from genai_templates import FunctionNetwork, Hosting, ImageStack, TextStack
from genai_templates.costs.stack_costs import Cost, hourly_cost
from genai_templates.stacks.base import Stack


def _template(kind: type[Stack] = TextStack, **options: Any) -> dict[str, Any]:
    template: dict[str, Any] = json.loads(kind(**options).to_json())
    return template


def _cost(template: dict[str, Any], region: str = "us-east-1", instances: int = 1, **parameters: str) -> Cost:
    cost = hourly_cost(template, parameters, region, instances=instances)
    assert cost is not None
    return cost


def _usd(cost: Cost, words: str) -> float:
    (line,) = [line for line in cost.lines if line.what.startswith(words)]
    assert line.usd_per_hour is not None
    return line.usd_per_hour


@pytest.mark.parametrize("kind", [TextStack, ImageStack])
def test_the_endpoint_comes_first_and_is_nearly_the_whole_of_it(kind: type[Stack]) -> None:
    cost = _cost(_template(kind))
    assert cost.lines[0].what == "endpoint, 1 x ml.g5.2xlarge"
    assert cost.lines[0].usd_per_hour == 1.515
    assert 1.515 < cost.usd_per_hour < 1.53
    assert cost.unknown == ()
    assert cost.usd_per_month == pytest.approx(730 * cost.usd_per_hour)


def test_the_instance_type_is_the_parameters_value() -> None:
    assert _usd(_cost(_template(), InstanceType="ml.g5.4xlarge"), "endpoint, 1 x ml.g5.4xlarge") == 2.03


def test_more_instances_cost_as_many_times_the_price() -> None:
    assert _usd(_cost(_template(), instances=3), "endpoint, 3 x ml.g5.2xlarge") == pytest.approx(4.545)


def test_a_stopped_notebook_costs_its_volume() -> None:
    cost = _cost(_template())
    assert _usd(cost, "volume of the notebook, 20 GB") * 730 == pytest.approx(2.8)
    assert not [line for line in cost.lines if line.what.startswith("notebook")]


def test_a_notebook_that_is_not_stopped_costs_its_hours_too() -> None:
    assert _usd(_cost(_template(), StopNotebook="false"), "notebook, ml.t3.medium") == 0.05


def test_an_alarm_costs_each_metric_that_it_looks_at() -> None:
    text, image = _cost(_template()), _cost(_template(ImageStack))
    assert _usd(text, "alarms, 6 metrics") * 730 == pytest.approx(0.6)
    assert _usd(image, "alarms, 13 metrics") * 730 == pytest.approx(1.3)


def test_the_private_network_costs_its_interface_endpoints_in_both_zones_and_not_its_gateways() -> None:
    private = _template(ImageStack, function_network=FunctionNetwork.PRIVATE)
    assert _usd(_cost(private), "interface endpoints, 8") == pytest.approx(0.08)


def test_an_endpoint_that_is_there_already_is_not_the_stacks_cost() -> None:
    assert _cost(_template(hosting=Hosting.EXISTING)).usd_per_month < 10


def test_two_applications_on_one_template_have_two_endpoints() -> None:
    from troposphere import Template

    from genai_templates import Scope

    template = Template()
    TextStack(scope=Scope(template, "Text"))
    ImageStack(scope=Scope(template, "Image"))
    cost = _cost(json.loads(template.to_json()))
    assert _usd(cost, "endpoint, 2 x ml.g5.2xlarge") == pytest.approx(3.03)


def test_what_is_not_known_is_named_and_left_out_of_the_sum() -> None:
    cost = _cost(_template(), "eu-west-1")
    assert cost.unknown == ("endpoint, 1 x ml.g5.2xlarge",)
    assert 0 < cost.usd_per_hour < 0.1
    assert cost.lines[0].usd_per_month is None


def test_a_region_without_prices_has_no_cost() -> None:
    assert hourly_cost(_template(), {}, "eu-north-1") is None


@pytest.mark.parametrize("kind", [TextStack, ImageStack])
def test_nothing_that_is_charged_for_depends_on_a_condition(kind: type[Stack]) -> None:
    template = _template(kind, function_network=FunctionNetwork.PRIVATE)
    for name, resource in list(template["Resources"].items()):
        if "Condition" in resource:
            del template["Resources"][name]
    assert _cost(template) == _cost(_template(kind, function_network=FunctionNetwork.PRIVATE))
