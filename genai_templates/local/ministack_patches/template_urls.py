"""URLs of templates with the bucket in the host name, of which ministack takes the key's first part for the bucket.

docs/upstream/ministack/cloudformation-template-url.md
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import handlers

_VIRTUAL_HOST = re.compile(r"https://([a-z0-9.-]+)\.s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?/(.+)")
_OPERATIONS = ("CreateChangeSet", "CreateStack", "GetTemplateSummary", "UpdateStack", "ValidateTemplate")


def apply() -> None:
    """Have operations find the template by either form of its URL."""
    for operation in _OPERATIONS:
        handlers._ACTION_HANDLERS[operation] = _with_path_style(handlers._ACTION_HANDLERS[operation])


def _with_path_style(handle: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def handle_found(parameters: dict[str, Any]) -> Any:
        given = parameters.get("TemplateURL", "")
        url = str(given[0] if isinstance(given, list) else given)
        if match := _VIRTUAL_HOST.fullmatch(url):
            parameters = {**parameters, "TemplateURL": [f"https://s3.amazonaws.com/{match[1]}/{match[2]}"]}
        return handle(parameters)

    return handle_found
