"""The link to the console's form: what it refers to is published, and its parameters are what the region needs."""

from __future__ import annotations

from urllib.parse import parse_qs

from tests.aws.account import EmulatedAccount
from tests.aws.test_preflight import Run
from tests.aws.wire import Wire

_ROLE = "arn:aws:iam::000000000000:role/api-logs"


def _fields(run: Run, arguments: tuple[object, ...]) -> dict[str, list[str]]:
    finished = run("link", *(each for each in arguments if each != "--no-preflight"))
    assert finished.code == 0, finished.stderr
    return parse_qs(finished.stdout.strip().partition("quickcreate?")[2])


def test_a_link_fills_in_what_was_chosen_and_leaves_a_logging_role_of_others_alone(
    run: Run, wire: Wire, account: EmulatedAccount, without_model: tuple[object, ...]
) -> None:
    account.client("iam").create_role(RoleName="api-logs", AssumeRolePolicyDocument="{}")
    wire.respond("apigateway", "GetAccount", {"cloudwatchRoleArn": _ROLE})
    fields = _fields(run, without_model)
    assert fields["stackName"] == ["genai-text"]
    assert fields["param_ExistingEndpointName"] == ["model"]
    assert fields["param_SetApiGatewayLoggingRole"] == ["false"]


def test_what_a_link_refers_to_is_in_the_artifact_bucket(
    run: Run, account: EmulatedAccount, without_model: tuple[object, ...]
) -> None:
    fields = _fields(run, without_model)
    bucket = fields["param_LambdaS3Bucket"][0]
    keys = [each["Key"] for each in account.client("s3").list_objects_v2(Bucket=bucket)["Contents"]]
    assert [key for key in keys if fields["templateURL"][0].endswith(f"/{bucket}/{key}")]
    assert fields["param_SetApiGatewayLoggingRole"] == ["true"]
