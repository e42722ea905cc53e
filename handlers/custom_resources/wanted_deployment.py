"""What the stack wants its endpoint to run, by the properties of the janitor before and after an update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

_Environment = Mapping[str, str]


class WantedDeployment(NamedTuple):
    """What the endpoint should run.

    ``instance_types`` are tried in this order; ``is_other_choice``: whether the first of them is another one than
    before the update. ``role`` is the ARN of the model container's role. ``one_container``: whether the model has the
    same container on all its instance types. ``vpc_config`` is the model's place, and empty when it runs in no VPC.
    """

    endpoint: str
    instance_types: tuple[str, ...]
    is_other_choice: bool
    role: str
    one_container: bool
    variables: tuple[_Environment, _Environment] | None
    container_environment: _Environment
    environment_by_instance_type: Mapping[str, _Environment]
    vpc_config: Mapping[str, list[str]]

    def order(self, running: str) -> tuple[str, ...]:
        """Return the instance types to try for an endpoint that runs on this one: it is the last of them, if it is one.

        An endpoint that fell back to it, for want of the first, stays there until another first one is chosen.
        """
        if running not in self.instance_types:
            return self.instance_types
        if not self.is_other_choice:
            return (running,)
        return self.instance_types[: self.instance_types.index(running) + 1]

    def environment_on(self, instance_type: str, running: _Environment) -> dict[str, str]:
        """Return the container's environment on an instance type, for a container that runs with this environment.

        Variables of neither the template, before or after the update, nor the instance types stay as they are.
        """
        if self.variables is None:
            return dict(running)
        before, after = self.variables
        known = {**self.container_environment, **self.environment_by_instance_type.get(instance_type, {}), **after}
        by_type = {name for each in self.environment_by_instance_type.values() for name in each}
        managed = by_type.union(before, after)
        kept = {name: value for name, value in running.items() if name not in managed}
        return {**kept, **{name: value for name, value in known.items() if name in managed}}


def read_wanted(old: Mapping[str, Any], new: Mapping[str, Any]) -> WantedDeployment:
    """Return what the properties want; what they do not mention, as those of older templates, stays as it is."""
    types = tuple(dict.fromkeys(new["InstanceTypes"]))
    return WantedDeployment(
        endpoint=new["EndpointName"],
        instance_types=types,
        is_other_choice=types[:1] != tuple(old.get("InstanceTypes", types))[:1],
        role=new.get("RoleArn", ""),
        one_container=new.get("OneContainer", "true") == "true",
        variables=(old.get("Environment", {}), new["Environment"]) if "Environment" in new else None,
        container_environment={**old.get("ContainerEnvironment", {}), **new.get("ContainerEnvironment", {})},
        environment_by_instance_type=new.get("EnvironmentByInstanceType", {}),
        vpc_config=new.get("VpcConfig", {}),
    )
