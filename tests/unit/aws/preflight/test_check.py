"""What an error of AWS means for the check that met it."""

from __future__ import annotations

import pytest

from genai_templates.aws.preflight.check import Verdict, from_error, missing_permission
from genai_templates.errors import AwsError


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            "access denied: ListEndpoints: AccessDeniedException: User: arn:aws:iam::1:user/me is not authorized to "
            "perform: sagemaker:ListEndpoints on resource: *",
            "sagemaker:ListEndpoints",
        ),
        (
            "access denied: DescribeVpcs: UnauthorizedOperation: You are not authorized to perform: ec2:DescribeVpcs",
            "ec2:DescribeVpcs",
        ),
        ("access denied: DescribeVpcs: UnauthorizedOperation: You may not", "for DescribeVpcs"),
        ("access denied: the bucket is another account's", "for this"),
    ],
)
def test_the_missing_permission_is_named(message: str, expected: str) -> None:
    assert missing_permission(AwsError(message, "access denied")) == expected


def test_a_denied_look_is_not_known() -> None:
    check = from_error("quota", AwsError("access denied: X: AccessDenied: no", "access denied"))
    assert (check.name, check.verdict) == ("quota", Verdict.UNKNOWN)
    assert check.finding == "the permission for X is missing"


def test_a_region_that_is_not_enabled_fails() -> None:
    error = AwsError("region not enabled: X: OptInRequired: no\n  enable it", "region not enabled")
    check = from_error("types", error)
    assert (check.verdict, check.advice) == (Verdict.FAILS, "enable it")
