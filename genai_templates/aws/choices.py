"""What was chosen when a stack was deployed: kept in its template, so that the next deployment chooses no other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import AwsError
from ..json_text import indented
from .account import Account
from .failures import translated

CHOICES = "genai-templates:choices"
"""The key in the template's metadata."""


def with_choices(template: bytes, app: str, choices: Mapping[str, Any]) -> bytes:
    """Return the template of an application with what was chosen; without choices it stays as it is."""
    if not choices:
        return template
    document = json.loads(template)
    metadata = {**document.get("Metadata", {}), CHOICES: {"app": app, "options": dict(choices)}}
    return (indented({**document, "Metadata": metadata}) + "\n").encode()


def read_choices(account: Account, stack: str, app: str) -> dict[str, Any]:
    """Return what was chosen for a stack of this application; nothing for one that is not there. Raises AwsError."""
    try:
        with translated():
            found = account.client("cloudformation").get_template(StackName=stack).get("TemplateBody", {})
    except AwsError as error:
        if "does not exist" in str(error):
            return {}
        raise
    # JSON is read by the SDK; what comes as text is YAML, and none of ours.
    kept = found.get("Metadata", {}).get(CHOICES, {}) if isinstance(found, Mapping) else {}
    return dict(kept["options"]) if kept.get("app") == app else {}
