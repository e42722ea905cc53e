"""Artifacts of a stack: a part for each place that they can be in."""

from ...options import ArtifactKeys, InlineArtifacts
from .bucket import BucketArtifacts
from .inline import TemplateArtifacts
from .part import ArtifactsPart

ARTIFACT_PARTS: dict[type[ArtifactKeys | InlineArtifacts], type[ArtifactsPart]] = {
    ArtifactKeys: BucketArtifacts,
    InlineArtifacts: TemplateArtifacts,
}

__all__ = ["ARTIFACT_PARTS", "ArtifactsPart", "BucketArtifacts", "TemplateArtifacts"]
