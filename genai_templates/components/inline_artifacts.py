"""Artifacts that travel in the template: a function holds them, and puts them into a bucket of the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from troposphere import AWSHelperFn, GetAtt
from troposphere.cloudformation import AWSCustomObject

from ..embedded.artifact_source import artifact_source
from ..options import InlineArtifacts
from ..scope import Scope
from .buckets import add_artifact_bucket
from .custom_resources import SERVICE_PROPERTIES, encrypted_by, service_properties
from .functions import FunctionDefaults, InlineCode, add_function

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey

_SECONDS = 120


class ArtifactPublisher(AWSCustomObject):
    """Puts the artifacts of these keys into the bucket, and deletes them once nothing refers to them any more."""

    resource_type = "Custom::ArtifactPublisher"
    props: ClassVar[dict[str, object]] = {
        **SERVICE_PROPERTIES,
        "Bucket": (str, True),
        "Keys": ([str], True),
        "KmsKeyArn": (str, False),
    }


def add_inline_artifacts(
    scope: Scope,
    artifacts: InlineArtifacts,
    *,
    architecture: str,
    log_retention: int | AWSHelperFn,
    key: EncryptionKey | None = None,
) -> GetAtt:
    """Add a bucket that holds these artifacts; return its name, which is there when they are.

    What refers to the name waits for the artifacts, when they are published and when they are deleted.
    """
    bucket = add_artifact_bucket(scope, key=key)
    contents = {each: artifacts.contents[each] for each in (artifacts.keys.handlers, artifacts.keys.custom_resources)}
    function = add_function(
        scope,
        "ArtifactPublisherFunction",
        shared=FunctionDefaults(InlineCode(artifact_source(contents), architecture), log_retention, key=key),
        handler="index.handler",
        description="Holds the code and the page, and puts them into the bucket of artifacts",
        memory=256,
        timeout=_SECONDS,
        environment={},
    )
    bucket.grant_put(function.role)
    bucket.grant_empty(function.role)
    publisher = scope.add(
        ArtifactPublisher,
        "ArtifactPublisher",
        Bucket=bucket.name,
        Keys=list(contents),
        **encrypted_by(key),
        # The bucket's policy must go after the bucket has been emptied.
        DependsOn=[bucket.policy.title],
        **service_properties(function, _SECONDS),
    )
    return GetAtt(publisher, "Bucket")
