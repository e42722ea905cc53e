"""What a policy is made for: partition, region, account, stack and bucket, which its ARNs name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ...errors import InvalidOption

_STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_ACCOUNT = re.compile(r"\d{12}|\*")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+|\*")
_BUCKET = re.compile(r"[a-z0-9*][a-z0-9.*-]{1,61}[a-z0-9*]")
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
# CloudFormation shortens the stack's name and the logical id where a name would be longer than 64 characters; 24 of
# each with the suffix always fit.
_KEPT_OF_STACK_NAME = 24


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a policy allows something.

    ``region`` and ``account`` may be ``*``, for all of them; ``bucket`` is that of the artifacts, by default the one
    that ``deploy`` makes. Raises InvalidOption for what cannot be an account, a region, a stack or a bucket.
    """

    stack: str
    region: str = "*"
    account: str = "*"
    bucket: str = ""

    def __post_init__(self) -> None:
        """Raise InvalidOption for a name that cannot be."""
        _check("account", self.account, _ACCOUNT, "its 12 digits")
        _check("region", self.region, _REGION, "a name such as eu-west-1")
        _check("stack name", self.stack, _STACK, "a letter, then letters, digits and hyphens, 128 at most")
        if self.bucket:
            _check("bucket", self.bucket, _BUCKET, "the name of an S3 bucket")

    @property
    def partition(self) -> str:
        """The partition of the region, such as ``aws``."""
        return next((name for start, name in _PARTITIONS.items() if self.region.startswith(start)), "aws")

    @property
    def names(self) -> str:
        """The pattern of the names that CloudFormation makes for the stack's resources."""
        whole = len(self.stack) <= _KEPT_OF_STACK_NAME
        return f"{self.stack}-*" if whole else f"{self.stack[:_KEPT_OF_STACK_NAME]}*"

    def fill(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Put partition, region, account, stack, names and bucket where texts such as ARNs have them in braces."""
        values = {
            "partition": self.partition,
            "region": self.region,
            "account": self.account,
            "stack": self.stack,
            "names": self.names,
            "lower_names": self.names.lower(),
            "bucket": self.bucket or f"genai-templates-{self.account}-{self.region}",
        }
        return tuple(text.format_map(values) for text in texts)


@dataclass(frozen=True, kw_only=True)
class OwnPlace(Place):
    """The account and region that a template is deployed in: its ARNs are for ``Fn::Sub``."""

    region: str = "${AWS::Region}"
    account: str = "${AWS::AccountId}"

    def __post_init__(self) -> None:
        """Check the stack and the bucket alone: CloudFormation knows the rest."""
        Place(stack=self.stack, bucket=self.bucket)

    @property
    def partition(self) -> str:
        """The partition, as ``Fn::Sub`` has it."""
        return "${AWS::Partition}"


def _check(name: str, value: str, pattern: re.Pattern[str], allowed: str) -> None:
    if not pattern.fullmatch(value):
        raise InvalidOption(f"{name} {value!r}: give {allowed}")
