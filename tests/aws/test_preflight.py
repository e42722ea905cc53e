"""Preflight as its user sees it: every line, whatever AWS says of the others."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.aws.account import EmulatedAccount
from tests.aws.commands import Finished, Running
from tests.aws.wire import Wire

Run = Callable[..., Finished]
Start = Callable[..., Running]

# Under load the emulated AWS is slow; no test waits for this.
PATIENT = ("--deadline", "100")
CHECKS = (
    "caller",
    "resource types",
    "early validation",
    "quota ml.g5.2xlarge",
    "quota ml.t3.medium notebook",
    "quota notebooks",
    "concurrency",
    "logging role",
    "model version",
    "licence",
    "permissions",
    "stack",
    "cost",
)


def lines_by_check(finished: Finished) -> dict[str, str]:
    """Return what is printed of each check of the text application, by its name, in order."""
    parts = [line.split(": ", 3) for line in finished.lines]
    return {name: f"{verdict}: {finding}" for app, verdict, name, finding in parts if app == "text"}


def test_a_new_account_is_ready_for_the_text_application(run: Run) -> None:
    finished = run("preflight", "text", *PATIENT)
    lines = lines_by_check(finished)
    assert tuple(lines) == CHECKS
    assert lines["caller"].startswith("warning: arn:aws:iam::000000000000:root in us-east-1 -> the root user")
    assert lines["resource types"] == "ok: us-east-1 has all 22"
    assert lines["early validation"].startswith("not known: there is no bucket genai-templates-000000000000-us-east-1")
    assert lines["quota ml.g5.2xlarge"] == "ok: quota 1, 0 in use"
    assert lines["quota ml.t3.medium notebook"] == "ok: quota 20, 0 in use"
    assert lines["model version"] == "ok: huggingface-llm-falcon-7b-instruct-bf16 4.6.16 is in us-east-1"
    assert lines["licence"] == "ok: huggingface-llm-falcon-7b-instruct-bf16 has none to accept"
    assert lines["stack"] == "ok: genai-text does not exist yet"
    assert "USD an hour" in lines["cost"]
    assert (finished.code, finished.stderr) == (0, "")


def test_nothing_is_made_in_a_new_account(run: Run, account: EmulatedAccount) -> None:
    run("preflight", "text", *PATIENT)
    assert not account.is_changed


def test_without_a_name_both_applications_are_looked_at(run: Run) -> None:
    apps = [line.partition(":")[0] for line in run("preflight", *PATIENT).lines]
    assert list(dict.fromkeys(apps)) == ["text", "image"]
    assert apps.count("image") == len(CHECKS)


def test_json_is_one_object_a_line(run: Run) -> None:
    found = [json.loads(line) for line in run("preflight", "text", "--json", *PATIENT).lines]
    assert [each["name"] for each in found] == list(CHECKS)
    assert found[-2] == {
        "app": "text",
        "name": "stack",
        "verdict": "ok",
        "finding": "genai-text does not exist yet",
        "advice": "",
    }


_CALLS = (
    ("cloudformation", "DescribeStacks", "stack", "cloudformation:DescribeStacks"),
    ("service-quotas", "GetServiceQuota", "endpoint quotas", "servicequotas:GetServiceQuota"),
    ("sagemaker", "ListEndpoints", "quota ml.g5.2xlarge", "sagemaker:ListEndpoints"),
    ("sagemaker", "ListNotebookInstances", "notebook quotas", "sagemaker:ListNotebookInstances"),
    ("sagemaker", "DescribeHubContent", "model version", "sagemaker:DescribeHubContent"),
    ("lambda", "GetAccountSettings", "concurrency", "lambda:GetAccountSettings"),
    ("apigateway", "GetAccount", "logging role", "apigateway:GET"),
)


@pytest.mark.parametrize(("service", "operation", "check", "permission"), _CALLS)
def test_a_check_without_its_permission_is_not_known_and_hides_no_other(
    run: Run, wire: Wire, service: str, operation: str, check: str, permission: str
) -> None:
    message = f"User: arn:aws:iam::000000000000:user/me is not authorized to perform: {permission} on resource: *"
    wire.fail(service, operation, code="AccessDeniedException", message=message, status=403)
    finished = run("preflight", "text", *PATIENT)
    lines = lines_by_check(finished)
    assert lines[check].startswith("not known: ")
    assert f"the permission {permission} is missing" in lines[check]
    assert sum(line.startswith("not known") for line in lines.values()) <= 4
    assert len(lines) >= len(CHECKS) - 1
    assert (finished.code, finished.stderr) == (0, "")


def test_without_the_permission_to_list_types_the_list_of_cfn_lint_counts(run: Run, wire: Wire) -> None:
    message = "User: x is not authorized to perform: cloudformation:ListTypes on resource: *"
    wire.fail("cloudformation", "ListTypes", code="AccessDenied", message=message, status=403)
    line = lines_by_check(run("preflight", "text", *PATIENT))["resource types"]
    assert line.startswith(
        "ok: us-east-1 has all 22, by cfn-lint's list, because the permission cloudformation:ListTyp"
    )


def test_a_region_that_lacks_a_type_by_every_word_fails(run: Run, wire: Wire) -> None:
    wire.respond("cloudformation", "ListTypes", {"TypeSummaries": []}, when=_is_about("AWS::CloudFront::"))
    finished = run("preflight", "text", "--region", "us-gov-east-1", *PATIENT)
    line = lines_by_check(finished)["resource types"]
    assert line.startswith("fails: us-gov-east-1 lacks AWS::CloudFront::Distribution, AWS::CloudFront::Function")
    assert finished.code == 1


def test_a_type_that_only_cfn_lint_knows_in_the_region_is_a_warning(run: Run, wire: Wire) -> None:
    wire.respond("cloudformation", "ListTypes", {"TypeSummaries": []}, when=_is_about("AWS::SNS::"))
    line = lines_by_check(run("preflight", "text", *PATIENT))["resource types"]
    assert line.startswith("warning: us-east-1 lacks AWS::SNS::Topic, AWS::SNS::TopicPolicy, says CloudFormation")


def _is_about(prefix: str) -> Callable[..., bool]:
    return lambda call: prefix in call.parameters.values()


def test_a_call_that_hangs_is_given_up_and_hides_no_other(run: Run, wire: Wire) -> None:
    with wire.hold("lambda", "GetAccountSettings"):
        finished = run("preflight", "text", "--deadline", "4")
    lines = lines_by_check(finished)
    assert lines["concurrency"] == "not known: it took longer than 4 s -> repeat the command"
    assert lines["licence"].startswith("ok: ")
    assert finished.code == 0


def test_a_fault_of_aws_is_said_in_its_line(run: Run, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    wire.fail("apigateway", "GetAccount", code="InternalFailure", message="broken", status=500)
    lines = lines_by_check(run("preflight", "text", *PATIENT))
    assert lines["logging role"].startswith("not known: service failed: GetAccount: InternalFailure: broken -> AWS had")
    assert lines["concurrency"].startswith("ok: ")


@pytest.mark.parametrize(
    ("code", "expected"),
    [("ExpiredToken", "expired credentials"), ("InvalidClientTokenId", "invalid credentials")],
)
def test_credentials_that_are_not_valid_are_said_once(run: Run, wire: Wire, code: str, expected: str) -> None:
    wire.fail("*", "*", code=code, message="The security token is not good", status=403)
    finished = run("preflight", "text", *PATIENT)
    assert (finished.code, finished.stdout) == (1, "")
    assert finished.stderr.startswith(f"genai-templates: {expected}: ")
    assert "Traceback" not in finished.stderr


def test_without_credentials_it_says_how_to_sign_in(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    finished = run("preflight", "text", *PATIENT)
    assert (finished.code, finished.stdout) == (1, "")
    assert finished.stderr.startswith("genai-templates: no credentials: ")
    assert "sign in first" in finished.stderr


def test_without_a_region_it_says_which_setting_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    finished = run("preflight", "text")
    assert (finished.code, finished.stdout) == (1, "")
    assert "no region" in finished.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--stack-name", "mine"), "--stack-name is for one stack"),
        (("text", "--parameter", "Bogus=1"), "the template has no parameter Bogus; it has AccessLogs, "),
        (("text", "--parameter", "InstanceType"), "give NAME=VALUE"),
        (("text", "--model", "meta-textgeneration-llama-3-1-8b-instruct"), "needs its licence accepted"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_looked_at(
    run: Run, wire: Wire, arguments: tuple[str, ...], expected: str
) -> None:
    finished = run("preflight", *arguments)
    # What the stack was deployed with says which parameters there are.
    assert (finished.code, {call.operation for call in wire.calls} - {"GetTemplate"}) == (2, set())
    assert expected in finished.stderr


def test_a_licence_that_was_accepted_is_named(run: Run) -> None:
    finished = run(
        "preflight", "text", "--model", "meta-textgeneration-llama-3-1-8b-instruct", "--accept-license", *PATIENT
    )
    assert lines_by_check(finished)["licence"].startswith("ok: you accept https://")


def test_a_terminal_of_60_columns_shows_every_check_and_advice(start: Start) -> None:
    finished = start("preflight", "text", *PATIENT, columns=60).wait()
    assert finished.code == 0
    assert max(map(len, finished.lines)) <= 60
    shown = " ".join(" ".join(line.strip() for line in finished.lines).split())
    for name in CHECKS:
        assert f" {name}: " in shown
    assert "arn:aws:iam::000000000000:root in us-east-1 -> the root user is not for daily work" in shown
    assert "huggingface-llm-falcon-7b-instruct-bf16 4.6.16" in shown


def test_in_a_pipe_each_check_is_one_plain_line(start: Start) -> None:
    finished = start("preflight", "text", *PATIENT, terminal=False).wait()
    assert (finished.code, finished.stderr) == (0, "")
    assert len(finished.stdout.splitlines()) == len(CHECKS)
    assert "\x1b" not in finished.stdout
