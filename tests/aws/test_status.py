"""``status``: how a stack is, and which there are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from genai_templates import TextStack
from genai_templates.local import EmulatedStack
from genai_templates.local.deployed_stack import DeployedStack
from genai_templates.options import Hosting
from genai_templates.packaging.manifest import template_path
from tests.aws.account import EmulatedAccount
from tests.aws.commands import Finished, Running
from tests.aws.notebook import Notebooks
from tests.aws.small_stacks import LOG_GROUP, WAITING, create_stack
from tests.aws.wire import Wire

Run = Callable[..., Finished]
OUTPUTS = {
    "ApplicationUrl": "https://d1.cloudfront.net/",
    "ApiGatewayUrl": "https://a1.execute-api.us-east-1.amazonaws.com/prod",
    "CloudFrontDistributionDomain": "d1.cloudfront.net",
    "EndpointName": "genai-1",
}
ALARM: dict[str, Any] = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "AlarmDescription": "The API failed to respond",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "5XXError",
        "Namespace": "AWS/ApiGateway",
        "Period": 300,
        "Statistic": "Sum",
        "Threshold": 0,
    },
}


@pytest.fixture
def text(run: Run, account: EmulatedAccount, notebook: Notebooks) -> DeployedStack:
    """A deployed text stack with its endpoint."""
    assert run("deploy", "text", "--yes").code == 0
    stack = DeployedStack("genai-text", account.emulator)
    stack.stack_id = stack.client("cloudformation").describe_stacks(StackName="genai-text")["Stacks"][0]["StackId"]
    return stack


def ring(account: EmulatedAccount, reason: str) -> None:
    """Set off the account's first alarm."""
    cloudwatch = account.client("cloudwatch")
    name = cloudwatch.describe_alarms()["MetricAlarms"][0]["AlarmName"]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason=reason)


def rows(finished: Finished) -> dict[str, str]:
    """Return what is printed, by its heading."""
    return {line[:10].strip(): line[10:].strip() for line in finished.lines if line[:10].strip()}


def test_a_stack_has_its_state_model_page_alarms_and_cost(
    account: EmulatedAccount, run: Run, text: DeployedStack
) -> None:
    ring(account, "Threshold Crossed: 3 errors")
    finished = run("status", "text")
    found = rows(finished)
    assert finished.code == 0
    assert found["Stack"] == "genai-text (text)"
    assert found["Status"].startswith("CREATE_COMPLETE since 20")
    assert found["Page"] == text.outputs["ApplicationUrl"]
    assert found["API"] == text.outputs["ApiGatewayUrl"]
    assert found["Model"] == "huggingface-llm-falcon-7b-instruct-bf16"
    assert found["Endpoint"].startswith(f"{text.outputs['EndpointName']}, 1 x ml.g5.2xlarge, InService since 20")
    assert found["Cost"].startswith("about 1.5")
    assert "USD so far (list prices of 20" in found["Cost"]
    assert ": The API failed to respond. Threshold Crossed: 3 errors" in found["Alarms"]
    assert found["Changes"].endswith("ApiErrors: INSUFFICIENT_DATA -> ALARM")
    _is_the_same_for_programs(run)


def _is_the_same_for_programs(run: Run) -> None:
    found = json.loads(run("status", "text", "--json").stdout)
    assert (found["name"], found["app"], found["status"]) == ("genai-text", "text", "CREATE_COMPLETE")
    assert found["endpoint"]["instance_type"] == "ml.g5.2xlarge"
    assert found["cost"]["usd_per_hour"] > 1.5
    assert [alarm["name"] for alarm in found["alarms"]] == ["ApiErrors"]
    assert (found["unknown"], found["endpoint_is_gone"]) == ({}, False)


def test_an_endpoint_that_is_gone_is_not_passed_over(account: EmulatedAccount, run: Run, text: DeployedStack) -> None:
    account.client("sagemaker").delete_endpoint(EndpointName=text.outputs["EndpointName"])
    finished = run("status", "text")
    assert f"GONE: there is no endpoint {text.outputs['EndpointName']}" in finished.stdout
    assert "destroy the stack and deploy it again" in finished.stdout
    assert rows(finished)["Cost"].startswith("about 0.0")
    assert "GONE" in run("status").stdout
    assert json.loads(run("status", "--json").stdout)[0]["endpoint_is_gone"]


def test_an_endpoint_of_somebody_else_is_no_cost_of_the_stack(
    account: EmulatedAccount, run: Run, builds: Callable[[Hosting], Path]
) -> None:
    folder = builds(Hosting.EXISTING)
    template = (folder / template_path("image")).read_text("utf-8")
    EmulatedStack(template, "genai-image", {}, folder / "artifacts", account.emulator).create()
    found = rows(run("status", "image"))
    assert found["Model"] == "model-txt2img-stabilityai-stable-diffusion-v2"
    assert "InService" in found["Endpoint"]
    assert found["Cost"].startswith("about 0.0")
    assert found["Cost"].endswith("The endpoint is not the stack's, and is charged for beside it.")


def test_our_stacks_are_listed_with_and_without_the_tag(account: EmulatedAccount, run: Run) -> None:
    create_stack(account, "tagged", {"Logs": LOG_GROUP}, tags={"genai-templates:app": "image"})
    create_stack(account, "of-the-console", {"Logs": LOG_GROUP}, description=TextStack().template.description)
    create_stack(account, "foreign", {"Logs": LOG_GROUP}, outputs={"EndpointName": "e"})
    finished = run("status")
    cells = [line.split() for line in finished.lines[2:]]
    assert finished.code == 0
    assert [line[:3] for line in cells] == [
        ["of-the-console", "text", "CREATE_COMPLETE"],
        ["tagged", "image", "CREATE_COMPLETE"],
    ]
    assert [each["name"] for each in json.loads(run("status", "--json").stdout)] == ["of-the-console", "tagged"]


def test_without_any_stack_it_is_said_so(run: Run) -> None:
    finished = run("status")
    assert finished.code == 0
    assert finished.stdout.startswith("No stack of either application in us-east-1")
    assert run("status", "--json").stdout == "[]\n"


def test_without_such_a_stack_it_is_said_what_to_do(run: Run) -> None:
    finished = run("status", "image")
    assert (finished.code, finished.stdout) == (1, "")
    assert finished.stderr.startswith("genai-templates: there is no stack genai-image in us-east-1\n")
    assert "'genai-templates deploy'" in finished.stderr


def test_a_stack_at_work_shows_on_what(account: EmulatedAccount, run: Run) -> None:
    create_stack(account, "genai-text", WAITING, status="CREATE_IN_PROGRESS")
    found = rows(run("status", "text"))
    assert found["Status"].startswith("CREATE_IN_PROGRESS since 20")
    assert found["Works on"].startswith("ModelReady (AWS::CloudFormation::WaitCondition), CREATE_IN_PROGRESS since 20")
    assert found["Page"] == "not there yet"
    assert found["Endpoint"].endswith(", not there yet")


def test_a_stack_that_failed_shows_the_cause(account: EmulatedAccount, run: Run) -> None:
    broken: dict[str, Any] = {"Type": "AWS::CloudWatch::Alarm", "Properties": {**ALARM["Properties"], "Metrics": []}}
    broken["Properties"]["Metrics"] = [{"Id": "m0"}]
    create_stack(account, "genai-text", {"Broken": broken}, status="ROLLBACK_COMPLETE")
    found = rows(run("status", "text"))
    assert found["Status"].startswith("ROLLBACK_COMPLETE")
    assert found["Cause"].startswith("Broken (AWS::CloudWatch::Alarm): ")
    assert "GONE" not in found["Endpoint"]


@pytest.mark.parametrize(
    ("service", "operation", "what"),
    [
        ("sagemaker", "DescribeEndpoint", "endpoint"),
        ("cloudwatch", "DescribeAlarms", "alarms"),
        ("cloudwatch", "DescribeAlarmHistory", "changes of alarms"),
        ("cloudformation", "GetTemplate", "template"),
        ("cloudformation", "ListStackResources", "resources"),
    ],
)
def test_what_may_not_be_looked_up_is_not_known_and_the_rest_is_shown(
    account: EmulatedAccount, run: Run, wire: Wire, service: str, operation: str, what: str
) -> None:
    create_stack(account, "small", {"ApiErrors": ALARM}, outputs=OUTPUTS)
    wire.fail(service, operation, code="AccessDenied", message="not authorized")
    found = rows(run("status", "small"))
    assert found["Status"].startswith("CREATE_COMPLETE")
    assert f"{what}: access denied: {operation}" in " ".join(found.values())
    assert found["Page"] == OUTPUTS["ApplicationUrl"]


def test_a_lost_network_is_named(
    account: EmulatedAccount, run: Run, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    create_stack(account, "small", {"ApiErrors": ALARM})
    wire.drop("sagemaker", "DescribeEndpoint")
    finished = run("status", "small")
    assert (finished.code, finished.stdout) == (1, "")
    assert finished.stderr.startswith("genai-templates: network lost: ")


def test_a_terminal_of_60_columns_holds_it(account: EmulatedAccount, start: Callable[..., Running]) -> None:
    create_stack(account, "small", {"ApiErrors": ALARM}, outputs=OUTPUTS, tags={"genai-templates:app": "text"})
    ring(account, "Threshold Crossed: 1 datapoint [3.0] was greater than the threshold (0.0)")
    for arguments in (["status", "small"], ["status"]):
        finished = start(*arguments, columns=60).wait()
        assert finished.code == 0
        assert finished.screen.width <= 60
        assert "small" in finished.screen.text
