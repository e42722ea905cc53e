"""Doctor where AWS refuses, fails or changes under its hands: what it can see is shown, and what it can remove goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from genai_templates.tags import STACK_TAG
from tests.aws.account import EmulatedAccount
from tests.aws.commands import Finished
from tests.aws.leftovers import ENDPOINT, GUID, ROLE, leave_bucket, leave_endpoint, leave_log_group, tags_of
from tests.aws.operations import Call
from tests.aws.wire import Wire

Run = Callable[..., Finished]
BUCKET = "genai-text-logbucket-abcdefghijkl"
LOG_GROUP = "genai-text-ApiLogs-ABCDEFGHIJKL"
DENIED: dict[str, Any] = {"code": "AccessDeniedException", "message": "User is not authorized to perform this"}


def test_a_kind_that_may_not_be_listed_is_not_known_and_the_others_are_shown(
    account: EmulatedAccount, wire: Wire, run: Run
) -> None:
    leave_bucket(account, BUCKET, stack="genai-text")
    wire.fail("cloudwatch", "DescribeAlarms", **DENIED)
    finished = run("doctor")
    assert finished.code == 1
    assert BUCKET in finished.stdout
    assert finished.lines[-1].startswith("Not known: alarms (access denied: DescribeAlarms: ")
    assert "Traceback" not in finished.stderr


def test_who_could_not_see_everything_is_not_told_that_nothing_is_left(
    account: EmulatedAccount, wire: Wire, run: Run
) -> None:
    wire.fail("sagemaker", "ListEndpoints", **DENIED)
    finished = run("doctor")
    assert (finished.code, finished.lines[0]) == (1, "Nothing was left in us-east-1, as far as it could be seen.")
    assert "Not known: endpoints (access denied" in finished.stdout
    assert list(json.loads(run("doctor", "--json").stdout)["unknown"]) == ["endpoints"]


def test_without_the_tags_what_has_a_name_of_ours_only_looks_like_it(
    account: EmulatedAccount, wire: Wire, run: Run
) -> None:
    leave_bucket(account, BUCKET, stack="genai-text")
    wire.fail("resourcegroupstaggingapi", "GetResources", **DENIED)
    finished = run("doctor", "--remove", "--yes")
    assert "genai-text: gone; looks like ours" in finished.stdout
    assert account.client("s3").list_buckets()["Buckets"]


def test_a_bucket_that_may_not_be_looked_into_has_no_known_cost(account: EmulatedAccount, wire: Wire, run: Run) -> None:
    leave_bucket(account, BUCKET, stack="genai-text")
    wire.fail("s3", "ListObjectVersions", code="AccessDenied", status=403)
    assert "0.00 USD a month, and 1 whose cost is not known" in run("doctor").stdout
    finished = run("doctor", "--remove", "--yes")
    assert finished.code == 1
    assert "contents not known (access denied)" in finished.stdout
    assert f"bucket {BUCKET}: not removed: access denied: ListObjectVersions" in finished.stdout


def test_without_the_stacks_nothing_is_judged(account: EmulatedAccount, wire: Wire, run: Run) -> None:
    leave_bucket(account, BUCKET, stack="genai-text")
    wire.fail("cloudformation", "DescribeStacks", code="AccessDenied", status=403)
    finished = run("doctor", "--remove", "--yes")
    assert (finished.code, finished.stdout) == (1, "")
    assert finished.stderr.startswith("genai-templates: access denied: DescribeStacks: ")


@pytest.mark.parametrize(
    ("code", "failure"), [("ExpiredToken", "expired credentials"), ("InvalidClientTokenId", "invalid credentials")]
)
def test_credentials_that_are_not_valid_end_it_at_once(
    account: EmulatedAccount, wire: Wire, run: Run, code: str, failure: str
) -> None:
    wire.fail("sts", "GetCallerIdentity", code=code, status=403)
    finished = run("doctor")
    assert (finished.code, finished.stdout) == (1, "")
    assert finished.stderr.startswith(f"genai-templates: {failure}: ")
    assert wire.names() == ["sts:GetCallerIdentity"]


def test_throttled_calls_are_repeated(account: EmulatedAccount, wire: Wire, run: Run) -> None:
    wire.fail("sagemaker", "ListModels", code="ThrottlingException", message="Rate exceeded", times=2)
    assert run("doctor").code == 0
    assert wire.names().count("sagemaker:ListModels") == 3


def test_what_cannot_be_removed_keeps_what_it_uses_and_does_not_stop_the_rest(
    account: EmulatedAccount, wire: Wire, run: Run
) -> None:
    leave_endpoint(account, stack="genai-text")
    leave_log_group(account, LOG_GROUP, stack="genai-text")
    wire.fail("sagemaker", "DeleteEndpoint", **DENIED)
    finished = run("doctor", "--remove", "--yes")
    assert finished.code == 1
    assert f"endpoint {ENDPOINT}: not removed: access denied: DeleteEndpoint" in finished.stdout
    assert f"configuration {ENDPOINT}: not removed: kept, because its endpoint is still there" in finished.stdout
    assert f"model {ENDPOINT}: not removed: kept, because its endpoint is still there" in finished.stdout
    assert f"log group {LOG_GROUP}: removed" in finished.stdout
    client = account.client("sagemaker")
    assert client.list_endpoint_configs()["EndpointConfigs"]
    assert client.list_models()["Models"]


def test_what_is_gone_meanwhile_is_removed(account: EmulatedAccount, wire: Wire, run: Run) -> None:
    leave_log_group(account, LOG_GROUP, stack="genai-text")
    message = "The specified log group does not exist."
    wire.fail("logs", "DeleteLogGroup", code="ResourceNotFoundException", message=message)
    assert run("doctor", "--remove", "--yes").code == 0


def test_what_was_deleted_and_still_has_tags_is_not_found(account: EmulatedAccount, wire: Wire, run: Run) -> None:
    arn = f"arn:aws:sagemaker:us-east-1:000000000000:endpoint/{ENDPOINT}"
    stale = {"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": tags_of("genai-text")}]}
    wire.respond("resourcegroupstaggingapi", "GetResources", stale)
    assert run("doctor").code == 0


def test_all_pages_of_tags_are_read(account: EmulatedAccount, wire: Wire, run: Run) -> None:
    leave_log_group(account, LOG_GROUP)
    arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{LOG_GROUP}"

    def page(call: Call) -> dict[str, Any]:
        if "TagFilters" not in call.parameters or not call.parameters.get("PaginationToken"):
            return {"ResourceTagMappingList": [], "PaginationToken": "more" if "TagFilters" in call.parameters else ""}
        return {"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": tags_of("mine")}], "PaginationToken": ""}

    wire.respond("resourcegroupstaggingapi", "GetResources", page)
    found = json.loads(run("doctor", "--json").stdout)["findings"]
    assert [(each["stack"], each["sure"]) for each in found] == [("mine", True)]


def test_a_notebook_is_stopped_before_and_takes_its_lifecycle_configuration_along(
    account: EmulatedAccount, wire: Wire, run: Run
) -> None:
    client = account.client("sagemaker")
    client.create_notebook_instance_lifecycle_config(NotebookInstanceLifecycleConfigName="lifecycle")
    client.create_notebook_instance(
        NotebookInstanceName=f"al2023-{GUID}",
        InstanceType="ml.t3.medium",
        RoleArn=ROLE,
        LifecycleConfigName="lifecycle",
        Tags=tags_of("genai-text"),
    )
    assert run("doctor", "--remove", "--yes").code == 0
    changes = [name.partition(":")[2] for name in wire.names("sagemaker") if ":Stop" in name or ":Delete" in name]
    assert changes == [
        "StopNotebookInstance",
        "DeleteNotebookInstance",
        "DeleteNotebookInstanceLifecycleConfig",
    ]


def test_an_inference_component_that_survived_its_endpoint_is_removed(
    account: EmulatedAccount, wire: Wire, run: Run
) -> None:
    component = {
        "CreationTime": 0,
        "EndpointArn": f"arn:aws:sagemaker:us-east-1:000000000000:endpoint/{ENDPOINT}",
        "EndpointName": ENDPOINT,
        "InferenceComponentArn": f"arn:aws:sagemaker:us-east-1:000000000000:inference-component/{ENDPOINT}-model",
        "InferenceComponentName": f"{ENDPOINT}-model",
        "LastModifiedTime": 0,
        "VariantName": "AllTraffic",
    }
    tagged = {"ResourceARN": component["InferenceComponentArn"], "Tags": [{"Key": STACK_TAG, "Value": "genai-text"}]}
    wire.respond("sagemaker", "ListInferenceComponents", {"InferenceComponents": [component]})
    wire.respond("resourcegroupstaggingapi", "GetResources", {"ResourceTagMappingList": [tagged]})
    wire.respond("sagemaker", "DeleteInferenceComponent", {})
    wire.fail("sagemaker", "DescribeInferenceComponent", code="ValidationException", message="Could not find it")
    finished = run("doctor", "--remove", "--yes")
    assert finished.code == 0
    assert finished.lines[-1] == f"inference component {ENDPOINT}-model: removed"
    assert wire.names("sagemaker")[-2:] == [
        "sagemaker:DeleteInferenceComponent",
        "sagemaker:DescribeInferenceComponent",
    ]
