"""A stack that exists in the emulated AWS, as its owner reads it and as its users call it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import EmulatedStackFailed
from .emulator import Emulator
from .loopback import Response

_API = "AWS::ApiGateway::RestApi"
_API_URL = "ApiGatewayUrl"
_DISTRIBUTION = "AWS::CloudFront::Distribution"
_COMPONENT = "AWS::SageMaker::InferenceComponent"


@dataclass(frozen=True)
class StackEvent:
    """Event of a stack; ``reason`` says what went wrong, if anything did."""

    logical_id: str
    kind: str
    status: str
    reason: str

    @property
    def has_failed(self) -> bool:
        """Whether the event is a failure, such as ``CREATE_FAILED``."""
        return self.status.endswith("FAILED")


@dataclass(frozen=True)
class Site:
    """Distribution of a stack: its logical id, its domain name, and the methods and paths of the API behind it."""

    logical_id: str
    domain: str
    routes: list[str]


class DeployedStack:
    """Reads a stack through CloudFormation, and sends requests to its API and its distribution."""

    def __init__(self, name: str, emulator: Emulator | None) -> None:
        self.name = name
        self.stack_id = ""  # until it is created
        self._emulator = emulator

    @property
    def emulator(self) -> Emulator:
        """The emulated AWS that the stack is in; raises EmulatedStackFailed while there is none."""
        if self._emulator is None:
            raise EmulatedStackFailed(f"{self.name} has no emulator: give it one, or use it in a with statement")
        return self._emulator

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service of the emulated AWS, with all rights."""
        return self.emulator.client(service)

    @property
    def status(self) -> str:
        """The stack's status, such as ``CREATE_COMPLETE``."""
        return str(self._described()["StackStatus"])

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs of the stack by their names."""
        return {each["OutputKey"]: each["OutputValue"] for each in self._described().get("Outputs", [])}

    @property
    def resources(self) -> dict[str, str]:
        """The physical id of every resource by its logical id."""
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in self._existing_resources()}

    def ids_of(self, kind: str) -> list[str]:
        """Return the physical ids of the stack's resources of this type, such as ``AWS::Lambda::Function``."""
        return [each["PhysicalResourceId"] for each in self._existing(kind)]

    @property
    def events(self) -> list[StackEvent]:
        """Every event of the stack, from its beginning."""
        return list(self._events_by_id().values())

    @property
    def sites(self) -> list[Site]:
        """Every distribution, with its APIs' routes; raises EmulatedStackFailed when the stack has none."""
        apis = [each["PhysicalResourceId"] for each in self._existing(_API)]
        return [
            Site(
                logical_id,
                described["DomainName"],
                self._routes_of(api for api in apis if any(host.startswith(f"{api}.") for host in _origins(described))),
            )
            for logical_id, described in self._distributions().items()
        ]

    @property
    def domain(self) -> str:
        """The domain name of the stack's distribution; raises EmulatedStackFailed when it has none, or several."""
        distributions = self._distributions()
        if len(distributions) > 1:
            choices = ", ".join(f"{each['DomainName']} ({name})" for name, each in distributions.items())
            raise EmulatedStackFailed(f"{self.name} has several distributions: choose a domain of {choices}")
        return str(next(iter(distributions.values()))["DomainName"])

    @property
    def routes(self) -> list[str]:
        """The methods and paths of the stack's REST API, such as ``POST /generate``, without those for CORS.

        Raises EmulatedStackFailed when it has several APIs.
        """
        apis = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in self._existing(_API)}
        if len(apis) > 1:
            raise EmulatedStackFailed(f"{self.name} has several APIs, {', '.join(sorted(apis))}: see 'sites' for each")
        return self._routes_of(apis.values())

    def call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None, *, api: str = ""
    ) -> Response:
        """Send a request to an API of the stack under its own URL, by default that of the output ``ApiGatewayUrl``."""
        url = api or self._api_url()  # https://<id>.execute-api.<region>.amazonaws.com/<stage>
        api_id, stage = url.removeprefix("https://").split(".", 1)[0], url.rstrip("/").rsplit("/", 1)[-1]
        return self.emulator.api_request(api_id, method, f"/{stage}{path}", body, dict(headers or {}))

    def browse(
        self,
        path: str,
        method: str = "GET",
        body: object = None,
        headers: Mapping[str, str] | None = None,
        *,
        domain: str = "",
    ) -> Response:
        """Send a request to a distribution of the stack, by default the only one, as a browser does."""
        return self.emulator.site_request(domain or self.domain, method, path, body, dict(headers or {}))

    def put_to_sleep(self) -> None:
        """Let a long time pass without a request, after which the stack's alarms scale its models to zero.

        Raises EmulatedStackFailed when there is a model that no alarm puts to sleep.
        """
        for component in self._components():
            self.emulator.control_request("POST", "components/idle", component=component)
            described = self.client("sagemaker").describe_inference_component(InferenceComponentName=component)
            if described["RuntimeConfig"]["CurrentCopyCount"]:
                raise EmulatedStackFailed(f"{self.name}: no alarm puts {component} to sleep")

    def run_wake_alarms(self) -> list[str]:
        """Let the minute pass in which calls found models asleep; return the alarms that went off, and woke these."""
        return [
            str(alarm)
            for component in self._components()
            for alarm in self.emulator.control_request("POST", "components/refusals", component=component)
        ]

    def _components(self) -> list[str]:
        found = [each["PhysicalResourceId"].rpartition("/")[2] for each in self._existing(_COMPONENT)]
        if not found:
            raise EmulatedStackFailed(f"{self.name} has no model that is scaled to zero ({_COMPONENT})")
        return found

    def _api_url(self) -> str:
        outputs = self.outputs
        if _API_URL in outputs:
            return outputs[_API_URL]
        choices = ", ".join(f'api=stack.outputs["{name}"]' for name in sorted(outputs) if name.endswith(_API_URL))
        raise EmulatedStackFailed(f"{self.name} has no output {_API_URL}: call with {choices or 'the URL as api='}")

    def _distributions(self) -> dict[str, Any]:
        """Return what describes each distribution, by its logical id; raises EmulatedStackFailed without one."""
        client = self.client("cloudfront")
        found = {
            each["LogicalResourceId"]: client.get_distribution(Id=each["PhysicalResourceId"])["Distribution"]
            for each in self._existing(_DISTRIBUTION)
        }
        if not found:
            raise EmulatedStackFailed(f"{self.name} has no distribution ({_DISTRIBUTION}) to serve")
        return found

    def _routes_of(self, api_ids: Iterable[str]) -> list[str]:
        client = self.client("apigateway")
        return sorted(
            f"{method} {resource['path']}"
            for api_id in api_ids
            for resource in client.get_resources(restApiId=api_id, limit=500)["items"]
            for method in resource.get("resourceMethods", {})
            if method != "OPTIONS"
        )

    def _created_id(self) -> str:
        """Return the stack's id; raises EmulatedStackFailed before its creation."""
        if not self.stack_id:  # CloudFormation would take an empty name for all stacks
            raise EmulatedStackFailed(f"{self.name} has not been created")
        return self.stack_id

    def _described(self) -> Any:
        return self.client("cloudformation").describe_stacks(StackName=self._created_id())["Stacks"][0]

    def _pages(self, operation: str) -> Any:
        return self.client("cloudformation").get_paginator(operation).paginate(StackName=self._created_id())

    def _events_by_id(self) -> dict[str, StackEvent]:
        """Return the events by their ids, oldest first. Events that come between two pages move the pages."""
        pages = self._pages("describe_stack_events")
        found = {each["EventId"]: each for page in pages for each in page["StackEvents"]}
        return {
            event_id: StackEvent(
                logical_id=each["LogicalResourceId"],
                kind=each["ResourceType"],
                status=each["ResourceStatus"],
                reason=each.get("ResourceStatusReason", ""),
            )
            for event_id, each in reversed(found.items())
        }

    def _existing_resources(self) -> list[dict[str, str]]:
        pages = self._pages("list_stack_resources")
        summaries = (each for page in pages for each in page["StackResourceSummaries"])
        return [each for each in summaries if each.get("PhysicalResourceId") and "DELETE" not in each["ResourceStatus"]]

    def _existing(self, kind: str) -> list[dict[str, str]]:
        return [each for each in self._existing_resources() if each["ResourceType"] == kind]


def _origins(distribution: Any) -> list[str]:
    """Return the host names that a distribution passes requests on to."""
    return [each["DomainName"] for each in distribution["DistributionConfig"]["Origins"]["Items"]]
