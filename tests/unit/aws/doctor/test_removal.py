"""The commands that doctor prints are commands of AWS, with the flags that they take."""

from __future__ import annotations

import shlex

import pytest

from genai_templates.aws.doctor.emptying import BucketContents
from genai_templates.aws.doctor.removal import removal_command, removal_order
from genai_templates.aws.doctor.resources import Kind, Resource
from tests.aws_command_line import flags_of, flags_of_waiter

OF_AWS = [kind for kind in Kind if kind is not Kind.BUCKET]


@pytest.mark.parametrize("kind", OF_AWS)
def test_a_command_exists_with_its_flags_and_names_the_resource_and_the_region(kind: Kind) -> None:
    line = removal_command(Resource(kind, "genai one", "arn"), "eu-west-1")
    for command in line.split(" && "):
        program, service, verb, *rest = shlex.split(command)
        allowed = flags_of_waiter(service, rest.pop(0)) if verb == "wait" else flags_of(service, verb)
        flags = dict(zip(rest[::2], rest[1::2], strict=True))
        assert program == "aws"
        assert {flag.removeprefix("--") for flag in flags} <= allowed
        assert sorted(flags.values()) == ["eu-west-1", "genai one"]


def test_a_stopped_notebook_needs_no_stopping() -> None:
    stopped = Resource(Kind.NOTEBOOK, "notebook", "arn", {"NotebookInstanceStatus": "Stopped"})
    assert removal_command(stopped, "eu-west-1") == (
        "aws sagemaker delete-notebook-instance --notebook-instance-name notebook --region eu-west-1"
    )


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
