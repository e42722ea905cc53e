"""Every class of failure is known by the words in which AWS tells of it."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
)

from genai_templates.aws.failures import FAILURES, OTHER, classify, translated
from genai_templates.errors import AwsError
from tests.unit.aws.seen_failures import SEEN


@pytest.mark.parametrize(
    ("name", "text"),
    [(name, text) for name, texts in SEEN.items() for text in texts],
    ids=lambda value: str(value)[:40],
)
def test_what_aws_writes_belongs_to_its_class(name: str, text: str) -> None:
    assert classify(text).name == name


def test_there_are_more_than_twenty_classes_and_each_has_been_seen() -> None:
    names = [failure.name for failure in FAILURES]
    assert len(set(names)) == len(names) > 20
    assert set(names) == set(SEEN)


def test_each_class_has_something_to_do_about_it() -> None:
    assert all(failure.advice for failure in [*FAILURES, OTHER])


def test_what_belongs_nowhere_is_still_told() -> None:
    assert classify("The moon is in the wrong phase") is OTHER


@pytest.mark.parametrize(
    ("error", "first_line"),
    [
        (
            ClientError({"Error": {"Code": "AccessDenied", "Message": "no\nway"}}, "CreateChangeSet"),
            "access denied: CreateChangeSet: AccessDenied: no way",
        ),
        (NoCredentialsError(), "no credentials: Unable to locate credentials"),
        (ProfileNotFound(profile="x"), "no credentials: The config profile (x) could not be found"),
        (
            EndpointConnectionError(endpoint_url="http://127.0.0.1:9"),
            'network lost: Could not connect to the endpoint URL: "http://127.0.0.1:9"',
        ),
        (ReadTimeoutError(endpoint_url="x"), 'network lost: Read timeout on endpoint URL: "x"'),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_of_the_sdk_is_told_in_a_line_with_advice(error: Exception, first_line: str) -> None:
    with pytest.raises(AwsError) as raised, translated():
        raise error
    first, advice = str(raised.value).splitlines()
    assert first == first_line
    assert advice.strip()
    assert raised.value.failure == first_line.partition(":")[0]


def test_a_mistake_of_ours_is_not_disguised() -> None:
    with pytest.raises(ZeroDivisionError), translated():
        raise ZeroDivisionError
