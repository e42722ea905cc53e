"""What there is to know of a model, for people and for programs: of one on SageMaker, or of Amazon Bedrock's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..apps import APPS
from ..bedrock_catalog import BedrockModel
from ..catalog import Model
from ..costs.prices import Prices, find_prices
from ..model import Lifecycle, LifecycleState
from ..options import Hosting

_MILLION = 1_000_000
TERMS = "terms of use"
"""The licence of the models that nobody is given: a call agrees to terms."""


class Row(NamedTuple):
    """A model's id and what marks it, its cells (task, licence, prices, hostings), and sentences to stand below."""

    model_id: str
    marks: tuple[str, ...]
    cells: tuple[str, str, str, str]
    notes: tuple[str, ...]


def model_row(model: Model, prices: Prices) -> Row:
    """Return what there is to know of a model that runs on SageMaker."""
    accept = (f"Read {model.license_url} and give --accept-license.",) if model.license_url else ()
    return Row(
        model.model_id,
        ("default",) * _is_default(model) + ("recommended",) * model.recommended,
        (model.app, model.license, _priced_types(model, prices), ", ".join(model.hostings)),
        (*_lifecycle(model), *accept),
    )


def model_object(model: Model, prices: Prices) -> dict[str, object]:
    """Return the same for programs."""
    lifecycle = model.lifecycle or Lifecycle(LifecycleState.ALIVE, "", "")
    return {
        "model_id": model.model_id,
        "task": model.app,
        "version": model.version,
        "default": _is_default(model),
        "recommended": model.recommended,
        "license": model.license,
        "license_url": model.license_url,
        "terms_url": None,
        "instance_types": [
            {"instance_type": each, "usd_an_hour": prices.find_instance("hosting", each)} for each in _types(model)
        ],
        "usd_by_use": {},
        "hostings": model.hostings,
        "container_image": model.container and model.container.image,
        "lifecycle": {**lifecycle._asdict(), "state": lifecycle.state.value},
    }


def bedrock_row(model: BedrockModel, prices: Prices) -> Row:
    """Return what there is to know of a model of Amazon Bedrock."""
    return Row(
        model.model_id,
        ("default",) * _is_default_on_bedrock(model),
        (model.app, TERMS, shown_use(usd_by_use(model, prices)), Hosting.BEDROCK.value),
        tuple(_notes(model)),
    )


def bedrock_object(model: BedrockModel, prices: Prices) -> dict[str, object]:
    """Return the same for programs, with the same names; what is there on SageMaker alone is empty."""
    reason = f"Its life ends on {model.end_of_life}." if model.end_of_life else ""
    return {
        "model_id": model.model_id,
        "task": model.app,
        "version": None,
        "default": _is_default_on_bedrock(model),
        "recommended": False,
        "license": TERMS,
        "license_url": None,
        "terms_url": model.terms_url,
        "instance_types": [],
        "usd_by_use": usd_by_use(model, prices),
        "hostings": [Hosting.BEDROCK.value],
        "container_image": None,
        "lifecycle": {"state": model.lifecycle, "reason": reason, "source": "", "replaced_by": None},
    }


def usd_by_use(model: BedrockModel, prices: Prices) -> dict[str, float | None]:
    """Return the prices of what a model is used for: of one ``input-token`` and ``output-token``, or of one ``image``.

    They are those of the region in which it is called; None where one is not known.
    """
    called = find_prices(model.region) if model.region else prices
    units = ("image",) if model.max_total_tokens is None else ("input-token", "output-token")
    return {unit: called.find(f"bedrock/{model.model_id}/{unit}") if called else None for unit in units}


def shown_use(usd: Mapping[str, float | None]) -> str:
    """Return what ``usd_by_use`` has, in words."""
    if "image" in usd:
        return f"{_shown(usd['image'])} an image"
    read, written = (price and price * _MILLION for price in usd.values())
    return f"{_shown(read)} a million tokens read, {_shown(written)} written"


def _is_default(model: Model) -> bool:
    return APPS[model.app].default_model == model.model_id


def _is_default_on_bedrock(model: BedrockModel) -> bool:
    return APPS[model.app].default_model_on(Hosting.BEDROCK) == model.model_id


def _types(model: Model) -> list[str]:
    """Return the instance types, the default one first."""
    first = model.default_instance_type
    return [first, *(each for each in model.instance_types if each != first)]


def _priced_types(model: Model, prices: Prices) -> str:
    """Return the instance types with their prices; what belongs together stays on one line."""
    return ", ".join(
        f"{each}\N{NO-BREAK SPACE}{_shown(prices.find_instance('hosting', each))}" for each in _types(model)
    )


def _shown(price: float | None) -> str:
    return "?" if price is None else f"{price:.3f}".rstrip("0").rstrip(".")


def _lifecycle(model: Model) -> tuple[str, ...]:
    if model.lifecycle is None:
        return ()
    state, reason, _, replaced_by = model.lifecycle
    instead = f" Choose {replaced_by}." if replaced_by else ""
    return (f"{state.value.replace('-', ' ').capitalize()}. {reason}{instead}",)


def _notes(model: BedrockModel) -> list[str]:
    """Return where it is called, how long it is there, and what whoever calls it agrees to."""
    notes = [f"Called in {model.region}, wherever the stack is; the price is that region's."] if model.region else []
    if model.end_of_life:
        notes.append(f"{model.lifecycle.capitalize()}: its life ends on {model.end_of_life}.")
    if model.needs_subscription:
        notes.append("The first call in an account subscribes to it in AWS Marketplace.")
    return [*notes, f"Whoever calls it agrees to {model.terms_url}."]
