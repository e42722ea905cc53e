"""Functions in the emulator: their own process, role and deadline, and the rules of asynchronous events."""

from __future__ import annotations

import io
import json
import textwrap
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from genai_templates.local import Emulator
from genai_templates.local.emulator import CREDENTIALS, REGION
from genai_templates.local.protocol import ENVIRONMENTS
from tests.waiting import until

KEYS: Any = {name.lower(): value for name, value in CREDENTIALS.items()}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


class Function:
    """A function of a few lines, which keeps its notes in a folder of this machine."""

    def __init__(self, emulator: Emulator, folder: Path, code: str, *, timeout: int, variables: dict[str, str]) -> None:
        self.emulator, self.folder, self.name = emulator, folder, f"function-{uuid.uuid4().hex}"
        made = emulator.client("iam").create_role(RoleName=self.name, AssumeRolePolicyDocument=json.dumps(TRUST))
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("code.py", _PRELUDE + textwrap.dedent(code))
        emulator.client("lambda").create_function(
            FunctionName=self.name,
            Runtime="python3.13",
            Handler="code.handler",
            Role=made["Role"]["Arn"],
            Timeout=timeout,
            Environment={"Variables": {"NOTES": str(folder), **variables}},
            Code={"ZipFile": content.getvalue()},
        )

    def call(self, event: object = None) -> Any:
        return self.emulator.client("lambda").invoke(FunctionName=self.name, Payload=json.dumps(event))

    def response(self, event: object = None) -> Any:
        return json.loads(self.call(event)["Payload"].read())

    def send(self, event: object = None) -> None:
        self.emulator.client("lambda").invoke(FunctionName=self.name, InvocationType="Event", Payload=json.dumps(event))

    def notes(self) -> list[str]:
        return [path.read_text() for path in sorted(self.folder.glob("*.note"))]

    def queue_of_failures(self, *, retries: int, maximum_age: int = 3600) -> str:
        """Have what is given up go to a new queue, and return its URL."""
        sqs = self.emulator.client("sqs")
        url = str(sqs.create_queue(QueueName=self.name)["QueueUrl"])
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        # The shortest age that may be asked for is a minute, which no test wants to wait for.
        _unchecked(self.emulator).put_function_event_invoke_config(
            FunctionName=self.name,
            MaximumRetryAttempts=retries,
            MaximumEventAgeInSeconds=maximum_age,
            DestinationConfig={"OnFailure": {"Destination": arn}},
        )
        return url

    def given_up(self, queue: str) -> dict[str, Any]:
        def received() -> str | None:
            messages = self.emulator.client("sqs").receive_message(QueueUrl=queue).get("Messages", [])
            return messages[0]["Body"] if messages else None

        message: dict[str, Any] = json.loads(until(received))
        return message


def _unchecked(emulator: Emulator) -> Any:
    config = Config(parameter_validation=False)
    return boto3.client("lambda", REGION, endpoint_url=emulator.url, config=config, **KEYS)


_PRELUDE = """
import os, pathlib, sys, time, uuid
def note(text):
    path = pathlib.Path(os.environ["NOTES"], f"{time.time_ns()}.note")
    path.with_suffix(".part").write_text(str(text))
    path.with_suffix(".part").rename(path)
"""
MakeFunction = Callable[..., Function]


@pytest.fixture
def make(emulator: Emulator, tmp_path: Path) -> MakeFunction:
    def make_function(code: str, *, timeout: int = 10, **variables: str) -> Function:
        return Function(emulator, tmp_path, code, timeout=timeout, variables=variables)

    return make_function


def test_a_function_has_the_variables_of_the_runtime_and_its_own(make: MakeFunction) -> None:
    function = make("def handler(event, context): return dict(os.environ)", GREETING="hello")
    environment = function.response()
    assert environment["GREETING"] == "hello"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == function.name
    assert environment["AWS_REGION"] == "us-east-1"
    assert (Path(environment["LAMBDA_TASK_ROOT"]) / "code.py").is_file()


def test_a_function_acts_as_its_role(make: MakeFunction) -> None:
    function = make("""
        import boto3
        def handler(event, context):
            return boto3.client("sts").get_caller_identity()["Arn"]
        """)
    assert function.response().startswith(f"arn:aws:sts::000000000000:assumed-role/{function.name}/")


def test_a_process_is_used_again_by_the_next_call(make: MakeFunction) -> None:
    function = make("def handler(event, context): return os.getpid()")
    assert function.response() == function.response()


def test_a_process_outlives_an_error_that_its_handler_raised(make: MakeFunction) -> None:
    function = make("""
        def handler(event, context):
            if event == "raise":
                raise ValueError("too bad")
            return os.getpid()
        """)
    before = function.response()
    assert function.response("raise")["errorType"] == "ValueError"
    assert function.response() == before


def test_calls_at_once_have_a_process_each(make: MakeFunction) -> None:
    function = make("""
        def handler(event, context):
            note(os.getpid())
            limit = time.monotonic() + 8
            while len(list(pathlib.Path(os.environ["NOTES"]).glob("*.note"))) < 2 and time.monotonic() < limit:
                time.sleep(0.01)
        """)
    function.send()
    function.send()
    until(lambda: True if len(function.notes()) == 2 else None)
    assert len(set(function.notes())) == 2


def test_a_function_is_told_how_long_it_has(make: MakeFunction) -> None:
    left = make("def handler(event, context): return context.get_remaining_time_in_millis()", timeout=7).response()
    assert 5_000 < left <= 7_000


def test_a_function_past_its_deadline_is_killed(make: MakeFunction) -> None:
    function = make(
        """
        def handler(event, context):
            note(os.getpid())
            time.sleep(60)
        """,
        timeout=1,
    )
    response = function.call()
    assert response["FunctionError"] == "Unhandled"
    assert "timed out after 1.00 seconds" in json.loads(response["Payload"].read())["errorMessage"]
    process = Path(f"/proc/{function.notes()[0]}")
    until(lambda: None if process.exists() else True)


def test_an_event_is_tried_again_as_often_as_the_function_says(make: MakeFunction) -> None:
    function = make("""
        def handler(event, context):
            note(event["number"])
            raise LookupError("no use")
        """)
    queue = function.queue_of_failures(retries=1)
    function.send({"number": 5})
    message = function.given_up(queue)
    assert function.notes() == ["5", "5"]
    assert message["requestPayload"] == {"number": 5}
    assert message["requestContext"]["condition"] == "RetriesExhausted"
    assert message["requestContext"]["approximateInvokeCount"] == 2
    assert message["responsePayload"]["errorType"] == "LookupError"


def test_an_event_that_got_too_old_is_given_up_for_its_age(make: MakeFunction) -> None:
    function = make("""
        def handler(event, context):
            note("tried")
            time.sleep(1.1)
            raise LookupError("no use")
        """)
    queue = function.queue_of_failures(retries=2, maximum_age=1)
    function.send()
    assert function.given_up(queue)["requestContext"]["condition"] == "EventAgeExceeded"
    assert function.notes() == ["tried"]


def test_a_throttled_event_waits_and_loses_no_attempt(make: MakeFunction) -> None:
    function = make(
        """
        def handler(event, context):
            note(event)
            while event == "first" and not os.path.exists(os.path.join(os.environ["NOTES"], "go")):
                time.sleep(0.02)
        """,
        timeout=60,
    )
    queue = function.queue_of_failures(retries=0)
    function.emulator.client("lambda").put_function_concurrency(
        FunctionName=function.name, ReservedConcurrentExecutions=1
    )
    function.send("first")
    until(lambda: function.notes() == ["first"] or None)
    function.send("late")
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        function.call("refused")
    (function.folder / "go").touch()
    until(lambda: function.notes() == ["first", "late"] or None)
    assert function.emulator.client("sqs").receive_message(QueueUrl=queue).get("Messages", []) == []


def test_a_burst_of_events_starts_no_more_processes_than_there_is_room_for(make: MakeFunction) -> None:
    function = make("def handler(event, context): note(os.getpid()); time.sleep(0.02)")
    for _ in range(ENVIRONMENTS * 5):
        function.send()
    until(lambda: True if len(function.notes()) == ENVIRONMENTS * 5 else None)
    assert len(set(function.notes())) <= ENVIRONMENTS


def api_of(function: Function, *, timeout: int) -> str:
    """Put a REST API in front of the function that waits so many milliseconds for it, and return its id."""
    client = function.emulator.client("apigateway")
    api = client.create_rest_api(name=function.name)["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    arn = function.emulator.client("lambda").get_function_configuration(FunctionName=function.name)["FunctionArn"]
    client.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    client.put_integration(
        restApiId=api,
        resourceId=root,
        httpMethod="GET",
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations",
        timeoutInMillis=timeout,
    )
    client.create_deployment(restApiId=api, stageName="stage")
    function.emulator.client("lambda").add_permission(
        FunctionName=function.name,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:us-east-1:000000000000:{api}/stage/GET/",
    )
    return str(api)


def test_an_api_waits_no_longer_than_its_integration_says(make: MakeFunction) -> None:
    function = make("def handler(event, context): time.sleep(30)", timeout=40)
    response = function.emulator.api_request(api_of(function, timeout=50), "GET", "stage")
    assert (response.status, response.json()) == (504, {"message": "Endpoint request timed out"})


@pytest.mark.parametrize("code", ["raise LookupError('arn:aws:secret')", "os._exit(3)", "return 'no answer'"])
def test_a_function_that_fails_behind_an_api_is_a_502_without_its_words(make: MakeFunction, code: str) -> None:
    function = make(f"def handler(event, context): {code}")
    response = function.emulator.api_request(api_of(function, timeout=29_000), "GET", "stage")
    assert (response.status, response.json()) == (502, {"message": "Internal server error"})
