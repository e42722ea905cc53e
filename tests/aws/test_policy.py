"""Whoever deploys needs what ``policy`` prints: the commands run as a role with that, in an AWS that enforces it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from genai_templates.aws.policy.command_permissions import PERMISSIONS
from genai_templates.local.emulator import ACCOUNT, REGION
from tests.aws.account import EmulatedAccount
from tests.aws.commands import Finished
from tests.aws.notebook import Notebooks
from tests.aws.wire import Wire

Run = Callable[..., Finished]
PLACE = ("--account", ACCOUNT, "--region", REGION)
# All that the conditions of the templates leave out by default.
WHOLE = ("AlarmEmail=ops@example.com", "AccessLogs=true", "SetApiGatewayLoggingRole=true")
TRUST = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}


def rows_of(*commands: str) -> frozenset[str]:
    """Return the actions that the table has for these commands."""
    return frozenset(
        action for row in PERMISSIONS if not set(commands).isdisjoint(row.commands) for action in row.actions
    )


# What these commands come to in other states: resources that are left, quotas that are too low or have another code,
# a private network, a call that is refused; and what AWS judges without a call of that name.
_NOT_CALLED_HERE = frozenset(
    action
    for action in rows_of("preflight", "status", "logs", "doctor", "link")
    if action.partition(":")[2].startswith(("Create", "Delete", "Put", "Stop", "Abort", "Request"))
) | {
    "apigateway:GET",
    "application-autoscaling:DeregisterScalableTarget",
    "bedrock:GetFoundationModelAvailability",  # of a model that is called by its id
    "bedrock:GetInferenceProfile",
    "cloudformation:DescribeEvents",
    "cloudformation:ListChangeSets",
    "cloudformation:ListStacks",
    "cloudwatch:GetMetricStatistics",  # of an endpoint with a queue
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcEndpointServices",
    "ec2:DescribeVpcs",
    "iam:GetRole",
    "kms:DescribeKey",
    "lambda:GetAccountSettings",
    "s3:GetObject",
    "s3:GetObjectTagging",
    "s3:ListBucketMultipartUploads",
    "s3:ListBucketVersions",
    "sagemaker:DescribeEndpoint",
    "sagemaker:DescribeEndpointConfig",
    "sagemaker:DescribeInferenceComponent",
    "sagemaker:DescribeNotebookInstance",
    "sagemaker:ListInferenceComponents",  # which the wire has an empty list for
    "servicequotas:ListAWSDefaultServiceQuotas",
    "servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota",
    "servicequotas:ListServiceQuotas",
}
_LINK_TO_A_NEW_STACK = {"apigateway:GET", "iam:GetRole"}  # of one that is there, its own logging role counts
_OF_EVERYONE = {"sts:GetCallerIdentity"}


class Deployer:
    """A role with policies, which the environment's credentials become."""

    def __init__(self, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch) -> None:
        self._account, self._monkeypatch = account, monkeypatch

    def become(self, policies: list[dict[str, Any]]) -> None:
        """Take on a new role with these policies."""
        iam = self._account.client("iam")
        trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
        role = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=trust)["Role"]
        for number, policy in enumerate(policies):
            made = iam.create_policy(PolicyName=f"deploy-{number}", PolicyDocument=json.dumps(policy))
            iam.attach_role_policy(RoleName="deployer", PolicyArn=made["Policy"]["Arn"])
        given = self._account.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")["Credentials"]
        for variable, name in (
            ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
            ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
            ("AWS_SESSION_TOKEN", "SessionToken"),
        ):
            self._monkeypatch.setenv(variable, given[name])
        self._monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    def refused(self, role: str = "deployer") -> list[str]:
        """Return what was refused to a role."""
        decisions = self._account.emulator.decisions()
        return sorted(
            f"{each.action} on {each.resource}" for each in decisions if each.role == role and not each.allowed
        )

    def used_times(self, role: str = "deployer") -> Counter[str]:
        """Return how often a role has used each action."""
        return Counter(each.action for each in self._account.emulator.decisions() if each.role == role and each.allowed)

    def used(self, role: str = "deployer") -> set[str]:
        """Return the actions that a role has used."""
        return {each.action for each in self._account.emulator.decisions() if each.role == role and each.allowed}


@pytest.fixture
def deployer(account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch) -> Deployer:
    """Whoever deploys."""
    return Deployer(account, monkeypatch)


def written(run: Run, folder: Path, *arguments: str) -> list[dict[str, Any]]:
    """Return the policies that the command writes into a folder."""
    result = run("policy", *arguments, "--output", folder)
    assert result.code == 0, result.stderr
    return [json.loads(Path(line).read_text()) for line in result.lines]


def actions_of(policies: list[dict[str, Any]]) -> set[str]:
    return {action for policy in policies for statement in policy["Statement"] for action in statement["Action"]}


def whole() -> list[str]:
    return [argument for each in WHOLE for argument in ("--parameter", each)]


@pytest.mark.parametrize("app", ["text", "image"])
def test_its_policy_is_enough_to_create_update_and_delete_a_stack(
    app: str, account: EmulatedAccount, notebook: Notebooks, deployer: Deployer, run: Run, tmp_path: Path
) -> None:
    policies = written(run, tmp_path / "policies", app, *PLACE)
    deployer.become(policies)
    deployed = run("deploy", app, "--yes", *whole())
    assert deployed.code == 0, deployed.stdout + deployed.stderr
    updated = run("deploy", app, "--yes", "--parameter", "AllowedOrigin=https://www.example.com", "--tag", "team=web")
    assert updated.code == 0, updated.stdout + updated.stderr
    differences: dict[str, tuple[list[str], list[str]]] = {}
    for command in (["preflight", app], ["status", app], ["logs", app], ["doctor"], ["link", app]):
        before = deployer.used_times()
        looked = run(*command)
        assert looked.code == 0, looked.stdout + looked.stderr
        assert deployer.refused() == [], command
        called = {action for action, times in deployer.used_times().items() if times > before[action]} - _OF_EVERYONE
        rows = rows_of(command[0]) - (_LINK_TO_A_NEW_STACK if command[0] == "link" else set())
        differences[command[0]] = (sorted(called - rows), sorted(rows - called - _NOT_CALLED_HERE))
    assert not [each for each in differences.items() if each[1] != ([], [])]
    destroyed = run("destroy", app, "--yes", "--purge")
    assert destroyed.code == 0, destroyed.stdout + destroyed.stderr
    assert account.stack_status(f"genai-{app}") is None
    assert run("doctor").code == 0
    assert deployer.refused() == []


_HOSTINGS = [
    (
        "text",
        "native",
        ["MaxInstances=2", "RolloutWaitSeconds=60"],
        {"application-autoscaling:RegisterScalableTarget", "sagemaker:UpdateEndpoint"},
    ),
    ("text", "scale-to-zero", [], {"sagemaker:CreateInferenceComponent", "sagemaker:DeleteInferenceComponent"}),
    ("image", "scale-to-zero", [], {"sns:Subscribe", "application-autoscaling:PutScalingPolicy"}),
    ("text", "bedrock", [], {"lambda:CreateFunction"}),
]


_MAY_BE_CALLED = {
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
    "agreementAvailability": {"status": "AVAILABLE"},
}


@pytest.mark.parametrize(("app", "hosting", "parameters", "actions"), _HOSTINGS)
def test_its_policy_is_enough_for_every_hosting_which_is_kept(
    app: str,
    hosting: str,
    parameters: list[str],
    actions: set[str],
    account: EmulatedAccount,
    deployer: Deployer,
    run: Run,
    wire: Wire,
    tmp_path: Path,
) -> None:
    wire.respond("bedrock", "GetInferenceProfile", {})
    wire.respond("bedrock", "GetFoundationModelAvailability", _MAY_BE_CALLED)
    chosen, given = (app, "--hosting", hosting), [each for one in parameters for each in ("--parameter", one)]
    deployer.become(written(run, tmp_path / "policies", *chosen, *PLACE))
    account.emulator.set_quota("ml.g5.2xlarge", 2)  # an update of a native endpoint brings the new instances first
    deployed = run("deploy", *chosen, "--yes")
    assert deployed.code == 0, deployed.stdout + deployed.stderr
    # What is not given stays as it was chosen.
    updated = run("deploy", app, "--yes", "--tag", "team=web", *given)
    assert updated.code == 0, updated.stdout + updated.stderr
    assert f"as the stack was deployed before: --hosting {hosting} ('--reset-options'" in updated.stdout
    for command in ("status", "logs", "doctor"):
        looked = run(command, *([] if command == "doctor" else [app]))
        assert looked.code == 0, looked.stdout + looked.stderr
    destroyed = run("destroy", app, "--yes", "--purge")
    assert destroyed.code == 0, destroyed.stdout + destroyed.stderr
    assert account.stack_status(f"genai-{app}") is None
    assert deployer.refused() == []
    assert actions <= deployer.used()


def test_its_policy_is_enough_to_plan_a_new_stack_and_to_leave_nothing_of_it(
    account: EmulatedAccount, deployer: Deployer, run: Run, tmp_path: Path
) -> None:
    deployer.become(written(run, tmp_path / "policies", "text", *PLACE))
    planned = run("deploy", "text", "--plan")
    assert (planned.code, deployer.refused()) == (0, []), planned.stdout + planned.stderr
    assert "cloudformation:ListChangeSets" in deployer.used()
    assert account.stack_status("genai-text") is None


def test_without_a_permission_of_it_the_resource_that_needs_it_fails(
    account: EmulatedAccount, notebook: Notebooks, deployer: Deployer, run: Run, tmp_path: Path
) -> None:
    policies = written(run, tmp_path / "policies", "text", *PLACE)
    for policy in policies:
        for statement in policy["Statement"]:
            statement["Action"] = [each for each in statement["Action"] if each != "cloudfront:CreateDistribution"]
    deployer.become(policies)
    deployed = run("deploy", "text", "--yes")
    assert deployed.code == 1
    assert "cloudfront:CreateDistribution" in deployed.stderr, deployed.stderr
    assert deployer.refused() == ["cloudfront:CreateDistribution on *"]


def test_a_role_without_it_is_refused_before_anything_is_made(
    account: EmulatedAccount, deployer: Deployer, run: Run
) -> None:
    deployer.become([])
    deployed = run("deploy", "text", "--yes")
    assert deployed.code == 1
    assert deployer.refused()
    assert account.client("s3").list_buckets()["Buckets"] == []


def test_another_stack_is_out_of_reach(account: EmulatedAccount, deployer: Deployer, run: Run, tmp_path: Path) -> None:
    deployer.become(written(run, tmp_path / "policies", "text", *PLACE))
    assert run("deploy", "text", "--yes", "--stack-name", "another").code == 1
    assert any("stack/another/" in each for each in deployer.refused()), deployer.refused()


@pytest.mark.parametrize("app", ["text", "image"])
def test_with_a_service_role_a_person_needs_the_commands_own_calls_alone(
    app: str, account: EmulatedAccount, notebook: Notebooks, deployer: Deployer, run: Run, tmp_path: Path
) -> None:
    role = create_service_role(account, run("policy", app, "--service-role").stdout)
    deployer.become(written(run, tmp_path / "policies", app, *PLACE, "--role-arn", role))
    deployed = run("deploy", app, "--yes", "--role-arn", role, *whole())
    assert deployed.code == 0, deployed.stdout + deployed.stderr
    assert run("destroy", app, "--yes", "--role-arn", role).code == 0
    of_role = deployer.used(role.rpartition("/")[2])
    assert deployer.refused() + deployer.refused(role.rpartition("/")[2]) == []
    assert "lambda:CreateFunction" in of_role
    assert not {"lambda:CreateFunction", "iam:CreateRole"} & deployer.used()


def test_with_a_service_role_a_stack_without_it_is_refused(
    account: EmulatedAccount, deployer: Deployer, run: Run, tmp_path: Path
) -> None:
    role = create_service_role(account, run("policy", "text", "--service-role").stdout)
    deployer.become(written(run, tmp_path / "policies", "text", *PLACE, "--role-arn", role))
    assert run("deploy", "text", "--yes").code == 1
    assert [each.split()[0] for each in deployer.refused()] == ["cloudformation:CreateChangeSet"]


def create_service_role(account: EmulatedAccount, template: str) -> str:
    """Create the stack of a service role, and return the role's ARN."""
    client = account.client("cloudformation")
    client.create_stack(StackName="role", TemplateBody=template, Capabilities=["CAPABILITY_IAM"])
    client.get_waiter("stack_create_complete").wait(StackName="role", WaiterConfig={"Delay": 1})
    outputs = client.describe_stacks(StackName="role")["Stacks"][0]["Outputs"]
    return str({each["OutputKey"]: each["OutputValue"] for each in outputs}["RoleArn"])
