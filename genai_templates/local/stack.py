"""A stack in the emulated AWS: created, updated and deleted from its template, and used as its users would."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from ..errors import EmulatedStackFailed, InvalidOption
from .emulator import CREDENTIALS, REGION, Emulator
from .http_client import Answer
from .notebook import WAIT_CONDITION, deploy_endpoint, play_notebook
from .permission_report import Grants, PermissionReport, make_report, read_grants
from .template_check import check_template

ARTIFACTS = "artifacts"
"""The bucket that templates and artifacts are put into, and the value of a parameter ``LambdaS3Bucket``."""

EXISTING_ENDPOINT = "stand-in"
"""The endpoint that is there already, and the value of a parameter ``ExistingEndpointName``."""

_FUNCTION = "AWS::Lambda::Function"
_LOOK_AGAIN_SECONDS = 0.05
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class StackEvent:
    """Something that CloudFormation did; ``reason`` tells what went wrong, if anything did."""

    logical_id: str
    kind: str
    status: str
    reason: str


@dataclass
class EmulatedStack:
    """A context manager: inside it the stack exists.

    ``template`` is a path or the JSON itself. ``artifacts`` are the contents by the keys that the template refers to,
    or a folder laid out as their bucket; by default the ``artifacts`` beside the folder of the template's path.
    ``emulator`` is one that runs already and goes on afterwards; without it the stack has its own. ``on_event`` is
    told what happens. Raises InvalidOption, EmulatorFailed and EmulatedStackFailed.
    """

    template: str | Path
    name: str = "local"
    parameters: Mapping[str, str] = field(default_factory=dict)
    artifacts: Path | Mapping[str, bytes] | None = None
    emulator: Emulator | None = None
    on_event: Callable[[StackEvent], None] = lambda event: None
    timeout_seconds: float = 300

    def __enter__(self) -> EmulatedStack:
        """Create the stack, and start a process of each of its functions."""
        with ExitStack() as exits:
            self._document = self._read_template(self.template)
            self._emulator = self.emulator or exits.enter_context(Emulator())
            self._stack_id = ""
            self._seen: set[str] = set()
            self._clients: dict[str, Any] = {}
            self._grants: dict[str, Grants] = {}
            # A stack that had this name before had roles of the same names.
            self._decided_before = len(self._emulator.decisions())
            self._prepare()
            if self.emulator is not None:
                exits.push(self._leave)
            self._change("CREATE")
            self._start_functions()
            self._exits = exits.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Delete the stack, or end the emulator that is its own."""
        self._exits.__exit__(kind, error, trace)

    def update(self, template: str | Path | None = None, **parameters: str) -> None:
        """Update the stack to another template, or other values of parameters."""
        self._document = self._read_template(template) if template else self._document
        self.parameters = {**self.parameters, **parameters}
        self._prepare()
        self._change("UPDATE")
        self._start_functions()

    def delete(self) -> None:
        """Delete the stack; raises EmulatedStackFailed when something of it cannot be deleted."""
        self.client("cloudformation").delete_stack(StackName=self._stack_id)
        self._settle("DELETE_COMPLETE")

    def client(self, service: str) -> Any:
        """Return a boto3 client of the emulated AWS with all rights."""
        import boto3
        from botocore.config import Config

        if service not in self._clients:
            keys = {name.lower(): value for name, value in CREDENTIALS.items()}
            config = Config(retries={"total_max_attempts": 1}, proxies={})
            url = self._emulator.url
            self._clients[service] = boto3.client(service, REGION, endpoint_url=url, config=config, **keys)  # type: ignore[call-overload]
        return self._clients[service]

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs of the stack by their names."""
        return {each["OutputKey"]: each["OutputValue"] for each in self._described().get("Outputs", [])}

    @property
    def resources(self) -> dict[str, str]:
        """The physical id of every resource by its logical id."""
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in self._existing_resources()}

    @property
    def domain(self) -> str:
        """The domain name of the stack's distribution; raises EmulatedStackFailed when it has none."""
        for each in self._existing("AWS::CloudFront::Distribution"):
            described = self.client("cloudfront").get_distribution(Id=each["PhysicalResourceId"])
            return str(described["Distribution"]["DomainName"])
        raise EmulatedStackFailed(f"{self.name} has no distribution (AWS::CloudFront::Distribution) to serve")

    @property
    def routes(self) -> list[str]:
        """The methods and paths of the stack's REST APIs, such as ``POST /generate``, without those for CORS."""
        client = self.client("apigateway")
        return sorted(
            f"{method} {resource['path']}"
            for api in self._existing("AWS::ApiGateway::RestApi")
            for resource in client.get_resources(restApiId=api["PhysicalResourceId"], limit=500)["items"]
            for method in resource.get("resourceMethods", {})
            if method != "OPTIONS"
        )

    def call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None, *, api: str = ""
    ) -> Answer:
        """Send a request to an API of the stack under its own URL, by default that of the output ``ApiGatewayUrl``."""
        url = api or self.outputs["ApiGatewayUrl"]  # https://<id>.execute-api.<region>.amazonaws.com/<stage>
        api_id, stage = url.removeprefix("https://").split(".", 1)[0], url.rstrip("/").rsplit("/", 1)[-1]
        return self._emulator.api_request(api_id, method, f"/{stage}{path}", body, dict(headers or {}))

    def browse(self, path: str, method: str = "GET", body: object = None) -> Answer:
        """Send a request to the stack's distribution, as a browser does."""
        return self._emulator.site_request(self.domain, method, path, body)

    def permissions(self) -> PermissionReport:
        """Return what the stack's functions called so far, what was refused, and which grants nothing has used."""
        return make_report(self._grants, self._emulator.decisions()[self._decided_before :])

    def _read_template(self, template: str | Path) -> str:
        if not isinstance(template, Path):
            return template
        try:
            text = template.read_text("utf-8")
            json.loads(text)
        except (OSError, ValueError) as error:
            raise InvalidOption(f"{template} is no template in JSON: {error}") from None
        beside = template.resolve().parent.parent / "artifacts"
        if self.artifacts is None and beside.is_dir():
            self.artifacts = beside
        return text

    def _prepare(self) -> None:
        """Put there what the template's parameters refer to."""
        buckets = {each["Name"] for each in self.client("s3").list_buckets()["Buckets"]}
        if ARTIFACTS not in buckets:
            self.client("s3").create_bucket(Bucket=ARTIFACTS)
        for key, content in _contents(self.artifacts):
            self._upload(key, content)
        declared = json.loads(self._document).get("Parameters", {})
        if unknown := sorted(set(self.parameters) - set(declared)):
            raise InvalidOption(
                f"{self.name} has no parameter {', '.join(unknown)}; it has {', '.join(sorted(declared))}"
            )
        provided = {"LambdaS3Bucket": ARTIFACTS, "ExistingEndpointName": EXISTING_ENDPOINT}
        missing = {name: value for name, value in provided.items() if name in declared and name not in self.parameters}
        self.parameters = {**self.parameters, **missing}
        if missing.get("ExistingEndpointName"):
            deploy_endpoint(self.client("sagemaker"), EXISTING_ENDPOINT)

    def _upload(self, key: str, content: bytes) -> str:
        self.client("s3").put_object(Bucket=ARTIFACTS, Key=key, Body=content)
        return f"{self._emulator.url}/{ARTIFACTS}/{key}"

    def _change(self, kind: str) -> None:
        """Make a change set and execute it."""
        from botocore.exceptions import BotoCoreError, ClientError

        check_template(self.name, self._document, self.template)
        client = self.client("cloudformation")
        try:
            created = client.create_change_set(
                StackName=self._stack_id or self.name,
                ChangeSetName=f"change-{next(_NUMBERS)}",
                ChangeSetType=kind,
                TemplateURL=self._upload(f"templates/{self.name}.json", self._document.encode()),
                Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in self.parameters.items()],
                Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            )
            self._stack_id = created["StackId"]
            client.get_waiter("change_set_create_complete").wait(
                ChangeSetName=created["Id"], WaiterConfig={"Delay": 0, "MaxAttempts": 1000}
            )
            client.execute_change_set(ChangeSetName=created["Id"])
        except (ClientError, BotoCoreError) as error:
            raise EmulatedStackFailed(f"{self.name}: no change set could be made: {error}") from None
        self._settle(f"{kind}_COMPLETE")

    def _settle(self, expected: str) -> None:
        """Tell the events until CloudFormation is done, and raise EmulatedStackFailed unless it ends as expected."""
        failures: list[str] = []
        deadline = time.monotonic() + self.timeout_seconds
        while True:
            status = self._described()["StackStatus"]
            for event in self._new_events():
                self.on_event(event)
                if event.status.endswith("FAILED"):
                    failures.append(f"{event.logical_id} ({event.kind}): {event.reason}")
                elif (event.kind, event.status) == (WAIT_CONDITION, "CREATE_IN_PROGRESS"):
                    play_notebook(self.client("sagemaker"), self._existing_resources())
            if not status.endswith("IN_PROGRESS"):
                break
            if time.monotonic() > deadline:
                raise EmulatedStackFailed(f"{self.name}: still {status} after {self.timeout_seconds:.0f} s")
            time.sleep(_LOOK_AGAIN_SECONDS)
        if status != expected:
            raise EmulatedStackFailed(f"{self.name} ended as {status}:\n" + "\n".join(failures))

    def _start_functions(self) -> None:
        """Import every function's handler now, so that what is wrong with one shows before somebody calls it."""
        functions = self._existing(_FUNCTION)
        by_logical_id = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in functions}
        self._grants |= read_grants(by_logical_id, self.client("lambda"), self.client("iam"))
        with ThreadPoolExecutor(2) as pool:
            problems = pool.map(lambda each: self._emulator.start_function(each["PhysicalResourceId"]), functions)
        named = zip(functions, problems, strict=True)
        if wrong := [f"{each['LogicalResourceId']}: {problem}" for each, problem in named if problem]:
            raise EmulatedStackFailed(
                f"{self.name} was created, but functions of it do not start:\n" + "\n".join(wrong)
            )

    def _described(self) -> Any:
        return self.client("cloudformation").describe_stacks(StackName=self._stack_id)["Stacks"][0]

    def _new_events(self) -> list[StackEvent]:
        """Return the events since the last call, oldest first. Events that come between two pages move the pages."""
        pages = self.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=self._stack_id)
        found = {each["EventId"]: each for page in pages for each in page["StackEvents"]}
        new = [found[event_id] for event_id in reversed(found) if event_id not in self._seen]
        self._seen |= found.keys()
        return [
            StackEvent(
                logical_id=each["LogicalResourceId"],
                kind=each["ResourceType"],
                status=each["ResourceStatus"],
                reason=each.get("ResourceStatusReason", ""),
            )
            for each in new
        ]

    def _existing_resources(self) -> list[dict[str, str]]:
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self._stack_id)
        summaries = (each for page in pages for each in page["StackResourceSummaries"])
        return [each for each in summaries if each.get("PhysicalResourceId") and "DELETE" not in each["ResourceStatus"]]

    def _existing(self, kind: str) -> list[dict[str, str]]:
        return [each for each in self._existing_resources() if each["ResourceType"] == kind]

    def _leave(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the shared emulator as it was found, but keep nobody waiting who interrupts the program."""
        interrupted = kind is not None and issubclass(kind, KeyboardInterrupt)
        if self._stack_id and not interrupted and not self._described()["StackStatus"].startswith("DELETE"):
            self.delete()


def _contents(artifacts: Path | Mapping[str, bytes] | None) -> Iterable[tuple[str, bytes]]:
    if isinstance(artifacts, Path):
        files = [path for path in artifacts.rglob("*") if path.is_file()]
        return [(path.relative_to(artifacts).as_posix(), path.read_bytes()) for path in files]
    return (artifacts or {}).items()
