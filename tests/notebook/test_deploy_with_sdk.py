"""The deployment with the pinned SageMaker SDK, as a process of its own, against a fake AWS."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from mypy_boto3_sagemaker import SageMakerClient

from genai_templates.embedded import read
from genai_templates.embedded.status_notebook import status_notebook
from tests.notebook.fake_aws import REGION, FakeAws
from tests.notebook.jumpstart import FLAGGED_VERSION, aws_with_jumpstart, settings_for

pytestmark = pytest.mark.notebook

Run = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def aws() -> Iterator[FakeAws]:
    with aws_with_jumpstart() as aws:
        yield aws


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the lifecycle script lays it out."""
    folder = tmp_path_factory.mktemp("home") / "SageMaker" / "deployment"
    folder.mkdir(parents=True)
    for name in ("deployment_record.py", "deployment_log.py", "supervise.py", "deploy_model.py"):
        (folder / name).write_text(read(name))
    return folder


@pytest.fixture(scope="module")
def run(folder: Path, aws: FakeAws, notebook_python: Path) -> Run:
    """Deploy with these settings, and return the status that is left."""

    def run(**changes: object) -> dict[str, str]:
        (folder / "settings.json").write_text(json.dumps(settings_for(aws) | changes))
        command = [str(notebook_python), "-m", "deployment.deploy_model", "deploy", "60"]
        environment = {"HOME": str(folder.parents[1]), "PATH": os.environ["PATH"], **aws.environment()}
        subprocess.run(command, cwd=folder.parent, env=environment, check=True, capture_output=True, timeout=60)
        return dict(json.loads((folder / "deployment_status.json").read_text()))

    return run


@pytest.fixture(scope="module")
def status(run: Run) -> dict[str, str]:
    """The status after the endpoint ``genai-text`` was deployed, once for all tests here."""
    return run()


@pytest.fixture
def client(aws: FakeAws, status: dict[str, str]) -> SageMakerClient:
    return boto3.client("sagemaker", region_name=REGION)


def test_the_model_is_in_service_on_the_first_instance_type(status: dict[str, str]) -> None:
    assert (status["state"], status["instance_type"]) == ("IN_SERVICE", "ml.g5.2xlarge")


def test_the_model_is_jumpstarts_with_the_templates_role_and_environment(client: SageMakerClient) -> None:
    model = client.describe_model(ModelName="genai-text")
    assert model["ExecutionRoleArn"] == "arn:aws:iam::123456789012:role/endpoint"
    container = model["PrimaryContainer"]
    assert "huggingface-pytorch-tgi-inference" in container["Image"]
    assert container["Environment"]["MMS_MAX_RESPONSE_SIZE"] == "20000000"
    assert container["Environment"]["MAX_TOTAL_TOKENS"] == "2048"


def test_model_configuration_and_endpoint_have_one_name(client: SageMakerClient) -> None:
    assert client.describe_endpoint(EndpointName="genai-text")["EndpointConfigName"] == "genai-text"
    config = client.describe_endpoint_config(EndpointConfigName="genai-text")
    assert config["ProductionVariants"][0]["ModelName"] == "genai-text"


def test_all_three_resources_carry_the_tags(client: SageMakerClient) -> None:
    for arn in (
        client.describe_model(ModelName="genai-text")["ModelArn"],
        client.describe_endpoint_config(EndpointConfigName="genai-text")["EndpointConfigArn"],
        client.describe_endpoint(EndpointName="genai-text")["EndpointArn"],
    ):
        assert {"Key": "application", "Value": "genai"} in client.list_tags(ResourceArn=arn)["Tags"]


def test_a_second_run_makes_nothing_new(run: Run, aws: FakeAws, status: dict[str, str]) -> None:
    before = aws.calls["sagemaker:CreateEndpoint"]
    assert run()["state"] == "IN_SERVICE"
    assert aws.calls["sagemaker:CreateEndpoint"] == before


def test_a_version_that_jumpstart_has_flagged_as_old_and_as_vulnerable_still_works(run: Run) -> None:
    assert run(endpoint_name="genai-old", model_version=FLAGGED_VERSION)["state"] == "IN_SERVICE"


def test_a_model_in_a_vpc_gets_its_subnets_and_security_groups(run: Run, client: SageMakerClient) -> None:
    status = run(endpoint_name="genai-vpc", subnets="subnet-1,subnet-2", security_groups="sg-1")
    assert status["state"] == "IN_SERVICE"
    place = client.describe_model(ModelName="genai-vpc")["VpcConfig"]
    assert place == {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}
    assert not client.describe_model(ModelName="genai-text").get("VpcConfig")


def test_a_version_that_jumpstart_has_not_is_named_in_the_reason(run: Run) -> None:
    status = run(endpoint_name="genai-none", model_version="9.9.9")
    assert status["state"] == "FAILED"
    assert "9.9.9" in status["reason"]


def test_the_status_notebook_shows_the_status_and_the_log(
    folder: Path, notebook_python: Path, status: dict[str, str]
) -> None:
    (folder / "deployment.log").write_text("the last line of the log\n")
    cells = [cell for cell in json.loads(status_notebook("tgi"))["cells"] if cell["cell_type"] == "code"]
    (folder / "deployment_status.json").write_text(json.dumps(status))
    script = "\n".join(["".join(cell["source"]) for cell in cells[:2]] + ["print(status['state'])"])
    result = subprocess.run(
        [notebook_python, "-c", script],
        env={"HOME": str(folder.parents[1])},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.stdout == "the last line of the log\nIN_SERVICE\n"
