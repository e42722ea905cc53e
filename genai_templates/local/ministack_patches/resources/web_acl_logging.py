"""AWS::WAFv2::LoggingConfiguration into a log group, which ministack lacks.

docs/upstream/ministack/wafv2-web-acls.md
"""

from __future__ import annotations

from typing import Any

from ..api_parameters import api_parameters
from ..firewall import find_acl
from ..web_acl_logs import CONFIGURATIONS, put_configuration

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE = "AWS::WAFv2::LoggingConfiguration"


def _create(logical_id: str, props: Properties, stack_name: str) -> Created:
    parameters = api_parameters("wafv2", "PutLoggingConfiguration", {"LoggingConfiguration": props})
    configuration = parameters["LoggingConfiguration"]
    acl = configuration["ResourceArn"]
    if not (find_acl(acl, "REGIONAL") or find_acl(acl, "CLOUDFRONT")):
        raise ValueError(f"WAFNonexistentItemException: there is no web ACL {acl}")
    put_configuration(configuration)
    return acl, {}


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    return _create("", new, stack_name)


def _delete(physical_id: str, props: Properties) -> None:
    CONFIGURATIONS.pop(physical_id, None)


HANDLERS = {"create": _create, "update": _update, "delete": _delete}
