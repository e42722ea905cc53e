"""The emulator's process: it comes up, keeps to this machine, and is gone afterwards."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from genai_templates.errors import EmulatorFailed
from genai_templates.local import EmulatedStack, Emulator, ModelOptions
from genai_templates.local.notebook import deploy_endpoint
from tests.lifecycle.stacks import refused
from tests.local.endpoints import invoke
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def responses(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_nothing_is_left_of_it_afterwards() -> None:
    with Emulator() as emulator:
        port, folder = emulator.port, emulator.folder
        assert responses(port)
        assert folder.is_dir()
    assert not responses(port)
    assert not folder.exists()


def test_it_ends_with_the_process_that_started_it() -> None:
    script = """
import os
from genai_templates.local.emulator import Emulator
with Emulator() as emulator:
    print(emulator.port, emulator.folder, flush=True)
    os.kill(os.getpid(), 9)
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False)
    assert ended.returncode == -9, ended.stderr
    port, folder = ended.stdout.split()
    until(lambda: None if responses(int(port)) else True, seconds=10)
    until(lambda: None if Path(folder).exists() else True, seconds=10)


SMALL_STACK = {
    "Bucket": {"Type": "AWS::S3::Bucket"},
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
                ]
            }
        },
    },
    "Function": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {
                "ZipFile": """
import boto3
try:
    boto3.client("s3").list_buckets()
except Exception as refused:
    handler = print
"""
            },
        },
    },
}


def functions_at_work(emulator: Emulator) -> list[Path]:
    """Return the processes of functions, which work in the emulator's folder."""
    folders = (path for path in Path("/proc").glob("[0-9]*/cwd") if path.exists())
    return [path for path in folders if emulator.folder in path.resolve().parents]


def contents(emulator: Emulator) -> dict[str, object]:
    """Return what can be found in the account, and beside it."""
    stacks = emulator.client("cloudformation").list_stacks()["StackSummaries"]
    quotas = emulator.client("service-quotas").list_service_quotas(ServiceCode="sagemaker")["Quotas"]
    return {
        "stacks": [stack["StackName"] for stack in stacks],
        "buckets": [bucket["Name"] for bucket in emulator.client("s3").list_buckets()["Buckets"]],
        "roles": [role["RoleName"] for role in emulator.client("iam").list_roles()["Roles"]],
        "functions": [each["FunctionName"] for each in emulator.client("lambda").list_functions()["Functions"]],
        "endpoints": [each["EndpointName"] for each in emulator.client("sagemaker").list_endpoints()["Endpoints"]],
        "quotas": {quota["QuotaCode"]: quota["Value"] for quota in quotas},
        "decisions": emulator.decisions(),
        "processes": functions_at_work(emulator),
        "files": sorted(path.name for path in emulator.folder.iterdir()),
    }


def test_a_reset_leaves_nothing_of_what_was_done() -> None:
    with Emulator() as emulator:
        empty = contents(emulator)
        port = emulator.port
        emulator.set_quota("ml.g5.2xlarge", 3)
        deploy_endpoint(emulator.client("sagemaker"), "endpoint")
        emulator.use_model(ModelOptions(failure_rate=1))
        EmulatedStack(json.dumps({"Resources": SMALL_STACK}), "small", emulator=emulator).create()
        full = contents(emulator)
        assert [name for name, found in full.items() if found == empty[name]] == []

        emulator.reset()

        assert contents(emulator) == empty
        assert emulator.port == port
        assert "CreateStack" not in emulator.log()
        deploy_endpoint(emulator.client("sagemaker"), "endpoint")
        assert invoke(emulator, "endpoint", {"inputs": "A fox."})


def test_a_reset_of_what_has_ended_is_told_with_the_log() -> None:
    with Emulator() as emulator:
        process = int(emulator.control_request("GET", "ready")["process"])
        os.kill(process, signal.SIGKILL)
        until(lambda: None if emulator.is_running else True)
        with pytest.raises(EmulatorFailed, match=r"^the emulator ended with 9:"):
            emulator.reset()


def test_it_listens_on_the_loopback_address_alone(emulator: Emulator) -> None:
    with socket.socket() as probe:  # what listens on every address of a Linux machine listens on this one too
        assert probe.connect_ex(("127.0.0.2", emulator.port)) != 0


def test_a_start_that_takes_too_long_is_told_with_the_log() -> None:
    with pytest.raises(EmulatorFailed, match=r"not ready within 0 s"), Emulator(start_timeout=0):
        raise AssertionError("it cannot be ready yet")


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genai_templates.local.emulator._PACKAGES", ("json", "no_such_package"))
    with pytest.raises(EmulatorFailed, match=r"^no_such_package is missing: install"), Emulator():
        raise AssertionError("it cannot start")


def test_its_environment_is_enough_for_an_sdk(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in emulator.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    assert boto3.Session().client("sts").get_caller_identity()["Account"] == "000000000000"


def test_a_stranger_is_refused(emulator: Emulator) -> None:
    client = boto3.client(
        "s3", "us-east-1", endpoint_url=emulator.url, aws_access_key_id="AKIASTRANGER", aws_secret_access_key="x"
    )
    assert refused(client.list_buckets) == "InvalidAccessKeyId"


def test_a_missing_endpoint_is_refused_in_sagemakers_words(emulator: Emulator) -> None:
    with pytest.raises(ClientError, match="Could not find"):
        emulator.client("sagemaker").describe_endpoint(EndpointName="none")
