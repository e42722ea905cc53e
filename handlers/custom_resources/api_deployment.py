"""Makes a deployment of the API, and another one when a parameter that stands in the API has another value.

A deployment is a snapshot. CloudFormation makes a new one for a changed template, but not for a changed parameter,
which leaves the template as it is. The deployment's id is the resource's physical id: with another one, CloudFormation
moves the stage, and has the old one deleted when nothing refers to it any more.
"""

from __future__ import annotations

from handlers.common.aws import make_client
from handlers.common.context import LambdaContext
from handlers.common.logs import logger

from .response import Event, Outcome, run_and_respond

apigateway = make_client("apigateway")


def handler(event: Event, context: LambdaContext) -> None:
    """Serve Custom::ApiDeployment."""
    run_and_respond(event, context, _work, physical_id="api-deployment")


def _work(event: Event, context: LambdaContext) -> Outcome:
    api = event["ResourceProperties"]["RestApiId"]
    if event["RequestType"] == "Delete":
        _delete(api, event["PhysicalResourceId"])
        return Outcome(event["PhysicalResourceId"])
    return Outcome(apigateway.create_deployment(restApiId=api)["id"])


def _delete(api: str, deployment: str) -> None:
    try:
        apigateway.delete_deployment(restApiId=api, deploymentId=deployment)
    except apigateway.exceptions.NotFoundException:
        pass
    except apigateway.exceptions.BadRequestException:
        # A stage serves it still. It costs nothing, and goes with the API.
        logger.exception("the deployment stays", extra={"deployment": deployment})
