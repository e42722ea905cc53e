"""The container that serves a model on SageMaker: its image, artifacts and environment.

The regions of each image and the registries are in ``data/registries.json``, which is read when they are asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from .errors import InvalidOption

_IMAGE = re.compile(
    r"(?:(?P<host>\d{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?)/|(?!.*/))"
    r"(?P<repository>[a-z0-9][a-z0-9._/-]*):(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})"
)
_ARTIFACTS = re.compile(r"s3://(?P<bucket>(?:[a-z0-9.-]|\$\{AWS::(?:Region|AccountId)\})+)/(?P<prefix>\S+/)")
_VARIABLE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_MOST_CHARACTERS = 1024


@dataclass(frozen=True, kw_only=True)
class Container:
    """What SageMaker runs, and what it finds in ``/opt/ml/model``.

    ``image`` is ``repository:tag`` of AWS's Deep Learning Containers, or the whole URI of an image in ECR, which is in
    one region. ``artifacts`` is the S3 prefix of the uncompressed model, ``s3://bucket/prefix/``; the bucket's name may
    hold ``${AWS::Region}`` and ``${AWS::AccountId}``, and the bucket is in the endpoint's region. ``environment`` are
    the container's variables, and ``environment_by_instance_type`` what differs on one type. ``network_isolation``:
    whether the container does without the network, for it has all that it needs in its artifacts. ``source`` says
    where these facts were read. Raises InvalidOption for what SageMaker would refuse.
    """

    image: str
    artifacts: str
    environment: Mapping[str, str] = field(default_factory=dict)
    environment_by_instance_type: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    network_isolation: bool = True
    source: str = ""

    def __post_init__(self) -> None:
        """Check all that can be checked without an account."""
        _match(_IMAGE, self.image, "image", "repository:tag, or ACCOUNT.dkr.ecr.REGION.amazonaws.com/repository:tag")
        _match(_ARTIFACTS, self.artifacts, "artifacts", "s3://bucket/prefix/, of files that are not compressed")
        if not isinstance(self.network_isolation, bool):
            raise InvalidOption(f"network_isolation is {self.network_isolation!r}; it must be a bool")
        _check_environment("environment", self.environment)
        if not isinstance(self.environment_by_instance_type, Mapping):
            raise InvalidOption("environment_by_instance_type must be a mapping of instance types to environments")
        for instance_type, environment in self.environment_by_instance_type.items():
            _check_environment(f"environment of {instance_type}", environment)

    @property
    def repository(self) -> str:
        """Name of the image's repository."""
        return _part(_IMAGE, self.image, "repository")

    @property
    def image_name(self) -> str:
        """The image without its registry: ``repository:tag``."""
        return f"{self.repository}:{_part(_IMAGE, self.image, 'tag')}"

    @property
    def bucket(self) -> str:
        """Name of the artifacts' bucket, for ``Fn::Sub``."""
        return _part(_ARTIFACTS, self.artifacts, "bucket")

    @property
    def artifact_prefix(self) -> str:
        """Prefix of the artifacts' keys."""
        return _part(_ARTIFACTS, self.artifacts, "prefix")

    @property
    def registries(self) -> Mapping[str, str]:
        """The registry's host in each region that has the image.

        Raises InvalidOption for an image that the list of AWS's images does not hold.
        """
        if host := _part(_IMAGE, self.image, "host"):
            return {_part(_IMAGE, self.image, "region"): host}
        known = _registries()
        if self.image not in known["regions"]:
            raise InvalidOption(
                f"the regions of the image {self.image!r} are not known; give its whole URI, or one of "
                + ", ".join(known["regions"])
            )
        return {region: known["hosts"][region] for region in known["regions"][self.image]}


@cache
def _registries() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "registries.json").read_text("utf-8"))
    return document


def _match(pattern: re.Pattern[str], value: object, name: str, form: str) -> re.Match[str]:
    found = pattern.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise InvalidOption(f"{name} is {value!r}; give {form}")
    return found


def _part(pattern: re.Pattern[str], value: str, name: str) -> str:
    found = pattern.fullmatch(value)
    return (found and found[name]) or ""


def _check_environment(name: str, environment: object) -> None:
    """Raise InvalidOption for what SageMaker refuses (API reference, ContainerDefinition)."""
    if not isinstance(environment, Mapping):
        raise InvalidOption(f"{name} is {environment!r}; it must be a mapping of strings to strings")
    for variable, value in environment.items():
        if not isinstance(variable, str) or not _VARIABLE.fullmatch(variable) or len(variable) > _MOST_CHARACTERS:
            raise InvalidOption(f"{name}: {variable!r} is no name of a variable; use letters, digits and underscores")
        if not isinstance(value, str) or len(value) > _MOST_CHARACTERS:
            raise InvalidOption(f"{name}: {variable} is {value!r}; it must be a str of at most {_MOST_CHARACTERS}")
