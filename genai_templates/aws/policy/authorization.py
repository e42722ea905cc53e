"""What IAM can tell apart: which actions take which resources, by AWS's service authorization reference.

A dated copy, which ``scripts/update_actions`` renews.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


def has_resources(action: str) -> bool:
    """Return whether an action can be allowed on some resources alone; true for one that the reference lacks."""
    return bool(reference()["actions"].get(action, True))


@cache
def reference() -> dict[str, Any]:
    """Return the copy: ``source``, ``date``, and by action the ARNs that it takes."""
    text = files("genai_templates").joinpath("data/actions.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
