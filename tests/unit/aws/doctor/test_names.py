"""The names of resources of ours tell which stack they belong to; other names tell nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genai_templates.aws.doctor.names import NameSign, base_name, is_named_after, read_name
from genai_templates.aws.doctor.resources import Kind

GUID = "6f1c2d3e-0000-4111-8222-333344445555"
OF_GUID = NameSign(guid=GUID)


@pytest.mark.parametrize(
    ("kind", "name", "sign"),
    [
        (Kind.ENDPOINT, f"genai-{GUID}", OF_GUID),
        (Kind.ENDPOINT, f"text-genai-{GUID}", OF_GUID),
        (Kind.COMPONENT, f"genai-{GUID}-model", OF_GUID),
        (Kind.TARGET, f"endpoint/genai-{GUID}/variant/AllTraffic", OF_GUID),
        (Kind.TARGET, f"inference-component/genai-{GUID}", OF_GUID),
        (Kind.BUCKET, "genai-image-inferencebucket-abcdefghijkl", NameSign(stack="genai-image")),
        (Kind.ALARM, "genai-text-WakeAlarm-ABCDEFGHIJKL", NameSign(stack="genai-text")),
        (Kind.NOTEBOOK, f"al2023-{GUID}", OF_GUID),
        (Kind.LOG_GROUP, f"/aws/sagemaker/Endpoints/genai-{GUID}", OF_GUID),
        (Kind.LOG_GROUP, f"/aws/sagemaker/InferenceComponents/genai-{GUID}-model", OF_GUID),
        (Kind.LOG_GROUP, "genai-text-ApiLogs-ABCDEFGHIJKL", NameSign(stack="genai-text")),
        (Kind.LOG_GROUP, "/aws/lambda/my-stack-DisplayImageFunction-AbCdEfGhIjKl", NameSign(stack="my-stack")),
        (Kind.ALARM, "genai-text-ApiErrors-ABCDEFGHIJKL", NameSign(stack="genai-text")),
        (Kind.BUCKET, "genai-text-logbucket-abcdefghijkl", NameSign(stack="genai-text")),
        (Kind.BUCKET, "a-imagebucket-imagebucket-abcdefghijkl", NameSign(stack="a-imagebucket")),
    ],
)
def test_names_of_ours_are_read(kind: Kind, name: str, sign: NameSign) -> None:
    assert read_name(kind, name) == sign


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Kind.ENDPOINT, "genai-production"),
        (Kind.TARGET, "endpoint/other/variant/AllTraffic"),
        (Kind.TARGET, f"table/genai-{GUID}"),
        (Kind.ENDPOINT, f"mygenai-{GUID}"),
        (Kind.ENDPOINT, "genai-text-ApiErrors-ABCDEFGHIJKL"),
        (Kind.LOG_GROUP, "/aws/sagemaker/Endpoints/other"),
        (Kind.LOG_GROUP, "/aws/sagemaker/NotebookInstances"),
        (Kind.LOG_GROUP, "/aws/lambda/genai-text-OtherFunction-ABCDEFGHIJKL"),
        (Kind.LOG_GROUP, f"genai-{GUID}"),
        (Kind.ALARM, "genai-text-CpuAlarm-ABCDEFGHIJKL"),
        (Kind.BUCKET, "genai-text-databucket-abcdefghijkl"),
        (Kind.BUCKET, "genai-text-accesslogbucket-abcdefghijkl"),
        (Kind.BUCKET, "genai-templates-000000000000-us-east-1"),
        (Kind.BUCKET, "logbucket-abcdefghijkl"),
    ],
)
def test_other_names_tell_nothing(kind: Kind, name: str) -> None:
    assert read_name(kind, name) is None


@given(kind=st.sampled_from(list(Kind)), name=st.text())
def test_any_name_can_be_read(kind: Kind, name: str) -> None:
    assert read_name(kind, name) is None or any(read_name(kind, name) or ())


def test_a_bucket_is_named_after_the_beginning_of_its_stack_in_lower_case() -> None:
    assert is_named_after(Kind.BUCKET, "genai-te", "Genai-Text")
    assert not is_named_after(Kind.BUCKET, "genai-text", "genai-te")
    assert is_named_after(Kind.ALARM, "genai-text", "genai-text")
    assert not is_named_after(Kind.ALARM, "genai-te", "genai-text")


@pytest.mark.parametrize("end", ["", "-2"])
def test_what_an_update_made_goes_by_the_name_of_its_endpoint(end: str) -> None:
    assert base_name(f"genai-{GUID}{end}") == f"genai-{GUID}"
    assert base_name("another-2") == "another-2"
