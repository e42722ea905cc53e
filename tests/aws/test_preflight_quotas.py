"""The quotas in preflight: what there is, what is in use, and what is requested."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from genai_templates import TextStack
from tests.aws.account import EmulatedAccount
from tests.aws.operations import Call
from tests.aws.test_preflight import PATIENT, Run, lines_by_check
from tests.aws.wire import Wire

_GPU = "quota ml.g5.2xlarge"
_CODE = "L-9614C779"
_SIZES = ("ml.g5.2xlarge", "ml.g5.4xlarge")


@pytest.fixture
def no_quota(account: EmulatedAccount) -> Iterator[None]:
    """An account that may run no GPU, as new ones are."""
    for size in _SIZES:
        account.emulator.set_quota(size, 0)
    yield
    for size in _SIZES:
        account.emulator.set_quota(size, 1)


def _lines(run: Run, *arguments: str) -> dict[str, str]:
    return lines_by_check(run("preflight", "text", *arguments, *PATIENT))


def _run_endpoint(account: EmulatedAccount, instance_type: str = "ml.g5.2xlarge") -> None:
    client = account.client("sagemaker")
    role = "arn:aws:iam::000000000000:role/any"
    client.create_model(ModelName="other", ExecutionRoleArn=role, PrimaryContainer={"Image": "image"})
    variant = {
        "VariantName": "all",
        "ModelName": "other",
        "InstanceType": instance_type,
        "InitialInstanceCount": 1,
        "InitialVariantWeight": 1,
    }
    client.create_endpoint_config(EndpointConfigName="other", ProductionVariants=[variant])
    client.create_endpoint(EndpointName="other", EndpointConfigName="other")


@pytest.mark.usefixtures("no_quota")
def test_a_quota_of_zero_fails_and_says_how_to_request_more(run: Run) -> None:
    finished = run("preflight", "text", *PATIENT)
    assert finished.code == 1
    assert lines_by_check(finished)[_GPU] == (
        "fails: quota 0, 0 in use, 1 more needed -> request 1 with 'genai-templates preflight --request-quota', or in "
        "Service Quotas (L-9614C779)"
    )


def test_a_quota_that_is_used_up_fails(run: Run, account: EmulatedAccount) -> None:
    _run_endpoint(account)
    finished = run("preflight", "text", *PATIENT)
    assert lines_by_check(finished)[_GPU].startswith("fails: quota 1, 1 in use, 1 more needed -> ")
    assert "request 2 with" in lines_by_check(finished)[_GPU]
    assert finished.code == 1


def test_an_endpoint_of_another_type_uses_nothing_of_the_quota(run: Run, account: EmulatedAccount) -> None:
    _run_endpoint(account, "ml.g5.4xlarge")
    assert _lines(run)[_GPU] == "ok: quota 1, 0 in use"


def test_a_fall_back_with_room_makes_a_quota_that_is_used_up_a_warning(run: Run, account: EmulatedAccount) -> None:
    _run_endpoint(account)
    finished = run("preflight", "text", "--fallback-instance-type", "ml.g5.4xlarge", *PATIENT)
    lines = lines_by_check(finished)
    assert lines[_GPU].startswith("warning: quota 1, 1 in use, 1 more needed; the deployment goes on to the next type")
    assert lines["quota ml.g5.4xlarge"] == "ok: quota 1, 0 in use"
    assert finished.code == 0


def test_the_instance_type_of_the_parameter_is_the_one_that_counts(run: Run) -> None:
    lines = _lines(run, "--parameter", "InstanceType=ml.g5.4xlarge")
    assert "quota ml.g5.4xlarge" in lines
    assert _GPU not in lines


@pytest.mark.usefixtures("no_quota")
def test_more_is_requested_once_and_the_request_is_shown_with_its_date(run: Run, wire: Wire) -> None:
    today = f"{datetime.now(tz=UTC).astimezone():%Y-%m-%d}"
    assert _lines(run, "--request-quota")[_GPU] == (
        f"fails: quota 0, 0 in use, 1 more needed -> 1 requested on {today}: pending; AWS takes minutes to days"
    )
    for flags in ((), ("--request-quota",)):
        assert f"-> 1 requested on {today}: pending; wait for AWS" in _lines(run, *flags)[_GPU]
    assert wire.names("service-quotas").count("service-quotas:RequestServiceQuotaIncrease") == 1


@pytest.mark.usefixtures("no_quota")
def test_nothing_is_requested_without_the_flag(run: Run, wire: Wire) -> None:
    _lines(run)
    assert "service-quotas:RequestServiceQuotaIncrease" not in wire.names()


def test_nothing_is_requested_where_there_is_room(run: Run, wire: Wire) -> None:
    _lines(run, "--request-quota")
    assert "service-quotas:RequestServiceQuotaIncrease" not in wire.names()


@pytest.mark.usefixtures("no_quota")
def test_a_request_that_was_denied_is_said(run: Run, wire: Wire) -> None:
    denied = {"DesiredValue": 1.0, "Status": "NOT_APPROVED", "Created": datetime(2026, 11, 20, 12, tzinfo=UTC)}
    history = "ListRequestedServiceQuotaChangeHistoryByQuota"
    wire.respond("service-quotas", history, {"RequestedQuotas": [denied]})
    assert "the last request (1 requested on 2026-11-20: not approved) was not granted" in _lines(run)[_GPU]


@pytest.mark.usefixtures("no_quota")
def test_a_request_that_is_refused_says_why(run: Run, wire: Wire) -> None:
    wire.fail("service-quotas", "RequestServiceQuotaIncrease", code="QuotaExceededException", message="too many")
    line = _lines(run, "--request-quota")[_GPU]
    assert "the request for 1 was refused: quota too low: RequestServiceQuotaIncrease: QuotaExceeded" in line


@pytest.mark.usefixtures("no_quota")
def test_a_quota_that_cannot_be_raised_is_for_the_support(run: Run, wire: Wire) -> None:
    wire.respond("service-quotas", "GetServiceQuota", _gpu_quota(Adjustable=False))
    assert "open a case with AWS Support" in _lines(run, "--request-quota")[_GPU]
    assert "service-quotas:RequestServiceQuotaIncrease" not in wire.names()


def _gpu_quota(**fields: Any) -> dict[str, Any]:
    quota = {
        "ServiceCode": "sagemaker",
        "QuotaCode": _CODE,
        "QuotaName": "ml.g5.2xlarge for endpoint usage",
        "Value": 0.0,
    }
    return {"Quota": quota | fields}


def test_a_quota_that_was_never_raised_has_its_default(run: Run, wire: Wire) -> None:
    wire.fail("service-quotas", "GetServiceQuota", code="NoSuchResourceException", message="none")
    wire.respond("service-quotas", "GetAWSDefaultServiceQuota", _gpu_quota(), when=_is_about(_CODE))
    assert _lines(run)[_GPU].startswith("fails: quota 0, 0 in use, 1 more needed")


def test_a_quota_whose_code_has_another_name_by_now_is_found_by_its_name(run: Run, wire: Wire) -> None:
    for operation in ("GetServiceQuota", "GetAWSDefaultServiceQuota"):
        wire.respond("service-quotas", operation, _gpu_quota(QuotaName="something else"), when=_is_about(_CODE))
    assert _lines(run)[_GPU] == "ok: quota 1, 0 in use"


def test_a_quota_that_the_region_does_not_have_is_a_warning(run: Run, wire: Wire) -> None:
    line = _lines(run, "--parameter", "InstanceType=ml.g4dn.9xlarge")["quota ml.g4dn.9xlarge"]
    assert line.startswith("warning: Service Quotas has no quota 'ml.g4dn.9xlarge for endpoint usage' in us-east-1")


def _is_about(code: str) -> Callable[[Call], bool]:
    return lambda call: call.parameters.get("QuotaCode") == code


def test_what_is_in_use_may_be_unknown_while_the_quota_is_known(run: Run, wire: Wire) -> None:
    message = "User: x is not authorized to perform: sagemaker:DescribeEndpoint on resource: y"
    wire.respond("sagemaker", "ListEndpoints", {"Endpoints": [_summary("some")]})
    wire.fail("sagemaker", "DescribeEndpoint", code="AccessDeniedException", message=message)
    assert _lines(run)[_GPU].startswith(
        "not known: quota 1; how much is in use is not known, the permission sagemaker:DescribeEndpoint is missing"
    )


def test_an_account_with_many_endpoints_is_not_looked_through(run: Run, wire: Wire) -> None:
    wire.respond("sagemaker", "ListEndpoints", {"Endpoints": [_summary(f"e{n}") for n in range(100)]})
    wire.fail("sagemaker", "DescribeEndpoint", code="ValidationException", message='Could not find endpoint "e"')
    assert _lines(run)[_GPU].startswith("warning: quota 1, 0 in use or more: not all endpoints were looked at")
    assert wire.names().count("sagemaker:DescribeEndpoint") == 60


def _summary(name: str) -> dict[str, Any]:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    arn = f"arn:aws:sagemaker:us-east-1:000000000000:endpoint/{name}"
    times = {"CreationTime": now, "LastModifiedTime": now}
    return {"EndpointName": name, "EndpointArn": arn, "EndpointStatus": "InService", **times}


def test_running_notebooks_count_against_their_type_and_all_against_the_total(run: Run, wire: Wire) -> None:
    notebooks = [_notebook(n, "InService") for n in range(20)] + [_notebook(n, "Stopped") for n in range(4)]
    wire.respond("sagemaker", "ListNotebookInstances", {"NotebookInstances": notebooks})
    lines = _lines(run)
    assert lines["quota ml.t3.medium notebook"].startswith("fails: quota 20, 20 in use, 1 more needed")
    assert lines["quota notebooks"].startswith("fails: quota 8, 24 in use, 1 more needed")


def _notebook(number: int, status: str) -> dict[str, Any]:
    return {
        "NotebookInstanceName": f"n{number}",
        "NotebookInstanceArn": f"arn:aws:sagemaker:us-east-1:000000000000:notebook-instance/n{number}",
        "NotebookInstanceStatus": status,
        "InstanceType": "ml.t3.medium",
    }


def test_vpcs_are_looked_at_for_a_private_network_alone(run: Run, account: EmulatedAccount) -> None:
    assert "quota VPCs" not in _lines(run)
    for number in range(1, 5):
        account.client("ec2").create_vpc(CidrBlock=f"10.{number}.0.0/16")
    line = _lines(run, "--function-network", "private")["quota VPCs"]
    assert line.startswith("fails: quota 5, 5 in use, 1 more needed -> ")  # the default VPC counts


def test_an_account_with_the_concurrency_of_a_new_one_is_warned(run: Run, wire: Wire) -> None:
    limit = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
    wire.respond("lambda", "GetAccountSettings", {"AccountLimit": limit, "AccountUsage": {}})
    assert _lines(run)["concurrency"].startswith("warning: 10 functions at the same time, 10 of them unreserved -> ")


def test_a_stack_that_is_deployed_needs_no_more(run: Run, wire: Wire, account: EmulatedAccount) -> None:
    _run_endpoint(account)
    parameters = {
        name: str(each.to_dict().get("Default", "")) for name, each in TextStack().template.parameters.items()
    }
    wire.respond("cloudformation", "DescribeStacks", {"Stacks": [deployed_stack(**parameters)]})
    assert _lines(run)[_GPU] == "ok: quota 1, 1 in use, the stack's own among them"
    # Another endpoint comes beside the one that there is.
    changed = deployed_stack(**parameters | {"InstanceType": "ml.g5.4xlarge"})
    wire.respond("cloudformation", "DescribeStacks", {"Stacks": [changed]})
    assert _lines(run, "--parameter", "InstanceType=ml.g5.2xlarge")[_GPU].startswith(
        "fails: quota 1, 1 in use, 1 more needed"
    )


def deployed_stack(status: str = "UPDATE_COMPLETE", **parameters: str) -> dict[str, Any]:
    """Return a stack as CloudFormation describes it."""
    return {
        "StackId": "arn:aws:cloudformation:us-east-1:000000000000:stack/genai-text/1",
        "StackName": "genai-text",
        "StackStatus": status,
        "CreationTime": datetime(2026, 11, 20, tzinfo=UTC),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        "Tags": [{"Key": "genai-templates:app", "Value": "text"}],
    }
