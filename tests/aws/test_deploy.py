"""A stack from nothing to a page that works, through changes, and back to nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from genai_templates.aws.account import Account
from genai_templates.aws.artifacts import superseded
from genai_templates.local import EmulatedStack
from genai_templates.local.deployed_stack import DeployedStack
from genai_templates.packaging import artifacts, incremental
from genai_templates.sources import handlers_root
from tests.aws.account import EmulatedAccount
from tests.aws.commands import Finished
from tests.aws.notebook import Notebooks

Run = Callable[..., Finished]
BUCKET = "genai-templates-000000000000-us-east-1"


class Visited(DeployedStack):
    """The deployed stack as its users reach it."""

    def __init__(self, account: EmulatedAccount, name: str = "genai-text") -> None:
        super().__init__(name, account.emulator)
        self.stack_id = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackId"]

    @property
    def parameters(self) -> dict[str, str]:
        return {each["ParameterKey"]: each["ParameterValue"] for each in self._described()["Parameters"]}

    @property
    def tags(self) -> dict[str, str]:
        return {each["Key"]: each["Value"] for each in self._described()["Tags"]}


def with_other_code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have builds take handlers in which the text application reports another state of its model."""
    shutil.copytree(handlers_root(), folder / "handlers")
    status = folder / "handlers" / "common" / "hosting" / "endpoint_status.py"
    source = status.read_text("utf-8")
    assert '{"ready":' in source
    status.write_text(source.replace('{"ready":', '{"is_ready":'), "utf-8")
    for module in (artifacts, incremental):
        monkeypatch.setattr(module, "handlers_root", lambda: folder / "handlers")


def test_a_stack_from_nothing_to_nothing(
    run: Run, account: EmulatedAccount, notebook: Notebooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = run("deploy", "text", "--yes", "--parameter", "ThrottleRate=7", "--tag", "team=words")
    assert created.code == 0, created.stderr
    stack = Visited(account)
    assert f"  ApplicationUrl                {stack.outputs['ApplicationUrl']}" in created.lines
    assert stack.call("GET", "/status").json()["ready"] is True
    assert stack.browse("/").status == 200
    assert stack.tags["genai-templates:app"] == "text"

    with_other_code(tmp_path, monkeypatch)
    updated = run("deploy", "text", "--yes")
    assert updated.code == 0, updated.stderr
    assert "is_ready" in stack.call("GET", "/status").json()
    assert (stack.parameters["ThrottleRate"], stack.tags["team"]) == ("7", "words")

    destroyed = run("destroy", "text", "--yes", "--purge")
    assert destroyed.code == 0, destroyed.stderr
    assert account.stack_status("genai-text") is None
    doctor = run("doctor")
    assert (doctor.code, doctor.lines) == (0, ["Nothing was left in us-east-1."])


def test_a_deployment_that_changes_nothing_makes_no_change_set(
    run: Run, account: EmulatedAccount, notebook: Notebooks, output: Path
) -> None:
    run("deploy", "text", "--yes", "--output", output)
    before = len(account.wire.calls)
    finished = run("deploy", "text", "--yes", "--output", output)
    assert finished.lines[-1] == "genai-text is up to date: CREATE_COMPLETE"
    later = account.wire.names()[before:]
    assert "cloudformation:CreateChangeSet" not in later
    assert not [name for name in later if name.startswith("s3:")]


def test_a_plan_changes_nothing_and_leaves_nothing(run: Run, account: EmulatedAccount, output: Path) -> None:
    finished = run("deploy", "text", "--plan", "--output", output)
    assert finished.code == 0
    assert any(line.split()[:2] == ["added", "GenAILambdaFunction"] for line in finished.lines)
    assert finished.lines[-1] == "genai-text was not changed"
    assert account.client("cloudformation").describe_stacks()["Stacks"] == []


def test_the_bucket_is_made_as_it_should_be_and_artifacts_are_sent_once(
    run: Run, account: EmulatedAccount, output: Path
) -> None:
    first = run("deploy", "text", "--plan", "--output", output)
    assert len([line for line in first.lines if line.startswith("sent ")]) == 2
    s3 = account.client("s3")
    blocked = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    rules = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    (statement,) = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert len(s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]) == 3

    again = run("deploy", "text", "--plan", "--output", output)
    assert not [line for line in again.lines if line.startswith("sent ")]
    assert account.wire.names("s3").count("s3:PutBucketPolicy") == 1


def test_an_artifact_that_is_not_what_was_built_is_sent_again(run: Run, account: EmulatedAccount, output: Path) -> None:
    run("deploy", "text", "--plan", "--output", output)
    key = next((output / "deploy" / "text" / "artifacts").rglob("handlers-*.zip"))
    key_name = key.relative_to(output / "deploy" / "text" / "artifacts").as_posix()
    account.client("s3").put_object(Bucket=BUCKET, Key=key_name, Body=b"something else")
    again = run("deploy", "text", "--plan", "--output", output)
    assert [line for line in again.lines if line.startswith("sent ")] == [f"sent {key_name} to {BUCKET}"]


def test_json_is_one_object_a_line(run: Run, account: EmulatedAccount, notebook: Notebooks, output: Path) -> None:
    finished = run("deploy", "text", "--yes", "--json", "--output", output)
    found = [json.loads(line) for line in finished.stdout.splitlines()]
    # How far the model is, is told only when it takes long enough to be seen.
    # Whether the model's state is seen is a matter of time: the emulated stack is done within seconds.
    assert {each["type"] for each in found} - {"model", "check"} == {"step", "change", "event", "done"}
    assert found[-1]["outputs"]["ApplicationUrl"].startswith("https://")


def last_modified(account: EmulatedAccount, keys: list[str]) -> dict[str, datetime]:
    return {key: account.client("s3").head_object(Bucket=BUCKET, Key=key)["LastModified"] for key in keys}


def test_old_artifacts_are_marked_when_no_stack_uses_them_any_more(
    run: Run,
    account: EmulatedAccount,
    notebook: Notebooks,
    output: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(superseded, "_YOUNG", timedelta(0))
    run("deploy", "text", "--yes", "--output", output)
    s3 = account.client("s3")
    before = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET, Prefix="genai-templates/")["Contents"]]
    assert not any(s3.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"] for key in before)
    made = last_modified(account, before)
    with_other_code(tmp_path, monkeypatch)
    run("deploy", "text", "--yes")
    after = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET, Prefix="genai-templates/")["Contents"]]
    marked = [key for key in after if s3.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"]]
    assert (marked, len(after)) == (before, 4)
    # The days until they expire are counted from when an object was made: anew, and once.
    marked_at = last_modified(account, before)
    assert all(marked_at[key] > made[key] for key in before)
    assert superseded.mark_superseded(Account(), BUCKET) == []
    assert last_modified(account, before) == marked_at


def test_a_stack_of_the_console_takes_new_code_although_a_key_was_copied(
    run: Run, account: EmulatedAccount, notebook: Notebooks, output: Path
) -> None:
    template = output / "deploy" / "text" / "templates" / "text.template.json"
    # The fixture runs the notebook.
    stack = EmulatedStack(
        template, name="genai-text", emulator=account.emulator, run_notebook=lambda client, script: None
    )
    stack.create()
    copied = next((output / "deploy" / "text" / "artifacts").rglob("handlers-*.zip"))
    key = copied.relative_to(output / "deploy" / "text" / "artifacts").as_posix()
    stack.update(LambdaS3Key=key)
    assert run("deploy", "text", "--yes", "--output", output).code == 0
    assert Visited(account).parameters["LambdaS3Key"] == ""
    assert Visited(account).parameters["LambdaS3Bucket"] == BUCKET
