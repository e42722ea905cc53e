"""Parameters of an endpoint that is a resource of the template: what it runs on, how many, and how it is updated."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Ref

from ...components.native_endpoint import ROLLOUT_KINDS
from ...options import StackOptions
from ...parameters import ParameterGroup
from ...scope import Scope
from .endpoint import add_instance_type

# Rules have no comparison but that of a list, which has up to ten tests.
_MOST_INSTANCES = 10


class NativeParameters(NamedTuple):
    """What the endpoint runs on, how many instances it may have, and how an update reaches it."""

    instance_type: Ref
    minimum: Ref
    maximum: Ref
    concurrency: Ref
    rollout_kind: Ref
    rollout_wait: Ref


def add_native_parameters(scope: Scope, options: StackOptions) -> NativeParameters:
    """Add the parameters of the endpoint, and the rules that hold between them."""
    group = ParameterGroup(scope, "Model")
    instance_type = add_instance_type(
        group,
        options,
        description="Charged for by the hour while the stack is up; needs a quota. To change it while the endpoint "
        "scales, first update the stack to as many instances at most as at least",
    )
    minimum = group.number(
        "MinInstances",
        "Instances at least",
        default=1,
        minimum=1,
        maximum=_MOST_INSTANCES,
        unit="instances",
        description="Each is charged for by the hour; while the number below is the same, this many run",
    )
    maximum = group.number(
        "MaxInstances",
        "Instances at most",
        default=1,
        minimum=1,
        maximum=_MOST_INSTANCES,
        unit="instances",
        description="With more than at least, requests scale the endpoint; the quota must be twice as high for updates",
    )
    concurrency = group.number(
        "RequestsPerInstance",
        "Requests at once that one instance is for",
        default=_requests_at_once(options),
        minimum=1,
        maximum=1000,
        unit="requests",
        description="What scaling keeps to between the two numbers of instances; nothing while they are the same",
    )
    rollout_kind = group.choice(
        "RolloutKind",
        "How updates shift requests to new instances",
        default=ROLLOUT_KINDS[0],
        values=ROLLOUT_KINDS,
        description="New instances come up beside the old ones, for which the quota must be twice their number; "
        "CANARY and LINEAR need at least 2 instances",
    )
    rollout_wait = group.number(
        "RolloutWaitSeconds",
        "Time that alarms watch each shift (seconds)",
        default=300,
        minimum=60,
        maximum=1800,
        unit="seconds",
        description="When an alarm on errors or latency of the new instances goes off, the old ones go on",
    )
    _add_rules(scope, minimum=minimum, maximum=maximum, rollout_kind=rollout_kind)
    return NativeParameters(instance_type, minimum, maximum, concurrency, rollout_kind, rollout_wait)


def _requests_at_once(options: StackOptions) -> int:
    """A language model works on several requests together, a diffusion model on one after the other."""
    return 4 if options.jumpstart_model.max_total_tokens else 1


def _add_rules(scope: Scope, *, minimum: Ref, maximum: Ref, rollout_kind: Ref) -> None:
    numbers = [str(number) for number in range(1, _MOST_INSTANCES + 1)]
    allowed = [
        {"Fn::And": [{"Fn::Equals": [minimum, least]}, {"Fn::Contains": [numbers[place:], maximum]}]}
        for place, least in enumerate(numbers)
    ]
    scope.add_rule("InstancesAreARange", {"Fn::Or": allowed}, "MaxInstances must not be less than MinInstances.")
    scope.add_rule(
        "RolloutHasSteps",
        {"Fn::Not": [{"Fn::Equals": [minimum, "1"]}]},
        "CANARY and LINEAR shift a part of the instances first: give MinInstances of 2 or more, or ALL_AT_ONCE.",
        condition={"Fn::Not": [{"Fn::Equals": [rollout_kind, ROLLOUT_KINDS[0]]}]},
    )
