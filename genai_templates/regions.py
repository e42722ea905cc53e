"""Regions that have a resource type which many lack; the facts are in ``data/regions.json``."""

from __future__ import annotations

import json
from pathlib import Path

INFERENCE_COMPONENT = "AWS::SageMaker::InferenceComponent"


def regions_with(type_name: str) -> list[str]:
    """Return the regions that have this resource type and what else the templates need, in alphabetical order."""
    document = json.loads((Path(__file__).parent / "data" / "regions.json").read_text("utf-8"))
    return sorted(document["types"][type_name])
