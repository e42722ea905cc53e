"""How large an endpoint is follows from the template, whichever way it is hosted."""

from __future__ import annotations

import json

import pytest

from genai_templates import Hosting, TextStack
from genai_templates.costs.endpoint_size import EndpointSize, endpoint_sizes
from genai_templates.costs.template_values import TemplateValues


def sizes(hosting: Hosting, **parameters: str) -> list[EndpointSize]:
    template = json.loads(TextStack(hosting=hosting).to_json())
    return list(endpoint_sizes(TemplateValues(template, parameters)))


def test_a_notebook_deploys_one_instance_of_the_first_type() -> None:
    assert sizes(Hosting.NOTEBOOK, InstanceType="ml.g5.4xlarge") == [EndpointSize("ml.g5.4xlarge", 1, 1)]


def test_an_endpoint_of_the_template_has_what_its_scaling_says() -> None:
    assert sizes(Hosting.NATIVE) == [EndpointSize("ml.g5.2xlarge", 1, 1)]
    assert sizes(Hosting.NATIVE, MinInstances="2", MaxInstances="5") == [EndpointSize("ml.g5.2xlarge", 2, 5)]


def test_the_first_of_several_instance_types_counts() -> None:
    stack = TextStack(hosting=Hosting.NATIVE, fallback_instance_types=("ml.g5.4xlarge", "ml.g5.8xlarge"))
    (size,) = endpoint_sizes(TemplateValues(json.loads(stack.to_json()), {"InstanceType": "ml.g5.16xlarge"}))
    assert size.instance_type == "ml.g5.16xlarge"


def test_an_endpoint_that_is_there_already_is_not_the_stacks() -> None:
    assert sizes(Hosting.EXISTING) == []


@pytest.mark.parametrize(("idle", "sleeps"), [(0, True), (1, False)])
def test_a_model_sleeps_where_nothing_is_left_of_it(idle: int, sleeps: bool) -> None:
    assert EndpointSize("ml.g5.2xlarge", idle, 4).sleeps is sleeps
