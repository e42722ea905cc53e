"""Doctor finds what stacks have left, by tag and by name, and never what a stack at work uses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from genai_templates import TextStack
from genai_templates.aws.doctor.findings import ID_TAG
from tests.aws.account import EmulatedAccount
from tests.aws.commands import Finished, Running
from tests.aws.leftovers import ENDPOINT, GUID, create_stack, leave_bucket, leave_endpoint, leave_log_group
from tests.aws.wire import Wire

Run = Callable[..., Finished]
BUCKET = "genai-text-logbucket-abcdefghijkl"
LOGS = f"/aws/sagemaker/Endpoints/{ENDPOINT}"


def rows(finished: Finished) -> dict[tuple[str, str], tuple[str, float]]:
    """Return stack and cost of each row, by what it is and its name."""
    found = json.loads(finished.stdout.splitlines()[0])["findings"]
    return {
        (each["kind"], each["name"]): (f"{each['stack']} {each['status'] or 'gone'}", round(each["usd_per_month"], 2))
        for each in found
    }


def test_nothing_is_left_in_an_empty_account(account: EmulatedAccount, run: Run) -> None:
    finished = run("doctor")
    assert (finished.code, finished.stdout, finished.stderr) == (0, "Nothing was left in us-east-1.\n", "")


def test_what_a_stack_left_is_found_by_its_tag_with_its_cost_and_the_command_that_ends_it(
    account: EmulatedAccount, run: Run
) -> None:
    leave_endpoint(account, stack="genai-text")
    leave_bucket(account, BUCKET, stack="genai-text")
    finished = run("doctor")
    assert finished.code == 1
    assert "genai-text: gone" in finished.stdout
    assert "4 resources left in us-east-1: 1,105.95 USD a month (list prices of 20" in finished.stdout
    commands = [line.strip() for line in finished.lines if line.startswith("  ")]
    assert commands == [
        f"aws sagemaker delete-endpoint --endpoint-name {ENDPOINT} --region us-east-1",
        f"aws sagemaker delete-endpoint-config --endpoint-config-name {ENDPOINT} --region us-east-1",
        f"aws sagemaker delete-model --model-name {ENDPOINT} --region us-east-1",
        f"genai-templates doctor --region us-east-1 --remove {BUCKET}",
    ]
    assert rows(run("doctor", "--json"))["endpoint", ENDPOINT] == ("genai-text gone", 1105.95)


def test_what_has_only_a_name_of_ours_is_shown_and_removed_only_if_it_is_named(
    account: EmulatedAccount, run: Run
) -> None:
    leave_endpoint(account)
    finished = run("doctor", "--remove", "--yes")
    assert finished.stdout.count("looks like ours") == 3
    assert "There is nothing to remove." in finished.stdout
    assert account.client("sagemaker").list_endpoints()["Endpoints"]
    assert run("doctor", "--yes", "--remove", ENDPOINT).code == 0
    assert not account.client("sagemaker").list_endpoints()["Endpoints"]
    assert run("doctor").code == 0


@pytest.mark.parametrize(("description", "code"), [(TextStack.description, 1), ("Of somebody else", 0)])
def test_a_name_with_the_id_of_a_deleted_stack_is_ours_if_the_stack_was(
    account: EmulatedAccount, wire: Wire, run: Run, description: str, code: int
) -> None:
    leave_log_group(account, LOGS)
    deleted = {
        "StackId": f"arn:aws:cloudformation:us-east-1:000000000000:stack/mine/{GUID}",
        "StackName": "mine",
        "StackStatus": "DELETE_COMPLETE",
        "TemplateDescription": description,
    }
    wire.respond("cloudformation", "ListStacks", {"StackSummaries": [deleted]})
    finished = run("doctor", "--json")
    assert finished.code == code
    assert rows(finished) == ({("log group", LOGS): ("mine gone", 0.0)} if code else {})
    assert run("doctor", "--remove", "--yes").code == 0
    assert len(account.client("logs").describe_log_groups()["logGroups"]) == 1 - code


def test_what_has_no_tag_of_ours_is_known_by_cloudformations_own(
    account: EmulatedAccount, wire: Wire, run: Run
) -> None:
    leave_bucket(account, BUCKET)
    stack_id = f"arn:aws:cloudformation:us-east-1:000000000000:stack/genai-text/{GUID}"
    own = {"ResourceARN": f"arn:aws:s3:::{BUCKET}", "Tags": [{"Key": ID_TAG, "Value": stack_id}]}
    deleted = {
        "StackId": stack_id,
        "StackName": "genai-text",
        "StackStatus": "DELETE_COMPLETE",
        "TemplateDescription": TextStack.description,
    }
    wire.respond("resourcegroupstaggingapi", "GetResources", {"ResourceTagMappingList": []})
    wire.respond(
        "resourcegroupstaggingapi",
        "GetResources",
        {"ResourceTagMappingList": [own]},
        when=lambda call: call.parameters.get("ResourceARNList") == [own["ResourceARN"]],
    )
    wire.respond("cloudformation", "ListStacks", {"StackSummaries": [deleted]})
    found = json.loads(run("doctor", "--json").stdout)["findings"]
    assert [(each["name"], each["sure"]) for each in found] == [(BUCKET, True)]


def test_what_a_stack_at_work_uses_is_counted_and_never_removed(account: EmulatedAccount, run: Run) -> None:
    stack_id = create_stack(account, "genai-text")
    leave_endpoint(account, f"genai-{stack_id.rpartition('/')[2]}")
    finished = run("doctor")
    assert finished.code == 0
    assert finished.lines == ["Nothing was left in us-east-1.", "In use by genai-text: 4 resources."]
    assert run("doctor", "--remove", "--yes").code == 0
    named = run("doctor", "--remove", "genai-text-sitebucket-abcdefghijkl", "--yes")
    assert (named.code, "nothing of this name was found" in named.stderr) == (2, True)
    assert account.stack_status("genai-text") == "CREATE_COMPLETE"
    assert account.client("s3").list_buckets()["Buckets"]
    assert account.client("sagemaker").list_endpoints()["Endpoints"]


def test_what_keeps_a_stack_from_being_deleted_can_be_removed(account: EmulatedAccount, run: Run) -> None:
    create_stack(account, "genai-text")
    s3 = account.client("s3")
    s3.put_object(Bucket="genai-text-sitebucket-abcdefghijkl", Key="late", Body=b"")
    cloudformation = account.client("cloudformation")
    cloudformation.delete_stack(StackName="genai-text")
    assert account.stack_status("genai-text") == "DELETE_FAILED"
    finished = run("doctor", "--remove", "--yes")
    assert finished.code == 0
    assert "genai-text: DELETE_FAILED" in finished.stdout
    cloudformation.delete_stack(StackName="genai-text")
    assert account.stack_status("genai-text") is None


def test_a_stack_that_may_yet_be_mended_keeps_its_resources(account: EmulatedAccount, wire: Wire, run: Run) -> None:
    create_stack(account, "genai-text")
    described = account.client("cloudformation").describe_stacks()["Stacks"][0]
    described = {
        name: value for name, value in described.items() if name in ("StackId", "StackName", "CreationTime", "Tags")
    }
    wire.respond(
        "cloudformation", "DescribeStacks", {"Stacks": [{**described, "StackStatus": "UPDATE_ROLLBACK_FAILED"}]}
    )
    finished = run("doctor")
    assert finished.code == 1
    assert "genai-text: UPDATE_ROLLBACK_FAILED" in finished.stdout
    assert "  genai-templates deploy genai-text" in finished.lines
    assert "There is nothing to remove." in run("doctor", "--remove", "--yes").stdout
    named = run("doctor", "--remove", "genai-text-sitebucket-abcdefghijkl", "--yes")
    assert (named.code, "UPDATE_ROLLBACK_FAILED" in named.stderr) == (2, True)
    assert account.client("s3").list_buckets()["Buckets"]


def test_a_bucket_is_counted_and_goes_with_every_version_and_upload(account: EmulatedAccount, run: Run) -> None:
    s3 = leave_bucket(account, BUCKET, stack="genai-text")
    s3.create_multipart_upload(Bucket=BUCKET, Key="unfinished")
    finished = run("doctor", "--remove", "--yes")
    assert finished.code == 0
    assert f"The bucket {BUCKET} goes with all that is in it: 4 object versions, 0.0 MB." in finished.lines
    assert f"bucket {BUCKET}: removed" in finished.lines
    assert not s3.list_buckets()["Buckets"]


def test_without_a_terminal_and_without_yes_nothing_is_removed(account: EmulatedAccount, wire: Wire, run: Run) -> None:
    leave_bucket(account, BUCKET, stack="genai-text")
    for arguments in (["--remove"], ["--remove", "--json"]):
        finished = run("doctor", *arguments)
        assert finished.code == 2
        assert "give --yes" in finished.stderr
    assert not [name for name in wire.names() if ":Delete" in name]


def test_on_a_terminal_it_prompts(account: EmulatedAccount, start: Callable[..., Running]) -> None:
    leave_bucket(account, BUCKET, stack="genai-text")
    for entered, code, last in (("n\n", 1, "Nothing was removed."), ("y\n", 0, f"bucket {BUCKET}: removed")):
        running = start("doctor", "--remove", columns=60)
        running.read_until("Remove 1 resource for good?")
        running.enter(entered)
        finished = running.wait()
        assert (finished.code, finished.lines[-1]) == (code, last)


def read_json(finished: Finished) -> list[dict[str, Any]]:
    return [json.loads(line) for line in finished.stdout.splitlines()]


def test_programs_get_an_object_for_what_was_found_and_one_for_each_removal(account: EmulatedAccount, run: Run) -> None:
    leave_bucket(account, BUCKET, stack="genai-text")
    found, removed = read_json(run("doctor", "--remove", "--yes", "--json"))
    assert (found["account"], found["region"], found["unknown"]) == ("000000000000", "us-east-1", {})
    assert found["findings"][0]["arn"] == f"arn:aws:s3:::{BUCKET}"
    assert removed == {"kind": "bucket", "removed": BUCKET, "error": None}
