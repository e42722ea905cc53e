"""Brings a change of the stack to the endpoint, which serves meanwhile, and leaves it as it was when that fails.

SageMaker brings up another fleet of instances beside the one that serves. When that fails, it keeps what serves; what
was tried is then deleted, and the update of the stack fails with the reason.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from handlers.common.aws import make_client
from handlers.common.logs import logger

from .deployment import Deployment, ModelChange, begin_update, discard, find_deployment
from .endpoints import Wait
from .quotas import check_endpoint_quotas
from .refusal import UpdateRefused, short_reason
from .response import CustomResourceError
from .wanted_deployment import WantedDeployment, read_wanted


class Attempts(NamedTuple):
    """How far an update has come: instance types to try, the one that is tried now, and what was missing before.

    ``configuration`` is the name of the endpoint's configuration when the one that is tried now is in service.
    """

    left: tuple[str, ...]
    shortages: tuple[str, ...] = ()
    trying: str = ""
    configuration: str = ""


def update_model(event: dict[str, Any], wait: Wait) -> str:
    """Have the endpoint run what the properties say; return what the stack's events should say besides, or nothing.

    ``event`` keeps how far this has come, for another invocation to go on. Raises UpdateRefused, and
    CustomResourceError with the reason for which the endpoint runs what it did.
    """
    wanted = read_wanted(event["OldResourceProperties"], event["ResourceProperties"])
    attempts = Attempts(*event["Attempts"]) if "Attempts" in event else None
    while True:
        deployment = find_deployment(wanted.endpoint, wait)
        discard(wanted.endpoint, kept=deployment)
        if attempts is None:
            attempts = _plan(wanted, deployment)
        elif deployment.configuration_name == attempts.configuration:
            return "; ".join(attempts.shortages)
        else:
            attempts = _failed(attempts, deployment)
        attempts = _begin_next(wanted, deployment, attempts)
        if not attempts.configuration:
            return "; ".join(attempts.shortages)
        event["Attempts"] = attempts


def _plan(wanted: WantedDeployment, deployment: Deployment) -> Attempts:
    """Return the attempts to make; raises UpdateRefused, and CustomResourceError when there is no quota for any."""
    order = wanted.order(deployment.instance_type)
    if order[0] != deployment.instance_type and not wanted.one_container:
        raise UpdateRefused(
            f"an existing stack cannot change the instance type from {deployment.instance_type} to {order[0]}: the "
            "model may need another container there, which the notebook chooses when the stack is created. Create "
            "another stack with it and delete this one, or leave it as it was"
        )
    if deployment.instance_type not in order:
        check_endpoint_quotas(make_client("service-quotas"), order)
    return Attempts(order)


def _begin_next(wanted: WantedDeployment, deployment: Deployment, attempts: Attempts) -> Attempts:
    """Begin the next attempt, or none when the endpoint runs what it should; raises CustomResourceError after all."""
    for position, instance_type in enumerate(attempts.left, 1):
        environment = wanted.environment_on(instance_type, deployment.environment)
        change = ModelChange(environment, wanted.role or deployment.unchanged.role, wanted.vpc_config)
        if (instance_type, change) == (deployment.instance_type, deployment.unchanged):
            return attempts._replace(configuration="")
        attempts = attempts._replace(trying=instance_type)
        logger.info("update begins", extra={"instance_type": instance_type})
        try:
            configuration = begin_update(deployment, instance_type=instance_type, change=change)
            return attempts._replace(left=attempts.left[position:], configuration=configuration)
        except ClientError as error:
            discard(deployment.name, kept=deployment)
            attempts = _refused(attempts, deployment, error)
    raise CustomResourceError(_unchanged(deployment, "; ".join(attempts.shortages)))


def _refused(attempts: Attempts, deployment: Deployment, error: ClientError) -> Attempts:
    """Return the attempts after SageMaker refused the one under way for want of a quota; raise any other refusal."""
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    if code not in ("ResourceLimitExceeded", "ValidationException"):
        raise error
    return _after(attempts, deployment, f"{code}: {message}")


def _failed(attempts: Attempts, deployment: Deployment) -> Attempts:
    """Return the attempts after the one under way failed for want of instances; raise any other reason."""
    return _after(attempts, deployment, deployment.endpoint.get("FailureReason", "SageMaker gives no reason"))


def _after(attempts: Attempts, deployment: Deployment, reason: str) -> Attempts:
    """Return the attempts with what was missing; raise CustomResourceError where no other instance type would help."""
    kind = attempts.trying
    if re.search("ResourceLimitExceeded|service limit", reason):
        named = re.search("service limit '([^']+)'", reason)
        quota = named[1] if named else f"{kind} for endpoint usage"
        shortage = (
            f"the quota '{quota}' is too low for an update, which runs new instances beside the old ones: ask for more "
            "in Service Quotas, under Amazon SageMaker"
        )
    elif re.search("InsufficientInstanceCapacity|CapacityError", reason):
        shortage = f"AWS has no {kind} to spare here now: try later, or choose another instance type"
    else:
        raise CustomResourceError(_unchanged(deployment, f"{kind}: {short_reason(reason)}"))
    return attempts._replace(shortages=(*attempts.shortages, shortage))


def _unchanged(deployment: Deployment, reason: str) -> str:
    return f"the endpoint goes on as it was, on {deployment.instance_type}: {reason}"
