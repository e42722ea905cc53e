"""Deploys the API again when a parameter that stands in it has another value.

A deployment is a snapshot. CloudFormation makes a new one for a changed template, but not for a changed parameter,
which leaves the template as it is.
"""

from __future__ import annotations

from handlers.common.aws import make_client
from handlers.common.context import LambdaContext

from .response import Event, Outcome, run_and_respond

apigateway = make_client("apigateway")


def handler(event: Event, context: LambdaContext) -> None:
    """Serve Custom::ApiDeployment."""
    run_and_respond(event, context, _work, physical_id="api-deployment")


def _work(event: Event, context: LambdaContext) -> Outcome:
    properties = event["ResourceProperties"]
    # On creation the stage has just been made from what is there now.
    if event["RequestType"] == "Update":
        _deploy(properties["RestApiId"], properties["StageName"])
    return Outcome(f"deployments-of-{properties['RestApiId']}")


def _deploy(api: str, stage: str) -> None:
    deployment = apigateway.create_deployment(restApiId=api)["id"]
    apigateway.update_stage(
        restApiId=api,
        stageName=stage,
        patchOperations=[{"op": "replace", "path": "/deploymentId", "value": deployment}],
    )
