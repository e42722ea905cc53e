"""The commands that doctor prints are commands of AWS, with the flags that they take."""

from __future__ import annotations

import shlex

import pytest

from genai_templates.aws.doctor.emptying import BucketContents
from genai_templates.aws.doctor.removal import removal_command, removal_order, remove_all
from genai_templates.aws.doctor.resources import Kind, Resource
from genai_templates.components.encryption_key import WAITING_DAYS
from tests.aws_command_line import flags_of, flags_of_waiter
from tests.unit.aws.stubbed_account import StubbedAccount

OF_AWS = [kind for kind in Kind if kind not in {Kind.BUCKET, Kind.TARGET}]


@pytest.mark.parametrize("kind", OF_AWS)
def test_a_command_exists_with_its_flags_and_names_the_resource_and_the_region(kind: Kind) -> None:
    line = removal_command(Resource(kind, "genai one", "arn"), "eu-west-1")
    for command in line.split(" && "):
        program, service, verb, *rest = shlex.split(command)
        allowed = flags_of_waiter(service, rest.pop(0)) if verb == "wait" else flags_of(service, verb)
        flags = dict(zip(rest[::2], rest[1::2], strict=True))
        assert program == "aws"
        assert {flag.removeprefix("--") for flag in flags} <= allowed
        days = flags.pop("--pending-window-in-days", str(WAITING_DAYS))  # of a key alone
        assert days == str(WAITING_DAYS)
        assert sorted(flags.values()) == ["eu-west-1", "genai one"]


def test_a_stopped_notebook_needs_no_stopping() -> None:
    stopped = Resource(Kind.NOTEBOOK, "notebook", "arn", {"NotebookInstanceStatus": "Stopped"})
    assert removal_command(stopped, "eu-west-1") == (
        "aws sagemaker delete-notebook-instance --notebook-instance-name notebook --region eu-west-1"
    )


def test_a_scalable_target_is_named_by_what_it_scales() -> None:
    listed = {"ScalableDimension": "sagemaker:variant:DesiredInstanceCount"}
    line = removal_command(Resource(Kind.TARGET, "endpoint/genai/variant/AllTraffic", "arn", listed), "eu-west-1")
    _, service, verb, *rest = shlex.split(line)
    assert {flag.removeprefix("--") for flag in rest[::2]} <= flags_of(service, verb)
    assert rest[1::2] == ["sagemaker", "endpoint/genai/variant/AllTraffic", listed["ScalableDimension"], "eu-west-1"]


def test_a_bucket_goes_by_our_own_command_since_none_of_aws_deletes_versions() -> None:
    assert removal_command(Resource(Kind.BUCKET, "bucket", "arn"), "eu-west-1") == (
        "genai-templates doctor --region eu-west-1 --remove bucket"
    )


def test_an_endpoint_goes_before_what_it_uses() -> None:
    kinds = [Kind.MODEL, Kind.CONFIGURATION, Kind.ENDPOINT, Kind.COMPONENT]
    resources = [Resource(kind, "genai", "arn") for kind in kinds]
    assert [each.kind for each in sorted(resources, key=removal_order)] == kinds[::-1]


def test_contents_that_were_not_counted_to_the_end_are_more() -> None:
    assert str(BucketContents(1000, 2_500_000)) == "1,000 object versions, 2.5 MB"
    assert str(BucketContents(1000, 0, is_whole=False)) == "at least 1,000 object versions, 0.0 MB"


def test_what_a_native_endpoint_uses_waits_for_it_although_their_names_differ(account: StubbedAccount) -> None:
    account.refuse("sagemaker", "delete_endpoint", "ValidationException", "Cannot delete in-progress endpoint")
    kinds = {Kind.ENDPOINT: "genai-6f1c2d3e-0000-4111-8222-333344445555", Kind.CONFIGURATION: "EndpointConfig-AbC123"}
    errors = [error for _, error in remove_all(account, [Resource(kind, name, "arn") for kind, name in kinds.items()])]
    assert str(errors[1]) == "kept, because its endpoint is still there"


def test_a_component_goes_before_its_endpoint_and_what_scales_it_before(account: StubbedAccount) -> None:
    resources = [Resource(kind, "genai", "arn") for kind in (Kind.ENDPOINT, Kind.COMPONENT, Kind.TARGET)]
    assert [each.kind for each in sorted(resources, key=removal_order)] == [Kind.TARGET, Kind.COMPONENT, Kind.ENDPOINT]
