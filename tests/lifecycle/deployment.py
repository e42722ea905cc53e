"""Stacks in the emulated AWS: created and updated through change sets, as the console does it."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from genai_templates.local.emulator import CREDENTIALS, REGION, Emulator
from genai_templates.local.http_client import Answer

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, StackEventTypeDef

ARTIFACTS = "artifacts-of-these-tests"
ENDPOINT = "shared-endpoint"
T = TypeVar("T")
_NUMBERS = itertools.count(1)


def until(condition: Callable[[], T | None], *, seconds: float = 30) -> T:
    """Ask again until there is an answer, and fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        if (answer := condition()) is not None:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"{condition} had no answer within {seconds} s")
        time.sleep(0.05)


class Aws:
    """Clients of the emulated AWS, as its administrator."""

    def __init__(self, emulator: Emulator) -> None:
        session = boto3.Session(CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"])
        url, config = emulator.url, Config(retries={"total_max_attempts": 1}, proxies={})
        self.emulator = emulator
        self.apigateway = session.client("apigateway", REGION, endpoint_url=url, config=config)
        self.autoscaling = session.client("application-autoscaling", REGION, endpoint_url=url, config=config)
        self.cloudformation = session.client("cloudformation", REGION, endpoint_url=url, config=config)
        self.cloudwatch = session.client("cloudwatch", REGION, endpoint_url=url, config=config)
        self.cloudfront = session.client("cloudfront", REGION, endpoint_url=url, config=config)
        self.dynamodb = session.client("dynamodb", REGION, endpoint_url=url, config=config)
        self.iam = session.client("iam", REGION, endpoint_url=url, config=config)
        self.lambda_ = session.client("lambda", REGION, endpoint_url=url, config=config)
        self.logs = session.client("logs", REGION, endpoint_url=url, config=config)
        self.s3 = session.client("s3", REGION, endpoint_url=url, config=config)
        self.sagemaker = session.client("sagemaker", REGION, endpoint_url=url, config=config)
        self.sqs = session.client("sqs", REGION, endpoint_url=url, config=config)

    def upload(self, key: str, content: bytes) -> str:
        """Store an artifact and return its URL."""
        self.s3.put_object(Bucket=ARTIFACTS, Key=key, Body=content)
        return f"{self.emulator.url}/{ARTIFACTS}/{key}"

    def upload_build(self, folder: Path) -> None:
        """Store a build's artifacts, as ``aws s3 sync build/artifacts`` does."""
        root = folder / "artifacts"
        for path in root.rglob("*"):
            if path.is_file():
                self.upload(str(path.relative_to(root)), path.read_bytes())

    def deploy_endpoint(self, name: str, *, role: str = "arn:aws:iam::000000000000:role/endpoint") -> None:
        """Create model, configuration and endpoint of one name, as the notebook does."""
        self.sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer={"Image": "model"})
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[
                {
                    "VariantName": "AllTraffic",
                    "ModelName": name,
                    "InstanceType": "ml.g5.2xlarge",
                    "InitialInstanceCount": 1,
                }
            ],
        )
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)

    def scale_endpoint(self, name: str) -> None:
        """Have Application Auto Scaling change the endpoint's number of instances, as its owner may."""
        self.autoscaling.register_scalable_target(
            ServiceNamespace="sagemaker",
            ResourceId=f"endpoint/{name}/variant/AllTraffic",
            ScalableDimension="sagemaker:variant:DesiredInstanceCount",
            MinCapacity=1,
            MaxCapacity=2,
        )

    def bucket_exists(self, bucket: str) -> bool:
        """Return whether there is a bucket of this name."""
        return any(each["Name"] == bucket for each in self.s3.list_buckets()["Buckets"])


@dataclass
class Deployment:
    """A stack of this template, and what the tests ask of it."""

    aws: Aws
    name: str
    template: str
    parameters: dict[str, str] = field(default_factory=dict)
    stack_id: str = ""

    def create(self) -> str:
        """Create the stack and return the status that it ends with."""
        self.start("CREATE")
        return self.finish()

    def update(self, *, template: str = "", **parameters: str) -> str:
        """Update the stack by another template or other parameters and return the status that it ends with."""
        self.template = template or self.template
        self.parameters |= parameters
        self.start("UPDATE", parameters)
        return self.finish()

    def start(self, kind: Literal["CREATE", "UPDATE"], changed: Mapping[str, str] = MappingProxyType({})) -> None:
        """Make a change set and execute it; what an update does not change keeps its value, as in the console."""
        client = self.aws.cloudformation
        created = client.create_change_set(
            StackName=self.name,
            ChangeSetName=f"{kind.lower()}-{next(_NUMBERS)}",
            ChangeSetType=kind,
            TemplateURL=self.aws.upload(f"{self.name}.template.json", self.template.encode()),
            Parameters=self._given() if kind == "CREATE" else self._kept(changed),
            Capabilities=["CAPABILITY_IAM"],
        )
        self.stack_id = created["StackId"]
        client.get_waiter("change_set_create_complete").wait(
            ChangeSetName=created["Id"], WaiterConfig={"Delay": 0, "MaxAttempts": 500}
        )
        client.execute_change_set(ChangeSetName=created["Id"])

    def _given(self) -> list[ParameterTypeDef]:
        given = {"LambdaS3Bucket": ARTIFACTS, **self.parameters}
        return [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]

    def _kept(self, changed: Mapping[str, str]) -> list[ParameterTypeDef]:
        before = {each["ParameterKey"] for each in self._described()["Parameters"]}
        kept = before & json.loads(self.template)["Parameters"].keys() - changed.keys()
        parameters: list[ParameterTypeDef] = [{"ParameterKey": key, "UsePreviousValue": True} for key in sorted(kept)]
        parameters += [{"ParameterKey": key, "ParameterValue": value} for key, value in changed.items()]
        return parameters

    def delete(self) -> str:
        """Delete the stack and return the status that it ends with."""
        self.aws.cloudformation.delete_stack(StackName=self.stack_id)
        return self.finish()

    def finish(self) -> str:
        """Wait until CloudFormation has done what it was told, and return the status."""

        def settled() -> str | None:
            status: str = self._described()["StackStatus"]
            return None if status.endswith("IN_PROGRESS") else status

        return until(settled, seconds=60)

    def _described(self) -> Any:
        return self.aws.cloudformation.describe_stacks(StackName=self.stack_id)["Stacks"][0]

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs by their name."""
        return {each["OutputKey"]: each["OutputValue"] for each in self._described().get("Outputs", [])}

    @property
    def events(self) -> list[StackEventTypeDef]:
        """Everything that happened to the stack, from its beginning."""
        pages = self.aws.cloudformation.get_paginator("describe_stack_events").paginate(StackName=self.stack_id)
        return [event for page in pages for event in page["StackEvents"]][::-1]

    @property
    def resources(self) -> dict[str, str]:
        """The physical id of every resource by its logical id."""
        pages = self.aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.stack_id)
        return {
            each["LogicalResourceId"]: each.get("PhysicalResourceId", "")
            for page in pages
            for each in page["StackResourceSummaries"]
            if not each["ResourceStatus"].startswith("DELETE_COMPLETE")
        }

    @property
    def artifact_keys(self) -> dict[str, str]:
        """The template's parameters that are keys of artifacts, with the template's own keys."""
        functions = json.loads(self.template)["Resources"].values()
        keys = [each["Properties"]["Code"]["S3Key"] for each in functions if each["Type"] == "AWS::Lambda::Function"]
        return {given["Ref"]: own for _, given, own in (key["Fn::If"] for key in keys)}

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Call the stack's API under its own URL; header names have ``_`` for ``-``."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        url = self.outputs["ApiGatewayUrl"]  # https://<id>.execute-api.<region>.amazonaws.com/<stage>
        api_id, stage = url.removeprefix("https://").split(".", 1)[0], url.rsplit("/", 1)[-1]
        return self.aws.emulator.api_request(api_id, method, f"/{stage}{path}", body, sent)

    def browse(self, path: str, method: str = "GET", body: object = None) -> Answer:
        """Ask the stack's distribution, as a browser does."""
        return self.aws.emulator.site_request(self.outputs["CloudFrontDistributionDomain"], method, path, body)


def refused(call: Callable[[], object]) -> str:
    """Return the code of the error that a call ends with."""
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    raise AssertionError("the call was not refused")
