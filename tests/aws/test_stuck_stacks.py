"""Whatever state a stack is in, a deployment joins it, helps it out, or says why it leaves it alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.aws.account import EmulatedAccount
from tests.aws.commands import Finished, Running
from tests.aws.operations import Call
from tests.waiting import until

Run = Callable[..., Finished]
_TOPIC = {"Type": "AWS::SNS::Topic"}
_TAKEN = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "somebody-elses"}}
_STICKY_CODE = """
import json, urllib.request
def handler(event, context):
    status = "FAILED" if event["RequestType"] == event["ResourceProperties"]["FailsOn"] else "SUCCESS"
    body = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    body |= {"Status": status, "Reason": "it stays here", "PhysicalResourceId": "sticky"}
    data, headers = json.dumps(body).encode(), {"Content-Type": ""}
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], data, headers, method="PUT"))
"""
_FUNCTION = {
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ]
            }
        },
    },
    "Function": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Handler": "index.handler",
            "Runtime": "python3.12",
            "Role": {"Fn::GetAtt": "Role.Arn"},
            "Code": {"ZipFile": _STICKY_CODE},
        },
    },
}
_BROKEN = {
    "Type": "Custom::Broken",
    "Properties": {"ServiceToken": {"Fn::GetAtt": "Function.Arn"}, "FailsOn": "Create"},
    "DependsOn": "Sticky",
}


def sticky(*, fails_on: str) -> dict[str, Any]:
    """Return the resources of a stack with one that cannot be created, changed or deleted."""
    properties = {"ServiceToken": {"Fn::GetAtt": "Function.Arn"}, "FailsOn": fails_on}
    return {**_FUNCTION, "Sticky": {"Type": "Custom::Sticky", "Properties": properties}}


class Arranged:
    """The stack genai-text as a test wants it: small, and made past the wire."""

    def __init__(self, account: EmulatedAccount) -> None:
        self.account = account
        self.client = account.client("cloudformation")

    def create(self, resources: Mapping[str, Any], app: str = "text") -> str:
        """Create it with these resources, and return the status in which it ends."""
        self.client.create_stack(**self._request(resources), Tags=[{"Key": "genai-templates:app", "Value": app}])
        return self._end()

    def update(self, resources: Mapping[str, Any]) -> str:
        """Update it to these resources, and return the status in which it ends."""
        self.client.update_stack(**self._request(resources))
        return self._end()

    def _request(self, resources: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps({"Resources": resources})
        return {"StackName": "genai-text", "TemplateBody": body, "Capabilities": ["CAPABILITY_IAM"]}

    def _end(self) -> str:
        return until(lambda: status if "_IN_PROGRESS" not in (status := self.status) else None)

    @property
    def status(self) -> str:
        """What state it is in."""
        return str(self.client.describe_stacks(StackName="genai-text")["Stacks"][0]["StackStatus"])


@pytest.fixture
def stack(account: EmulatedAccount) -> Arranged:
    account.client("s3").create_bucket(Bucket="somebody-elses")
    return Arranged(account)


def test_a_creation_that_was_rolled_back_is_explained_and_done_anew(
    run: Run,
    start: Callable[..., Running],
    account: EmulatedAccount,
    stack: Arranged,
    without_model: tuple[object, ...],
) -> None:
    assert stack.create({"Topic": _TOPIC, "Taken": _TAKEN}) == "ROLLBACK_COMPLETE"
    planned = run("deploy", "--plan", *without_model)
    assert planned.code == 1
    first, cause, advice = planned.stderr.splitlines()
    assert first == ("genai-templates: creation rolled back: genai-text is ROLLBACK_COMPLETE: it can only be deleted")
    assert cause.startswith("  Taken (AWS::S3::Bucket): ")
    assert advice.startswith("  nothing was changed; the stack can only be deleted: 'genai-templates deploy' offers")

    running = start("deploy", *without_model, columns=60)
    running.read_until("Delete genai-text and create it anew? [y/N]")
    running.enter("y\n")
    running.read_until("Deploy genai-text? [y/N]")
    running.enter("n\n")
    assert running.wait().code == 1
    assert account.stack_status("genai-text") is None


def test_a_roll_back_that_failed_can_be_continued_and_what_stands_in_its_way_left_out(
    run: Run, account: EmulatedAccount, stack: Arranged, without_model: tuple[object, ...]
) -> None:
    stack.create(sticky(fails_on="Update"))
    assert stack.update({**sticky(fails_on="never"), "Broken": _BROKEN}) == "UPDATE_ROLLBACK_FAILED"
    again = run("deploy", "--yes", *without_model)
    assert again.code == 1
    assert "genai-text is UPDATE_ROLLBACK_FAILED: an update failed, and so did the way back" in again.stdout
    first, *_, last = again.stderr.splitlines()
    assert first.endswith(": genai-text is UPDATE_ROLLBACK_FAILED")
    assert last.strip().endswith("repeat the command with --skip-resource Sticky")

    account.wire.fail("cloudformation", "CreateChangeSet", code="AccessDenied")
    skipping = run("deploy", "--yes", *without_model, "--skip-resource", "Sticky")
    assert skipping.stderr.startswith("genai-templates: access denied: CreateChangeSet: ")
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"


def test_a_deletion_that_failed_can_be_repeated(run: Run, stack: Arranged) -> None:
    stack.create(sticky(fails_on="Delete"))
    failed = run("destroy", "text", "--yes")
    assert failed.code == 1
    first, cause, then, _ = failed.stderr.splitlines()
    assert first.endswith(": genai-text is DELETE_FAILED")
    assert cause.startswith("  Sticky (Custom::Sticky): it stays here")
    assert then == "  the rest is deleted; repeat the command when the cause is gone"
    again = run("destroy", "text", "--yes")
    assert again.stderr.splitlines()[0] == first
    assert "genai-text (DELETE_FAILED): " in again.stdout


def test_another_deployment_that_was_faster_is_named_and_left_alone(
    run: Run, account: EmulatedAccount, stack: Arranged, without_model: tuple[object, ...]
) -> None:
    def another_is_faster(call: Call) -> bool:
        stack.client.create_change_set(
            **stack._request({"Topic": _TOPIC}), ChangeSetName="another", ChangeSetType="CREATE"
        )
        stack.client.execute_change_set(ChangeSetName="another", StackName="genai-text")
        stack._end()
        return True

    # AWS removes the change sets that are not executed; in the emulator the stack has another id now.
    account.wire.fail("cloudformation", "ExecuteChangeSet", code="ChangeSetNotFound", when=another_is_faster)
    finished = run("deploy", "--yes", *without_model)
    assert finished.code == 1
    assert finished.stderr.startswith("genai-templates: stack at work: ExecuteChangeSet: ChangeSetNotFound: ")
    assert stack.status == "CREATE_COMPLETE"


def test_a_refused_deployment_leaves_the_change_set_of_another_one(
    run: Run, account: EmulatedAccount, stack: Arranged, without_model: tuple[object, ...]
) -> None:
    stack.client.create_change_set(**stack._request({"Topic": _TOPIC}), ChangeSetName="another", ChangeSetType="CREATE")
    assert run("deploy", "--plan", *without_model).code == 0
    assert stack.status == "REVIEW_IN_PROGRESS"
    (left,) = stack.client.list_change_sets(StackName="genai-text")["Summaries"]
    assert left["ChangeSetName"] == "another"


def test_a_stack_of_somebody_else_is_left_alone(
    run: Run, account: EmulatedAccount, stack: Arranged, without_model: tuple[object, ...]
) -> None:
    stack.create({"Topic": _TOPIC}, app="image")
    finished = run("deploy", "--yes", *without_model)
    assert (finished.code, finished.stderr.splitlines()) == (
        1,
        [
            "genai-templates: name taken: genai-text is a stack of the application image, not text",
            "  choose another --stack-name",
        ],
    )
    stack.client.create_stack(StackName="theirs", TemplateBody=json.dumps({"Resources": {"Topic": _TOPIC}}))
    for verb in (["deploy", *without_model, "--stack-name", "theirs"], ["destroy", "theirs"]):
        finished = run(*verb, "--yes")
        assert finished.code == 1
        assert finished.stderr.startswith("genai-templates: name taken: theirs is not a stack of genai-templates\n")
    assert account.stack_status("theirs") == "CREATE_COMPLETE"


def test_a_protected_stack_is_not_deleted(run: Run, account: EmulatedAccount, stack: Arranged) -> None:
    stack.create({"Topic": _TOPIC})
    stack.client.update_termination_protection(StackName="genai-text", EnableTerminationProtection=True)
    finished = run("destroy", "text", "--yes")
    assert finished.code == 1
    assert finished.stderr.startswith("genai-templates: deletion protected: DeleteStack: ValidationError: ")
    assert stack.status == "CREATE_COMPLETE"


def test_a_stack_that_is_not_there_cannot_be_deleted(run: Run) -> None:
    finished = run("destroy", "text", "--yes")
    assert finished.code == 1
    assert finished.stderr.startswith("genai-templates: there is no stack genai-text in us-east-1\n")
