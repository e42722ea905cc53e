"""The JumpStart models that the builders know: what each does, runs on, and needs.

The facts are in ``data/models.json``, with the month in which they were read; the code that speaks each model's wire
format is in ``handlers/``, under the codec's name.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from .errors import InvalidOption, UnknownModel

FALCON_7B_INSTRUCT = "huggingface-llm-falcon-7b-instruct-bf16"
STABLE_DIFFUSION_V2 = "model-txt2img-stabilityai-stable-diffusion-v2"

PUBLIC_BUCKET = "jumpstart-cache-prod-${AWS::Region}"
"""JumpStart's bucket of manifests and open artifacts, for ``Fn::Sub``."""


class Model(NamedTuple):
    """One JumpStart model.

    ``instance_types`` lists what it runs on; ``repositories`` the container repositories that its image may come
    from; ``license_url`` is set when the licence must be accepted before the model may be deployed; ``gated`` when
    its artifacts are in JumpStart's private bucket. Token counts are the container's window, ``None`` for images.
    """

    model_id: str
    app: str
    codec: str
    version: str
    instance_types: tuple[str, ...]
    default_instance_type: str
    repositories: tuple[str, ...]
    license_url: str | None
    gated: bool
    max_input_tokens: int | None
    max_total_tokens: int | None

    @property
    def content_bucket(self) -> str:
        """The bucket of the model's artifacts, with ``${AWS::Region}`` for ``Fn::Sub`` to fill in."""
        return PUBLIC_BUCKET.replace("-cache", "-private-cache") if self.gated else PUBLIC_BUCKET


@cache
def models() -> dict[str, Model]:
    """Return every model of the catalogue, by model id."""
    document = json.loads((Path(__file__).parent / "data" / "models.json").read_text("utf-8"))
    return {model_id: _model(model_id, facts) for model_id, facts in document["models"].items()}


def _model(model_id: str, facts: dict[str, Any]) -> Model:
    known: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
    return Model(model_id=model_id, **known)


def find_model(model_id: str, *, app: str, accept_license: bool = False) -> Model:
    """Return the model with this id, for the application of this name.

    Raises UnknownModel when the catalogue has no such model for the application, and InvalidOption when its licence
    must be accepted and ``accept_license`` is false.
    """
    model = models().get(model_id)
    if model is None or model.app != app:
        allowed = ", ".join(sorted(name for name, other in models().items() if other.app == app))
        raise UnknownModel(f"{model_id!r} is not a model of the {app} application; choose one of {allowed}")
    if model.license_url and not accept_license:
        raise InvalidOption(
            f"model {model_id!r} needs its licence accepted: read {model.license_url} and pass accept_license=True"
        )
    return model


def check_instance_type(model: Model, instance_type: str) -> None:
    """Raise InvalidOption unless the model runs on this SageMaker instance type."""
    if instance_type not in model.instance_types:
        raise InvalidOption(
            f"model {model.model_id!r} does not run on {instance_type}; choose one of "
            + ", ".join(model.instance_types)
        )
