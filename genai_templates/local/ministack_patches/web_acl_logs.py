"""Logs of web ACLs in log groups, filtered and redacted, as log delivery writes them; ministack's WAF has none.

docs/upstream/ministack/wafv2-web-acls.md
"""

from __future__ import annotations

import fnmatch
import json
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch_logs

from .web_acl_rules import Verdict
from .web_requests import WebRequest

Document = Mapping[str, Any]
_GROUP = re.compile(r"arn:aws:logs:[a-z0-9-]+:\d{12}:log-group:(aws-waf-logs-[\w./#-]+)")
_DELIVERY = "delivery.logs.amazonaws.com"
_OWN_POLICY = "AWSLogDeliveryWrite20150319"
_REDACTED = "REDACTED"
CONFIGURATIONS: dict[str, Document] = {}
"""The logging of a web ACL by its ARN."""


def put_configuration(parameters: Document) -> None:
    """Log a web ACL from now on; raises ValueError for a destination that it cannot have.

    Where no policy of the account lets log delivery write to the group, WAF makes one, which stays.
    """
    destinations = parameters["LogDestinationConfigs"]
    group = _GROUP.fullmatch(destinations[0]) if len(destinations) == 1 else None
    if group is None:
        raise ValueError(f"WAFInvalidParameterException: The ARN isn't valid, LOG_DESTINATION, {destinations}")
    if group[1] not in cloudwatch_logs._log_groups:
        raise ValueError(f"WAFLogDestinationPermissionIssueException: there is no log group {group[1]}")
    if not _may_be_written(destinations[0]):
        document = {"Version": "2012-10-17", "Statement": [_statement(destinations[0])]}
        cloudwatch_logs._put_resource_policy({"policyName": _OWN_POLICY, "policyDocument": json.dumps(document)})
    CONFIGURATIONS[parameters["ResourceArn"]] = parameters


def _statement(group: str) -> Document:
    return {
        "Effect": "Allow",
        "Principal": {"Service": _DELIVERY},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{group}:*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": get_account_id()},
            "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{get_region()}:{get_account_id()}:*"},
        },
    }


def _may_be_written(group: str) -> bool:
    needed = _statement(group)
    return any(
        each["Effect"] == "Allow"
        and each["Principal"] == needed["Principal"]
        and set(needed["Action"]) <= set(each["Action"])
        and fnmatch.fnmatchcase(f"{group}:log-stream:x", each["Resource"])
        and each.get("Condition", needed["Condition"]) == needed["Condition"]
        for policy in cloudwatch_logs._resource_policies.values()
        for each in json.loads(policy["policyDocument"])["Statement"]
    )


def write(acl: Document, request: WebRequest, verdict: Verdict) -> None:
    """Write a record of a request, if the web ACL is logged and its filter keeps it, and the policy still allows it."""
    configuration = CONFIGURATIONS.get(acl["ARN"])
    if configuration is None or not _is_kept(configuration.get("LoggingFilter"), verdict, request):
        return
    group = configuration["LogDestinationConfigs"][0]
    if not _may_be_written(group):
        return
    place = "cloudfront" if acl["Scope"] == "CLOUDFRONT" else get_region()
    stream = {"logGroupName": group.rsplit(":", 1)[-1], "logStreamName": f"{place}_{acl['Name']}_0"}
    cloudwatch_logs._create_log_stream(stream)
    now = int(time.time() * 1000)
    message = json.dumps(_record(acl, request, verdict, now, configuration.get("RedactedFields", ())))
    cloudwatch_logs._put_log_events({**stream, "logEvents": [{"timestamp": now, "message": message}]})


def _is_kept(log_filter: Document | None, verdict: Verdict, request: WebRequest) -> bool:
    if log_filter is None:
        return True
    for each in log_filter["Filters"]:
        met = [_meets(condition, verdict, request) for condition in each["Conditions"]]
        if all(met) if each["Requirement"] == "MEETS_ALL" else any(met):
            return bool(each["Behavior"] == "KEEP")
    return bool(log_filter["DefaultBehavior"] == "KEEP")


def _meets(condition: Document, verdict: Verdict, request: WebRequest) -> bool:
    if "LabelNameCondition" in condition:
        return condition["LabelNameCondition"]["LabelName"] in request.labels
    action = condition["ActionCondition"]["Action"]
    counted = {"EXCLUDED_AS_COUNT" if label else "COUNT" for _, label in verdict.counted}
    return action in counted | {verdict.action} or (action == "COUNT" and bool(verdict.counted))


def _record(acl: Document, request: WebRequest, verdict: Verdict, now: int, redacted: Any) -> Document:
    return {
        "timestamp": now,
        "formatVersion": 1,
        "webaclId": acl["ARN"],
        "terminatingRuleId": verdict.rule,
        "terminatingRule": verdict.group_rule or None,
        "action": verdict.action,
        "httpSourceName": request.source.log_name,
        "httpSourceId": request.source.log_id,
        "nonTerminatingMatchingRules": [{"ruleId": rule, "action": "COUNT"} for rule, _ in verdict.counted],
        "labels": [{"name": label} for label in request.labels],
        "httpRequest": dict(_logged_request(request, [next(iter(each.items())) for each in redacted])),
    }


def _logged_request(request: WebRequest, redacted: list[tuple[str, Any]]) -> Iterator[tuple[str, object]]:
    headers = {detail["Name"].lower() for kind, detail in redacted if kind == "SingleHeader"}
    parts = {kind for kind, _ in redacted}
    yield "clientIp", request.client_ip
    yield (
        "headers",
        [{"name": name, "value": _REDACTED if name in headers else value} for name, value in request.headers.items()],
    )
    yield "uri", _REDACTED if "UriPath" in parts else request.path
    yield "args", _REDACTED if "QueryString" in parts else request.query
    yield "httpMethod", _REDACTED if "Method" in parts else request.method
