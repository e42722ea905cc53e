"""What the checks look at: the account, the template, and the values that its parameters will have."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from ...catalog import Model, models
from ...costs.template_values import TemplateValues
from ...errors import AwsError
from ..account import Account
from ..cloudformation.stacks import StackDescription, find_stack
from .service_quotas import ServiceQuotas

_JANITOR = "Custom::ModelJanitor"
# Stacks in these states have given back what they held, or are about to.
_WITHOUT_RESOURCES = ("ROLLBACK_", "DELETE_", "CREATE_FAILED")


class ModelDeployment(NamedTuple):
    """A model that a notebook of the stack deploys, and what the notebook runs on."""

    model_id: str
    notebook_type: str

    @property
    def model(self) -> Model | None:
        """The catalogue's entry, or None for a model that it does not have."""
        return models().get(self.model_id)


@dataclass(frozen=True)
class Surroundings:
    """The account, the template as a dictionary, and the name of its stack.

    ``parameters`` are the values that are given; a parameter that is not keeps the stack's value, or has its default.
    ``bucket`` is one for the artifacts that is not the account's own. With ``requests_quotas`` a quota that is too low
    is requested to be raised.
    """

    account: Account
    template: Mapping[str, Any]
    parameters: Mapping[str, str]
    stack_name: str
    bucket: str = ""
    requests_quotas: bool = False
    _looking: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def stack(self) -> StackDescription | None:
        """The stack as it is now; raises AwsError. Every check sees the same."""
        with self._looking:
            found = self._stack_or_error
        if isinstance(found, AwsError):
            raise found
        return found

    @cached_property
    def _stack_or_error(self) -> StackDescription | AwsError | None:
        try:
            return find_stack(self.account, self.stack_name)
        except AwsError as error:
            return error

    @property
    def deployed(self) -> StackDescription | None:
        """The stack if it has its resources; None too where it cannot be read."""
        try:
            stack = self.stack
        except AwsError:
            return None
        if stack is None or not stack.exists or stack.status.startswith(_WITHOUT_RESOURCES):
            return None
        return stack

    @cached_property
    def quotas(self) -> ServiceQuotas:
        """The account's quotas in the region."""
        return ServiceQuotas(self.account)

    def parameter(self, name: str) -> str:
        """Return the value that a parameter will have: the given one, the stack's, or the default; or nothing."""
        if name in self.parameters:
            return self.parameters[name]
        if (stack := self.deployed) and name in stack.parameters:
            return stack.parameters[name]
        return str(self.template.get("Parameters", {}).get(name, {}).get("Default", ""))

    @cached_property
    def values(self) -> TemplateValues:
        """The template with the values that its parameters will have, and its region and partition."""
        place = {"AWS::Region": self.account.region, "AWS::Partition": self.account.partition}
        return TemplateValues(
            self.template, {**{name: self.parameter(name) for name in self.template.get("Parameters", {})}, **place}
        )

    def resources(self, kind: str) -> Iterator[Mapping[str, Any]]:
        """Yield the properties of each resource of this type that the stack will have."""
        for _, resource in self.values.resources(kind):
            yield resource.get("Properties", {})

    def value(self, expression: Any) -> str:
        """Return the value of a property that is a text or refers to a parameter."""
        return str(self.values.value(expression))

    @property
    def model_deployments(self) -> list[ModelDeployment]:
        """The models that a notebook deploys; none where the endpoint is there already, or a resource itself."""
        return [
            ModelDeployment(str(found["ModelId"]), self.value(found["NotebookInstanceType"]))
            for found in self.resources(_JANITOR)
        ]
