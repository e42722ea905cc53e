"""The model: its version in the region and its licence, or the endpoint that is there already."""

from __future__ import annotations

from typing import Any

from ...catalog import Model
from ...errors import AwsError
from ..failures import translated
from .check import Check, Verdict
from .surroundings import Surroundings

_HUB = {"HubName": "SageMakerPublicHub", "HubContentType": "Model"}
_ENDPOINT_PARAMETER = "ExistingEndpointName"
_NAME = "model version"


def check_model_version(surroundings: Surroundings) -> list[Check]:
    """Return whether the public hub of JumpStart has the model's version in this region."""
    models = [deployment.model for deployment in surroundings.model_deployments]
    return [_check_version(surroundings, model) for model in models if model]


def _check_version(surroundings: Surroundings, model: Model) -> Check:
    region = surroundings.account.region
    known = f"{model.model_id} {model.version}"
    if found := _describe(surroundings, model, HubContentVersion=model.version):
        status = found.get("SupportStatus", "Supported")
        if status == "Supported":
            return Check(_NAME, Verdict.OK, f"{known} is in {region}")
        advice = "it still deploys; 'genai-templates models' lists others"
        return Check(_NAME, Verdict.WARNING, f"{known} is {status.lower()} in {region}", advice)
    if newest := _describe(surroundings, model):
        advice = "update genai-templates; the deployment may still find it among JumpStart's older versions"
        finding = f"JumpStart lists {newest['HubContentVersion']} in {region}, not {known}"
        return Check(_NAME, Verdict.WARNING, finding, advice)
    advice = "choose another --model or --region"
    return Check(_NAME, Verdict.FAILS, f"JumpStart does not have {model.model_id} in {region}", advice)


def _describe(surroundings: Surroundings, model: Model, **version: str) -> dict[str, Any] | None:
    client = surroundings.account.client("sagemaker")
    try:
        with translated():
            found: dict[str, Any] = client.describe_hub_content(**_HUB, HubContentName=model.model_id, **version)
    except AwsError as error:
        if "ResourceNotFound" in str(error):
            return None
        raise
    return found


def check_licence(surroundings: Surroundings) -> list[Check]:
    """Return the licences of the template's models; it was built with them accepted."""
    return [
        Check("licence", Verdict.OK, _licence(deployment.model_id, deployment.model))
        for deployment in surroundings.model_deployments
    ]


def _licence(model_id: str, model: Model | None) -> str:
    if model is None:
        return f"{model_id} is not in the catalogue"
    return f"you accept {model.license_url}" if model.license_url else f"{model_id} has none to accept"


def check_existing_endpoint(surroundings: Surroundings) -> list[Check]:
    """Return whether the endpoint is in service, for a template that takes one that is there already."""
    if _ENDPOINT_PARAMETER not in surroundings.template.get("Parameters", {}):
        return []
    name = surroundings.parameter(_ENDPOINT_PARAMETER)
    if not name:
        advice = f"give --parameter {_ENDPOINT_PARAMETER}=NAME"
        return [Check("endpoint", Verdict.FAILS, "the name of the endpoint is not given", advice)]
    try:
        with translated():
            found = surroundings.account.client("sagemaker").describe_endpoint(EndpointName=name)
    except AwsError as error:
        if "Could not find" not in str(error):
            raise
        advice = "check its name and region"
        return [Check("endpoint", Verdict.FAILS, f"there is no endpoint {name}", advice)]
    status = found["EndpointStatus"]
    if status in {"InService", "Updating"}:
        return [Check("endpoint", Verdict.OK, f"{name} is {status}")]
    return [Check("endpoint", Verdict.WARNING, f"{name} is {status}", "the application works when it is InService")]
