"""Parameter of the model on Amazon Bedrock, and values that depend on which one is chosen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from troposphere import AWSHelperFn, Equals, If, Ref

from ...bedrock_catalog import BedrockModel
from ...parameters import ParameterGroup
from ...scope import Scope

Value: TypeAlias = str | AWSHelperFn


def key_of(model_id: str) -> str:
    """Return the model's name where there may be letters and digits alone: in mappings and conditions."""
    return "".join(part.capitalize() for part in re.split(r"[^a-z0-9]", model_id))


class ModelChoice(NamedTuple):
    """The parameter of the model's id, and the models that it allows."""

    scope: Scope
    model_id: Ref
    models: Mapping[str, BedrockModel]

    def value(self, of_model: Callable[[BedrockModel], Value]) -> Value:
        """Return the value that belongs to the chosen model."""
        values = {model_id: of_model(model) for model_id, model in self.models.items()}
        *others, last = values
        chosen = values[last]
        if all(values[model_id] == chosen for model_id in others):
            return chosen
        for model_id in reversed(others):
            chosen = If(self._condition(model_id), values[model_id], chosen)
        return chosen

    def _condition(self, model_id: str) -> str:
        return self.scope.add_condition(f"ModelIs{key_of(model_id)}", Equals(self.model_id, model_id))


def add_model_choice(
    scope: Scope, models: Mapping[str, BedrockModel], *, default: str, description: str
) -> ModelChoice:
    """Add the parameter of the model's id."""
    parameter = ParameterGroup(scope, "Model").choice(
        "ModelId", "Model", default=default, values=list(models), description=description
    )
    return ModelChoice(scope, parameter, models)
