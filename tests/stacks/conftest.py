"""Both stacks, built once for all tests of this folder."""

from __future__ import annotations

import json
from typing import Any

import pytest

from genai_templates import Hosting, ImageStack, TextStack
from genai_templates.apps import APPS
from genai_templates.options import ApiAccess, ContentFilter, Firewall, FunctionNetwork
from genai_templates.packaging.artifacts import make_inline_artifacts
from genai_templates.stacks.base import Stack

Template = dict[str, Any]

BUILDS: dict[str, Stack] = {
    "text": TextStack(),
    "image": ImageStack(),
    "text-existing": TextStack(hosting=Hosting.EXISTING),
    "image-existing": ImageStack(hosting=Hosting.EXISTING),
    "text-native": TextStack(hosting=Hosting.NATIVE),
    "image-native": ImageStack(hosting=Hosting.NATIVE, fallback_instance_types=("ml.g5.4xlarge", "ml.g5.8xlarge")),
    "text-bedrock": TextStack(hosting=Hosting.BEDROCK),
    "image-bedrock": ImageStack(hosting=Hosting.BEDROCK),
    "text-scale-to-zero": TextStack(hosting=Hosting.SCALE_TO_ZERO),
    "image-scale-to-zero": ImageStack(hosting=Hosting.SCALE_TO_ZERO, fallback_instance_types=("ml.g5.4xlarge",)),
    "text-firewall": TextStack(hosting=Hosting.EXISTING, api_access=ApiAccess.DISTRIBUTION, firewall=Firewall.BLOCK),
    "text-private": TextStack(function_network=FunctionNetwork.PRIVATE),
    "image-private": ImageStack(function_network=FunctionNetwork.PRIVATE),
    "text-single-file": TextStack(artifacts=make_inline_artifacts(APPS["text"])),
    "text-filtered": TextStack(blocked_terms=("a term",), content_filter=ContentFilter.GUARDRAIL),
    "image-filtered": ImageStack(
        blocked_terms=("a term",), content_filter=ContentFilter.GUARDRAIL, image_moderation=True
    ),
    "image-single-file": ImageStack(artifacts=make_inline_artifacts(APPS["image"])),
}


@pytest.fixture(params=sorted(BUILDS))
def stack(request: pytest.FixtureRequest) -> Stack:
    """Every kind of stack in turn."""
    return BUILDS[request.param]


@pytest.fixture
def template(stack: Stack) -> Template:
    """The stack's template as CloudFormation reads it."""
    document: Template = json.loads(stack.to_json())
    return document


@pytest.fixture
def text_template() -> Template:
    """The text template with the default options."""
    document: Template = json.loads(BUILDS["text"].to_json())
    return document


@pytest.fixture
def image_template() -> Template:
    """The image template with the default options."""
    document: Template = json.loads(BUILDS["image"].to_json())
    return document
