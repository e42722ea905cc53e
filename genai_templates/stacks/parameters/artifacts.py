"""Where the artifacts are."""

from __future__ import annotations

from dataclasses import dataclass

from troposphere import Ref

from ...options import StackOptions
from ...parameters import ParameterForm

_GROUP = "Artifacts"
_KEY_PATTERN = r"[A-Za-z0-9!_.*'()/-]{1,1024}"
_KEY_CONSTRAINT = "Give the key of a zip file in the artifact bucket."


@dataclass(frozen=True)
class ArtifactAnswers:
    """Where the artifacts are."""

    bucket: Ref
    handlers: Ref
    custom_resources: Ref


def ask_artifacts(form: ParameterForm, options: StackOptions) -> ArtifactAnswers:
    """Ask where the artifacts were uploaded to."""
    keys = options.artifact_keys
    return ArtifactAnswers(
        form.ask(
            _GROUP,
            "LambdaS3Bucket",
            "Artifact bucket",
            Description="Bucket of this region that holds the built artifacts",
            AllowedPattern=r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
            ConstraintDescription="Give the name of a bucket, 3 to 63 characters long, without s3://.",
        ),
        form.ask(
            _GROUP,
            "LambdaS3Key",
            "Handlers",
            Default=keys.handlers,
            Description="Key of the application's handlers",
            AllowedPattern=_KEY_PATTERN,
            ConstraintDescription=_KEY_CONSTRAINT,
        ),
        form.ask(
            _GROUP,
            "CustomResourcesS3Key",
            "Page and custom resources",
            Default=keys.custom_resources,
            Description="Key of the page and of the code that publishes it",
            AllowedPattern=_KEY_PATTERN,
            ConstraintDescription=_KEY_CONSTRAINT,
        ),
    )
