"""AWS::WAFv2::WebACLAssociation for stages of REST APIs, which ministack lacks.

docs/upstream/ministack/wafv2-web-acls.md
"""

from __future__ import annotations

from typing import Any

from ministack.services import waf

from ..api_parameters import api_parameters
from ..firewall import associate

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE = "AWS::WAFv2::WebACLAssociation"


def _create(logical_id: str, props: Properties, stack_name: str) -> Created:
    parameters = api_parameters("wafv2", "AssociateWebACL", props)
    associate(parameters["ResourceArn"], parameters["WebACLArn"])
    return f"{parameters['ResourceArn']}|{parameters['WebACLArn']}", {}


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    return _create("", new, stack_name)  # both properties need another resource


def _delete(physical_id: str, props: Properties) -> None:
    resource, acl = physical_id.split("|")
    if waf._associations.get(resource) == acl:  # another one may have taken its place
        del waf._associations[resource]


HANDLERS = {"create": _create, "update": _update, "delete": _delete}
