"""Parameters of the artifacts."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import If, Ref

from ...options import ArtifactKeys
from ...parameters import ParameterGroup
from ...scope import Scope


class ArtifactParameters(NamedTuple):
    """Where the artifacts are: the bucket, and the keys in it."""

    bucket: Ref
    handlers: If
    custom_resources: If


def add_artifact_parameters(scope: Scope, keys: ArtifactKeys) -> ArtifactParameters:
    """Add the parameters of the artifacts.

    An empty key means the template's own. Were the keys defaults, the console would keep an existing stack's old ones
    when its template is replaced, and the stack would go on with its old code.
    """
    group = ParameterGroup(scope, "Artifacts")
    bucket = group.text(
        "LambdaS3Bucket",
        "Artifact bucket",
        description="Bucket of this region that holds the built artifacts",
        pattern=r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        constraint="Give the name of a bucket, 3 to 63 characters long, without s3://.",
    )

    def add_key(name: str, label: str, own_key: str) -> If:
        parameter = group.text(
            name,
            label,
            default="",
            description="Left empty, the key that this template was built with",
            pattern=r"[A-Za-z0-9!_.*'()/-]{0,1024}",
            constraint="Give the key of a zip file in the artifact bucket, or nothing.",
        )
        return group.given_or(parameter, own_key)

    return ArtifactParameters(
        bucket=bucket,
        handlers=add_key("LambdaS3Key", "Key of the handlers", keys.handlers),
        custom_resources=add_key(
            "CustomResourcesS3Key", "Key of the page and the custom resources", keys.custom_resources
        ),
    )
