"""AWS::WAFv2::WebACL, of which ministack checks nothing and drops what is needed to play it.

docs/upstream/ministack/wafv2-web-acls.md
"""

from __future__ import annotations

import uuid
from typing import Any

from ministack.services import waf

from .. import web_acl_logs
from ..firewall import keep_members, user_of
from ..web_acl_checks import checked_web_acl

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE = "AWS::WAFv2::WebACL"
_LONGEST_NAME = 128


def _create(logical_id: str, props: Properties, stack_name: str) -> Created:
    suffix = f"-{logical_id}-{uuid.uuid4().hex[:12]}"
    name = props.get("Name") or stack_name[: _LONGEST_NAME - len(suffix)] + suffix
    parameters = checked_web_acl({**props, "Name": name}, operation="CreateWebACL")
    uid, _, record = waf.create_web_acl_record(name, parameters["Scope"], parameters)
    return f"{name}|{uid}|{record['Scope']}", _attributes(record)


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Created:
    name, uid, scope = physical_id.split("|")
    if new["Scope"] != scope or new.get("Name", name) != name:
        return _create(logical_id, new, stack_name)
    record = waf.web_acl_record(uid, scope)
    settings = {key: value for key, value in new.items() if key != "Tags"}
    key = {"Name": name, "Id": uid, "LockToken": record["LockToken"]}
    parameters = checked_web_acl(settings, operation="UpdateWebACL", **key)
    waf.update_web_acl_record(record, parameters)
    keep_members(record, parameters)
    return physical_id, _attributes(record)


def _delete(physical_id: str, props: Properties) -> None:
    _, uid, scope = physical_id.split("|")
    record = waf.web_acl_record(uid, scope)
    if record is None:
        return
    if user := user_of(record["ARN"]):
        raise ValueError(f"WAFAssociatedItemException: The web ACL is used by {user}.")
    web_acl_logs.CONFIGURATIONS.pop(record["ARN"], None)
    waf.delete_web_acl_record(uid, scope)


def _attributes(record: Properties) -> dict[str, str]:
    labels = f"awswaf:{record['ARN'].split(':')[4]}:webacl:{record['Name']}:"
    return {"Arn": record["ARN"], "Id": record["Id"], "Capacity": str(record["Capacity"]), "LabelNamespace": labels}


HANDLERS = {"create": _create, "update": _update, "update_with_logical_id": True, "delete": _delete}
