"""CloudFormation's ListTypes, which ministack lacks: the region has the resource types that the emulator makes.

docs/upstream/ministack/cloudformation-list-types.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.services.cloudformation import handlers, helpers, provisioners


def apply() -> None:
    """Add the operation to ministack's CloudFormation."""
    handlers._ACTION_HANDLERS["ListTypes"] = _list_types


def _list_types(parameters: Mapping[str, Any]) -> Any:
    prefix = helpers._p(parameters, "Filters.TypeNamePrefix")
    names = sorted(name for name in provisioners._RESOURCE_HANDLERS if name.startswith(prefix))
    members = "".join(f"<member><Type>RESOURCE</Type><TypeName>{escape(name)}</TypeName></member>" for name in names)
    result = f"<ListTypesResult><TypeSummaries>{members}</TypeSummaries></ListTypesResult>"
    return helpers._xml(200, "ListTypesResponse", result)
