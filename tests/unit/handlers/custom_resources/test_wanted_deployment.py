"""What a stack wants its endpoint to run, by what it ran and what changes."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.custom_resources.wanted_deployment import read_wanted

BY_TYPE = {"ml.a": {"BATCH": "2048"}, "ml.b": {"SM_NUM_GPUS": "8"}}
CONTAINER = {"SM_NUM_GPUS": "4"}


def properties(*instance_types: str, **more: Any) -> dict[str, Any]:
    return {"EndpointName": "genai", "InstanceTypes": list(instance_types), "Environment": {}, **more}


@pytest.mark.parametrize(
    ("before", "after", "running", "order"),
    [
        (("a",), ("b",), "a", ("b",)),
        (("a",), ("b", "c", "b"), "a", ("b", "c")),
        (("a",), ("b", "a", "c"), "a", ("b", "a")),
        (("a", "b"), ("a", "c"), "a", ("a",)),
        (("a", "b"), ("a", "b", "c"), "b", ("b",)),
        (("a", "b"), ("a", "c"), "b", ("a", "c")),
        (("a", "b"), ("b",), "b", ("b",)),
    ],
)
def test_the_instance_types_are_tried_in_their_order_up_to_the_running_one(
    before: tuple[str, ...], after: tuple[str, ...], running: str, order: tuple[str, ...]
) -> None:
    assert read_wanted(properties(*before), properties(*after)).order(running) == order


@pytest.mark.parametrize(
    ("instance_type", "expected"),
    [("ml.a", {"BATCH": "2048", "SM_NUM_GPUS": "4"}), ("ml.b", {"SM_NUM_GPUS": "8"}), ("ml.c", {"SM_NUM_GPUS": "4"})],
)
def test_variables_follow_the_instance_type(instance_type: str, expected: dict[str, str]) -> None:
    settings = properties("ml.a", EnvironmentByInstanceType=BY_TYPE, ContainerEnvironment=CONTAINER)
    running = {"HF_MODEL_ID": "x", "BATCH": "2048", "SM_NUM_GPUS": "4"}
    found = read_wanted(settings, settings).environment_on(instance_type, running)
    assert found == {"HF_MODEL_ID": "x", **expected}


def test_a_variable_that_the_template_gives_up_is_the_containers_own_again() -> None:
    before = properties("ml.a", Environment={"LIMIT": "9", "MORE": "1"}, ContainerEnvironment={"LIMIT": "3"})
    after = properties("ml.a")
    running = {"LIMIT": "9", "MORE": "1", "HF_MODEL_ID": "x"}
    assert read_wanted(before, after).environment_on("ml.a", running) == {"LIMIT": "3", "HF_MODEL_ID": "x"}


def test_what_an_older_template_does_not_mention_stays() -> None:
    older = {"EndpointName": "genai", "InstanceTypes": ["ml.a"]}
    wanted = read_wanted(properties("ml.a", Environment={"LIMIT": "9"}), older)
    assert wanted.environment_on("ml.a", {"LIMIT": "9"}) == {"LIMIT": "9"}
    assert wanted.role == ""
