"""What preflight says of the account's other settings, of the model, the stack and its change set."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from genai_templates import TextStack
from genai_templates.aws.account import Account
from genai_templates.aws.artifacts.bucket import ensure_bucket
from genai_templates.aws.preflight import Surroundings, early_validation, logging_role_value
from tests.aws.account import EmulatedAccount
from tests.aws.test_preflight import PATIENT, Run, lines_by_check
from tests.aws.test_preflight_quotas import deployed_stack
from tests.aws.wire import Wire

_ROLE = "arn:aws:iam::000000000000:role/api-logs"


def _lines(run: Run, *arguments: str) -> dict[str, str]:
    return lines_by_check(run("preflight", "text", *arguments, *PATIENT))


def _make_role(account: EmulatedAccount) -> None:
    account.client("iam").create_role(RoleName="api-logs", AssumeRolePolicyDocument="{}")


def _value() -> str:
    return logging_role_value(Surroundings(Account(), TextStack().template.to_dict(), {}, "genai-text"))


def test_an_account_without_a_logging_role_gets_one(run: Run) -> None:
    assert _lines(run)["logging role"] == (
        "ok: API Gateway has none in this region; SetApiGatewayLoggingRole is to be true"
    )
    assert _value() == "true"


def test_a_logging_role_that_is_there_is_left_alone(run: Run, wire: Wire, account: EmulatedAccount) -> None:
    _make_role(account)
    wire.respond("apigateway", "GetAccount", {"cloudwatchRoleArn": _ROLE})
    assert _lines(run)["logging role"] == f"ok: API Gateway has {_ROLE}; SetApiGatewayLoggingRole is to be false"
    assert _value() == "false"


def test_a_logging_role_that_was_deleted_does_not_count(run: Run, wire: Wire) -> None:
    wire.respond("apigateway", "GetAccount", {"cloudwatchRoleArn": _ROLE})
    assert _value() == "true"


def test_without_the_permission_to_look_the_logging_role_is_believed_to_be_there(wire: Wire) -> None:
    wire.respond("apigateway", "GetAccount", {"cloudwatchRoleArn": _ROLE})
    wire.fail("iam", "GetRole", code="AccessDenied", status=403)
    assert _value() == "false"


def test_a_stack_that_has_set_the_logging_role_keeps_it(wire: Wire, account: EmulatedAccount) -> None:
    _make_role(account)
    wire.respond("apigateway", "GetAccount", {"cloudwatchRoleArn": _ROLE})
    stack = deployed_stack(SetApiGatewayLoggingRole="true")
    wire.respond("cloudformation", "DescribeStacks", {"Stacks": [stack]})
    assert _value() == "true"


def test_a_choice_that_takes_the_role_of_others_is_a_warning(run: Run, wire: Wire, account: EmulatedAccount) -> None:
    _make_role(account)
    wire.respond("apigateway", "GetAccount", {"cloudwatchRoleArn": _ROLE})
    line = _lines(run, "--parameter", "SetApiGatewayLoggingRole=true")["logging role"]
    assert line.startswith("warning: ")


def test_a_choice_that_leaves_access_logs_without_a_role_fails(run: Run) -> None:
    line = _lines(run, "--parameter", "SetApiGatewayLoggingRole=false")["logging role"]
    assert line.startswith("fails: API Gateway has none in this region")


def _hub(**fields: Any) -> dict[str, Any]:
    return {
        "HubContentVersion": "9.9.9",
        "HubContentName": "m",
        "HubContentType": "Model",
        "HubContentArn": "",
        "HubArn": "",
        "HubName": "SageMakerPublicHub",
        "HubContentDocument": "{}",
        "HubContentStatus": "Available",
        "DocumentSchemaVersion": "1.0.0",
        "CreationTime": datetime(2026, 11, 20, tzinfo=UTC),
        **fields,
    }


def test_a_model_that_the_region_does_not_have_fails(run: Run, wire: Wire) -> None:
    wire.fail("sagemaker", "DescribeHubContent", code="ResourceNotFound", message="Hub content does not exist")
    finished = run("preflight", "text", *PATIENT)
    assert lines_by_check(finished)["model version"].startswith("fails: JumpStart does not have huggingface-llm-falcon")
    assert finished.code == 1


def test_a_version_that_the_region_does_not_list_is_a_warning(run: Run, wire: Wire) -> None:
    wire.respond("sagemaker", "DescribeHubContent", _hub())
    wire.fail(
        "sagemaker",
        "DescribeHubContent",
        code="ResourceNotFound",
        message="none",
        when=lambda call: "HubContentVersion" in call.parameters,
    )
    assert _lines(run)["model version"].startswith("warning: JumpStart lists 9.9.9 in us-east-1, not huggingface-")


def test_a_deprecated_model_is_a_warning(run: Run, wire: Wire) -> None:
    wire.respond("sagemaker", "DescribeHubContent", _hub(SupportStatus="Deprecated"))
    assert "4.6.16 is deprecated in us-east-1 -> it still deploys" in _lines(run)["model version"]


def test_an_existing_endpoint_must_be_named_and_in_service(run: Run, wire: Wire, account: EmulatedAccount) -> None:
    existing = ("--hosting", "existing")
    assert _lines(run, *existing)["endpoint"].startswith("fails: the name of the endpoint is not given")
    named = (*existing, "--parameter", "ExistingEndpointName=mine")
    assert _lines(run, *named)["endpoint"].startswith("fails: there is no endpoint mine")
    _respond_with_endpoint(wire, "Creating")
    assert _lines(run, *named)["endpoint"].startswith("warning: mine is Creating")
    _respond_with_endpoint(wire, "InService")
    lines = _lines(run, *named)
    assert lines["endpoint"] == "ok: mine is InService"
    assert not [name for name in lines if name.startswith("quota")]


def _respond_with_endpoint(wire: Wire, status: str) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    arn = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/mine"
    times = {"CreationTime": now, "LastModifiedTime": now}
    found = {"EndpointName": "mine", "EndpointArn": arn, "EndpointStatus": status, **times}
    wire.respond("sagemaker", "DescribeEndpoint", found)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("CREATE_COMPLETE", "ok: genai-text is CREATE_COMPLETE"),
        ("UPDATE_ROLLBACK_COMPLETE", "ok: genai-text is UPDATE_ROLLBACK_COMPLETE"),
        ("REVIEW_IN_PROGRESS", "ok: genai-text does not exist yet"),
        ("UPDATE_IN_PROGRESS", "warning: genai-text is UPDATE_IN_PROGRESS -> 'genai-templates deploy' joins it"),
        ("ROLLBACK_COMPLETE", "warning: genai-text is ROLLBACK_COMPLETE -> 'genai-templates deploy' explains why"),
        ("UPDATE_ROLLBACK_FAILED", "warning: genai-text is UPDATE_ROLLBACK_FAILED -> 'genai-templates deploy' expl"),
        ("DELETE_FAILED", "fails: genai-text is DELETE_FAILED -> finish it first: 'genai-templates destroy genai-"),
    ],
)
def test_the_state_of_the_stack_and_the_way_out(run: Run, wire: Wire, status: str, expected: str) -> None:
    wire.respond("cloudformation", "DescribeStacks", {"Stacks": [deployed_stack(status)]})
    assert _lines(run)["stack"].startswith(expected)


def test_a_stack_of_somebody_else_is_a_warning(run: Run, wire: Wire) -> None:
    stack = deployed_stack() | {"Tags": []}
    wire.respond("cloudformation", "DescribeStacks", {"Stacks": [stack]})
    assert _lines(run)["stack"].startswith(
        "warning: genai-text is UPDATE_COMPLETE, without the tag genai-templates:app"
    )


def test_early_validation_leaves_nothing_behind(run: Run, account: EmulatedAccount) -> None:
    ensure_bucket(Account())
    assert _lines(run)["early validation"] == "ok: 47 changes, nothing is wrong with them"
    assert account.stack_status("genai-text") is None


def test_what_early_validation_refuses_fails_with_its_reason(run: Run, account: EmulatedAccount) -> None:
    ensure_bucket(Account())
    finished = run("preflight", "text", "--parameter", "AccessLogs=perhaps", *PATIENT)
    line = lines_by_check(finished)["early validation"]
    assert finished.code == 1
    assert line.startswith("fails: invalid parameter: CreateChangeSet: ValidationError: Parameter 'AccessLogs'")
    assert account.stack_status("genai-text") is None


def test_what_early_validation_warns_of_is_shown(run: Run, wire: Wire, account: EmulatedAccount) -> None:
    ensure_bucket(Account())
    warning = {
        "EventId": "1",
        "EventType": "VALIDATION_ERROR",
        "ValidationName": "SERVICE_QUOTA_VALIDATION",
        "ValidationFailureMode": "WARN",
        "ValidationPath": "/Resources/SiteBucket",
        "ValidationStatusReason": "too many buckets",
    }
    wire.respond("cloudformation", "DescribeEvents", {"OperationEvents": [warning]})
    assert _lines(run)["early validation"] == (
        "warning: SERVICE_QUOTA_VALIDATION at /Resources/SiteBucket: too many buckets -> it does not stop a deployment"
    )
    assert account.stack_status("genai-text") is None


def test_a_change_set_that_takes_too_long_says_nothing_of_the_template(
    run: Run, wire: Wire, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_bucket(Account())
    monkeypatch.setattr(early_validation, "_TIMEOUT_SECONDS", -1.0)
    wire.respond("cloudformation", "DescribeChangeSet", {"Status": "CREATE_IN_PROGRESS"}, times=1)
    assert _lines(run)["early validation"].startswith("not known: time-out: genai-text: no change set could be made")
    assert account.stack_status("genai-text") is None


def test_a_stack_at_work_is_not_validated(run: Run, wire: Wire) -> None:
    ensure_bucket(Account())
    wire.respond("cloudformation", "DescribeStacks", {"Stacks": [deployed_stack("UPDATE_IN_PROGRESS")]})
    assert _lines(run)["early validation"].startswith("not known: genai-text is at work")
    assert "cloudformation:CreateChangeSet" not in wire.names()


@pytest.fixture
def sign_in(account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Work as a user who has this policy."""

    def as_user(*statements: dict[str, Any]) -> None:
        iam = account.client("iam")
        iam.create_user(UserName="me")
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.put_user_policy(UserName="me", PolicyName="mine", PolicyDocument=policy)
        key = iam.create_access_key(UserName="me")["AccessKey"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])

    return as_user


_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def test_a_user_with_every_permission_is_ready(run: Run, sign_in: Callable[..., None]) -> None:
    sign_in(_ALL)
    lines = _lines(run)
    assert lines["caller"] == "ok: arn:aws:iam::000000000000:user/me in us-east-1"
    assert lines["permissions"].startswith("ok: all ")


def test_permissions_that_are_missing_are_named(run: Run, sign_in: Callable[..., None]) -> None:
    sign_in({"Effect": "Allow", "NotAction": "sagemaker:CreateNotebookInstance", "Resource": "*"})
    assert "seem to be missing: sagemaker:CreateNotebookInstance -> " in _lines(run)["permissions"]


def test_a_permission_that_is_denied_fails(run: Run, sign_in: Callable[..., None]) -> None:
    sign_in(_ALL, {"Effect": "Deny", "Action": "iam:CreateRole", "Resource": "*"})
    finished = run("preflight", "text", *PATIENT)
    assert lines_by_check(finished)["permissions"].startswith("fails: denied explicitly: iam:CreateRole")
    assert finished.code == 1


def test_without_the_permission_to_simulate_permissions_are_not_known(
    run: Run, wire: Wire, sign_in: Callable[..., None]
) -> None:
    sign_in(_ALL)
    message = "User: x is not authorized to perform: iam:SimulatePrincipalPolicy on resource: y"
    wire.fail("iam", "SimulatePrincipalPolicy", code="AccessDenied", message=message, status=403)
    expected = "not known: the permission iam:SimulatePrincipalPolicy is missing"
    assert _lines(run)["permissions"].startswith(expected)
