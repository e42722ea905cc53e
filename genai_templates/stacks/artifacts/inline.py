"""Artifacts in the template itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSHelperFn

from ...components.functions import Code
from ...components.inline_artifacts import add_inline_artifacts
from ...options import InlineArtifacts, StackOptions
from ...scope import Scope
from .part import ArtifactsPart, StackCode

if TYPE_CHECKING:
    from ...components.encryption_key import EncryptionKey


class TemplateArtifacts(ArtifactsPart):
    """Artifacts in the template itself, which go into a bucket of the stack; they hold no wheels, which do not fit."""

    note = "This file needs no other: code and page travel in it, and a function puts them into a bucket of the stack"
    has_wheels = False

    def __init__(self, scope: Scope, options: StackOptions) -> None:
        """Add nothing: there is nothing to fill in."""
        artifacts = options.artifacts
        assert isinstance(artifacts, InlineArtifacts)
        self._scope, self._artifacts = scope, artifacts
        self._architecture = options.values["architecture"].value

    def add_resources(self, *, log_retention: AWSHelperFn, key: EncryptionKey | None) -> StackCode:
        """Add the bucket and the function that holds the artifacts and fills it."""
        bucket = add_inline_artifacts(
            self._scope, self._artifacts, architecture=self._architecture, log_retention=log_retention, key=key
        )
        keys = self._artifacts.keys
        return StackCode(
            Code(bucket, keys.handlers, self._architecture), Code(bucket, keys.custom_resources, self._architecture)
        )
