"""The models that the builders know: what each does, runs on, and needs, and whether it is one to choose today.

The facts are in ``data/models.json``, with the month in which they were read; the code that speaks each model's wire
format is in ``handlers/``, under the codec's name.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from .containers import Container
from .errors import InvalidOption, UnknownModel
from .model import PRIVATE_BUCKET, PUBLIC_BUCKET, Lifecycle, LifecycleState, Model, check_instance_type

__all__ = [
    "FALCON_7B_INSTRUCT",
    "PUBLIC_BUCKET",
    "STABLE_DIFFUSION_V2",
    "Model",
    "check_hosting",
    "check_instance_type",
    "check_license",
    "find_model",
    "models",
]

FALCON_7B_INSTRUCT = "huggingface-llm-falcon-7b-instruct-bf16"
STABLE_DIFFUSION_V2 = "model-txt2img-stabilityai-stable-diffusion-v2"


def models() -> dict[str, Model]:
    """Return every model of the catalogue, by model id."""
    return {model_id: _model(model_id) for model_id in _facts()}


@cache
def _facts() -> dict[str, dict[str, Any]]:
    document = json.loads((Path(__file__).parent / "data" / "models.json").read_text("utf-8"))
    facts: dict[str, dict[str, Any]] = document["models"]
    return facts


@cache
def _model(model_id: str) -> Model:
    facts = _facts()[model_id]
    known: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
    lifecycle = Lifecycle(**{**facts["lifecycle"], "state": LifecycleState(facts["lifecycle"]["state"])})
    container = dict(facts["container"])
    bucket = PRIVATE_BUCKET if facts["gated"] else PUBLIC_BUCKET
    container["artifacts"] = f"s3://{bucket}/{container.pop('artifact_prefix')}"
    return Model(model_id=model_id, **known | {"lifecycle": lifecycle, "container": Container(**container)})


def find_model(model_id: str | Model, *, app: str, accept_license: bool = False) -> Model:
    """Return the model with this id, or the one that is described, for the application of this name.

    Raises UnknownModel when the catalogue has no such model for the application, and InvalidOption when its licence
    must be accepted and ``accept_license`` is false.
    """
    model = model_id if isinstance(model_id, Model) else _model(model_id) if model_id in _facts() else None
    if model is None or model.app != app:
        allowed = ", ".join(sorted(name for name, other in models().items() if other.app == app))
        name = model.model_id if model else model_id
        raise UnknownModel(f"{name!r} is not a model of the {app} application; choose one of {allowed}")
    check_license(model, accepted=accept_license)
    return model


def check_license(model: Model, *, accepted: bool) -> None:
    """Raise InvalidOption when the model's licence must be accepted and is not."""
    if model.license_url and not accepted:
        raise InvalidOption(
            f"model {model.model_id!r} needs its licence accepted: read {model.license_url} "
            "and pass accept_license=True"
        )


def check_hosting(model: Model, hosting: str) -> None:
    """Raise InvalidOption unless the model can be hosted in the way of this name."""
    if hosting not in model.hostings:
        raise InvalidOption(
            f"model {model.model_id!r} cannot have the hosting {hosting!r}; choose one of {', '.join(model.hostings)}"
        )
