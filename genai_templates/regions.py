"""Regions that have a resource type, or a service, which many lack; the facts are in ``data/regions.json``."""

from __future__ import annotations

import json
from pathlib import Path

BUDGET = "AWS::Budgets::Budget"
GUARDRAIL = "AWS::Bedrock::Guardrail"
IMAGE_MODERATION = "rekognition:DetectModerationLabels"
INFERENCE_COMPONENT = "AWS::SageMaker::InferenceComponent"


def regions_with(type_name: str) -> list[str]:
    """Return the regions that have this type or action, and what else the templates need, in alphabetical order."""
    document = json.loads((Path(__file__).parent / "data" / "regions.json").read_text("utf-8"))
    return sorted(document["types"][type_name])
