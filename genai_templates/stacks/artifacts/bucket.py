"""Artifacts in a bucket that is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSHelperFn, If

from ...components.functions import Code
from ...options import ArtifactKeys, StackOptions
from ...parameters import ParameterGroup
from ...scope import Scope
from .part import ArtifactsPart, StackCode

if TYPE_CHECKING:
    from ...components.encryption_key import EncryptionKey


class BucketArtifacts(ArtifactsPart):
    """Artifacts in a bucket that is there already: its name is a parameter, and so are the keys.

    An empty key means the template's own. Were the keys defaults, the console would keep an existing stack's old ones
    when its template is replaced, and the stack would go on with its old code.
    """

    def __init__(self, scope: Scope, options: StackOptions) -> None:
        """Add the parameters of the bucket and the keys."""
        keys = options.artifacts
        assert isinstance(keys, ArtifactKeys)
        self._architecture = options.values["architecture"].value
        self._group = ParameterGroup(scope, "Artifacts")
        self._bucket = self._group.text(
            "LambdaS3Bucket",
            "Artifact bucket",
            description="Bucket of this region that holds the built artifacts",
            pattern=r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
            constraint="Give the name of a bucket, 3 to 63 characters long, without s3://.",
        )
        self._handlers = self._add_key("LambdaS3Key", "Key of the handlers", keys.handlers)
        self._custom_resources = self._add_key(
            "CustomResourcesS3Key", "Key of the page and the custom resources", keys.custom_resources
        )

    def add_resources(self, *, log_retention: AWSHelperFn, key: EncryptionKey | None) -> StackCode:
        """Add nothing: bucket and artifacts are not the stack's."""
        return StackCode(
            Code(self._bucket, self._handlers, self._architecture),
            Code(self._bucket, self._custom_resources, self._architecture),
        )

    def _add_key(self, name: str, label: str, own_key: str) -> If:
        parameter = self._group.text(
            name,
            label,
            default="",
            description="Left empty, the key that this template was built with",
            pattern=r"[A-Za-z0-9!_.*'()/-]{0,1024}",
            constraint="Give the key of a zip file in the artifact bucket, or nothing.",
        )
        return self._group.given_or(parameter, own_key)
