"""UpdateEndpoint, which moto lacks: the endpoint goes on serving while another fleet of instances comes up.

The gap is described in docs/upstream, as one of moto. An endpoint is ``Updating`` for the time of an update, with a
summary of what is pending. Then it is ``InService``: with the new configuration, or with the one it had and a
``FailureReason``. Refused, as SageMaker does, is an update (and a deletion) of an endpoint that is being changed, one
from or to a configuration that does not exist, one to the configuration that the endpoint has, one to an instance type
without a quota, and one that changes the instance type of a variant that is scaled.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.sagemaker.exceptions import SagemakerClientError, ValidationError
from moto.sagemaker.models import sagemaker_backends
from moto.sagemaker.responses import SageMakerResponse

from .control import add_control_route
from .service_quotas import endpoint_quota

_SHORTAGE = (
    "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. "
    "Please retry using a different ML instance type or after some time."
)
_without_capacity: set[str] = set()
_update_seconds = 0.5


class _ResourceLimitExceeded(SagemakerClientError):
    """The account's quota is too low."""

    code = "ResourceLimitExceeded"


@dataclass
class EndpointUpdate:
    """An update under way: the configuration's name, what the request said, its beginning, and when it is over."""

    configuration: str
    request: dict[str, Any]
    began: float
    ends: float


FailureCheck = Callable[[Any, EndpointUpdate], str | None]
FAILURE_CHECKS: list[FailureCheck] = []
"""Each gives the reason for which an update of an endpoint fails, or nothing; asked when the update's time is over."""

REQUEST_CHECKS: list[Callable[[dict[str, Any], list[dict[str, Any]]], None]] = []
"""Each takes an update's request and the variants that it would bring, and raises ValidationError to refuse it."""
VARIANT_CHECKS: list[Callable[[str, list[dict[str, Any]], list[dict[str, Any]]], None]] = []
"""Each takes an endpoint's name, its variants and those that it would have, and raises ValidationError to refuse it."""
PROGRESS: list[Callable[[Any, EndpointUpdate], None]] = []
"""Each shows in an endpoint how far its update is; called whenever somebody looks."""

_updates: dict[str, EndpointUpdate] = {}  # by the endpoint's ARN


def apply() -> None:
    """Let whoever started the emulator say how long updates take, and what AWS has no instances of."""
    add_control_route("PUT", "endpoint/capacity", _set_capacity)
    add_control_route("PUT", "endpoint/updates", _set_seconds)
    FAILURE_CHECKS.append(_shortage)


class SageMakerControlPlane(SageMakerResponse):
    """moto's control plane of SageMaker, with updates of endpoints, and names that are given once."""

    def create_model(self) -> ActionResult:
        """Create a model, or refuse a name that is taken."""
        _check_name("model", self._get_param("ModelName"), self.sagemaker_backend._models)
        return super().create_model()

    def create_endpoint_config(self) -> ActionResult:
        """Create a configuration, or refuse a name that is taken."""
        name = self._get_param("EndpointConfigName")
        _check_name("endpoint configuration", name, self.sagemaker_backend.endpoint_configs)
        return super().create_endpoint_config()

    def create_endpoint(self) -> ActionResult:
        """Create an endpoint, or refuse a name that is taken."""
        _check_name("endpoint", self._get_param("EndpointName"), self.sagemaker_backend.endpoints)
        return super().create_endpoint()

    def update_endpoint(self) -> ActionResult:
        """Begin an update, or refuse it."""
        backend = self.sagemaker_backend
        request = {name: self._get_param(name) for name in _PARAMETERS}
        endpoint = _stable_endpoint(backend, request["EndpointName"])
        current, wanted = endpoint.endpoint_config_name, request["EndpointConfigName"]
        if wanted == current:
            message = "Cannot update endpoint with the currently in use endpoint configuration"
            raise ValidationError(f'{message} "{wanted}".')
        before = backend.describe_endpoint_config(current)["ProductionVariants"]
        after = backend.describe_endpoint_config(wanted)["ProductionVariants"]
        _check_scaling(endpoint.endpoint_name, before, after, account=self.current_account, region=self.region)
        _check_quotas(after)
        for check in REQUEST_CHECKS:
            check(request, after)
        for check_variants in VARIANT_CHECKS:
            check_variants(endpoint.endpoint_name, before, after)
        now = time.monotonic()
        update = EndpointUpdate(wanted, request, now, now + _update_seconds)
        _updates[endpoint.arn] = update
        endpoint.failure_reason = None
        endpoint.endpoint_status = "Updating"
        endpoint.last_modified_time = utcnow()
        endpoint.pending_deployment_summary = _pending(update, after)
        return ActionResult({"EndpointArn": endpoint.arn})

    def delete_endpoint(self) -> ActionResult:
        """Delete an endpoint that is not being changed."""
        _stable_endpoint(self.sagemaker_backend, self._get_param("EndpointName"))
        return super().delete_endpoint()


_PARAMETERS = (
    "EndpointName",
    "EndpointConfigName",
    "RetainAllVariantProperties",
    "ExcludeRetainedVariantProperties",
    "DeploymentConfig",
    "RetainDeploymentConfig",
)


def is_updating(endpoint: Any) -> bool:
    """Return whether an update of the endpoint goes on, after ending one whose time is over."""
    update = _updates.get(endpoint.arn)
    if update is not None and time.monotonic() >= update.ends:
        _end(endpoint, _updates.pop(endpoint.arn))
    elif update is not None:
        for show in PROGRESS:
            show(endpoint, update)
    return endpoint.arn in _updates


def variants_of(endpoint: Any, configuration: str) -> list[dict[str, Any]]:
    """Return the production variants of a configuration in the endpoint's account and region."""
    _, _, _, region, account, _ = endpoint.arn.split(":")
    variants: list[dict[str, Any]] = sagemaker_backends[account][region].describe_endpoint_config(configuration)[
        "ProductionVariants"
    ]
    return variants


def _set_capacity(instance_type: str, available: bool) -> None:
    (_without_capacity.discard if available else _without_capacity.add)(instance_type)


def _set_seconds(seconds: float) -> None:
    global _update_seconds
    _update_seconds = seconds


def _check_name(kind: str, name: str, taken: Container[str]) -> None:
    if name in taken:
        raise ValidationError(f'Cannot create already existing {kind} "{name}".')


def _stable_endpoint(backend: Any, name: str) -> Any:
    backend.describe_endpoint(name)  # refused when there is none
    endpoint = backend.endpoints[name]
    if endpoint.endpoint_status in ("Creating", "Updating"):
        raise ValidationError(f'Cannot update in-progress endpoint "{endpoint.arn}".')
    return endpoint


def _check_scaling(
    name: str, before: list[dict[str, Any]], after: list[dict[str, Any]], *, account: str, region: str
) -> None:
    targets = applicationautoscaling_backends[account][region].targets.get("sagemaker:variant:DesiredInstanceCount", {})
    kept = {(variant["VariantName"], variant.get("InstanceType")) for variant in after}
    for variant in before:
        scaled = f"endpoint/{name}/variant/{variant['VariantName']}" in targets
        if scaled and (variant["VariantName"], variant.get("InstanceType")) not in kept:
            raise ValidationError(
                f'The variant(s) "{variant["VariantName"]}" must be deregistered as scalable targets with AutoScaling '
                "before they can be removed or have their instance type updated."
            )


def _check_quotas(variants: list[dict[str, Any]]) -> None:
    for variant in variants:
        kind = variant.get("InstanceType", "")
        if endpoint_quota(kind) == 0:
            raise _ResourceLimitExceeded(
                f"The account-level service limit '{kind} for endpoint usage' is 0 Instances, with current "
                "utilization of 0 Instances and a request delta of 1 Instances. Please use AWS Service Quotas to "
                "request an increase for this quota."
            )


def _pending(update: EndpointUpdate, variants: list[dict[str, Any]]) -> dict[str, Any]:
    fields = {
        "VariantName": "VariantName",
        "InstanceType": "InstanceType",
        "InitialInstanceCount": "DesiredInstanceCount",
    }
    pending = [{new: variant[old] for old, new in fields.items() if old in variant} for variant in variants]
    return {"EndpointConfigName": update.configuration, "ProductionVariants": pending, "StartTime": utcnow()}


def _end(endpoint: Any, update: EndpointUpdate) -> None:
    """Put the update's outcome into the endpoint, which is in service either way."""
    endpoint.pending_deployment_summary = None
    endpoint.last_modified_time = utcnow()
    endpoint.failure_reason = next(filter(None, (check(endpoint, update) for check in FAILURE_CHECKS)), None)
    if endpoint.failure_reason:
        return
    counts = {variant["VariantName"]: variant for variant in endpoint.production_variants}
    endpoint.endpoint_config_name = update.configuration
    endpoint.production_variants = endpoint._process_production_variants(variants_of(endpoint, update.configuration))
    endpoint.last_deployment_config = update.request["DeploymentConfig"]
    if update.request["RetainAllVariantProperties"]:
        for variant in endpoint.production_variants:
            variant.update(counts.get(variant["VariantName"], {}))


def _shortage(endpoint: Any, update: EndpointUpdate) -> str | None:
    kinds = {variant.get("InstanceType") for variant in variants_of(endpoint, update.configuration)}
    return _SHORTAGE if kinds & _without_capacity else None
