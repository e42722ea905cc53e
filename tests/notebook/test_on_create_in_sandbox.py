"""The lifecycle script really run, from its start to the signal that the stack waits for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from genai_templates.embedded import read
from genai_templates.embedded.on_create import on_create_script, render_sub
from tests.notebook.fake_aws import REGION, FakeAws
from tests.notebook.jumpstart import aws_with_jumpstart, settings_for
from tests.notebook.sandbox import UID, Returned, Sandbox

pytestmark = [pytest.mark.sandbox, pytest.mark.notebook]

_LONGEST_WAIT = 60  # seconds; a run takes about five


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    with aws_with_jumpstart() as aws:
        yield aws


@pytest.fixture
def sandbox(tmp_path: Path, notebook_python: Path) -> Sandbox:
    return Sandbox(tmp_path, notebook_python)


@pytest.fixture(autouse=True)
def unchanged_host() -> Iterator[None]:
    """The host's users, homes and mounts, which no test here may change."""

    def host() -> list[object]:
        files = [Path(name).read_text() for name in ("/etc/passwd", "/etc/group", "/proc/self/mounts")]
        return [*files, sorted(Path("/home").iterdir())]

    before = host()
    yield
    assert host() == before


def _deploy(sandbox: Sandbox, aws: FakeAws) -> tuple[Returned, dict[str, str]]:
    """Run the script and wait for the signal; return how the script ended, and the status file."""
    script = on_create_script(settings_for(aws) | {"wait_url": "${WaitUrl}"}, codec="tgi")
    with sandbox.run(render_sub(script, {"WaitUrl": aws.wait_url}), aws.environment()) as returned:
        assert not aws.signalled.is_set(), "the script waited for the deployment"
        signalled = aws.signalled.wait(_LONGEST_WAIT)
    log = (sandbox.home / "SageMaker" / "deployment" / "deployment.log").read_text()
    assert signalled, log
    assert returned.status == 0, returned.output
    return returned, json.loads((sandbox.home / "SageMaker" / "deployment" / "deployment_status.json").read_text())


def _lines_in_cloudwatch() -> list[str]:
    """Return what the notebook has put into CloudWatch Logs, as whoever waits for the model reads it."""
    found = boto3.client("logs", region_name=REGION).filter_log_events(
        logGroupName="/aws/sagemaker/NotebookInstances", logStreamNamePrefix="genai-notebook/"
    )
    return [event["message"].strip() for event in found["events"]]


def test_the_script_returns_at_once_and_the_deployment_goes_on_until_the_signal(sandbox: Sandbox, aws: FakeAws) -> None:
    returned, status = _deploy(sandbox, aws)
    assert status["state"] == "IN_SERVICE"
    assert [signal["Status"] for signal in aws.signals] == ["SUCCESS"]
    assert aws.signals[0]["Data"] == "genai-text"
    assert returned.milliseconds < 2_000
    assert returned.output == ""

    work = json.loads((sandbox.home / "pip.json").read_text())
    assert work["uid"] == UID
    assert work["session"] != returned.session
    assert (work["home"], work["stdin"]) == ("/home/ec2-user", "/dev/null")
    assert work["requirements"] == read("requirements.txt")

    folder = sandbox.home / "SageMaker" / "deployment"
    written = [folder, *folder.glob("*.*"), sandbox.home / "SageMaker" / "deployment_status.ipynb"]
    assert {path.stat().st_uid for path in written} == {UID}
    assert (folder / "settings.json").stat().st_mode & 0o077 == 0
    for name in ("deployment.log", "deployment_status.json"):
        assert (sandbox.home / name).readlink() == Path("/home/ec2-user/SageMaker/deployment", name)


def test_without_capacity_the_next_instance_type_goes_into_service(sandbox: Sandbox, aws: FakeAws) -> None:
    aws.no_capacity.add("ml.g5.2xlarge")
    aws.lost_signals = 1
    _, status = _deploy(sandbox, aws)
    assert (status["state"], status["instance_type"]) == ("IN_SERVICE", "ml.g5.4xlarge")
    assert [signal["Status"] for signal in aws.signals] == ["SUCCESS"]
    states = [line for line in _lines_in_cloudwatch() if line.startswith(("DEPLOYING", "IN_SERVICE"))]
    assert states == ["DEPLOYING ml.g5.2xlarge", "DEPLOYING ml.g5.4xlarge", "IN_SERVICE"]
    # What the notebook's role has to allow; with tags, sagemaker:AddTags too, which is no call of its own.
    assert set(aws.calls) == {
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:GetObject",
        "sagemaker:DescribeEndpoint",
        "sagemaker:CreateModel",
        "sagemaker:CreateEndpointConfig",
        "sagemaker:CreateEndpoint",
        "sagemaker:DeleteEndpoint",
        "sagemaker:DeleteEndpointConfig",
        "sagemaker:DeleteModel",
    }


def test_without_quota_the_stack_is_told_which_to_ask_for(sandbox: Sandbox, aws: FakeAws) -> None:
    aws.no_quota.update({"ml.g5.2xlarge", "ml.g5.4xlarge"})
    _, status = _deploy(sandbox, aws)
    assert status["state"] == "FAILED"
    (signal,) = aws.signals
    assert signal["Status"] == "FAILURE"
    assert signal["Reason"] == status["reason"]
    assert "'ml.g5.2xlarge for endpoint usage'" in signal["Reason"]
    assert _lines_in_cloudwatch()[-1] == f"FAILED {signal['Reason']}"
